// Runs a client of another maker as a separate process. A tool that is missing is a failure in CI;
// elsewhere the case is left out with the tool's name.
import { execFile, spawnSync } from 'node:child_process'
import type { TestContext } from 'vitest'

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
  {
    region,
    credentials,
  }: {
    readonly region: string
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  },
): Promise<Finished> {
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_PAGER: '',
    LC_ALL: 'C.UTF-8',
    PYTHONUTF8: '1',
  }
  const options = { env, timeout: CHILD_MS_MAX, encoding: 'utf8' } as const
  return new Promise((resolve) => {
    execFile(command, parameters, options, (error, output, errors) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), output, errors })
    })
  })
}

/** Leaves the case out, saying what is missing and how to get it; a failure in CI. */
export function needCommand(
  context: TestContext,
  command: string,
  parameters: readonly string[],
  debianPackage: string,
): void {
  const { status } = spawnSync(command, parameters, { stdio: 'ignore' })
  if (status === 0) return
  const what = [command, ...parameters].join(' ')
  const missing = `this case needs ${what}: apt-get install ${debianPackage}`
  if (process.env['CI'] === 'true') throw new Error(missing)
  context.skip(missing)
}
