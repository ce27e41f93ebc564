// How Lambda is invoked, and what its answers mean: those that may be other later, and those that
// will not.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { DeliveryError } from '../../src/domain/delivery-error.ts'
import { createLambdaInvoker } from '../../src/integrations/lambda-invoker.ts'
import { startFaultyServer, type Answer, type FaultyServer } from '../harness/faulty-server.ts'

interface Invoked {
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

const invoked: Invoked[] = []
let answer: Answer
let endpoint: FaultyServer
const before = { ...process.env }
const invoker = createLambdaInvoker(systemClock)

beforeAll(async () => {
  endpoint = await startFaultyServer((headers, body) => {
    invoked.push({ headers, body })
    return answer
  })
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_LAMBDA: endpoint.url,
    AWS_ACCESS_KEY_ID: 'AKIAOPERATOROPERATOR',
    AWS_SECRET_ACCESS_KEY: 'operator',
  })
})
afterAll(async () => {
  await invoker.close()
  await endpoint[Symbol.asyncDispose]()
  process.env = before
})
beforeEach(() => {
  invoked.length = 0
  answer = { status: 202 }
})

const ARN = 'arn:aws:lambda:eu-central-1:000000000000:function:filter'
const invoke = (functionArn = ARN, signal = new AbortController().signal) =>
  invoker.invoke(
    { kind: 'lambda' },
    { functionArn, callbackId: 'id', body: '{"Content":"ü"}' },
    signal,
  )

async function failure(work: Promise<void>): Promise<DeliveryError> {
  const error = await work.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(DeliveryError)
  return error as DeliveryError
}

test('the function is invoked as an event, with the body as it is, signed for its own region', async () => {
  await invoke()
  const [{ headers, body } = {} as Invoked] = invoked
  expect(body).toBe('{"Content":"ü"}')
  expect(headers['x-amz-invocation-type']).toBe('Event')
  expect(headers['authorization']).toContain('/eu-central-1/lambda/aws4_request')
})

test.each([
  [429, 'TooManyRequestsException', true, true],
  [500, 'ServiceException', true, true],
  [502, 'ResourceNotReadyException', true, true],
  [409, 'ResourceConflictException', true, false],
  [400, 'InvalidParameterValueException', false, false],
  [403, 'AccessDeniedException', false, false],
  [403, 'InvalidSignatureException', true, true],
  [403, 'ExpiredTokenException', true, true],
  [404, 'ResourceNotFoundException', false, false],
  [413, 'RequestTooLargeException', false, false],
  [307, 'Moved', false, false],
])('%i %s is told: retryable %s, destination down %s', async (status, name, retry, down) => {
  const headers = { 'x-amzn-errortype': name, location: 'http://127.0.0.1:9/' }
  answer = { status, text: '{"Message":"quotes a secret"}', headers }
  const error = await failure(invoke())
  expect([error.status, error.isRetryable, error.isDestinationDown]).toEqual([status, retry, down])
  expect(error.message).toContain(`(${status})`)
  expect(error.message).not.toContain('secret')
  // The SDK does not try again by itself: the outbox does.
  expect(invoked.length).toBe(1)
})

test.each([
  [429, 'TooManyRequestsException', '12'],
  [400, 'ThrottlingException', '12'],
  [503, 'ServiceException', '12'],
])('%i %s is throttling, and may ask to be left alone', async (status, name, retryAfter) => {
  const headers = { 'x-amzn-errortype': name, 'retry-after': retryAfter }
  answer = { status, text: '{}', headers }
  const expected = { status, isRetryable: true, isDestinationDown: true, retryAfterMs: 12_000 }
  expect(await failure(invoke())).toMatchObject(expected)
})

test('when the clock is wrong, the next attempt is signed with the time of the service', async () => {
  const at = Date.now() + 3_600_000
  const headers = { 'x-amzn-errortype': 'InvalidSignatureException' }
  answer = { status: 403, text: '{}', headers: { ...headers, date: new Date(at).toUTCString() } }
  const skewed = createLambdaInvoker(systemClock)
  const invocation = { functionArn: ARN, callbackId: 'id', body: '{}' }
  const again = () => skewed.invoke({ kind: 'lambda' }, invocation, new AbortController().signal)
  expect((await failure(again())).isRetryable).toBe(true)
  answer = { status: 202 }
  await again()
  const [, text = ''] = /^(\d{8}T\d{2})/.exec(String(invoked[1]?.headers['x-amz-date'])) ?? []
  const hours = [at, at + 10_000].map((each) => new Date(each).toISOString())
  expect(hours.map((each) => each.replaceAll('-', '').slice(0, 11))).toContain(text)
  await skewed.close()
})

test('an endpoint that refuses, resets or hangs may do better later', async () => {
  const refusing = async (fault: 'refuses' | 'resets') => {
    await endpoint.fail(fault)
    return (await failure(invoke())).message
  }
  // By the connection that is kept, or a new one.
  expect(await refusing('refuses')).toMatch(/^Lambda could not be reached: ECONN(RESET|REFUSED)$/)
  expect(await refusing('resets')).toBe('Lambda could not be reached: ECONNRESET')
  await endpoint.fail('hangs')
  const abort = new AbortController()
  const asked = endpoint.asked(1)
  const hanging = failure(invoke(ARN, abort.signal))
  await asked
  abort.abort()
  const error = await hanging
  expect(error.message).toBe('Lambda did not answer in time')
  expect([error.isRetryable, error.isDestinationDown]).toEqual([true, true])
  await endpoint.fail(undefined)
  await invoke()
  expect(invoked.length).toBe(1)
})

/** What an attempt meets in an environment without credentials, but for what `variables` say. */
async function failureIn(variables: NodeJS.ProcessEnv): Promise<DeliveryError> {
  const { AWS_ACCESS_KEY_ID: _id, AWS_SECRET_ACCESS_KEY: _key, ...rest } = process.env
  const set = process.env
  process.env = {
    ...rest,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
    AWS_CONFIG_FILE: '/nowhere',
    ...variables,
  }
  const bare = createLambdaInvoker(systemClock)
  try {
    const invocation = { functionArn: ARN, callbackId: 'id', body: '{}' }
    const { signal } = new AbortController()
    return await failure(bare.invoke({ kind: 'lambda' }, invocation, signal))
  } finally {
    process.env = set
    await bare.close()
  }
}

test('an environment without credentials is told as that, and may have some later', async () => {
  const error = await failureIn({})
  expect(error.message).toBe('no AWS credentials were found for Lambda in the environment')
  expect([error.isRetryable, error.isDestinationDown]).toEqual([true, true])
})

test.each([
  [400, 'IDPCommunicationError'],
  [403, 'AccessDenied'],
])('%i %s of whoever gives out credentials is no answer of Lambda’s', async (status, code) => {
  const text = `<ErrorResponse><Error><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`
  answer = { status, text, headers: { 'content-type': 'text/xml' } }
  const directory = await mkdtemp(join(tmpdir(), 'carillon-token-'))
  await writeFile(join(directory, 'token'), 'a web identity')
  const error = await failureIn({
    AWS_WEB_IDENTITY_TOKEN_FILE: join(directory, 'token'),
    AWS_ROLE_ARN: 'arn:aws:iam::000000000000:role/carillon',
    AWS_ENDPOINT_URL_STS: endpoint.url,
  })
  await rm(directory, { recursive: true })
  expect(error.message).toContain(`no AWS credentials were given for Lambda: ${code}`)
  expect([error.isRetryable, error.isDestinationDown]).toEqual([true, true])
})

test('an ARN that is none of a function is refused without a call', async () => {
  const error = await failure(invoke('arn:aws:lambda:us-east-1:000000000000:layer:x'))
  expect([error.isRetryable, invoked.length]).toEqual([false, 0])
})
