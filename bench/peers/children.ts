// The processes of a comparison: started on the server's core, waited for, looked at, and ended by
// their ids however this process itself ends.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { SERVER_CORE, onCore } from '../measure.ts'

/** The longest that a peer may take until it listens. */
const START_MS_MAX = 30_000
const START_POLL_MS = 50
/** How long a peer has to end by itself. */
const STOP_MS_MAX = 5_000
/** What a peer writes is kept for the message of a failed start. */
const OUTPUT_CHARACTERS_MAX = 4_000
/** Unit of /proc/<pid>/status. */
const PROC_KILOBYTE = 1_024
/** Unit of /proc/<pid>/stat: USER_HZ, the same on every Linux. */
const PROC_TICKS_PER_SECOND = 100

export interface PeerProcess {
  readonly pid: number
  stop(): Promise<void>
}

const running = new Set<number>()
let isWatching = false

/** Ends process `pid` with this one; the returned function says that it is gone already. */
export function endAtExit(pid: number): () => void {
  if (!isWatching) {
    isWatching = true
    process.on('exit', () => running.forEach(endNow))
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => process.exit(1))
    }
  }
  running.add(pid)
  return () => running.delete(pid)
}

function endNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended before.
  }
}

/** Starts a peer on the server's core and resolves when it listens on `port`. */
export async function startPeerProcess(
  command: string,
  args: readonly string[],
  port: number,
  environment: Readonly<Record<string, string>> = {},
): Promise<PeerProcess> {
  const child = spawn(...onCore(SERVER_CORE, command, args), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...environment },
  })
  if (child.pid === undefined) throw new Error(`${command} does not start`)
  const ended = endAtExit(child.pid)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-OUTPUT_CHARACTERS_MAX)
    })
  }
  try {
    await listening(child, port)
  } catch (error) {
    throw new Error(`${command}: ${(error as Error).message}\n${output}`, { cause: error })
  }
  return {
    pid: child.pid,
    async stop() {
      if (hasEnded(child)) return
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await Promise.race([exited, delay(STOP_MS_MAX, undefined, { ref: false })])
      if (!hasEnded(child)) {
        child.kill('SIGKILL')
        await exited
      }
      ended()
    },
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

async function listening(child: ChildProcess, port: number): Promise<void> {
  for (let waited = 0; waited < START_MS_MAX; waited += START_POLL_MS) {
    if (hasEnded(child)) throw new Error('ended before it listened')
    if (await canConnect(port)) return
    await delay(START_POLL_MS)
  }
  throw new Error(`does not listen after ${START_MS_MAX} ms`)
}

async function canConnect(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' })
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** A port of the loopback interface that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** The full path of an installed program, or undefined. */
export function findProgram(name: string): string | undefined {
  const places = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']
  return places.map((place) => join(place, name)).find((path) => existsSync(path))
}

/** Resident bytes of a process and of all that it started. */
export function residentBytes(pid: number): number {
  return treeOf(pid)
    .map((each) => Number(/^VmRSS:\s+(\d+)/m.exec(readProc(`${each}/status`))?.[1] ?? 0))
    .reduce((sum, kilobytes) => sum + kilobytes * PROC_KILOBYTE, 0)
}

/** What a process and all that it started have computed so far. */
export function cpuSeconds(pid: number): number {
  return treeOf(pid)
    .map((each) => {
      // The name, in brackets, may hold anything; utime and stime are the 14th and 15th field.
      const fields = readProc(`${each}/stat`).split(') ').at(-1)!.split(' ')
      return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / PROC_TICKS_PER_SECOND
    })
    .reduce((sum, seconds) => sum + seconds, 0)
}

function treeOf(pid: number): number[] {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), parentOf(name)] as const),
  )
  const tree = new Set([pid])
  for (let size = 0; size !== tree.size;) {
    size = tree.size
    for (const [child, parent] of parents) if (tree.has(parent)) tree.add(child)
  }
  return [...tree]
}

function parentOf(pid: string): number {
  return Number(/^PPid:\s+(\d+)/m.exec(readProc(`${pid}/status`))?.[1] ?? 0)
}

/** Empty when the process is gone. */
function readProc(path: string): string {
  try {
    return readFileSync(join('/proc', path), 'utf8')
  } catch {
    return ''
  }
}

/** Rejects when `promise` takes longer than `milliseconds`. */
export async function within<Value>(
  milliseconds: number,
  what: string,
  promise: Promise<Value>,
): Promise<Value> {
  const timer = new AbortController()
  try {
    return await Promise.race([
      promise,
      delay(milliseconds, undefined, { signal: timer.signal }).then(() => {
        throw new Error(`${what} took longer than ${milliseconds} ms`)
      }),
    ])
  } finally {
    timer.abort()
  }
}
