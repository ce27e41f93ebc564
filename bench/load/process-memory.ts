// What memory a server process really needs: garbage is collected first, which a server that idles
// after a storm would put off. Through Node's inspector, which runs in the measured process, so it
// must be there before and after.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { ServerProcess } from '../../test/harness/start-server.ts'

/** In bytes. */
export interface ProcessMemory {
  readonly resident: number
  /** Of that, what the process allocated; the rest are mapped files. */
  readonly anonymous: number
  /** Objects of JavaScript that are alive, where garbage was collected. */
  readonly heapUsed: number
}

/** For the environment of a server process that is measured: any free port for the inspector. */
export const INSPECTABLE = { NODE_OPTIONS: '--inspect-port=127.0.0.1:0' } as const

/** Collections until nothing more is found, and a moment for the system to take pages back. */
const COLLECTIONS_COUNT = 3
const REST_MS = 500
/** Linux tells it so, whatever the kernel's own tick. */
const TICKS_PER_SECOND = 100

/** The memory as it is, without a collection. */
export function memoryNow({ pid }: { readonly pid: number }): Omit<ProcessMemory, 'heapUsed'> {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const bytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1_024
  return { resident: bytes('VmRSS'), anonymous: bytes('RssAnon') }
}

/** Seconds of CPU that a process has used so far, in user space and in the kernel. */
export function cpuSeconds({ pid }: { readonly pid: number }): number {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
  const [userTicks, systemTicks] = fields.split(' ').slice(11, 13).map(Number)
  return ((userTicks ?? 0) + (systemTicks ?? 0)) / TICKS_PER_SECOND
}

export interface MemoryMeter {
  /** The memory once garbage was collected. */
  settled(): Promise<ProcessMemory>
  close(): void
}

/** Opens the inspector of a server that was started with INSPECTABLE. */
export async function openMemoryMeter(server: ServerProcess): Promise<MemoryMeter> {
  process.kill(server.pid, 'SIGUSR1')
  let url: string | undefined
  while (url === undefined) {
    await sleep(20)
    url = /Debugger listening on (ws:\S+)/.exec(server.output())?.[1]
  }
  const socket = new WebSocket(url)
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  let calls = 0
  const call = (method: string) =>
    new Promise<Record<string, number>>((resolve) => {
      const id = (calls += 1)
      const take = (bytes: Buffer) => {
        const answer = JSON.parse(bytes.toString()) as { id?: number; result?: object }
        if (answer.id !== id) return
        socket.off('message', take)
        resolve((answer.result ?? {}) as Record<string, number>)
      }
      socket.on('message', take)
      socket.send(JSON.stringify({ id, method }))
    })
  return {
    async settled() {
      for (let count = 0; count < COLLECTIONS_COUNT; count += 1) {
        await call('HeapProfiler.collectGarbage')
        await sleep(REST_MS)
      }
      const { usedSize = 0 } = await call('Runtime.getHeapUsage')
      return { ...memoryNow(server), heapUsed: usedSize }
    },
    close: () => socket.close(),
  }
}
