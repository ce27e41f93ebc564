// The sender for Apple's push service, against a server that behaves like it.
import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { DeliveryError } from '../../src/domain/delivery-error.ts'
import type { ApnsTarget } from '../../src/domain/outbound-mapping.ts'
import type { DevicePush } from '../../src/domain/push-payload.ts'
import { createApnsSender } from '../../src/integrations/apns-sender.ts'
import { startApnsServer, type ApnsServer } from '../harness/apns-server.ts'
import { createTestAuthority, type TestAuthority } from '../harness/test-authority.ts'
import { appleToken, devicePush } from './device-push.ts'

let authority: TestAuthority
let apple: ApnsServer
let sender: ReturnType<typeof createApnsSender>
beforeAll(async () => {
  authority = await createTestAuthority()
})
beforeEach(async () => {
  apple = await startApnsServer(authority)
  sender = createApnsSender(systemClock)
  return async () => {
    sender.close()
    await apple[Symbol.asyncDispose]()
  }
})

const target = (more: Partial<ApnsTarget> = {}): ApnsTarget => ({
  key: apple.key,
  keyId: apple.keyId,
  teamId: apple.teamId,
  topic: apple.topic,
  address: apple.address,
  certificateAuthority: apple.authority,
  ...more,
})
const never = new AbortController().signal
const send = (push: DevicePush, to = target(), signal = never) => sender.send(to, push, signal)
const failing = async (sending: Promise<unknown>): Promise<DeliveryError> => {
  const error = await sending.then(
    (result) => new Error(`it was ${String(result)}`),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(DeliveryError)
  return error as DeliveryError
}

test('an alert has its id, topic, expiry and the keys that apps read', async () => {
  const push = devicePush()
  expect(await send(push)).toBe('sent')
  const [received] = apple.received.items
  expect(received).toMatchObject({
    deviceToken: push.endpoint.deviceToken,
    id: push.pushId,
    topic: 'com.example.chat',
    pushType: 'alert',
    priority: '10',
    expiration: Math.floor(push.expiresAt / 1000),
    payload: {
      aps: { alert: { title: 'Bob', body: 'Lunch?' } },
      'pinpoint.notification.title': 'Bob',
    },
  })
})

test('a call goes to the token for calls, and to the other one where there is none', async () => {
  const voipDeviceToken = appleToken()
  const call = devicePush({ voipDeviceToken }, { type: 'VOIP' })
  const fallback = devicePush({}, { type: 'VOIP' })
  expect([await send(call), await send(fallback)]).toEqual(['sent', 'sent'])
  expect(apple.received.items).toMatchObject([
    { deviceToken: voipDeviceToken, topic: 'com.example.chat.voip', pushType: 'voip' },
    { deviceToken: fallback.endpoint.deviceToken, topic: 'com.example.chat', pushType: 'alert' },
  ])
})

test('many pushes share one connection and one provider token', async () => {
  const to = target()
  const results = await Promise.all(Array.from({ length: 150 }, () => send(devicePush(), to)))
  expect(new Set(results)).toEqual(new Set(['sent']))
  expect(apple.received.items).toHaveLength(150)
  expect(apple.connectionsCount).toBe(1)
  expect(apple.providerTokens.size).toBe(1)
})

test('a server that takes one request after the other gets them all', async () => {
  await using slow = await startApnsServer(authority, 1)
  const to = target({ address: slow.address, key: slow.key })
  const results = await Promise.all(Array.from({ length: 40 }, () => send(devicePush(), to)))
  expect(new Set(results)).toEqual(new Set(['sent']))
  expect(slow.received.items).toHaveLength(40)
  expect(slow.connectionsCount).toBe(1)
})

test.each([
  [410, 'Unregistered'],
  [400, 'BadDeviceToken'],
  [400, 'DeviceTokenNotForTopic'],
  [410, 'ExpiredToken'],
])('%i %s makes the token invalid', async (status, reason) => {
  apple.answerTo = () => ({ status, reason })
  expect(await send(devicePush())).toBe('invalid-token')
})

test('what is no token of Apple is not sent at all', async () => {
  for (const deviceToken of ['../../x', 'a b', '', 'zz'.repeat(32)]) {
    expect(await send(devicePush({ deviceToken }))).toBe('invalid-token')
  }
  expect(apple.received.items).toEqual([])
  expect(apple.connectionsCount).toBe(0)
})

test.each([
  [429, 'TooManyRequests', { isRetryable: true, isDestinationDown: false }],
  [429, 'TooManyProviderTokenUpdates', { isRetryable: true, isDestinationDown: true }],
  [500, 'InternalServerError', { isRetryable: true, isDestinationDown: true }],
  [503, 'Shutdown', { isRetryable: true, isDestinationDown: true }],
  [403, 'InvalidProviderToken', { isRetryable: true, isDestinationDown: true }],
  [403, 'ExpiredProviderToken', { isRetryable: true, isDestinationDown: false }],
  [400, 'TopicDisallowed', { isRetryable: true, isDestinationDown: true }],
  [413, 'PayloadTooLarge', { isRetryable: false, isDestinationDown: false }],
])('%i %s is told as what it is', async (status, reason, expected) => {
  apple.answerTo = () => ({ status, reason })
  const push = devicePush()
  const error = await failing(send(push))
  expect(error).toMatchObject({ ...expected, status })
  expect(error.message).not.toContain(push.endpoint.deviceToken)
})

test.each([
  [429, 'TooManyRequests', false],
  [429, 'TooManyProviderTokenUpdates', true],
  [503, 'ServiceUnavailable', true],
])('%i %s may ask to be left alone', async (status, reason, isDestinationDown) => {
  apple.answerTo = () => ({ status, reason, retryAfter: '30' })
  const asked = { status, isRetryable: true, isDestinationDown, retryAfterMs: 30_000 }
  expect(await failing(send(devicePush()))).toMatchObject(asked)
})

test('an error that says nothing is told by its status, and may ask the same', async () => {
  for (const text of ['', '<html>']) {
    apple.answerTo = () => ({ status: 503, text, retryAfter: '7' })
    expect(await failing(send(devicePush()))).toMatchObject({
      message: 'APNs answered 503',
      status: 503,
      isRetryable: true,
      isDestinationDown: true,
      retryAfterMs: 7_000,
    })
  }
})

test('an answer is read to a bound, and the others on its connection go on', async () => {
  const to = target()
  await send(devicePush(), to)
  apple.answerTo = () => 'endless'
  const error = await failing(send(devicePush(), to))
  expect(error.message).toBe('APNs could not be reached: the answer is too long')
  expect(error).toMatchObject({ isRetryable: true, isDestinationDown: true })
  apple.answerTo = () => undefined
  expect(await send(devicePush(), to)).toBe('sent')
  expect(apple).toMatchObject({ connectionsCount: 1, hungUpCount: 1 })
})

test('after ExpiredProviderToken the next push carries a new one', async () => {
  const to = target()
  await send(devicePush(), to)
  apple.answerTo = () => ({ status: 403, reason: 'ExpiredProviderToken' })
  await failing(send(devicePush(), to))
  expect(apple.providerTokens.size).toBe(1)
  apple.answerTo = () => undefined
  expect(await send(devicePush(), to)).toBe('sent')
  // Signatures differ, even of the same second.
  expect(apple.providerTokens.size).toBe(2)
})

test('a key that is not Apple’s to know, or no key, is told without quoting it', async () => {
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const key = String(other.export({ type: 'pkcs8', format: 'pem' }))
  const refused = await failing(send(devicePush(), target({ key })))
  expect(refused).toMatchObject({ status: 403, isDestinationDown: true, isRetryable: true })
  expect(refused.message).toContain('InvalidProviderToken')
  const broken = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----'
  const useless = await failing(send(devicePush(), target({ key: broken })))
  expect(useless).toMatchObject({ isDestinationDown: true, isRetryable: true })
  expect(useless.message).not.toContain('c2VjcmV0')
})

test('an authority that is not trusted is no destination', async () => {
  const other = await createTestAuthority()
  const error = await failing(
    send(devicePush(), target({ certificateAuthority: other.certificate })),
  )
  expect(error).toMatchObject({ isDestinationDown: true, isRetryable: true })
  expect(apple.received.items).toEqual([])
})

test('a stream that is reset and a connection that goes away are tried again later', async () => {
  const to = target()
  for (const answer of ['reset', 'goaway'] as const) {
    apple.answerTo = () => answer
    const error = await failing(send(devicePush(), to))
    expect(error).toMatchObject({ isDestinationDown: true, isRetryable: true, status: undefined })
    apple.answerTo = () => undefined
    expect(await send(devicePush(), to)).toBe('sent')
  }
})

test('a server that is down is told so, and found again when it is back', async () => {
  const to = target()
  await send(devicePush(), to)
  await apple.down()
  const error = await failing(send(devicePush(), to))
  expect(error).toMatchObject({ isDestinationDown: true, isRetryable: true })
  expect(error.message).toContain('ECONNREFUSED')
  await apple.up()
  expect(await send(devicePush(), to)).toBe('sent')
  expect(apple.providerTokens.size).toBe(1)
})

test('a push that hangs ends with its signal; the others on the connection do not', async () => {
  const to = target()
  const [stuck, fine] = [devicePush(), devicePush()]
  await send(devicePush(), to)
  apple.answerTo = (token) => (token === stuck.endpoint.deviceToken ? 'hang' : undefined)
  const controller = new AbortController()
  const hanging = failing(send(stuck, to, controller.signal))
  expect(await send(fine, to)).toBe('sent')
  controller.abort()
  expect(await hanging).toMatchObject({ isDestinationDown: true, isRetryable: true })
  expect(await send(devicePush(), to)).toBe('sent')
  expect(apple.connectionsCount).toBe(1)
})

test('a connection on which nothing ever comes is given up with the push', async () => {
  const sockets = new Set<Socket>()
  const mute = createServer((socket) => {
    sockets.add(socket)
    socket.resume()
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
  const to = target({ address: `127.0.0.1:${(mute.address() as AddressInfo).port}` })
  const controller = new AbortController()
  const hanging = failing(send(devicePush(), to, controller.signal))
  const [socket] = await new Promise<[Socket]>((resolve) =>
    mute.once('connection', (...args: [Socket]) => resolve(args)),
  )
  const closed = new Promise((resolve) => socket.once('close', resolve))
  controller.abort()
  expect(await hanging).toMatchObject({ isDestinationDown: true })
  await closed
  for (const each of sockets) each.destroy()
  await new Promise((resolve) => mute.close(resolve))
})

test('the sandbox has a connection of its own', async () => {
  const to = target()
  await send(devicePush(), to)
  await send(devicePush({ type: 'APNS_SANDBOX' }), to)
  expect(apple.connectionsCount).toBe(2)
})
