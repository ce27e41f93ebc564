// Pushes to devices by Firebase Cloud Messaging, version 1 of its HTTP API.
import type { Clock } from '../base/clock.ts'
import { DeliveryError, deliveryErrorOfStatus } from '../domain/delivery-error.ts'
import type { FcmTarget } from '../domain/outbound-mapping.ts'
import { fcmMessageOf } from '../domain/push-payload.ts'
import { retryAfterMsOf } from '../domain/retry-after.ts'
import type { PushSender } from '../ports/push-senders.ts'
import { createBoundedPost, type PostAnswer } from './bounded-post.ts'
import { createFcmAccessTokens } from './fcm-access-tokens.ts'

const GOOGLES_URL = 'https://fcm.googleapis.com'
const WHAT = 'FCM'
/** Errors have some hundred bytes. */
// evidence: inferred
const LIMITS = { answerBytesMax: 64 * 1024, socketsPerHostMax: 32 }

export function createFcmSender(clock: Clock): PushSender<FcmTarget> {
  const http = createBoundedPost(LIMITS)
  const accessTokens = createFcmAccessTokens(http, clock)

  async function attempt(target: FcmTarget, body: string, signal: AbortSignal) {
    const token = await accessTokens.find(target, signal)
    const base = (target.url ?? GOOGLES_URL).replace(/\/+$/, '')
    const answer = await http.post({
      url: `${base}/v1/projects/${encodeURIComponent(target.projectId)}/messages:send`,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body,
      signal,
      what: WHAT,
      isRead: (status) => MAYBE_OF_THE_TOKEN.has(status),
    })
    if (answer.status === 401) accessTokens.forget(target, token)
    return answer
  }

  return {
    async send(target, push, signal) {
      const body = JSON.stringify(fcmMessageOf(push, clock.now()))
      let answer = await attempt(target, body, signal)
      // A token may be taken back before its time: once more with a new one.
      if (answer.status === 401) answer = await attempt(target, body, signal)
      if (answer.status === 200) return 'sent'
      if (isInvalidToken(answer)) return 'invalid-token'
      throw errorOf(answer, clock.now())
    },
    close: () => http.close(),
  }
}

/** Statuses of errors that may be the device's token's. */
const MAYBE_OF_THE_TOKEN: ReadonlySet<number> = new Set([400, 403, 404])

/** What is told behind an error's status. */
interface FcmErrorDetail {
  readonly '@type'?: string
  readonly errorCode?: string
  readonly fieldViolations?: readonly { readonly field?: string }[]
}

/**
 * Whether the device's token is to blame: it is gone, belongs to another project, or is none. An
 * argument that is wrong is the token's unless the answer names another field. A 404 without a word
 * about the token is about the address.
 */
// evidence: docs FCM error codes
function isInvalidToken({ status, text }: PostAnswer): boolean {
  const details = detailsIn(text)
  const codes = details.map(({ errorCode }) => errorCode)
  if (status === 404) return codes.includes('UNREGISTERED')
  if (status === 403) return codes.includes('SENDER_ID_MISMATCH')
  if (status !== 400) return false
  const fields = details.flatMap(({ fieldViolations = [] }) => fieldViolations)
  return fields.length === 0
    ? codes.includes('INVALID_ARGUMENT')
    : fields.some(({ field }) => field === 'message.token')
}

function detailsIn(text: string): readonly FcmErrorDetail[] {
  try {
    const { error } = JSON.parse(text) as {
      readonly error?: { readonly details?: readonly FcmErrorDetail[] }
    }
    return Array.isArray(error?.details) ? error.details : []
  } catch {
    return []
  }
}

/**
 * What exceeds a quota waits so long if Google does not say for how long. It may be the quota of
 * one device, so others do not wait with it.
 */
// evidence: docs FCM best practices when sending at scale, handling retries
const QUOTA_PAUSE_MS = 60_000

/** Refused credentials, a project or an address that is not there: the operator may mend these. */
const OF_THE_SETTINGS: ReadonlySet<number> = new Set([401, 403, 404])

// evidence: docs FCM best practices when sending at scale, 429 and 503 may come with Retry-After
function errorOf({ status, retryAfter }: PostAnswer, now: number): DeliveryError {
  const retryAfterMs = retryAfterMsOf(status, retryAfter, now)
  const error = deliveryErrorOfStatus(status, WHAT, retryAfterMs)
  if (status === 429 && retryAfterMs === undefined) {
    const isOfDevice = { isRetryable: true, isDestinationDown: false }
    return new DeliveryError(error.message, { ...isOfDevice, status, retryAfterMs: QUOTA_PAUSE_MS })
  }
  return OF_THE_SETTINGS.has(status)
    ? new DeliveryError(error.message, { isRetryable: true, isDestinationDown: true, status })
    : error
}
