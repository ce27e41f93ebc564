// A nats-server with JetStream for tests, made from Debian's package (apt-get install nats-server),
// and what is in its streams.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'

const PROGRAM = 'nats-server'
/** Debian keeps programs of servers where the PATH of users does not lead. */
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin`
/** How long `waitFor` waits before it fails; only a failing test ever waits this long. */
const WAIT_MS_MAX = 40_000

/** A message as a consumer reads it. */
export interface JetStreamRecord {
  readonly EventType: string
  readonly Payload: Readonly<Record<string, unknown>>
  readonly id: string
  readonly headers: Readonly<Record<string, string>>
}

export interface TestNats extends AsyncDisposable {
  /** `nats://127.0.0.1:port`. */
  readonly url: string
  createStream(name: string, subject: string): Promise<void>
  read(name: string): Promise<readonly JetStreamRecord[]>
  /** What is in the stream once that is what was waited for. */
  waitFor(
    name: string,
    isWanted: (records: readonly JetStreamRecord[]) => boolean,
  ): Promise<readonly JetStreamRecord[]>
  /** SIGKILL; what was acknowledged is on disk. */
  kill(): Promise<void>
  /** Its connections stay open and nothing answers on them, until `resume`. */
  pause(): void
  resume(): void
  /** On the same port, with what it had. */
  restart(): Promise<void>
}

export interface NatsOptions {
  /** What clients must say. */
  readonly token?: string
}

export async function startNats({ token }: NatsOptions = {}): Promise<TestNats> {
  const directory = await mkdtemp(join(tmpdir(), 'carillon-nats-'))
  const port = await freePort()
  const url = `nats://127.0.0.1:${port}`
  const flags = token === undefined ? [] : ['--auth', token]
  let server = await launch(port, directory, flags)
  const reader = await connect({
    servers: [url],
    maxReconnectAttempts: -1,
    reconnectTimeWait: 50,
    ...(token === undefined ? {} : { token }),
  })

  async function kill(): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return
    const exited = once(server, 'exit')
    server.kill('SIGKILL')
    await exited
  }

  return {
    url,
    async createStream(name, subject) {
      const { streams } = await jetstreamManager(reader)
      await streams.add({ name, subjects: [subject] })
    },
    read: (name) => readStream(reader, name),
    waitFor: (name, isWanted) => waitForRecords(reader, name, isWanted),
    kill,
    pause: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
    async restart() {
      await kill()
      const statuses = reader.status()
      server = await launch(port, directory, flags)
      for await (const { type } of statuses) if (type === 'reconnect') break
    },
    async [Symbol.asyncDispose]() {
      await reader.close()
      await kill()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function launch(
  port: number,
  directory: string,
  flags: readonly string[],
): Promise<ChildProcess> {
  const where = ['--addr', '127.0.0.1', '--port', String(port), '--store_dir', directory]
  const server = spawn(PROGRAM, ['--jetstream', ...where, ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH },
  })
  const lines: string[] = []
  await new Promise<void>((resolve, reject) => {
    server.on('error', (error) =>
      reject(new Error(`${PROGRAM} is missing: apt-get install nats-server`, { cause: error })),
    )
    server.on('exit', () => reject(new Error(`${PROGRAM} ended:\n${lines.join('\n')}`)))
    createInterface({ input: server.stderr }).on('line', (line) => {
      lines.push(line)
      if (line.includes('Server is ready')) resolve()
    })
  })
  return server
}

async function waitForRecords(
  reader: NatsConnection,
  name: string,
  isWanted: (records: readonly JetStreamRecord[]) => boolean,
): Promise<readonly JetStreamRecord[]> {
  const { streams } = await jetstreamManager(reader)
  const { config } = await streams.info(name)
  const signal = AbortSignal.timeout(WAIT_MS_MAX)
  let arrived = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => arrived.resolve())
  const subscription = reader.subscribe(config.subjects[0]!, {
    callback: () => arrived.resolve(),
  })
  try {
    for (;;) {
      arrived = Promise.withResolvers<void>()
      const records = await readStream(reader, name)
      if (isWanted(records)) return records
      if (signal.aborted) throw new Error(`waited in vain; ${records.length} in the stream`)
      await arrived.promise
    }
  } finally {
    subscription.unsubscribe()
  }
}

async function readStream(reader: NatsConnection, name: string): Promise<JetStreamRecord[]> {
  const { streams } = await jetstreamManager(reader)
  const { state } = await streams.info(name)
  const found: JetStreamRecord[] = []
  for (let seq = state.first_seq; seq > 0 && seq <= state.last_seq; seq++) {
    const message = await streams.getMessage(name, { seq })
    if (message === null) continue
    const record = message.json<Pick<JetStreamRecord, 'EventType' | 'Payload'>>()
    const headers = Object.fromEntries(
      message.header.keys().map((key) => [key, message.header.get(key)]),
    )
    found.push({ ...record, id: headers['Nats-Msg-Id']!, headers })
  }
  return found
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
