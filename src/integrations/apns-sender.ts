// Pushes to devices by Apple's service: HTTP/2, with tokens that the operator's key signs.
import { Notification, Provider, type ResponseFailure } from '@parse/node-apn'
import type { ClientHttp2Session } from 'node:http2'
import type { Clock } from '../base/clock.ts'
import { DeliveryError, deliveryErrorOfStatus } from '../domain/delivery-error.ts'
import type { ApnsTarget } from '../domain/outbound-mapping.ts'
import { addressOf, apnsPayloadOf, type DevicePush } from '../domain/push-payload.ts'
import type { PushSender } from '../ports/push-senders.ts'

/** For one request; Apple answers within a second. */
// evidence: inferred
const REQUEST_TIMEOUT_MS = 10_000
const PORT = 443
/** Shown at once, and it may wake the device. */
// evidence: docs sending notification requests to APNs
const PRIORITY = 10
/** What the topic of calls ends with. */
// evidence: docs sending notification requests to APNs
const CALL_SUFFIX = '.voip'
const WHAT = 'APNs'
/** What the library says of a request that was not answered in time. */
const TIMEOUT = 'apn write timeout'

/** Tokens of devices are hexadecimal; of no fixed length. What is none need not be asked about. */
// evidence: docs sending notification requests to APNs
const DEVICE_TOKEN = /^[0-9a-fA-F]+$/

/** What says that the device's token is good for nothing. */
// evidence: docs handling error responses from APNs
const OF_THE_TOKEN: ReadonlySet<string> = new Set([
  'BadDeviceToken',
  'DeviceTokenNotForTopic',
  'MissingDeviceToken',
  'Unregistered',
  'ExpiredToken',
])
/** What the operator may mend, with a status that otherwise speaks of the push. */
// evidence: docs handling error responses from APNs
const OF_THE_SETTINGS: ReadonlySet<string> = new Set([
  'BadTopic',
  'MissingTopic',
  'TopicDisallowed',
])

/** A connection with the tokens that go with it: Apple wants these to be renewed rarely. */
interface Connection {
  readonly provider: Provider
  /** When the last answer came, monotonic milliseconds. */
  answeredAt: number
}

type Environment = 'production' | 'sandbox'

export function createApnsSender(clock: Clock): PushSender<ApnsTarget> {
  const connections = new Map<ApnsTarget, Map<Environment, Connection>>()

  function connectionOf(target: ApnsTarget, environment: Environment): Connection {
    const byEnvironment = connections.get(target) ?? new Map<Environment, Connection>()
    connections.set(target, byEnvironment)
    const open = byEnvironment.get(environment)
    if (open !== undefined) return open
    const made = { provider: createProvider(target, environment), answeredAt: 0 }
    byEnvironment.set(environment, made)
    return made
  }

  return {
    async send(target, push, signal) {
      const { deviceToken } = addressOf(push)
      if (!DEVICE_TOKEN.test(deviceToken)) return 'invalid-token'
      const { type } = push.endpoint
      const environment = type === 'APNS_SANDBOX' ? 'sandbox' : 'production'
      const connection = connectionOf(target, environment)
      const startedAt = clock.monotonicMs()
      const sending = connection.provider.send(notificationOf(target, push), deviceToken)
      const { failed } = await abortable(sending, signal).catch((error: unknown) => {
        dropIfSilent(connection, startedAt)
        throw error
      })
      const [failure] = failed
      if (failure === undefined || failure.status !== undefined) {
        connection.answeredAt = clock.monotonicMs()
      }
      if (failure === undefined) return 'sent'
      if (failure.error?.message === TIMEOUT) dropIfSilent(connection, startedAt)
      if (OF_THE_TOKEN.has(reasonOf(failure))) return 'invalid-token'
      throw errorOf(failure)
    },
    close() {
      for (const byEnvironment of connections.values()) {
        for (const { provider } of byEnvironment.values()) {
          // Its end is not waited for: the types promise one that the library does not give.
          void provider.shutdown()
          sessionOf(provider)?.destroy()
        }
      }
      connections.clear()
    },
  }
}

function createProvider(target: ApnsTarget, environment: Environment): Provider {
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

function notificationOf(target: ApnsTarget, push: DevicePush): Notification {
  const { isCall } = addressOf(push)
  const notification = new Notification()
  notification.id = push.pushId
  notification.topic = isCall ? `${target.topic}${CALL_SUFFIX}` : target.topic
  notification.pushType = isCall ? 'voip' : 'alert'
  notification.priority = PRIORITY
  notification.expiry = Math.floor(push.expiresAt / 1000)
  notification.rawPayload = apnsPayloadOf(push.message)
  return notification
}

/** The library knows no signals: what it still does is of no interest. */
function abortable<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(unanswered('no answer in time'))
    if (signal.aborted) giveUp()
    signal.addEventListener('abort', giveUp, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp))
  })
}

/**
 * A connection on which nothing came since the request began may be dead, and would stay open for a
 * quarter of an hour: the next request opens another one. The provider stays, with its tokens.
 */
function dropIfSilent({ provider, answeredAt }: Connection, startedAt: number): void {
  if (answeredAt < startedAt) sessionOf(provider)?.destroy()
}

/** NOTE: The library's own, not part of its types; the version is pinned and a test looks at it. */
function sessionOf(provider: Provider): ClientHttp2Session | undefined {
  return (provider as unknown as { readonly client: { readonly session?: ClientHttp2Session } })
    .client.session
}

function reasonOf({ response, error }: ResponseFailure): string {
  return response?.reason ?? error?.message ?? ''
}

function errorOf(failure: ResponseFailure): DeliveryError {
  const { status, response } = failure
  const reason = reasonOf(failure)
  if (status === undefined) return unanswered(codeIn(failure.error))
  const { message, isRetryable, isDestinationDown } = deliveryErrorOfStatus(status, WHAT)
  const text = response === undefined ? message : `${message} ${response.reason}`
  // Of one device alone: that it hears too much holds up nobody else.
  if (reason === 'TooManyRequests') {
    return new DeliveryError(text, { isRetryable: true, isDestinationDown: false, status })
  }
  // The next attempt carries a new one.
  if (reason === 'ExpiredProviderToken') {
    return new DeliveryError(text, { isRetryable: true, isDestinationDown: false, status })
  }
  if (status === 403 || OF_THE_SETTINGS.has(reason)) {
    return new DeliveryError(text, { isRetryable: true, isDestinationDown: true, status })
  }
  return new DeliveryError(text, { isRetryable, isDestinationDown, status })
}

function unanswered(why: string): DeliveryError {
  return new DeliveryError(`${WHAT} could not be reached: ${why}`, {
    isRetryable: true,
    isDestinationDown: true,
  })
}

/** The code of the innermost error that has one: texts of errors may hold what was sent. */
function codeIn(error: unknown): string {
  let code = 'no answer'
  for (let each: unknown = error; each instanceof Error;) {
    if ('code' in each) code = String(each.code)
    each = 'jse_cause' in each ? each.jse_cause : each.cause
  }
  return code
}
