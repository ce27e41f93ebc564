// Posts signed JSON to addresses of the operator's: the way out for those without AWS. No
// redirects, limits to time and size, and a signature by which the receiver knows who speaks and
// when.
import { createHmac } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import { deliveryErrorOfStatus } from '../domain/delivery-error.ts'
import type { WebhookTarget } from '../domain/outbound-mapping.ts'
import { retryAfterMsOf } from '../domain/retry-after.ts'
import { createBoundedPost } from './bounded-post.ts'

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
   * Posts and resolves with the body of a 2xx answer, for a bot; whoever else is asked has taken it
   * with the status, whatever becomes of the body, and this is empty. Throws DeliveryError for any
   * other answer, redirects among them, and when there is none.
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
  const http = createBoundedPost({
    answerBytesMax: ANSWER_BYTES_MAX,
    socketsPerHostMax: SOCKETS_PER_HOST_MAX,
  })
  return {
    async post(target, { kind, id, body, signal }) {
      const timestamp = String(Math.floor(clock.now() / 1000))
      const headers = {
        'content-type': 'application/json',
        'x-carillon-kind': kind,
        'x-carillon-id': id,
        'x-carillon-timestamp': timestamp,
        'x-carillon-signature': signatureOf(target.secret, timestamp, body),
      }
      const { status, text, retryAfter } = await http.post({
        url: target.url,
        headers,
        body,
        signal,
        what: 'the webhook',
        // Bots alone have something to say.
        isRead: (answered) => kind === 'bot' && isSuccess(answered),
      })
      if (isSuccess(status)) return text
      const retryAfterMs = retryAfterMsOf(status, retryAfter, clock.now())
      throw deliveryErrorOfStatus(status, 'the webhook', retryAfterMs)
    },
    close: () => http.close(),
  }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300
}

/** The value of `X-Carillon-Signature`. */
export function signatureOf(secret: string, timestamp: string, body: string): string {
  return `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`
}
