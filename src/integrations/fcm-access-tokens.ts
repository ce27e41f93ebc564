// Access tokens for Google's push service: a service account shows an assertion that it has signed,
// and gets a token for an hour.
import { createPrivateKey } from 'node:crypto'
import { SignJWT } from 'jose'
import type { Clock } from '../base/clock.ts'
import { DeliveryError, deliveryErrorOfStatus } from '../domain/delivery-error.ts'
import type { FcmTarget } from '../domain/outbound-mapping.ts'
import { retryAfterMsOf } from '../domain/retry-after.ts'
import type { BoundedPost } from './bounded-post.ts'

// evidence: docs OAuth 2.0 for server to server applications (Google)
const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging'
/** How long an assertion is good for: Google takes an hour at most. */
// evidence: docs OAuth 2.0 for server to server applications (Google)
const ASSERTION_LIFETIME_S = 3600
/** A token is renewed so long before its end: requests that carry it take time. */
// evidence: inferred
const RENEWED_BEFORE_MS = 5 * 60 * 1000
/** Of a token whose lifetime the answer does not say. */
// evidence: docs OAuth 2.0 for server to server applications (Google), tokens last an hour
const LIFETIME_DEFAULT_S = 3600
const WHAT = 'the token service of FCM'

export interface FcmAccessTokens {
  /** A token that is good for some minutes more; everybody who asks meanwhile waits for one. */
  find(target: FcmTarget, signal: AbortSignal): Promise<string>
  /** `token` was refused: the next one is new. */
  forget(target: FcmTarget, token: string): void
}

interface AccessToken {
  readonly token: string
  readonly renewAt: number
}

export function createFcmAccessTokens(http: BoundedPost, clock: Clock): FcmAccessTokens {
  const known = new Map<FcmTarget, AccessToken>()
  const asked = new Map<FcmTarget, Promise<AccessToken>>()

  async function ask(target: FcmTarget, signal: AbortSignal): Promise<AccessToken> {
    const askedAt = clock.now()
    const assertion = await signAssertion(target, Math.floor(askedAt / 1000))
    const { status, text, retryAfter } = await http.post({
      url: target.tokenUrl,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ grant_type: GRANT_TYPE, assertion }).toString(),
      signal,
      what: WHAT,
      isRead: (answered) => answered === 200,
    })
    if (status !== 200) throw refusedBy(status, retryAfterMsOf(status, retryAfter, clock.now()))
    const { token, lifetimeS } = tokenIn(text)
    return { token, renewAt: askedAt + lifetimeS * 1000 - RENEWED_BEFORE_MS }
  }

  return {
    async find(target, signal) {
      const held = known.get(target)
      if (held !== undefined && clock.now() < held.renewAt) return held.token
      let answer = asked.get(target)
      if (answer === undefined) {
        answer = ask(target, signal).finally(() => asked.delete(target))
        asked.set(target, answer)
      }
      const fresh = await answer
      known.set(target, fresh)
      return fresh.token
    },
    forget(target, token) {
      if (known.get(target)?.token === token) known.delete(target)
    },
  }
}

async function signAssertion(target: FcmTarget, nowS: number): Promise<string> {
  try {
    return await new SignJWT({ scope: SCOPE })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .setIssuer(target.clientEmail)
      .setAudience(target.tokenUrl)
      .setIssuedAt(nowS)
      .setExpirationTime(nowS + ASSERTION_LIFETIME_S)
      .sign(createPrivateKey(target.privateKey))
  } catch {
    // What is wrong with a key would quote from it.
    throw new DeliveryError('the private key of the service account cannot sign', {
      isRetryable: true,
      isDestinationDown: true,
    })
  }
}

/** Whatever it is, nothing can be sent without a token: the operator or time may mend it. */
function refusedBy(status: number, retryAfterMs: number | undefined): DeliveryError {
  const { message } = deliveryErrorOfStatus(status, WHAT)
  const isDown = { isRetryable: true, isDestinationDown: true }
  return new DeliveryError(message, { ...isDown, status, retryAfterMs })
}

function tokenIn(text: string): { readonly token: string; readonly lifetimeS: number } {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    answer = undefined
  }
  const { access_token: token, expires_in: lifetimeS } = (answer ?? {}) as Readonly<
    Record<string, unknown>
  >
  if (typeof token !== 'string' || token === '') {
    throw new DeliveryError(`${WHAT} answered without a token`, {
      isRetryable: true,
      isDestinationDown: true,
    })
  }
  return { token, lifetimeS: typeof lifetimeS === 'number' ? lifetimeS : LIFETIME_DEFAULT_S }
}
