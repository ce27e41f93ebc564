// Runs the frame reader frame-reader.c on the load core, and the reference that writes to it.
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { LOAD_CORE, SERVER_CORE, compileC, onCore, temporaryDirectory } from '../measure.ts'

/** A child process that is talked to in lines. */
export interface LineProcess {
  readonly pid: number
  write(line: string): void
  /** The next line of its output; rejects when it ends first. */
  next(): Promise<string>
  stop(): void
}

export function startLineProcess(command: string, args: readonly string[]): LineProcess {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  child.stdin.on('error', () => undefined)
  return {
    pid: child.pid!,
    write: (line) => void child.stdin.write(`${line}\n`),
    async next() {
      const { value, done } = await lines.next()
      if (done === true) throw new Error(`${command} ended`)
      return value
    },
    stop: () => void child.kill(),
  }
}

/** Many connected members in one process. */
export interface FrameReader {
  readonly pid: number
  /** How long it took until all had their first frame. */
  readonly openingSeconds: number
  /** From now on each member waits for `count` frames more; resolves when all have them. */
  expect(count: number): Promise<void>
  /** How many frames members have had beyond those that were expected. */
  surplus(): Promise<number>
  stop(): void
}

/**
 * Compiles the reader and returns the function that connects one member for each target. A target
 * may be followed by a tab and a text, which every frame but the first must hold; the reader ends
 * when one does not. Slow ones read their first frame and nothing more.
 */
export function createFrameReaders(
  kind: 'plain' | 'tls' | 'slow' = 'plain',
): (port: number, targets: readonly string[]) => Promise<FrameReader> {
  const options = kind === 'tls' ? ['-DWITH_TLS', '-lssl', '-lcrypto'] : []
  const program = compileC(new URL('frame-reader.c', import.meta.url), options)
  const directory = temporaryDirectory()
  let files = 0
  return async (port, targets) => {
    const file = join(directory, `targets-${(files += 1)}`)
    writeFileSync(file, targets.map((target) => `${target}\n`).join(''))
    const parameters = [String(port), file, ...(kind === 'plain' ? [] : [kind])]
    const reader = startLineProcess(...onCore(LOAD_CORE, program, parameters))
    const [, seconds] = (await reader.next()).split(' ')
    return {
      pid: reader.pid,
      openingSeconds: Number(seconds),
      async expect(count) {
        reader.write(String(count))
        await reader.next()
      },
      async surplus() {
        reader.write('surplus')
        return Number(await reader.next())
      },
      stop: () => reader.stop(),
    }
  }
}

/** The C loop that writes `frame` to `count` sockets, one write each. */
export async function startWriteLoop(count: number, frame: Buffer) {
  const program = compileC(new URL('../reference/write-loop.c', import.meta.url))
  const file = join(temporaryDirectory(), 'frame')
  writeFileSync(file, frame)
  const loop = startLineProcess(...onCore(SERVER_CORE, program, [String(count), file]))
  return {
    port: Number((await loop.next()).split(' ')[1]),
    /** Writes the frame `times` times to every socket. */
    send: (times: number) => loop.write(String(times)),
    stop: () => loop.stop(),
  }
}
