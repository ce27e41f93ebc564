// A bot service for tests that speaks as Amazon Lex V2 does, on loopback: it checks what the SDK
// sends it, its signature included, and answers or fails as a test wants. AWS's SDK finds it by
// AWS_ENDPOINT_URL_LEX_RUNTIME_V2.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import { createLoopback } from './loopback.ts'
import { createInbox, type Inbox } from './inbox.ts'
import { textOf } from './webhook-server.ts'

/** What requests to it are signed with. */
export const LEX_CREDENTIALS = {
  accessKeyId: 'AKIALEXLEXLEXLEXLEX0',
  secretAccessKey: 'lex/secret',
} as const

/** For the environment of a server whose bots lead here. */
export function lexEnvironment(url: string): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL_LEX_RUNTIME_V2: url,
    AWS_ACCESS_KEY_ID: LEX_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LEX_CREDENTIALS.secretAccessKey,
  }
}

export interface LexQuestion {
  readonly operation: 'RecognizeText' | 'PutSession'
  readonly botId: string
  readonly botAliasId: string
  readonly localeId: string
  readonly sessionId: string
  /** Undefined for PutSession. */
  readonly text: string | undefined
  readonly sessionState: Readonly<Record<string, unknown>> | undefined
  readonly requestAttributes: Readonly<Record<string, string>>
}

/** As Lex says it, in JSON. */
export type LexAnswer = Readonly<Record<string, unknown>>

/**
 * An exception of Lex by its name, or a body that is no answer; `hang` never answers, `reset` cuts
 * the connection.
 */
export type LexFault = LexException | { readonly body: string } | 'hang' | 'reset'

interface LexException {
  readonly status: number
  readonly exception: string
}

export interface LexServer extends AsyncDisposable {
  readonly url: string
  /** Everything that was asked and is valid, in order, whatever was answered. */
  readonly asked: Inbox<LexQuestion>
  /** Why requests were refused because they were none that Lex would take. */
  readonly refusals: readonly string[]
  /** An echo, unless a test says otherwise. */
  answerTo: (question: LexQuestion) => LexAnswer | Promise<LexAnswer>
  /** Fails instead, where it says how. */
  failTo: (question: LexQuestion) => LexFault | undefined
  /** Nobody listens any more, until `up`. */
  down(): Promise<void>
  up(): Promise<void>
}

// evidence: docs Lex V2 RecognizeText
const PATH =
  /^\/bots\/([0-9A-Za-z]{1,50})\/botAliases\/([0-9A-Za-z*]{1,50})\/botLocales\/([^/]+)\/sessions\/([0-9a-zA-Z._:%-]{2,200})(\/text)?$/
const SESSION_ID = /^[0-9a-zA-Z._:-]{2,100}$/
const TEXT_CHARACTERS_MAX = 1_024
const PUT_SESSION_TYPE = 'text/plain; charset=utf-8'

/** An answer of one intent that is fulfilled. */
export function answerOf(...contents: readonly string[]): LexAnswer {
  return {
    messages: contents.map((content) => ({ content, contentType: 'PlainText' })),
    sessionState: { intent: { name: 'Echo', state: 'Fulfilled', confirmationState: 'None' } },
  }
}

export async function startLexServer(): Promise<LexServer> {
  const refusals: string[] = []
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.destroy(error as Error))
  })
  const loopback = createLoopback(server)

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const question = await questionOf(request, await textOf(request))
    if (typeof question === 'string') {
      refusals.push(question)
      refuse(response, { status: 400, exception: 'ValidationException' })
      return
    }
    live.asked.put(question)
    const fault = live.failTo(question)
    if (fault === 'hang') return
    if (fault === 'reset') request.socket.resetAndDestroy()
    else if (fault !== undefined && 'body' in fault) response.end(fault.body)
    else if (fault !== undefined) refuse(response, fault)
    else if (question.operation === 'PutSession') {
      answerInHeaders(response, question, await live.answerTo(question))
    } else {
      const { sessionId, requestAttributes } = question
      const body = { ...(await live.answerTo(question)), sessionId, requestAttributes }
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    }
  }

  const live: LexServer = {
    get url() {
      return `http://127.0.0.1:${loopback.port}`
    },
    asked: createInbox<LexQuestion>(),
    refusals,
    answerTo: ({ text, sessionState }) =>
      answerOf(text ?? `Welcome by ${JSON.stringify(sessionState?.['intent'])}`),
    failTo: () => undefined,
    down: () => loopback.down(),
    up: () => loopback.up(),
    [Symbol.asyncDispose]: () => loopback[Symbol.asyncDispose](),
  }
  await live.up()
  return live
}

/** What is asked, or why Lex would not take it. */
async function questionOf(request: IncomingMessage, text: string): Promise<LexQuestion | string> {
  const [, botId = '', botAliasId = '', localeId = '', session = '', ofText] =
    PATH.exec(request.url ?? '') ?? []
  if (botId === '' || request.method !== 'POST') return `no such path: ${request.url}`
  if (request.headers['content-type'] !== 'application/json') return 'no JSON'
  if (!(await isSigned(request, text))) return 'not signed'
  const sessionId = decodeURIComponent(session)
  if (!SESSION_ID.test(sessionId)) return `no session: ${sessionId}`
  const body = JSON.parse(text) as Readonly<Record<string, never>>
  const common = {
    botId,
    botAliasId,
    localeId,
    sessionId,
    sessionState: body['sessionState'],
    requestAttributes: body['requestAttributes'] ?? {},
  }
  if (ofText === undefined) {
    if (request.headers['responsecontenttype'] !== PUT_SESSION_TYPE) return 'no content type'
    if (common.sessionState === undefined) return 'no session state'
    return { ...common, operation: 'PutSession', text: undefined }
  }
  const said: unknown = body['text']
  if (typeof said !== 'string' || said === '' || said.length > TEXT_CHARACTERS_MAX) {
    return 'text must have 1 to 1024 characters'
  }
  return { ...common, operation: 'RecognizeText', text: said }
}

/** Whether the request carries the signature that its key and date make of it. */
async function isSigned(request: IncomingMessage, body: string): Promise<boolean> {
  const { headers } = request
  const given = String(headers.authorization)
  const [, keyId, region = '', service = '', names = ''] =
    /Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+)/.exec(
      given,
    ) ?? []
  if (keyId !== LEX_CREDENTIALS.accessKeyId || service !== 'lex') return false
  const date = String(headers['x-amz-date'])
  const signer = new SignatureV4({
    credentials: LEX_CREDENTIALS,
    region,
    service,
    sha256: Sha256,
    applyChecksum: false,
  })
  const signed = await signer.sign(
    {
      method: 'POST',
      protocol: 'http:',
      hostname: '127.0.0.1',
      path: request.url ?? '',
      query: {},
      headers: Object.fromEntries(
        names.split(';').map((name) => [name, String(headers[name])] as const),
      ),
      body,
    },
    { signingDate: new Date(date.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)/, '$1-$2-$3:$4:')) },
  )
  return signed.headers['authorization'] === given
}

/** PutSession answers in headers: JSON, compressed, in base64. */
// evidence: docs Lex V2 PutSession
function answerInHeaders(
  response: ServerResponse,
  { sessionId }: LexQuestion,
  { messages, sessionState }: LexAnswer,
): void {
  response.writeHead(200, {
    'content-type': PUT_SESSION_TYPE,
    'x-amz-lex-messages': packed(messages),
    'x-amz-lex-session-state': packed(sessionState),
    'x-amz-lex-session-id': sessionId,
  })
  response.end()
}

function packed(value: unknown): string {
  return gzipSync(JSON.stringify(value ?? null)).toString('base64')
}

function refuse(response: ServerResponse, { status, exception }: LexException): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-amzn-errortype': exception,
  })
  response.end(JSON.stringify({ message: 'said the tests' }))
}
