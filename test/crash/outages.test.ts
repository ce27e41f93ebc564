// The server or its database goes away and comes back while everything that leaves the server is on
// its way: the server is killed, PostgreSQL is stopped at once for some seconds, a process behind
// one of the server's connections is killed. Nothing that was acknowledged is lost, streams keep
// their order, each question has one answer, nothing fails that was only kept from being tried, and
// everything drains. CARILLON_CRASH_ROUNDS and CARILLON_CRASH_SEED as in crash-rounds.ts.
import { mkdtemp, rm } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { RegisterAppInstanceUserEndpointCommand } from '@aws-sdk/client-chime-sdk-identity'
import {
  AssociateChannelFlowCommand,
  ChannelFlowCallbackCommand,
  CreateChannelFlowCommand,
  ListChannelMessagesCommand,
  PutMessagingStreamingConfigurationsCommand,
  SendChannelMessageCommand,
  type ChannelMessageSummary,
} from '@aws-sdk/client-chime-sdk-messaging'
import { expect, test } from 'vitest'
import { writeOutboundFile } from '../conformance/kit/outbound-file.ts'
import { crashRounds, passing } from '../harness/crash-rounds.ts'
import { queryPostgres, startOwnPostgres } from '../harness/postgres.ts'
import { createScenario, unique, type Scenario } from '../harness/scenario.ts'
import { createSdkClients, type SdkClients } from '../harness/sdk-clients.ts'
import { startServerProcess } from '../harness/start-server.ts'
import {
  startWebhookServer,
  type ReceivedWebhook,
  type WebhookServer,
} from '../harness/webhook-server.ts'
import { mulberry32 } from '../hostile/store/random.ts'

const SCOPE = { region: 'us-east-1', accountId: '000000000000' }
const CHANNELS = 4
const OUTAGES = 4
const AWAY_MS_MAX = 3_000
const BETWEEN_MS_MAX = 1_500
const TIMEOUT_MS = 180_000
const ORIGIN = 'CHIME.LEX.sessionState.originatingRequestId'

for (const { store, seed } of crashRounds(1)) {
  test(
    `what waits outlasts all outages (${store}, seed ${seed})`,
    { timeout: TIMEOUT_MS },
    async () => {
      const random = mulberry32(seed)
      await using bed = await (store === 'postgres' ? openPostgresBed(random) : openSqliteBed())
      await using webhook = await startWebhookServer()
      await using file = await writeOutboundFile(targetsOf(webhook), { secret: webhook.secret })
      await using server = await startServerProcess(
        { ...bed.settings, logLevel: 'warn' },
        { CARILLON_OUTBOUND: file.path },
      )
      using clients = createSdkClients(server)
      const scenario = await createScenario(clients)
      const { owner, channels, deviceToken } = await stage(scenario, clients)
      webhook.answerTo = (request) => react(request, clients)

      const state = { isOver: false }
      const sent = channels.map((channelArn) => sendUntil(state, clients, channelArn, owner))
      for (let outage = 0; outage < OUTAGES; outage++) {
        await passing(200 + random() * BETWEEN_MS_MAX)
        if (random() < bed.databaseShare) {
          await bed.interrupt()
        } else {
          await server.kill9()
          await server.restart()
        }
      }
      await passing(random() * BETWEEN_MS_MAX)
      state.isOver = true
      const acknowledged = await Promise.all(sent)
      expect(acknowledged.filter((ids) => ids.length === 0)).toEqual([])

      await drained(bed)
      for (const [index, channelArn] of channels.entries()) {
        const messages = await listAll(clients, channelArn, owner)
        const questions = messages.filter(isQuestion)
        const ids = questions.map(({ MessageId }) => MessageId!)
        expect(ids).toEqual(expect.arrayContaining([...acknowledged[index]!]))
        const others = messages.filter((message) => !isQuestion(message))
        expect(
          questions.filter(({ Status }) => Status !== undefined && Status.Value !== 'SENT'),
        ).toEqual([])
        const answers = others.map(
          ({ MessageAttributes }) => MessageAttributes?.[ORIGIN]?.StringValues?.[0],
        )
        const origins = answers.map(String).toSorted()
        expect(origins, 'each question has one answer').toEqual(ids.toSorted())
        const written = messages.map(({ MessageId }) => MessageId!)
        const streamed = firstArrivals(webhook, channelArn)
        expect(streamed.toSorted(), 'all are streamed').toEqual(written.toSorted())
        // A flow lets them go as its processors answer.
        const isInOrder = index % 2 === 1 || isDeepStrictEqual(streamed, written)
        expect(isInOrder, 'in their order').toBe(true)
        const pushed = pushesOf(webhook, channelArn, deviceToken)
        expect([...new Set(pushed)].toSorted(), 'all are pushed').toEqual(ids.toSorted())
      }
      expect(sameIdForSameThing(webhook)).toEqual([])
    },
  )
}

function isQuestion({ Content }: ChannelMessageSummary): boolean {
  return Content?.startsWith('said') === true
}

/** Everything leads to one webhook. */
function targetsOf({ url }: WebhookServer): object {
  const target = { kind: 'webhook', url, secret: { file: 'secret' } }
  return {
    processors: { 'arn:aws:lambda:*': target },
    streams: { 'arn:aws:kinesis:*': target },
    push: { 'arn:aws:mobiletargeting:*': { webhook: target } },
    bots: { 'arn:aws:lex:*': target },
  }
}

const arnOf = (service: string, resource: string) =>
  `arn:aws:${service}:${SCOPE.region}:${SCOPE.accountId}:${resource}`

/** Channels with a bot and somebody who is pushed to; every other one is behind a flow. */
async function stage(scenario: Scenario, { identity, messaging }: SdkClients) {
  const AppInstanceArn = scenario.appInstanceArn
  const ResourceArn = arnOf('kinesis', 'stream/chime-messaging-all')
  await messaging.send(
    new PutMessagingStreamingConfigurationsCommand({
      AppInstanceArn,
      StreamingConfigurations: [{ DataType: 'ChannelMessage', ResourceArn }],
    }),
  )
  const botArn = await scenario.bot(arnOf('lex', 'bot-alias/BOTBOTBOT1/ALIASALIA1'))
  const Lambda = {
    ResourceArn: arnOf('lambda', 'function:moderate'),
    InvocationType: 'ASYNC',
  } as const
  const { ChannelFlowArn } = await messaging.send(
    new CreateChannelFlowCommand({
      AppInstanceArn,
      Name: 'Flow',
      Processors: [
        { Name: 'One', Configuration: { Lambda }, ExecutionOrder: 1, FallbackAction: 'ABORT' },
      ],
      ClientRequestToken: unique(),
    }),
  )
  const owner = await scenario.user('owner')
  const device = await scenario.user('device')
  const deviceToken = unique()
  await identity.send(
    new RegisterAppInstanceUserEndpointCommand({
      AppInstanceUserArn: device,
      Type: 'GCM',
      ResourceArn: arnOf('mobiletargeting', 'apps/shop'),
      EndpointAttributes: { DeviceToken: deviceToken },
      ClientRequestToken: unique(),
    }),
  )
  const channels: string[] = []
  for (let index = 0; index < CHANNELS; index++) {
    const MemberArns = [device, botArn]
    const ChannelArn = await scenario.channel(owner, { MemberArns })
    channels.push(ChannelArn)
    if (index % 2 === 0) continue
    await messaging.send(
      new AssociateChannelFlowCommand({ ChannelArn, ChannelFlowArn, ChimeBearer: owner }),
    )
  }
  return { owner, channels, deviceToken }
}

/** Where the server keeps what it has. */
interface Bed extends AsyncDisposable {
  readonly settings: { readonly store: string; readonly dataDirectory?: string }
  /** Of the outages, those that are its own. */
  readonly databaseShare: number
  interrupt(): Promise<void>
  /** The first column of the first row. */
  count(query: string): Promise<number>
}

async function openPostgresBed(random: () => number): Promise<Bed> {
  const database = await startOwnPostgres()
  return {
    settings: { store: database.url },
    databaseShare: 0.7,
    async interrupt() {
      if (random() < 0.4) return database.killBackend('carillon')
      await database.stopAtOnce()
      await passing(random() * AWAY_MS_MAX)
      await database.start()
    },
    async count(query) {
      const [row] = await queryPostgres<{ readonly count: string }>(query, [], database.url)
      return Number(row?.count)
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

async function openSqliteBed(): Promise<Bed> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'carillon-outages-'))
  return {
    settings: { store: 'sqlite', dataDirectory },
    databaseShare: 0,
    interrupt: () => Promise.resolve(),
    count(query) {
      const database = new DatabaseSync(join(dataDirectory, 'carillon.sqlite'), { readOnly: true })
      const row = database.prepare(query).get()
      database.close()
      return Promise.resolve(Number(row?.['count']))
    },
    [Symbol.asyncDispose]: () => rm(dataDirectory, { recursive: true, force: true }),
  }
}

/** Repeats what the server could not take, as the same request. */
async function persist<Output>(attempt: () => Promise<Output>): Promise<Output> {
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata
        ?.httpStatusCode
      if (status !== undefined && status < 500 && status !== 429) throw error
      await passing(50)
    }
  }
}

async function sendUntil(
  state: { readonly isOver: boolean },
  { messaging }: SdkClients,
  ChannelArn: string,
  ChimeBearer: string,
): Promise<readonly string[]> {
  const acknowledged: string[] = []
  while (!state.isOver) {
    const send = new SendChannelMessageCommand({
      ChannelArn,
      ChimeBearer,
      Content: `said ${acknowledged.length}`,
      Type: 'STANDARD',
      Persistence: 'PERSISTENT',
      PushNotification: { Type: 'DEFAULT', Title: 'said' },
      ClientRequestToken: unique(),
    })
    const { MessageId } = await persist(() => messaging.send(send))
    acknowledged.push(MessageId!)
  }
  return acknowledged
}

/** Processors accept, bots answer, the others take what they are given. */
async function react({ kind, body }: ReceivedWebhook, { messaging }: SdkClients) {
  if (kind === 'bot') {
    return { body: JSON.stringify({ messages: [{ contentType: 'PlainText', content: 'Ah' }] }) }
  }
  if (kind === 'processor') {
    const { ChannelArn, MessageId } = body['ChannelMessage'] as Record<string, string>
    const callback = new ChannelFlowCallbackCommand({
      ChannelArn,
      CallbackId: String(body['CallbackId']),
      ChannelMessage: { MessageId },
    })
    void persist(() => messaging.send(callback))
  }
  return {}
}

/** Resolves when nothing waits any more, neither for a destination nor for a processor. */
async function drained({ count }: Pick<Bed, 'count'>): Promise<void> {
  const waiting = `SELECT (SELECT count(*) FROM outbox WHERE died_at IS NULL)
    + (SELECT count(*) FROM flow_callback WHERE state = 'WAITING') AS count`
  while ((await count(waiting)) > 0) await passing(100)
  expect(await count('SELECT count(*) AS count FROM outbox'), 'no dead letters').toBe(0)
}

async function listAll(
  { messaging }: SdkClients,
  ChannelArn: string,
  ChimeBearer: string,
): Promise<readonly ChannelMessageSummary[]> {
  const messages: ChannelMessageSummary[] = []
  let NextToken: string | undefined
  do {
    const listing = { ChannelArn, ChimeBearer, SortOrder: 'ASCENDING', NextToken } as const
    const page = await messaging.send(new ListChannelMessagesCommand(listing))
    messages.push(...(page.ChannelMessages ?? []))
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  return messages
}

interface StreamedRecord {
  readonly Id: string
  readonly PartitionKey: string
  readonly Record: { readonly Payload: { readonly MessageId: string } }
}

function recordsOf({ received }: WebhookServer): readonly StreamedRecord[] {
  const posts = received.items.filter(({ kind }) => kind === 'stream')
  return posts.flatMap(({ body }) => body['Records'] as readonly StreamedRecord[])
}

/** Ids of the messages of a channel in the order in which they came first. */
function firstArrivals(webhook: WebhookServer, channelArn: string): readonly string[] {
  const own = recordsOf(webhook).filter(({ PartitionKey }) => PartitionKey === channelArn)
  return [...new Set(own.map(({ Record }) => Record.Payload.MessageId))]
}

function pushesOf({ received }: WebhookServer, channelArn: string, deviceToken: string) {
  return received.items
    .filter(({ kind, body }) => kind === 'push' && body['ChannelArn'] === channelArn)
    .filter(({ body }) => body['DeviceToken'] === deviceToken)
    .map(({ body }) => String(body['MessageId']))
}

/** What came twice and said something else, or under another id. */
function sameIdForSameThing(webhook: WebhookServer): readonly string[] {
  const things = new Map<string, string>()
  const others: string[] = []
  const look = (id: string, thing: string) => {
    if ((things.get(id) ?? thing) !== thing) others.push(id)
    things.set(id, thing)
  }
  for (const { Id, Record } of recordsOf(webhook)) look(Id, JSON.stringify(Record))
  for (const { kind, id, text } of webhook.received.items) {
    if (kind !== 'stream') look(`${kind} ${id}`, text)
  }
  return others
}
