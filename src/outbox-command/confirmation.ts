// Puts a question to the person at the terminal.
import { createInterface } from 'node:readline'

/** Of the standard input and output, what a question needs. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean }
}

/**
 * Undefined unless a person is there. A question is answered by y or yes; anything else, Ctrl-C and
 * the end of the input among it, is a no.
 */
export function confirmationOn({
  input,
  output,
}: Terminal): ((question: string) => Promise<boolean>) | undefined {
  if (input.isTTY !== true || output.isTTY !== true) return undefined
  return (question) =>
    new Promise((resolve) => {
      const lines = createInterface({ input, output })
      lines.on('close', () => resolve(false))
      // Without this, Ctrl-C would leave the question standing.
      lines.on('SIGINT', () => lines.close())
      lines.question(`${question} [y/N] `, (answer) => {
        resolve(/^y(es)?$/i.test(answer.trim()))
        lines.close()
      })
    })
}
