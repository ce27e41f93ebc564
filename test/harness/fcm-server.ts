// Behaves like Firebase Cloud Messaging and Google's token service, on loopback: HTTPS, checks what
// the service account has signed, hands out access tokens and takes messages that come with one.
import { generateKeyPairSync } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { jwtVerify } from 'jose'
import { createLoopback } from './loopback.ts'
import { createInbox, type Inbox } from './inbox.ts'
import type { TestAuthority } from './test-authority.ts'
import { textOf } from './webhook-server.ts'

export interface FcmMessage {
  readonly token: string
  readonly data: Readonly<Record<string, string>>
  readonly android: { readonly priority: string; readonly ttl: string }
}

export interface ReceivedFcmMessage {
  readonly message: FcmMessage
  /** What was answered. */
  readonly status: number
  readonly errorCode?: string
}

/** Instead of taking the message; `hang` never answers, `reset` cuts the connection. */
export type FcmAnswer =
  | {
      readonly status: number
      readonly errorCode?: string
      readonly details?: readonly object[]
      readonly retryAfter?: string
    }
  | 'hang'
  | 'reset'
  | undefined

export interface FcmServer extends AsyncDisposable {
  readonly url: string
  readonly projectId: string
  /** What Google hands out as a JSON file. */
  readonly serviceAccount: string
  readonly received: Inbox<ReceivedFcmMessage>
  /** Devices that the app was removed from. */
  readonly unregistered: Set<string>
  /** How many access tokens were handed out. */
  tokensCount: number
  answerTo: (message: FcmMessage) => FcmAnswer
  /** Instead of a token, when it is a status. */
  tokenStatus: number
  /** The header with that. */
  tokenRetryAfter: string | undefined
  /** All access tokens that were handed out are good for nothing any more. */
  revoke(): void
  down(): Promise<void>
  up(): Promise<void>
}

// evidence: docs OAuth 2.0 for server to server applications (Google)
const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging'
const FCM_ERROR = 'type.googleapis.com/google.firebase.fcm.v1.FcmError'

/** `now` is the server's time, epoch milliseconds. */
export async function startFcmServer(authority: TestAuthority, now = Date.now): Promise<FcmServer> {
  const { certificate: cert, key } = await authority.issue()
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const projectId = 'example-project'
  const clientEmail = 'carillon@example-project.iam.gserviceaccount.com'
  const good = new Set<string>()
  const server = createServer({ cert, key }, (request, response) => {
    serve(request, response).catch(() => response.destroy())
  })
  const loopback = createLoopback(server)

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await textOf(request)
    if (request.url === '/token') await handOutToken(text, response)
    else await takeMessage(request, text, response)
  }

  async function handOutToken(text: string, response: ServerResponse): Promise<void> {
    if (live.tokenStatus !== 200) {
      return answer(response, live.tokenStatus, {}, live.tokenRetryAfter)
    }
    const form = new URLSearchParams(text)
    const isSigned = await jwtVerify(form.get('assertion') ?? '', publicKey, {
      algorithms: ['RS256'],
      issuer: clientEmail,
      audience: `${live.url}/token`,
      maxTokenAge: '1 hour',
      currentDate: new Date(now()),
    }).then(
      ({ payload }) => payload['scope'] === SCOPE && payload.exp! - payload.iat! <= 3600,
      () => false,
    )
    if (!isSigned || form.get('grant_type') !== GRANT_TYPE) {
      return answer(response, 400, { error: 'invalid_grant' })
    }
    live.tokensCount++
    const token = `access token ${live.tokensCount}`
    good.add(token)
    return answer(response, 200, {
      access_token: token,
      expires_in: 3599,
      token_type: 'Bearer',
    })
  }

  async function takeMessage(
    request: IncomingMessage,
    text: string,
    response: ServerResponse,
  ): Promise<void> {
    const isOfProject = request.url === `/v1/projects/${projectId}/messages:send`
    if (!isOfProject) return answer(response, 404, { error: { code: 404, status: 'NOT_FOUND' } })
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    if (bearer === undefined || !good.has(bearer)) {
      return answer(response, 401, { error: { code: 401, status: 'UNAUTHENTICATED' } })
    }
    const { message } = JSON.parse(text) as { readonly message: FcmMessage }
    const wanted = live.answerTo(message)
    if (wanted === 'hang') return
    if (wanted === 'reset') {
      request.socket.destroy()
      return
    }
    const verdict = wanted ?? verdictOn(message)
    const { status, errorCode } = verdict
    live.received.put({ message, status, ...(errorCode === undefined ? {} : { errorCode }) })
    if (status === 200) {
      answer(response, 200, {
        name: `projects/${projectId}/messages/${live.received.items.length}`,
      })
      return
    }
    const detail = errorCode === undefined ? [] : [{ '@type': FCM_ERROR, errorCode }]
    const error = { code: status, status: errorCode, details: verdict.details ?? detail }
    answer(response, status, { error }, verdict.retryAfter)
  }

  function verdictOn(message: FcmMessage): Exclude<FcmAnswer, string | undefined> {
    const hasTextsOnly = Object.values(message.data).every((value) => typeof value === 'string')
    if (!hasTextsOnly) {
      const fieldViolations = [{ field: 'message.data[0].value' }]
      const details = [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations }]
      return { status: 400, details }
    }
    if (live.unregistered.has(message.token)) return { status: 404, errorCode: 'UNREGISTERED' }
    return { status: 200 }
  }

  const live: FcmServer = {
    get url() {
      return `https://127.0.0.1:${loopback.port}`
    },
    projectId,
    get serviceAccount() {
      return JSON.stringify({
        type: 'service_account',
        project_id: projectId,
        client_email: clientEmail,
        private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
        token_uri: `${live.url}/token`,
      })
    },
    received: createInbox<ReceivedFcmMessage>(),
    unregistered: new Set<string>(),
    tokensCount: 0,
    tokenStatus: 200,
    tokenRetryAfter: undefined,
    answerTo: () => undefined,
    revoke: () => good.clear(),
    down: () => loopback.down(),
    up: () => loopback.up(),
    [Symbol.asyncDispose]: () => loopback[Symbol.asyncDispose](),
  }
  await live.up()
  return live
}

function answer(
  response: ServerResponse,
  status: number,
  value: object,
  retryAfter?: string,
): void {
  const asked = retryAfter === undefined ? {} : { 'retry-after': retryAfter }
  response.writeHead(status, { 'content-type': 'application/json', ...asked })
  response.end(JSON.stringify(value))
}
