// A connection to one environment of Apple's push service, over the library that speaks to it. What
// the library lacks: that requests end with a signal, that a dead connection is given up, and that
// a new one is asked for one thing first.
import { Provider, type Notification } from '@parse/node-apn'
import type { ClientHttp2Session } from 'node:http2'
import type { Clock } from '../base/clock.ts'
import { DeliveryError } from '../domain/delivery-error.ts'
import type { ApnsTarget } from '../domain/outbound-mapping.ts'
import { watchAnswers, type ApnsFailure } from './apns-answers.ts'
import { untilAborted } from './until-aborted.ts'

export type ApnsEnvironment = 'production' | 'sandbox'

/** For one request; Apple answers within a second. */
// evidence: inferred
const REQUEST_TIMEOUT_MS = 10_000
const PORT = 443
/** What the library says of a request that was not answered in time. */
const TIMEOUT = 'apn write timeout'

export class ApnsConnection {
  readonly #clock: Clock
  readonly #provider: Provider
  /** When the last answer came, monotonic milliseconds. */
  #answeredAt = 0
  /** The session that has answered once. */
  #proven: ClientHttp2Session | undefined
  /** The first request of a new session. */
  #opening: Promise<ApnsFailure | undefined> | undefined

  /** Throws DeliveryError when the key cannot sign. */
  constructor(target: ApnsTarget, environment: ApnsEnvironment, clock: Clock) {
    this.#clock = clock
    this.#provider = createProvider(target, environment)
    watchAnswers(this.#provider)
  }

  /**
   * Resolves with what failed, undefined when Apple took it. Rejects with DeliveryError once
   * `signal` is aborted.
   */
  async send(
    notification: Notification,
    deviceToken: string,
    signal: AbortSignal,
  ): Promise<ApnsFailure | undefined> {
    while (!this.#isProven) {
      if (this.#opening === undefined) {
        this.#opening = this.#exchange(notification, deviceToken, signal)
        return this.#opening.finally(() => (this.#opening = undefined))
      }
      // Apple takes one request until it has seen a token that it knows, and refuses others.
      const first = await abortable(this.#opening, signal)
      if (first !== undefined && first.status === undefined) return first
    }
    return this.#exchange(notification, deviceToken, signal)
  }

  close(): void {
    // Its end is not waited for: the types promise one that the library does not give.
    void this.#provider.shutdown()
    this.#session?.destroy()
  }

  async #exchange(
    notification: Notification,
    deviceToken: string,
    signal: AbortSignal,
  ): Promise<ApnsFailure | undefined> {
    const startedAt = this.#clock.monotonicMs()
    const sending = this.#provider.send(notification, deviceToken)
    const { failed } = await abortable(sending, signal).catch((error: unknown) => {
      this.#dropIfSilent(startedAt)
      throw error
    })
    const [failure] = failed
    if (failure === undefined || failure.status !== undefined) {
      this.#answeredAt = this.#clock.monotonicMs()
      this.#proven = this.#session
    } else if (failure.error?.message === TIMEOUT) {
      this.#dropIfSilent(startedAt)
    }
    return failure
  }

  get #isProven(): boolean {
    const session = this.#session
    if (session === undefined || session !== this.#proven) return false
    return !session.closed && !session.destroyed
  }

  /**
   * A connection on which nothing came since a request began may be dead, and would stay open for a
   * quarter of an hour: the next request opens another one. The library stays, with its tokens,
   * which Apple wants to be renewed rarely.
   */
  #dropIfSilent(startedAt: number): void {
    if (this.#answeredAt < startedAt) this.#session?.destroy()
  }

  /** NOTE: The library's own, not part of its types; its version is pinned, and tests need it. */
  get #session(): ClientHttp2Session | undefined {
    const { client } = this.#provider as unknown as {
      readonly client: { readonly session?: ClientHttp2Session }
    }
    return client.session
  }
}

/** Nothing was answered, for a reason that holds neither tokens nor content. */
export function unanswered(why: string): DeliveryError {
  return new DeliveryError(`APNs could not be reached: ${why}`, {
    isRetryable: true,
    isDestinationDown: true,
  })
}

function createProvider(target: ApnsTarget, environment: ApnsEnvironment): Provider {
  const { key, keyId, teamId, address, certificateAuthority } = target
  try {
    return new Provider({
      token: { key, keyId, teamId },
      production: environment === 'production',
      ...(address === undefined ? {} : placeOf(address)),
      ...(certificateAuthority === undefined ? {} : { ca: [certificateAuthority] }),
      requestTimeout: REQUEST_TIMEOUT_MS,
      // Entries are repeated by the outbox, which counts how often.
      connectionRetryLimit: 0,
    })
  } catch {
    // What is wrong with a key would quote from it.
    throw new DeliveryError('the key of APNs cannot sign', {
      isRetryable: true,
      isDestinationDown: true,
    })
  }
}

function placeOf(address: string): { readonly address: string; readonly port: number } {
  const colon = address.lastIndexOf(':')
  return { address: address.slice(0, colon), port: Number(address.slice(colon + 1)) || PORT }
}

async function abortable<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  try {
    return await untilAborted(work, signal)
  } catch (error) {
    throw signal.aborted ? unanswered('no answer in time') : error
  }
}
