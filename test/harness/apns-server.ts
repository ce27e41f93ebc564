// Behaves like Apple's push service, on loopback: HTTP/2 with TLS, checks the provider's token, the
// topic and the push type, and answers as Apple does. A test may make it refuse, hang or go away.
import { generateKeyPairSync } from 'node:crypto'
import {
  createSecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { jwtVerify } from 'jose'
import { createInbox, type Inbox } from './inbox.ts'
import type { TestAuthority } from './test-authority.ts'

export interface ReceivedApnsPush {
  readonly deviceToken: string
  /** `apns-…` headers without their prefix. */
  readonly id: string
  readonly topic: string
  readonly pushType: string
  readonly priority: string
  readonly expiration: number
  readonly payload: Readonly<Record<string, unknown>>
  /** What was answered: a status and Apple's reason, 200 without one. */
  readonly status: number
  readonly reason?: string
}

/** Instead of 200; `hang` never answers, `reset` ends the stream, `goaway` the whole connection. */
export type ApnsAnswer =
  | {
      readonly status: number
      readonly reason?: string
      readonly retryAfter?: string
      /** Instead of JSON with the reason; `endless` does not end. */
      readonly text?: string
    }
  | 'hang'
  | 'reset'
  | 'goaway'
  | 'endless'
  | undefined

export interface ApnsServer extends AsyncDisposable {
  /** What an operator writes down for it, but for the files. */
  readonly keyId: string
  readonly teamId: string
  readonly topic: string
  /** `host:port`. */
  readonly address: string
  /** PEM of the key that signs provider tokens. */
  readonly key: string
  readonly authority: string
  /** Everything that was answered, in order. */
  readonly received: Inbox<ReceivedApnsPush>
  /** Devices that the app was removed from. */
  readonly unregistered: Set<string>
  /** Different provider tokens that were shown. */
  readonly providerTokens: Set<string>
  connectionsCount: number
  /** Answers without an end that nobody reads any more. */
  hungUpCount: number
  answerTo: (deviceToken: string) => ApnsAnswer
  /** Nobody listens any more, until `up`. */
  down(): Promise<void>
  up(): Promise<void>
}

/** Apple refuses tokens that are older. */
const TOKEN_AGE_MAX = '1 hour'
// evidence: docs, the payload of a call may be larger
const PAYLOAD_BYTES_MAX = { alert: 4096, voip: 5120 }

/** Apple takes one request at a time until it has seen a good token, and then many. */
export async function startApnsServer(
  authority: TestAuthority,
  maxConcurrentStreams = 1_000,
): Promise<ApnsServer> {
  const { certificate, key: certificateKey } = await authority.issue()
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const [keyId, teamId, topic] = ['ABC123DEFG', 'DEF123GHIJ', 'com.example.chat']
  let port = 0
  const sessions = new Set<ServerHttp2Session>()
  const server = createSecureServer({
    cert: certificate,
    key: certificateKey,
    allowHTTP1: false,
    settings: { maxConcurrentStreams },
  })
  server.on('session', (session) => {
    live.connectionsCount++
    sessions.add(session)
    session.on('close', () => sessions.delete(session))
    session.on('error', () => undefined)
  })
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined)
    serve(stream, headers).catch(() => stream.destroy())
  })

  async function verdictOn(
    headers: IncomingHttpHeaders,
    deviceToken: string,
    text: string,
  ): Promise<{ status: number; reason?: string }> {
    const bearer = /^bearer (.+)$/.exec(headers.authorization ?? '')?.[1]
    if (bearer === undefined) return { status: 403, reason: 'MissingProviderToken' }
    const isKnown = await jwtVerify(bearer, publicKey, {
      algorithms: ['ES256'],
      issuer: teamId,
      maxTokenAge: TOKEN_AGE_MAX,
    }).then(
      ({ protectedHeader }) => protectedHeader.kid === keyId,
      () => false,
    )
    if (!isKnown) return { status: 403, reason: 'InvalidProviderToken' }
    live.providerTokens.add(bearer)
    const pushType = String(headers['apns-push-type'])
    if (pushType !== 'alert' && pushType !== 'voip') return { status: 400, reason: 'BadPushType' }
    const expected = pushType === 'voip' ? `${topic}.voip` : topic
    if (headers['apns-topic'] !== expected) {
      return { status: 400, reason: 'DeviceTokenNotForTopic' }
    }
    if (!/^[0-9a-f-]{36}$/.test(String(headers['apns-id']))) {
      return { status: 400, reason: 'BadMessageId' }
    }
    if (Buffer.byteLength(text) > PAYLOAD_BYTES_MAX[pushType]) {
      return { status: 413, reason: 'PayloadTooLarge' }
    }
    if (!/^[0-9a-f]{64}$/.test(deviceToken)) return { status: 400, reason: 'BadDeviceToken' }
    if (live.unregistered.has(deviceToken)) return { status: 410, reason: 'Unregistered' }
    return { status: 200 }
  }

  async function serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    const deviceToken = /^\/3\/device\/([^/]+)$/.exec(headers[':path'] ?? '')?.[1] ?? ''
    const verdict = await verdictOn(headers, deviceToken, text)
    const answer = live.answerTo(deviceToken)
    if (answer === 'hang') return
    if (answer === 'reset') {
      stream.close(2)
      return
    }
    if (answer === 'goaway') {
      stream.session?.goaway(0)
      stream.session?.destroy()
      return
    }
    if (answer === 'endless') {
      answerForEver(stream)
      return
    }
    const { status, reason, retryAfter, text: said }: ApnsAnswer & object = answer ?? verdict
    const asked = retryAfter === undefined ? {} : { 'retry-after': retryAfter }
    stream.respond({ ':status': status, 'apns-id': headers['apns-id'], ...asked })
    const timestamp = status === 410 ? { timestamp: Date.now() } : {}
    stream.end(said ?? (reason === undefined ? '' : JSON.stringify({ reason, ...timestamp })))
    live.received.put({
      deviceToken,
      id: String(headers['apns-id']),
      topic: String(headers['apns-topic']),
      pushType: String(headers['apns-push-type']),
      priority: String(headers['apns-priority']),
      expiration: Number(headers['apns-expiration']),
      payload: JSON.parse(text) as ReceivedApnsPush['payload'],
      status,
      ...(reason === undefined ? {} : { reason }),
    })
  }

  function answerForEver(stream: ServerHttp2Stream): void {
    stream.respond({ ':status': 503 })
    const more = () => {
      while (!stream.destroyed && stream.write('x'.repeat(16_384))) {
        // Until the connection is full.
      }
    }
    stream.on('drain', more)
    stream.on('close', () => live.hungUpCount++)
    more()
  }

  const live: ApnsServer = {
    keyId,
    teamId,
    topic,
    get address() {
      return `127.0.0.1:${port}`
    },
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    authority: authority.certificate,
    received: createInbox<ReceivedApnsPush>(),
    unregistered: new Set<string>(),
    providerTokens: new Set<string>(),
    connectionsCount: 0,
    hungUpCount: 0,
    answerTo: () => undefined,
    async down() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const session of sessions) session.destroy()
      await closed
    },
    async up() {
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
      ;({ port } = server.address() as AddressInfo)
    },
    async [Symbol.asyncDispose]() {
      if (server.listening) await live.down()
    },
  }
  await live.up()
  return live
}
