// What answers of Lex mean that say "too much": the question may be asked again, and when.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { DeliveryError } from '../../src/domain/delivery-error.ts'
import { createLexClient } from '../../src/integrations/lex-client.ts'
import { startFaultyServer, type Answer, type FaultyServer } from '../harness/faulty-server.ts'
import { lexEnvironment } from '../harness/lex-server.ts'

let answer: Answer
let endpoint: FaultyServer
const before = { ...process.env }
const client = createLexClient(systemClock)

beforeAll(async () => {
  endpoint = await startFaultyServer(() => answer)
  Object.assign(process.env, lexEnvironment(endpoint.url))
})
afterAll(async () => {
  client.close()
  await endpoint[Symbol.asyncDispose]()
  process.env = before
})

const ask = () =>
  client.ask({
    id: '1',
    botAliasArn: 'arn:aws:lex:us-east-1:000000000000:bot-alias/BOTBOTBOT1/ALIASALIAS',
    localeId: 'en_US',
    sessionId: 'session',
    requestAttributes: {},
    input: { kind: 'text', text: 'hello' },
    signal: new AbortController().signal,
  })

test.each([
  [400, 'ThrottlingException', '4', { status: 429, retryAfterMs: 4_000 }],
  [429, 'ThrottlingException', '4', { status: 429, retryAfterMs: 4_000 }],
  [429, 'TooManyRequestsException', 'soon', { status: 429, retryAfterMs: undefined }],
  [503, 'InternalServerException', '4', { status: 503, retryAfterMs: 4_000 }],
  [500, 'InternalServerException', '4', { status: 500, retryAfterMs: undefined }],
])('%i %s is no refusal, with Retry-After %s', async (status, name, retryAfter, expected) => {
  const headers = { 'x-amzn-errortype': name, 'retry-after': retryAfter }
  answer = { status, text: '{"message":"quotes a question"}', headers }
  const error = await ask().catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(DeliveryError)
  expect(error).toMatchObject({ isRetryable: true, isDestinationDown: true, ...expected })
  expect((error as DeliveryError).message).toBe(`Lex answered ${name}`)
})
