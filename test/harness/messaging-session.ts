// A messaging session for tests: a signed socket to /connect that collects what it is sent.
import { once } from 'node:events'
import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import { WebSocket } from 'ws'
import type { Credentials, Endpoint } from './start-server.ts'

/** How long `waitFor` waits before it fails; only a failing test ever waits this long. */
const WAIT_MS_MAX = 10_000

/** One frame as clients see it. */
export interface SessionEvent {
  /** `x-amz-chime-event-type`, for example `CREATE_CHANNEL_MESSAGE`. */
  readonly type: string
  readonly headers: Readonly<Record<string, string>>
  /** The decoded `Payload`; undefined when the frame has none. */
  readonly payload: Readonly<Record<string, unknown>> | undefined
  /** The frame's text. */
  readonly text: string
}

export interface TestSession extends Disposable {
  readonly socket: WebSocket
  /** Everything received so far, in order. */
  readonly events: readonly SessionEvent[]
  /** Resolves with the first event, past or future, that satisfies `isWanted`. */
  waitFor(isWanted: (event: SessionEvent) => boolean): Promise<SessionEvent>
  /** Resolves with the first event of `type` whose payload holds all of `members`. */
  waitForType(type: string, members?: Readonly<Record<string, unknown>>): Promise<SessionEvent>
  /** Resolves with the code once the socket is closed. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  close(): Promise<void>
}

export interface ConnectOptions {
  readonly sessionId?: string
  readonly credentials?: Credentials
  /** Further query parameters, signed with the rest, for example `prefetch-on`. */
  readonly query?: Readonly<Record<string, string>>
  /** Seconds that the signature is good for. */
  readonly expiresIn?: number
  readonly signingDate?: Date
  /** Changes the URL after it was signed. */
  readonly tamper?: (url: string) => string
}

/** The presigned `ws://…/connect?…` URL, as `amazon-chime-sdk-js` makes it. */
export async function signConnectUrl(
  server: Endpoint,
  userArn: string,
  options: ConnectOptions = {},
): Promise<string> {
  const url = new URL(server.httpUrl)
  const signer = new SignatureV4({
    credentials: options.credentials ?? server.credentials,
    region: server.region,
    service: 'chime',
    sha256: Sha256,
  })
  const signed = await signer.presign(
    {
      method: 'GET',
      protocol: 'ws:',
      hostname: url.hostname,
      port: Number(url.port),
      path: '/connect',
      query: { userArn, sessionId: options.sessionId ?? crypto.randomUUID(), ...options.query },
      headers: { host: url.host },
    },
    { expiresIn: options.expiresIn ?? 10, signingDate: options.signingDate ?? new Date() },
  )
  const query = Object.entries(signed.query ?? {}).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
  )
  return `ws://${url.host}/connect?${query.join('&')}`
}

/** Opens a socket and collects; does not wait for the session to be established. */
export async function openSession(
  server: Endpoint,
  userArn: string,
  options: ConnectOptions = {},
): Promise<TestSession> {
  const url = await signConnectUrl(server, userArn, options)
  const socket = new WebSocket(options.tamper === undefined ? url : options.tamper(url), [])
  const session = collect(socket)
  await Promise.race([once(socket, 'open'), session.closed])
  return session
}

/** Opens a session and waits for `SESSION_ESTABLISHED`. */
export async function connectSession(
  server: Endpoint,
  userArn: string,
  options: ConnectOptions = {},
): Promise<TestSession> {
  const session = await openSession(server, userArn, options)
  await session.waitForType('SESSION_ESTABLISHED')
  return session
}

function collect(socket: WebSocket): TestSession {
  const events: SessionEvent[] = []
  const waiting = new Set<() => void>()
  let closedWith: { code: number; reason: string } | undefined
  const wake = () => waiting.forEach((check) => check())
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => {
      closedWith = { code, reason: reason.toString() }
      resolve(closedWith)
      wake()
    })
  })
  // A failed upgrade is reported by `closed`, as in browsers.
  socket.on('error', () => undefined)
  socket.on('message', (bytes: Buffer) => {
    events.push(decodeFrame(bytes.toString()))
    wake()
  })

  function waitFor(isWanted: (event: SessionEvent) => boolean): Promise<SessionEvent> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timeout)
        waiting.delete(check)
        settle()
      }
      const fail = (why: string) => {
        const seen = events.map(({ type }) => type).join(', ')
        finish(() => reject(new Error(`${why}; events so far: ${seen === '' ? 'none' : seen}`)))
      }
      const check = () => {
        const found = events.find(isWanted)
        if (found !== undefined) finish(() => resolve(found))
        else if (closedWith !== undefined) fail(`the socket was closed with ${closedWith.code}`)
      }
      const timeout = setTimeout(() => fail('the event did not come'), WAIT_MS_MAX)
      waiting.add(check)
      check()
    })
  }

  return {
    socket,
    events,
    waitFor,
    waitForType: (type, members = {}) =>
      waitFor(
        (event) =>
          event.type === type &&
          Object.entries(members).every(([name, value]) => event.payload?.[name] === value),
      ),
    closed,
    async close() {
      socket.close()
      await closed
    },
    [Symbol.dispose]: () => socket.terminate(),
  }
}

function decodeFrame(text: string): SessionEvent {
  const frame = JSON.parse(text) as { Headers: Record<string, string>; Payload?: string }
  return {
    type: frame.Headers['x-amz-chime-event-type'] ?? '',
    headers: frame.Headers,
    payload:
      frame.Payload === undefined
        ? undefined
        : (JSON.parse(frame.Payload) as Record<string, unknown>),
    text,
  }
}
