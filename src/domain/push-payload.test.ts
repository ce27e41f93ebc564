// What devices are told, in the forms of the providers.
import { expect, test } from 'vitest'
import { appInstanceArnOf, arnWithin } from '../base/arn.ts'
import type { MessageId, PushNotification } from './channel-message.ts'
import type { AppInstanceUserEndpoint } from './identity.ts'
import {
  addressOf,
  apnsPayloadOf,
  expiryOf,
  fcmMessageOf,
  webhookPushOf,
  type DevicePush,
} from './push-payload.ts'

const app = appInstanceArnOf({ region: 'us-east-1', accountId: '0'.repeat(12) }, 'a'.repeat(64))
const NOW = 1_800_000_000_000

function pushOf(
  push: PushNotification,
  endpoint: Partial<AppInstanceUserEndpoint> = {},
): DevicePush {
  return {
    pushId: '0b9c2c1e-77aa-8e5e-8d53-3c1f6f0a5b11',
    endpoint: {
      appInstanceUserArn: arnWithin(app, 'user', 'u'.repeat(64)),
      endpointId: 'e',
      type: 'APNS',
      resourceArn: 'arn:aws:mobiletargeting:us-east-1:000000000000:apps/shop',
      deviceToken: 'alert',
      allowMessages: 'ALL',
      status: 'ACTIVE',
      createdAt: 0,
      lastUpdatedAt: 0,
      ...endpoint,
    },
    message: {
      channelArn: arnWithin(app, 'channel', 'c'.repeat(64)),
      channelCreatedAt: 0,
      subChannelId: '',
      messageId: 'f'.repeat(32) as MessageId,
      senderArn: arnWithin(app, 'user', 'ana'),
      push,
    },
    expiresAt: NOW + 90_500,
  }
}

const bytesOf = (value: object) => Buffer.byteLength(JSON.stringify(value))

test('the longest texts that may be sent fit what the providers take', () => {
  // Six bytes each, once they are JSON.
  const longest = { title: '\u0001'.repeat(50), body: '\u0001'.repeat(150), type: 'VOIP' } as const
  const { message } = pushOf(longest)
  // evidence: docs APNs and FCM, 4096 bytes
  expect(bytesOf(apnsPayloadOf(message))).toBeLessThanOrEqual(4096)
  expect(bytesOf(fcmMessageOf(pushOf(longest), NOW))).toBeLessThanOrEqual(4096)
})

test('a text that was not given is absent from what iOS shows, and empty among the keys', () => {
  const payload = apnsPayloadOf(pushOf({ body: 'Hi', type: 'DEFAULT' }).message)
  expect(JSON.parse(JSON.stringify(payload))).toMatchObject({
    aps: { alert: { body: 'Hi' } },
    'pinpoint.notification.title': '',
    'pinpoint.notification.body': 'Hi',
  })
  expect(JSON.stringify(payload)).toContain('"alert":{"body":"Hi"}')
})

test('calls go to the token for calls, everything else to the other one', () => {
  const voip = { voipDeviceToken: 'call' }
  expect(addressOf(pushOf({ type: 'VOIP' }, voip))).toEqual({ deviceToken: 'call', isCall: true })
  const alert = { deviceToken: 'alert', isCall: false }
  expect(addressOf(pushOf({ type: 'VOIP' }))).toEqual(alert)
  expect(addressOf(pushOf({ type: 'DEFAULT' }, voip))).toEqual(alert)
})

test('a call expires within half a minute, a message in a day, and time left is never below 0', () => {
  expect(expiryOf({ push: { type: 'VOIP' } }, NOW)).toBe(NOW + 30_000)
  expect(expiryOf({ push: { type: 'DEFAULT' } }, NOW)).toBe(NOW + 86_400_000)
  const push = pushOf({ title: 'Hi', type: 'DEFAULT' })
  expect(fcmMessageOf(push, NOW)).toMatchObject({ message: { android: { ttl: '90s' } } })
  expect(fcmMessageOf(push, NOW + 100_000)).toMatchObject({ message: { android: { ttl: '0s' } } })
})

test('a webhook is told the sub-channel only of an elastic channel', () => {
  const push = pushOf({ title: 'Hi', type: 'DEFAULT' })
  expect(JSON.stringify(webhookPushOf(push))).not.toContain('SubChannelId')
  const message = { ...push.message, subChannelId: 's1' }
  expect(webhookPushOf({ ...push, message })).toMatchObject({ SubChannelId: 's1' })
})
