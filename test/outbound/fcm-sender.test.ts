// The sender for Firebase Cloud Messaging, against a server that behaves like it and like Google's
// token service.
import { generateKeyPairSync } from 'node:crypto'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { DeliveryError } from '../../src/domain/delivery-error.ts'
import type { FcmTarget } from '../../src/domain/outbound-mapping.ts'
import type { DevicePush } from '../../src/domain/push-payload.ts'
import { createFcmSender } from '../../src/integrations/fcm-sender.ts'
import { startFcmServer, type FcmAnswer, type FcmServer } from '../harness/fcm-server.ts'
import { createMovedClock, type MovedClock } from '../harness/moved-clock.ts'
import { createTestAuthority, type TestAuthority } from '../harness/test-authority.ts'
import { devicePush } from './device-push.ts'

let authority: TestAuthority
let google: FcmServer
let clock: MovedClock
let sender: ReturnType<typeof createFcmSender>
beforeAll(async () => {
  authority = await createTestAuthority()
  const before = getCACertificates('default')
  setDefaultCACertificates([...before, authority.certificate])
  return () => setDefaultCACertificates(before)
})
beforeEach(async () => {
  clock = createMovedClock()
  google = await startFcmServer(authority, () => clock.now())
  sender = createFcmSender(clock)
  return async () => {
    sender.close()
    await google[Symbol.asyncDispose]()
  }
})

function target(more: Partial<FcmTarget> = {}): FcmTarget {
  const account = JSON.parse(google.serviceAccount) as Record<string, string>
  return {
    projectId: account['project_id']!,
    clientEmail: account['client_email']!,
    privateKey: account['private_key']!,
    tokenUrl: account['token_uri']!,
    url: google.url,
    ...more,
  }
}
const phone = (push = {}) => devicePush({ type: 'GCM', deviceToken: 'fcm:token/1' }, push)
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

test('a message is data alone, with the keys that apps read', async () => {
  const push = phone()
  expect(await send(push)).toBe('sent')
  const [received] = google.received.items
  expect(received?.message).toEqual({
    token: 'fcm:token/1',
    data: {
      'pinpoint.openApp': 'true',
      'pinpoint.notification.title': 'Bob',
      'pinpoint.notification.body': 'Lunch?',
      'pinpoint.notification.silentPush': '0',
      'pinpoint.campaign.campaign_id': '_DIRECT',
      'pinpoint.jsonBody': JSON.stringify({
        'chime.message_id': push.message.messageId,
        'chime.channel_arn': push.message.channelArn,
      }),
    },
    android: { priority: 'HIGH', ttl: expect.stringMatching(/^(59|60)s$/) as string },
  })
})

test('many pushes share one access token, which is renewed before its end', async () => {
  const to = target()
  await Promise.all(Array.from({ length: 60 }, () => send(phone(), to)))
  expect(google.received.items).toHaveLength(60)
  expect(google.tokensCount).toBe(1)
  clock.pass(50 * 60 * 1000)
  await send(phone(), to)
  expect(google.tokensCount).toBe(1)
  clock.pass(6 * 60 * 1000)
  await send(phone(), to)
  expect(google.tokensCount).toBe(2)
})

test('an access token that was taken back is replaced at once', async () => {
  const to = target()
  await send(phone(), to)
  google.revoke()
  expect(await send(phone(), to)).toBe('sent')
  expect(google.tokensCount).toBe(2)
})

const badRequest = (field: string) => ({
  status: 400,
  errorCode: 'INVALID_ARGUMENT',
  details: [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field }] }],
})

test.each<FcmAnswer & object>([
  { status: 404, errorCode: 'UNREGISTERED' },
  { status: 400, errorCode: 'INVALID_ARGUMENT' },
  { status: 403, errorCode: 'SENDER_ID_MISMATCH' },
  badRequest('message.token'),
])('%o makes the token invalid', async (answer) => {
  google.answerTo = () => answer
  expect(await send(phone())).toBe('invalid-token')
})

test.each<readonly [FcmAnswer & object, object]>([
  [
    { status: 429, errorCode: 'QUOTA_EXCEEDED' },
    // Perhaps of this device alone, which hears too much.
    { isRetryable: true, isDestinationDown: false, retryAfterMs: 60_000 },
  ],
  [
    { status: 500, errorCode: 'INTERNAL' },
    { isRetryable: true, isDestinationDown: true },
  ],
  [
    { status: 503, errorCode: 'UNAVAILABLE' },
    { isRetryable: true, isDestinationDown: true },
  ],
  [{ status: 403 }, { isRetryable: true, isDestinationDown: true }],
  [
    { status: 401, errorCode: 'THIRD_PARTY_AUTH_ERROR' },
    { isRetryable: true, isDestinationDown: true },
  ],
  [{ status: 404 }, { isRetryable: true, isDestinationDown: true }],
  [badRequest('message.data[0].value'), { isRetryable: false, isDestinationDown: false }],
])('%o is told as what it is', async (answer, expected) => {
  google.answerTo = () => answer
  const error = await failing(send(phone()))
  expect(error).toMatchObject({ ...expected, status: (answer as { status: number }).status })
  expect(error.message).not.toContain('fcm:token/1')
})

test('too much, or not now, may ask to be left alone; so may the token service', async () => {
  const to = target()
  google.answerTo = () => ({ status: 429, errorCode: 'QUOTA_EXCEEDED', retryAfter: '60' })
  const asked = { status: 429, isDestinationDown: true, retryAfterMs: 60_000 }
  expect(await failing(send(phone(), to))).toMatchObject(asked)
  const at = (Math.floor(clock.now() / 1000) + 90) * 1000
  google.answerTo = () => ({ status: 503, retryAfter: new Date(at).toUTCString() })
  const { retryAfterMs } = await failing(send(phone(), to))
  expect(retryAfterMs).toBeGreaterThan(80_000)
  expect(retryAfterMs).toBeLessThanOrEqual(90_000)
  Object.assign(google, { tokenStatus: 503, tokenRetryAfter: '40' })
  google.revoke()
  expect(await failing(send(phone(), target()))).toMatchObject({ retryAfterMs: 40_000 })
})

test('a project that is not there says nothing about the device', async () => {
  const error = await failing(send(phone(), target({ projectId: 'other' })))
  expect(error).toMatchObject({ status: 404, isRetryable: true, isDestinationDown: true })
})

test('a service account that is refused, or cannot sign, is told without quoting it', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const other = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const refused = await failing(send(phone(), target({ privateKey: other })))
  expect(refused).toMatchObject({ status: 400, isRetryable: true, isDestinationDown: true })
  const useless = await failing(send(phone(), target({ privateKey: 'no key but a secret' })))
  expect(useless).toMatchObject({ isRetryable: true, isDestinationDown: true })
  expect(useless.message).not.toContain('secret')
  google.tokenStatus = 503
  const later = await failing(send(phone()))
  expect(later).toMatchObject({ status: 503, isRetryable: true, isDestinationDown: true })
  expect(google.received.items).toEqual([])
})

test('what hangs ends with its signal, and what is reset is tried again later', async () => {
  const to = target()
  google.answerTo = () => 'reset'
  expect(await failing(send(phone(), to))).toMatchObject({ isDestinationDown: true })
  google.answerTo = () => 'hang'
  const controller = new AbortController()
  const hanging = failing(send(phone(), to, controller.signal))
  controller.abort()
  expect(await hanging).toMatchObject({ isRetryable: true, isDestinationDown: true })
  google.answerTo = () => undefined
  expect(await send(phone(), to)).toBe('sent')
})

test('a server that is down is told so, and found again when it is back', async () => {
  const to = target()
  await send(phone(), to)
  await google.down()
  const error = await failing(send(phone(), to))
  expect(error).toMatchObject({ isRetryable: true, isDestinationDown: true })
  await google.up()
  expect(await send(phone(), to)).toBe('sent')
})

test('a certificate that is not trusted is no destination', async () => {
  const stranger = await createTestAuthority()
  await using other = await startFcmServer(stranger)
  const error = await failing(send(phone(), target({ url: other.url })))
  expect(error).toMatchObject({ isRetryable: true, isDestinationDown: true })
  expect(other.received.items).toEqual([])
})
