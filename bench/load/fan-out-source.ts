// Where the events of a fan-out come from: signed SendChannelMessage calls on the whole server, or,
// to see what delivery alone costs, the gateway in a process of its own.
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BatchCreateChannelMembershipCommand } from '@aws-sdk/client-chime-sdk-messaging'
import { signConnectUrl } from '../../test/harness/messaging-session.ts'
import { createScenario } from '../../test/harness/scenario.ts'
import { createSdkClients } from '../../test/harness/sdk-clients.ts'
import { startServerProcess } from '../../test/harness/start-server.ts'
import { SERVER_CORE, onCore, pinProcess, temporaryDirectory } from '../measure.ts'
import { startLineProcess } from './frame-reader.ts'
import { requestsIn, writeRequestFile } from './request-file.ts'
import { sendRequests } from './rooms.ts'

/** Characters of each message. */
export const CONTENT_CHARACTERS = 400
/** Longest batch of the API. */
const BATCH_MAX = 100
/** Seconds that the connect URLs are good for: all are signed before the first is used. */
const CONNECT_EXPIRES_S = 3_600
/** Calls that set the scene, at the same time. */
const SETUP_CALLS_IN_FLIGHT = 32

export interface FanOutSource {
  readonly pid: number
  readonly port: number
  /** Request targets of `/connect`, one for each member of the channel. */
  readonly targets: readonly string[]
  /** Makes the next `count` sends ready, so that preparing costs nothing when it is measured. */
  prepare(count: number): Promise<void>
  /** Sends `count` messages, `inFlight` at a time; resolves when all are answered. */
  send(count: number, inFlight: number): Promise<void>
  stop(): Promise<void>
}

export interface GatewaySource extends FanOutSource {
  /** Begins to watch how long the event loop is held. */
  probe(): Promise<void>
  /** The longest time since this was last asked, and the most CPU of one turn, in milliseconds. */
  longestHold(): Promise<{ readonly wallMs: number; readonly cpuMs: number }>
}

/** The gateway alone; what is in flight is published in one turn of its event loop. */
export async function startGatewaySource(membersCount: number): Promise<GatewaySource> {
  const program = fileURLToPath(new URL('gateway-server.ts', import.meta.url))
  const parameters = [program, String(CONTENT_CHARACTERS)]
  const gateway = startLineProcess(...onCore(SERVER_CORE, process.execPath, parameters))
  return {
    pid: gateway.pid,
    port: Number((await gateway.next()).split(' ')[1]),
    targets: Array.from({ length: membersCount }, (_, index) => gatewayTarget(index)),
    prepare: () => Promise.resolve(),
    async send(count, inFlight) {
      for (let sent = 0; sent < count; sent += inFlight) {
        gateway.write(`publish ${Math.min(inFlight, count - sent)}`)
        await gateway.next()
      }
    },
    async probe() {
      gateway.write('probe')
      await gateway.next()
    },
    async longestHold() {
      gateway.write('hold')
      const [wallMs = 0, cpuMs = 0] = (await gateway.next()).split(' ').map(Number)
      return { wallMs, cpuMs }
    },
    stop: () => Promise.resolve(gateway.stop()),
  }
}

/** A connect URL whose signature gateway-server.ts does not check. */
export function gatewayTarget(index: number): string {
  const arn = `arn:aws:chime:us-east-1:000000000000:app-instance/bench/user/${index}`
  const query = {
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': 'AKIABENCH/20260101/us-east-1/chime/aws4_request',
    'X-Amz-Date': '20260101T000000Z',
    'X-Amz-Expires': '10',
    'X-Amz-SignedHeaders': 'host',
    sessionId: crypto.randomUUID(),
    userArn: arn,
    'X-Amz-Signature': '0'.repeat(64),
  }
  return `/connect?${new URLSearchParams(query).toString()}`
}

/** The whole server with one channel of `membersCount` members. */
export async function startServerSource(membersCount: number): Promise<FanOutSource> {
  const server = await startServerProcess()
  pinProcess(server.pid, SERVER_CORE)
  using clients = createSdkClients(server)
  const scenario = await createScenario(clients)
  const users = await inParallel(membersCount, (index) => scenario.user(`user-${index}`))
  const creator = users[0]!
  const channelArn = await scenario.channel(creator)
  for (let at = 1; at < users.length; at += BATCH_MAX) {
    await clients.messaging.send(
      new BatchCreateChannelMembershipCommand({
        ChannelArn: channelArn,
        MemberArns: users.slice(at, at + BATCH_MAX),
        ChimeBearer: creator,
      }),
    )
  }
  const targets = await inParallel(membersCount, async (index) => {
    const url = new URL(
      await signConnectUrl(server, users[index]!, { expiresIn: CONNECT_EXPIRES_S }),
    )
    return url.pathname + url.search
  })
  const file = join(temporaryDirectory(), 'requests')
  const port = Number(new URL(server.httpUrl).port)
  const connections: Connection[] = []
  let requests: Buffer[] = []
  return {
    pid: server.pid,
    port,
    targets,
    async prepare(count) {
      const room = { channelArn, memberArns: [creator] }
      await writeRequestFile(file, server, sendRequests([room], count, CONTENT_CHARACTERS))
      requests = requestsIn(readFileSync(file))
    },
    async send(count, inFlight) {
      while (connections.length < inFlight) connections.push(await openConnection(port))
      const batch = requests.splice(0, count)
      if (batch.length < count) throw new Error('too few requests prepared')
      await Promise.all(
        connections.slice(0, inFlight).map(async (connection) => {
          for (let next = batch.shift(); next !== undefined; next = batch.shift()) {
            await connection.call(next)
          }
        }),
      )
    },
    async stop() {
      for (const connection of connections) connection.close()
      await server.stop()
    },
  }
}

/** `count` results of `make`, a bounded number of them under way at the same time. */
export async function inParallel<Result>(count: number, make: (index: number) => Promise<Result>) {
  const results: Result[] = Array.from({ length: count })
  let next = 0
  await Promise.all(
    Array.from({ length: SETUP_CALLS_IN_FLIGHT }, async () => {
      for (let index = next++; index < count; index = next++) results[index] = await make(index)
    }),
  )
  return results
}

interface Connection {
  /** Resolves when the request was answered with 201; rejects on anything else. */
  call(request: Buffer): Promise<void>
  close(): void
}

async function openConnection(port: number): Promise<Connection> {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await new Promise((resolve) => socket.once('connect', resolve))
  return {
    call: (request) =>
      new Promise((resolve, reject) => {
        let text = ''
        const take = (bytes: Buffer) => {
          text += bytes.toString('latin1')
          const bodyAt = text.indexOf('\r\n\r\n') + 4
          const length = Number(/content-length: *(\d+)/i.exec(text)?.[1] ?? 0)
          if (bodyAt < 4 || text.length < bodyAt + length) return
          socket.off('data', take)
          if (text.startsWith('HTTP/1.1 201')) resolve()
          else reject(new Error(text))
        }
        socket.on('data', take)
        socket.write(request)
      }),
    close: () => socket.destroy(),
  }
}
