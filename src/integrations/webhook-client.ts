// Posts signed JSON to addresses of the operator's: the way out for those without AWS. No
// redirects, limits to time and size, and a signature by which the receiver knows who speaks and
// when.
import { createHmac } from 'node:crypto'
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { Clock } from '../base/clock.ts'
import { DeliveryError, deliveryErrorOfStatus } from '../domain/delivery-error.ts'
import type { WebhookTarget } from '../domain/outbound-mapping.ts'

/** Bytes of an answer that are read: answers of bots are the longest. */
// evidence: inferred; Lex answers with at most 5 messages of 1,024 characters and their cards
const ANSWER_BYTES_MAX = 256 * 1024
/** Connections kept to one host. */
const SOCKETS_PER_HOST_MAX = 64

/** What a request to a webhook is about. */
export interface WebhookRequest {
  /** What is asked for, as the header `X-Carillon-Kind` says it. */
  readonly kind: 'processor' | 'stream' | 'push' | 'bot'
  /** The same for each attempt at the same thing: by it a receiver knows a repetition. */
  readonly id: string
  readonly body: string
  readonly signal: AbortSignal
}

export interface WebhookClient {
  /**
   * Posts and resolves with the body of a 2xx answer. Throws DeliveryError for any other answer,
   * redirects among them, and when there is none.
   */
  post(target: WebhookTarget, request: WebhookRequest): Promise<string>
  close(): void
}

/**
 * Each request carries `X-Carillon-Kind`, `X-Carillon-Id`, `X-Carillon-Timestamp` (epoch seconds)
 * and `X-Carillon-Signature`: `v1=` and the hex HMAC-SHA256, under the target's secret, of
 * timestamp, a dot, and the body.
 */
export function createWebhookClient(clock: Clock): WebhookClient {
  const options = { keepAlive: true, maxSockets: SOCKETS_PER_HOST_MAX }
  const agents = { http: new HttpAgent(options), https: new HttpsAgent(options) }
  return {
    async post(target, request) {
      const timestamp = String(Math.floor(clock.now() / 1000))
      const headers = {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(request.body),
        'user-agent': 'carillon',
        'x-carillon-kind': request.kind,
        'x-carillon-id': request.id,
        'x-carillon-timestamp': timestamp,
        'x-carillon-signature': signatureOf(target.secret, timestamp, request.body),
      }
      const isTls = target.url.startsWith('https:')
      const outgoing = (isTls ? httpsRequest : httpRequest)(target.url, {
        method: 'POST',
        agent: isTls ? agents.https : agents.http,
        headers,
        signal: request.signal,
      })
      try {
        const response = await answerOf(outgoing, request.body)
        const status = response.statusCode ?? 0
        const text = await textOf(response)
        if (status >= 200 && status < 300) return text
        throw deliveryErrorOfStatus(status, 'the webhook')
      } catch (error) {
        outgoing.destroy()
        throw error instanceof DeliveryError ? error : unreachable(error, request.signal)
      }
    },
    close() {
      agents.http.destroy()
      agents.https.destroy()
    },
  }
}

/** The value of `X-Carillon-Signature`. */
export function signatureOf(secret: string, timestamp: string, body: string): string {
  return `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`
}

function answerOf(
  outgoing: ReturnType<typeof httpRequest>,
  body: string,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.on('error', reject)
    outgoing.on('response', (response) => {
      // Its error is told by whoever reads.
      response.on('error', () => undefined)
      resolve(response)
    })
    outgoing.end(body)
  })
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > ANSWER_BYTES_MAX) {
      throw new DeliveryError(`the webhook answered with more than ${ANSWER_BYTES_MAX} bytes`, {
        isRetryable: false,
        isDestinationDown: false,
      })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function unreachable(error: unknown, signal: AbortSignal): DeliveryError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer'
  const text = signal.aborted
    ? 'the webhook did not answer in time'
    : `the webhook could not be reached: ${code}`
  return new DeliveryError(text, {
    isRetryable: true,
    isDestinationDown: true,
  })
}
