// Destinations of each kind that ask for a pause: what is asked once is left alone, with everything
// else that waits for it, until the pause is over or what waits grows too old.
import { RegisterAppInstanceUserEndpointCommand } from '@aws-sdk/client-chime-sdk-identity'
import {
  AssociateChannelFlowCommand,
  CreateChannelFlowCommand,
  PutMessagingStreamingConfigurationsCommand,
} from '@aws-sdk/client-chime-sdk-messaging'
import { expect, test } from 'vitest'
import { writeOutboundFile } from '../conformance/kit/outbound-file.ts'
import { createImpatientClock } from '../harness/impatient-clock.ts'
import { createScenario, unique, type Scenario } from '../harness/scenario.ts'
import { createSdkClients, type SdkClients } from '../harness/sdk-clients.ts'
import { signedFetch } from '../harness/signed-fetch.ts'
import { startServer } from '../harness/start-server.ts'
import { startWebhookServer } from '../harness/webhook-server.ts'

const SECOND_MS = 1_000
const KINDS = ['bot', 'processor', 'push', 'stream']

interface Destination {
  readonly kind: string
  readonly waitingCount: number
  readonly isCircuitOpen: boolean
  readonly lastFailure: string
}

test('what asks for a pause is asked once, and again when that is over', async () => {
  await using webhook = await startWebhookServer()
  const target = { kind: 'webhook', url: webhook.url, secret: { file: 'secret' } }
  await using file = await writeOutboundFile(
    {
      processors: { 'arn:aws:lambda:*': target },
      streams: { 'arn:aws:kinesis:*': target },
      push: { 'arn:aws:mobiletargeting:*': { webhook: target } },
      bots: { 'arn:aws:lex:*': target },
    },
    { secret: webhook.secret },
  )
  const clock = createImpatientClock()
  clock.calm()
  await using server = await startServer({
    settings: { outbound: file.path, logLevel: 'fatal' },
    overrides: { clock },
  })
  using clients = createSdkClients(server)
  const scenario = await createScenario(clients)
  const { owner, plain, processed } = await stage(scenario, clients)
  const PushNotification = { Type: 'DEFAULT', Title: 'T' } as const
  const sendToAll = async () => {
    await scenario.send(plain, owner, 'plain', { PushNotification })
    await scenario.send(processed, owner, 'processed')
  }
  const destinations = async () => {
    const path = '/outbox?scope=waiting'
    const { body } = await signedFetch(server, { method: 'GET', path })
    return (JSON.parse(body) as { readonly destinations: readonly Destination[] }).destinations
  }
  /** Resolves when all four are left alone with so many that wait for each. */
  const leftAlone = async (count: number) => {
    for (;;) {
      const open = (await destinations()).filter(
        ({ isCircuitOpen, waitingCount }) => isCircuitOpen && waitingCount === count,
      )
      if (open.length === KINDS.length) return open
    }
  }
  const asked = () => webhook.received.items.map(({ kind }) => kind).toSorted()
  webhook.answerTo = () => ({ status: 503, headers: { 'retry-after': '86400' } })

  await sendToAll()
  const [first] = await leftAlone(1)
  expect(first!.lastFailure).toContain('the webhook answered 503')
  expect(asked()).toEqual(KINDS)
  await sendToAll()
  await leftAlone(2)
  expect(asked()).toEqual(KINDS)

  // Whatever is asked for, what waits is tried before it is too old, or after a quarter of an hour.
  webhook.answerTo = ({ kind }) => (kind === 'bot' ? { body: '{"messages": []}' } : {})
  const count = (kind: string) => webhook.received.items.filter((each) => each.kind === kind).length
  for (const [kind, afterMs] of [
    ['bot', 25 * SECOND_MS],
    ['processor', 50 * SECOND_MS],
    ['push', 900 * SECOND_MS],
  ] as const) {
    clock.pass(afterMs - clock.offsetMs - 5 * SECOND_MS)
    await destinations()
    expect([kind, count(kind)]).toEqual([kind, 1])
    clock.pass(5 * SECOND_MS)
    await webhook.received.first((each) => each.kind === kind && count(kind) === 3)
  }
  await webhook.received.first((each) => each.kind === 'stream' && count('stream') > 1)
})

/** A channel with a bot, a device and a stream, and one with a processor. */
async function stage(scenario: Scenario, { identity, messaging }: SdkClients) {
  const AppInstanceArn = scenario.appInstanceArn
  const owner = await scenario.user('owner')
  const device = await scenario.user('device')
  const botArn = await scenario.bot(
    'arn:aws:lex:us-east-1:000000000000:bot-alias/BOTBOTBOT1/ALIASALIA1',
  )
  await identity.send(
    new RegisterAppInstanceUserEndpointCommand({
      AppInstanceUserArn: device,
      Type: 'GCM',
      ResourceArn: 'arn:aws:mobiletargeting:us-east-1:000000000000:apps/shop',
      EndpointAttributes: { DeviceToken: unique() },
      ClientRequestToken: unique(),
    }),
  )
  const plain = await scenario.channel(owner, { MemberArns: [device, botArn] })
  const processed = await scenario.channel(owner)
  const ResourceArn = 'arn:aws:lambda:us-east-1:000000000000:function:moderate'
  const Configuration = { Lambda: { ResourceArn, InvocationType: 'ASYNC' } } as const
  const processor = { Name: 'One', ExecutionOrder: 1, FallbackAction: 'ABORT' } as const
  const { ChannelFlowArn } = await messaging.send(
    new CreateChannelFlowCommand({
      AppInstanceArn,
      Name: 'Flow',
      Processors: [{ ...processor, Configuration }],
      ClientRequestToken: unique(),
    }),
  )
  await messaging.send(
    new AssociateChannelFlowCommand({ ChannelArn: processed, ChannelFlowArn, ChimeBearer: owner }),
  )
  const stream = 'arn:aws:kinesis:us-east-1:000000000000:stream/chime-messaging-all'
  await messaging.send(
    new PutMessagingStreamingConfigurationsCommand({
      AppInstanceArn,
      StreamingConfigurations: [{ DataType: 'ChannelMessage', ResourceArn: stream }],
    }),
  )
  return { owner, plain, processed }
}
