// One bounded POST over kept connections: no redirects, a limit to what is read, and an error that
// says what was wrong without quoting anything that was sent.
import {
  Agent as HttpAgent,
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import { urlToHttpOptions } from 'node:url'
import { DeliveryError } from '../domain/delivery-error.ts'
import { createSharedLookup } from './shared-lookup.ts'

export interface PostLimits {
  /** Bytes of an answer that are read. */
  readonly answerBytesMax: number
  /** Connections kept to one host. */
  readonly socketsPerHostMax: number
  /** The operating system's, unless a test has its own. */
  readonly lookup?: LookupFunction
}

export interface PostRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly signal: AbortSignal
  /** Who is talked to, for errors. */
  readonly what: string
  /** Whose answers are read, by their status; of all others the status is all that counts. */
  readonly isRead: (status: number) => boolean
}

export interface PostAnswer {
  readonly status: number
  /** Empty unless it is read. */
  readonly text: string
  /** The header, as it came. */
  readonly retryAfter: string | undefined
}

export interface BoundedPost {
  /** Resolves with the answer, whatever its status; throws DeliveryError when there is none. */
  post(request: PostRequest): Promise<PostAnswer>
  close(): void
}

type Address = ReturnType<typeof urlToHttpOptions>

function isTls({ protocol }: Pick<Address, 'protocol'>): boolean {
  return protocol === 'https:'
}

export function createBoundedPost({
  answerBytesMax,
  socketsPerHostMax,
  lookup = createSharedLookup(),
}: PostLimits): BoundedPost {
  const options = { keepAlive: true, maxSockets: socketsPerHostMax }
  const agents = { http: new HttpAgent(options), https: new HttpsAgent(options) }
  // Taken apart once: there are as many as the operator's file names.
  const addresses = new Map<string, Address>()
  const addressOf = (url: string): Address => {
    const address = addresses.get(url) ?? urlToHttpOptions(new URL(url))
    addresses.set(url, address)
    return address
  }
  return {
    async post(request) {
      const address = { ...addressOf(request.url), lookup }
      const agent = isTls(address) ? agents.https : agents.http
      try {
        return await attempt(request, { ...address, agent }, answerBytesMax)
      } catch (error) {
        if (!(error instanceof KeptConnectionLostError)) throw error
        return attempt(request, { ...address, agent: false }, answerBytesMax)
      }
    },
    close() {
      agents.http.destroy()
      agents.https.destroy()
    },
  }
}

/** It was closed by the other side while it was idle, or at this moment: that is no failure yet. */
class KeptConnectionLostError extends Error {
  override readonly name = 'KeptConnectionLostError'
}

/** Without an agent on a connection of its own. Throws KeptConnectionLostError or DeliveryError. */
async function attempt(
  request: PostRequest,
  route: Address & { readonly agent: HttpAgent | false; readonly lookup: LookupFunction },
  answerBytesMax: number,
): Promise<PostAnswer> {
  const { headers, body, signal, what } = request
  const outgoing = (isTls(route) ? httpsRequest : httpRequest)({
    ...route,
    method: 'POST',
    headers: {
      'user-agent': 'carillon',
      ...headers,
      'content-length': Buffer.byteLength(body),
    },
  })
  const abort = () => void outgoing.destroy(new Error('the attempt is over'))
  signal.addEventListener('abort', abort)
  if (signal.aborted) abort()
  try {
    return await exchange(outgoing, request, answerBytesMax)
  } catch (error) {
    outgoing.destroy()
    if (error instanceof DeliveryError) throw error
    if (error instanceof KeptConnectionLostError && !signal.aborted) throw error
    throw unreachable(what, error, signal)
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** By events: a signal of the request and an iterator of the answer cost as much as the rest. */
function exchange(
  outgoing: ClientRequest,
  request: PostRequest,
  answerBytesMax: number,
): Promise<PostAnswer> {
  return new Promise((resolve, reject) => {
    let isAnswered = false
    const fail = (error: Error) => {
      reject(outgoing.reusedSocket && !isAnswered ? new KeptConnectionLostError() : error)
    }
    outgoing.on('error', fail)
    outgoing.on('close', () => {
      // Without an error, when the answer would change the protocol.
      if (!isAnswered) fail(new Error('the connection was closed'))
    })
    outgoing.on('response', (response) => {
      isAnswered = true
      const text = textOf(response, answerBytesMax, request.what)
      resolve(answerOf(outgoing, response, text, request))
    })
    outgoing.end(request.body)
  })
}

async function answerOf(
  outgoing: ClientRequest,
  { statusCode: status = 0, headers }: IncomingMessage,
  text: Promise<string>,
  { isRead }: PostRequest,
): Promise<PostAnswer> {
  const retryAfter = headers['retry-after']
  if (isRead(status)) return { status, text: await text, retryAfter }
  // Read all the same, so that the connection can be used again.
  await text.catch(() => outgoing.destroy())
  return { status, text: '', retryAfter }
}

function textOf(response: IncomingMessage, bytesMax: number, what: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= bytesMax) chunks.push(chunk)
      else reject(tooLong(what, bytesMax))
    })
    response.on('end', () => resolve(Buffer.concat(chunks).toString()))
    // Also of a connection that breaks off within the answer.
    response.on('error', reject)
  })
}

function tooLong(what: string, bytesMax: number): DeliveryError {
  return new DeliveryError(`${what} answered with more than ${bytesMax} bytes`, {
    isRetryable: false,
    isDestinationDown: false,
  })
}

function unreachable(what: string, error: unknown, signal: AbortSignal): DeliveryError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer'
  const text = signal.aborted
    ? `${what} did not answer in time`
    : `${what} could not be reached: ${code}`
  return new DeliveryError(text, { isRetryable: true, isDestinationDown: true })
}
