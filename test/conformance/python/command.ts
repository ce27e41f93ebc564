// Runs a client of another maker to its end, as a separate process.
import { execFile } from 'node:child_process'
import { childEnvironment, type Caller } from '../clients/child-environment.ts'

/** How long one child may take; only a hanging one does. */
const CHILD_MS_MAX = 50_000

export interface Finished {
  readonly code: number
  readonly output: string
  readonly errors: string
}

/** Runs `command` with those credentials and with nothing of the user's own settings. */
export function runCommand(
  command: string,
  parameters: readonly string[],
  caller: Caller,
): Promise<Finished> {
  const env = childEnvironment(caller, true)
  const options = { env, timeout: CHILD_MS_MAX, encoding: 'utf8' } as const
  return new Promise((resolve) => {
    execFile(command, parameters, options, (error, output, errors) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), output, errors })
    })
  })
}
