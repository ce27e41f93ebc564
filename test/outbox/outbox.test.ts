// `/outbox` over HTTP: for whom it is, what stands in it, and what becomes of dead letters.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OutboxDraft } from '../../src/domain/outbox.ts'
import { sampleChannelArn } from '../harness/sample-overview.ts'
import { seedDeadLetters, writeOutboundFile } from '../harness/seeded-outbox.ts'
import { rawFetch, signedFetch, type RawAnswer } from '../harness/signed-fetch.ts'
import { startServer, type TestServer } from '../harness/start-server.ts'
import { startWebhookServer, type WebhookServer } from '../harness/webhook-server.ts'

const MADE_AT = Date.UTC(2026, 0, 2)
const MINUTE_MS = 60_000
const STREAM = 'arn:aws:kinesis:us-east-1:000000000000:stream/events'
const FAILURE = 'the webhook answered 400'
const CHANNEL = sampleChannelArn('lobby')

let directory: string
let webhook: WebhookServer
let server: TestServer
let entryIds: readonly number[]

function record(index: number): OutboxDraft {
  const text = JSON.stringify({ EventType: 'X', Payload: { Content: `hidden ${index}` } })
  return { kind: 'stream', target: STREAM, orderingKey: CHANNEL, content: { record: text } }
}

const bot: OutboxDraft = {
  kind: 'bot',
  target: 'arn:aws:lex:us-east-1:000000000000:bot-alias/B/A',
  orderingKey: `${CHANNEL} hidden-session`,
  content: {
    channelArn: CHANNEL,
    channelCreatedAt: 0,
    subChannelId: '',
    botArn: CHANNEL.replace('channel/lobby', 'bot/hidden') as never,
    cause: 'welcome',
    intent: 'hidden intent',
  },
}
const push: OutboxDraft = {
  kind: 'push',
  target: 'arn:aws:mobiletargeting:us-east-1:000000000000:apps/app',
  orderingKey: '',
  content: {
    userArn: CHANNEL.replace('channel/lobby', 'user/hidden') as never,
    endpointId: 'hidden-endpoint',
    message: {
      channelArn: CHANNEL,
      channelCreatedAt: 0,
      subChannelId: '',
      messageId: 'm' as never,
      senderArn: CHANNEL.replace('channel/lobby', 'user/hidden') as never,
      push: { type: 'DEFAULT', title: 'hidden title', body: 'hidden body' },
    },
  },
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'carillon-outbox-'))
  webhook = await startWebhookServer()
  const drafts = [...Array.from({ length: 250 }, (_, index) => record(index)), bot, push]
  entryIds = await seedDeadLetters(
    directory,
    drafts.map((draft, index) => ({
      draft,
      failure: FAILURE,
      createdAt: MADE_AT + index * MINUTE_MS,
      diedAt: MADE_AT + index * MINUTE_MS + 1_000,
    })),
  )
  const outbound = await writeOutboundFile(
    directory,
    {
      streams: { [STREAM]: { kind: 'webhook', url: webhook.url, secret: { file: 'secret' } } },
    },
    { secret: webhook.secret },
  )
  server = await startServer({ settings: { dataDirectory: directory, outbound, store: 'sqlite' } })
})

afterAll(async () => {
  await server.stop()
  await webhook[Symbol.asyncDispose]()
  await rm(directory, { recursive: true })
})

function ask(query: string, method = 'GET', body?: unknown): Promise<RawAnswer> {
  const path = `/outbox${query}`
  return signedFetch(server, { method, path, ...(body === undefined ? {} : { body }) })
}

interface Listed {
  readonly deadLetters: readonly Readonly<Record<string, unknown>>[]
  readonly nextToken?: string
}

async function list(query: string): Promise<Listed> {
  const answer = await ask(query)
  expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/json'])
  return JSON.parse(answer.body) as Listed
}

async function change(operation: 'retry' | 'drop', ids: readonly unknown[]) {
  const answer = await ask(`?operation=${operation}`, 'POST', { entryIds: ids })
  expect(answer.status).toBe(200)
  return JSON.parse(answer.body) as unknown
}

function errorOf({ status, headers }: RawAnswer): readonly unknown[] {
  return [status, headers['x-amzn-errortype']]
}

describe('who may use it', () => {
  it('nobody without a signature', async () => {
    for (const method of ['GET', 'POST']) {
      const answer = await rawFetch(server, { method, path: '/outbox' })
      expect(errorOf(answer)).toEqual([403, 'MissingAuthenticationTokenException'])
    }
  })

  it('no IAM user, whatever its policies allow', async () => {
    const { credentials, region } = server
    const iam = new IAMClient({ endpoint: server.httpUrl, region, credentials, maxAttempts: 1 })
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
    })
    const UserName = 'almighty'
    await iam.send(new CreateUserCommand({ UserName }))
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'all', PolicyDocument }))
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
    iam.destroy()
    const signer = {
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
    }
    for (const [method, path] of [
      ['GET', '/outbox'],
      ['GET', '/outbox?scope=waiting'],
      ['POST', '/outbox?operation=drop'],
    ] as const) {
      const body = method === 'POST' ? { body: { entryIds: [entryIds[0]] } } : {}
      const answer = await signedFetch(server, { method, path, credentials: signer, ...body })
      expect(errorOf(answer)).toEqual([403, 'AccessDeniedException'])
      expect(answer.body).not.toContain(STREAM)
    }
    expect((await list('?max-results=1')).deadLetters).toHaveLength(1)
  })

  it('nobody by another method or path', async () => {
    for (const [method, path] of [
      ['PUT', '/outbox'],
      ['DELETE', '/outbox'],
      ['GET', '/outbox/'],
      ['GET', '/Outbox'],
    ] as const) {
      expect((await signedFetch(server, { method, path })).status).toBe(404)
    }
  })
})

describe('what cannot be used is refused', () => {
  it.each([
    ['?scope=all'],
    ['?kind=letters'],
    ['?kind='],
    ['?max-results=0'],
    ['?max-results=101'],
    ['?max-results=many'],
    ['?next-token=nonsense'],
    [`?next-token=${Buffer.from('[1,"x"]').toString('base64url')}`],
    [`?next-token=${Buffer.from('[1,2,3]').toString('base64url')}`],
    [`?next-token=${'W'.repeat(600)}`],
  ])('GET %s', async (query) => {
    expect(errorOf(await ask(query))).toEqual([400, 'ValidationException'])
  })

  it.each([
    ['', { entryIds: [1] }],
    ['?operation=eat', { entryIds: [1] }],
    ['?operation=drop', { entryIds: [] }],
    ['?operation=drop', { entryIds: ['1'] }],
    ['?operation=drop', { entryIds: [0.5] }],
    ['?operation=drop', { entryIds: [-1] }],
    ['?operation=drop', { entryIds: Array.from({ length: 101 }, (_, index) => index + 1) }],
    ['?operation=drop', { entryIds: 1 }],
    ['?operation=drop', []],
    ['?operation=drop', 'null'],
    ['?operation=drop', '{"entryIds":[1]'],
    ['?operation=drop', undefined],
  ])('POST %s %j', async (query, body) => {
    expect(errorOf(await ask(query, 'POST', body))).toEqual([400, 'ValidationException'])
  })
})

describe('dead letters', () => {
  it('are told by where they lead and why they failed, and never by what they say', async () => {
    const { deadLetters: newest } = await list('?max-results=2')
    expect(newest).toEqual([
      {
        entryId: entryIds[251],
        kind: 'push',
        target: push.target,
        createdAt: new Date(MADE_AT + 251 * MINUTE_MS).toISOString(),
        diedAt: new Date(MADE_AT + 251 * MINUTE_MS + 1_000).toISOString(),
        attemptsCount: 3,
        failure: FAILURE,
      },
      expect.objectContaining({ kind: 'bot', target: bot.target, channelArn: CHANNEL }),
    ])
    const { body } = await ask('')
    expect(body).toContain(STREAM)
    expect(body).not.toContain('hidden')
  })

  it('come in pages that leave nothing out, those first that were given up last', async () => {
    const seen: unknown[] = []
    let token = ''
    do {
      const { deadLetters, nextToken } = await list(`?max-results=60${token}`)
      expect(deadLetters.length).toBeLessThanOrEqual(60)
      seen.push(...deadLetters.map(({ entryId }) => entryId))
      token = nextToken === undefined ? '' : `&next-token=${nextToken}`
    } while (token !== '')
    expect(seen).toEqual(entryIds.toReversed())
  })

  it('may be of one kind', async () => {
    const { deadLetters, nextToken } = await list('?kind=bot')
    expect(deadLetters.map(({ entryId }) => entryId)).toEqual([entryIds[250]])
    expect(nextToken).toBeUndefined()
    expect((await list('?kind=processor')).deadLetters).toEqual([])
  })

  it('are counted in the overview', async () => {
    const { body } = await signedFetch(server, { method: 'GET', path: '/overview' })
    expect(JSON.parse(body)).toMatchObject({
      outbox: { waitingCount: 0, openCircuitsCount: 0, deadLettersCount: 100 },
    })
  })

  it('are gone once they are dropped, and those that are none are not among the dropped', async () => {
    const [first, second, third] = entryIds
    expect(await change('drop', [third, 1_000_000, first, third])).toEqual({
      entryIds: [third, first],
    })
    expect(await change('drop', [first, third])).toEqual({ entryIds: [] })
    expect(await change('retry', [first])).toEqual({ entryIds: [] })
    const { deadLetters } = await list(
      `?next-token=${Buffer.from(JSON.stringify([MADE_AT + 2 * MINUTE_MS + 2_000, 0])).toString('base64url')}`,
    )
    expect(deadLetters.map(({ entryId }) => entryId)).toEqual([second])
  })

  it('arrive once they are tried again, each once and in their order', async () => {
    const ids = entryIds.slice(10, 20)
    expect(await change('retry', ids)).toEqual({ entryIds: ids })
    const expected = Array.from({ length: 10 }, (_, index) => `hidden ${index + 10}`)
    await webhook.received.first(({ text }) => text.includes(expected[9]!))
    const text = webhook.received.items.map((each) => each.text).join('')
    expect([...text.matchAll(/hidden \d+/g)].map(([match]) => match)).toEqual(expected)
    expect(webhook.received.items.every(({ isSigned }) => isSigned)).toBe(true)
    expect(await change('drop', ids)).toEqual({ entryIds: [] })
  })

  it('die again where nothing has changed', async () => {
    webhook.answerTo = () => ({ status: 400 })
    const before = webhook.received.items.length
    const [entryId] = entryIds.slice(30)
    expect(await change('retry', [entryId])).toEqual({ entryIds: [entryId] })
    await webhook.received.holds(before + 1)
    let newest: Readonly<Record<string, unknown>> | undefined
    // What follows from the answer is written a moment later.
    for (let looks = 0; looks < 1_000 && newest?.['entryId'] !== entryId; looks += 1) {
      ;[newest] = (await list('?max-results=1')).deadLetters
    }
    expect(newest).toMatchObject({ entryId, attemptsCount: 1, failure: FAILURE })
  })
})

async function waiting(): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { body } = await ask('?scope=waiting')
  return (JSON.parse(body) as { destinations: Readonly<Record<string, unknown>>[] }).destinations
}

it('what waits is told by destination, with why it does', async () => {
  webhook.answerTo = () => ({ status: 503 })
  const before = webhook.received.items.length
  const ids = entryIds.slice(40, 43)
  expect(await change('retry', ids)).toEqual({ entryIds: ids })
  await webhook.received.holds(before + 1)
  let destinations = await waiting()
  for (let looks = 0; looks < 1_000 && !destinations[0]?.['lastFailure']; looks += 1) {
    destinations = await waiting()
  }
  expect(destinations).toEqual([
    {
      kind: 'stream',
      target: STREAM,
      waitingCount: 3,
      oldestAgeMs: expect.any(Number) as number,
      isCircuitOpen: false,
      lastFailure: 'the webhook answered 503',
    },
  ])
  const { body } = await signedFetch(server, { method: 'GET', path: '/overview' })
  expect(JSON.parse(body)).toMatchObject({ outbox: { waitingCount: 3 } })
  // Those that wait are no dead letters.
  expect(await change('drop', ids)).toEqual({ entryIds: [] })
})
