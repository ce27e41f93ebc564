// A webhook of an operator's, on loopback: checks signatures as docs/outbound.md says, and
// answers as a test wants.
import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createLoopback } from './loopback.ts'
import { createInbox, type Inbox } from './inbox.ts'

export interface ReceivedWebhook {
  readonly path: string
  /** `X-Carillon-Kind` and `X-Carillon-Id`. */
  readonly kind: string
  readonly id: string
  /** As it came, and parsed. */
  readonly text: string
  readonly body: Readonly<Record<string, unknown>>
  /** Whether signature and timestamp are what the secret makes of this body now. */
  readonly isSigned: boolean
}

/** `hang` never answers, `reset` cuts the connection. */
export type WebhookAnswer =
  | { readonly status?: number; readonly headers?: Record<string, string>; readonly body?: string }
  | 'hang'
  | 'reset'

export interface WebhookServer extends AsyncDisposable {
  readonly url: string
  readonly secret: string
  readonly received: Inbox<ReceivedWebhook>
  /** 200 with an empty object, unless a test says otherwise. */
  answerTo: (request: ReceivedWebhook) => WebhookAnswer | Promise<WebhookAnswer>
  /** Nobody listens any more, until `up`. */
  down(): Promise<void>
  up(): Promise<void>
}

/** Receivers refuse what is older. */
const AGE_S_MAX = 300

export async function startWebhookServer(): Promise<WebhookServer> {
  const secret = 'a secret between the test and its webhook'
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.destroy(error as Error))
  })
  const loopback = createLoopback(server)
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await textOf(request)
    const received: ReceivedWebhook = {
      path: request.url ?? '',
      kind: String(request.headers['x-carillon-kind']),
      id: String(request.headers['x-carillon-id']),
      text,
      body: JSON.parse(text) as ReceivedWebhook['body'],
      isSigned: isSigned(request, text, secret),
    }
    live.received.put(received)
    const answer = await live.answerTo(received)
    if (answer === 'hang') return
    if (answer === 'reset') {
      request.socket.resetAndDestroy()
      return
    }
    response.writeHead(answer.status ?? 200, {
      'content-type': 'application/json',
      ...answer.headers,
    })
    response.end(answer.body ?? '{}')
  }
  const live: WebhookServer = {
    get url() {
      return `http://127.0.0.1:${loopback.port}/hook`
    },
    secret,
    received: createInbox<ReceivedWebhook>(),
    answerTo: () => ({}),
    down: () => loopback.down(),
    up: () => loopback.up(),
    [Symbol.asyncDispose]: () => loopback[Symbol.asyncDispose](),
  }
  await live.up()
  return live
}

export async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

function isSigned({ headers }: IncomingMessage, text: string, secret: string): boolean {
  const timestamp = String(headers['x-carillon-timestamp'])
  const hash = createHmac('sha256', secret).update(`${timestamp}.${text}`).digest('hex')
  const ageS = Math.abs(Date.now() / 1000 - Number(timestamp))
  return headers['x-carillon-signature'] === `v1=${hash}` && ageS < AGE_S_MAX
}
