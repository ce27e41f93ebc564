// Pushes to devices by Apple's service: HTTP/2, with tokens that the operator's key signs.
import { Notification } from '@parse/node-apn'
import type { Clock } from '../base/clock.ts'
import { DeliveryError, deliveryErrorOfStatus } from '../domain/delivery-error.ts'
import type { ApnsTarget } from '../domain/outbound-mapping.ts'
import { retryAfterMsOf } from '../domain/retry-after.ts'
import { addressOf, apnsPayloadOf, type DevicePush } from '../domain/push-payload.ts'
import type { PushSender } from '../ports/push-senders.ts'
import type { ApnsFailure } from './apns-answers.ts'
import { ApnsConnection, unanswered, type ApnsEnvironment } from './apns-connection.ts'

/** Shown at once, and it may wake the device. */
// evidence: docs sending notification requests to APNs
const PRIORITY = 10
/** What the topic of calls ends with. */
// evidence: docs sending notification requests to APNs
const CALL_SUFFIX = '.voip'
const WHAT = 'APNs'
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

export function createApnsSender(clock: Clock): PushSender<ApnsTarget> {
  const connections = new Map<ApnsTarget, Map<ApnsEnvironment, ApnsConnection>>()

  function connectionOf(target: ApnsTarget, environment: ApnsEnvironment): ApnsConnection {
    const byEnvironment = connections.get(target) ?? new Map<ApnsEnvironment, ApnsConnection>()
    connections.set(target, byEnvironment)
    const open = byEnvironment.get(environment)
    if (open !== undefined) return open
    const made = new ApnsConnection(target, environment, clock)
    byEnvironment.set(environment, made)
    return made
  }

  return {
    async send(target, push, signal) {
      const { deviceToken } = addressOf(push)
      if (!DEVICE_TOKEN.test(deviceToken)) return 'invalid-token'
      const { type } = push.endpoint
      const connection = connectionOf(target, type === 'APNS_SANDBOX' ? 'sandbox' : 'production')
      const failure = await connection.send(notificationOf(target, push), deviceToken, signal)
      if (failure === undefined) return 'sent'
      if (OF_THE_TOKEN.has(reasonOf(failure))) return 'invalid-token'
      throw errorOf(failure, clock.now())
    },
    close() {
      for (const byEnvironment of connections.values()) {
        for (const connection of byEnvironment.values()) connection.close()
      }
      connections.clear()
    },
  }
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

function reasonOf({ response, error }: ApnsFailure): string {
  return response?.reason ?? error?.message ?? ''
}

function errorOf(failure: ApnsFailure, now: number): DeliveryError {
  const { status, response, retryAfterText } = failure
  const reason = reasonOf(failure)
  if (status === undefined) return unanswered(codeIn(failure.error))
  const { message, isRetryable, isDestinationDown } = deliveryErrorOfStatus(status, WHAT)
  const retryAfterMs = retryAfterMsOf(status, retryAfterText, now)
  const text = response === undefined ? message : `${message} ${response.reason}`
  // Of one device alone: that it hears too much holds up nobody else.
  if (reason === 'TooManyRequests') {
    const isOfDevice = { isRetryable: true, isDestinationDown: false }
    return new DeliveryError(text, { ...isOfDevice, status, retryAfterMs })
  }
  // The next attempt carries a new one.
  if (reason === 'ExpiredProviderToken') {
    return new DeliveryError(text, { isRetryable: true, isDestinationDown: false, status })
  }
  if (status === 403 || OF_THE_SETTINGS.has(reason)) {
    return new DeliveryError(text, { isRetryable: true, isDestinationDown: true, status })
  }
  return new DeliveryError(text, { isRetryable, isDestinationDown, status, retryAfterMs })
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
