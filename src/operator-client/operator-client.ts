// Asks a server what only its operator may ask, signed by the root credential. Never fails: a
// server that is away or refuses is an answer, too.
import { Agent, request as plainRequest, type IncomingMessage } from 'node:http'
import { Agent as TlsAgent, request as tlsRequest } from 'node:https'
import { getCACertificates } from 'node:tls'
import type { Clock } from '../base/clock.ts'
import { signHeaders } from '../protocol/sigv4/sign-headers.ts'

/** Longer than a server that still serves takes; a person who waits wants to be told. */
const ANSWER_MS_MAX = 5_000
/** An overview of 1,000 sub-channels has some 150 kB, a page of dead letters less. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024

export interface OperatorClientOptions {
  /** Scheme, host and port. */
  readonly endpoint: URL
  readonly region: string
  readonly credential: { readonly accessKeyId: string; readonly secretAccessKey: string }
  /** PEM of an authority that is trusted beside the usual ones. */
  readonly authority: string | undefined
  readonly clock: Clock
}

export interface OperatorRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** Those that are undefined are left out. */
  readonly query: Readonly<Record<string, string | undefined>>
  /** Sent as JSON. */
  readonly body?: object | undefined
}

/** `trouble` says to a person why there is no `body`, a JSON object or empty. */
export type OperatorAnswer =
  { readonly body: Readonly<Record<string, unknown>> } | { readonly trouble: string }

export interface OperatorClient {
  send(request: OperatorRequest): Promise<OperatorAnswer>
  close(): void
}

/** One for each server; it keeps one connection. */
export function createOperatorClient(options: OperatorClientOptions): OperatorClient {
  const { endpoint, authority } = options
  const isTls = endpoint.protocol === 'https:'
  const agent = isTls
    ? new TlsAgent({
        keepAlive: true,
        ...(authority === undefined ? {} : { ca: [...getCACertificates('default'), authority] }),
      })
    : new Agent({ keepAlive: true })
  return {
    async send(request) {
      try {
        const { status, body } = await exchange(options, agent, request)
        return readAnswer(status, body)
      } catch (error) {
        return { trouble: `The server is away: ${reasonOf(error)}` }
      }
    },
    close: () => agent.destroy(),
  }
}

function queryText(query: OperatorRequest['query']): string {
  return Object.entries(query)
    .flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
    )
    .join('&')
}

function exchange(
  { endpoint, region, credential, clock }: OperatorClientOptions,
  agent: Agent,
  { method, path, query, body }: OperatorRequest,
): Promise<{ readonly status: number; readonly body: string }> {
  const rawQuery = queryText(query)
  const text = body === undefined ? '' : JSON.stringify(body)
  const target = { method, rawPath: path, rawQuery, host: endpoint.host, body: text }
  const signing = { ...credential, region, service: 'chime', nowMs: clock.now() }
  const headers = {
    ...signHeaders(target, signing),
    ...(text === ''
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
  }
  const url = new URL(path + (rawQuery === '' ? '' : `?${rawQuery}`), endpoint)
  const send = endpoint.protocol === 'https:' ? tlsRequest : plainRequest
  return new Promise((resolve, reject) => {
    let isAnswered = false
    const request = send(url, { method, agent, headers })
    const timer = clock.after(ANSWER_MS_MAX, () => {
      request.destroy(new Error(`no answer within ${ANSWER_MS_MAX / 1_000} seconds`))
    })
    request.on('error', reject)
    request.on('response', (response) => {
      isAnswered = true
      collect(response).then(
        (answer) => resolve({ status: response.statusCode ?? 0, body: answer }),
        (error: unknown) => {
          request.destroy()
          reject(error instanceof Error ? error : new Error(String(error)))
        },
      )
    })
    request.on('close', () => {
      timer.cancel()
      // One that has an answer is settled by it.
      if (!isAnswered) reject(new Error('the connection was closed'))
    })
    request.end(text)
  })
}

async function collect(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > ANSWER_BYTES_MAX) throw new Error('its answer is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function readAnswer(status: number, text: string): OperatorAnswer {
  const body = parseObject(text)
  if (status === 200) return { body }
  const { message } = body
  const why = typeof message === 'string' ? message : `status ${status}`
  return { trouble: `The server refuses: ${why.replace(/\.$/, '')}` }
}

/** Empty for what is no JSON, or no object. */
function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(text) as unknown
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** Node names several addresses that were tried by one error without a message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = error as NodeJS.ErrnoException
  return error.message === '' ? (code ?? error.name) : error.message
}
