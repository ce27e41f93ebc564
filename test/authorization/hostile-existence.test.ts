// What an end user can find out about channels and sub-channels that it may not know of, by asking
// every operation: whether they exist, are elastic, or have banned it. Not what a role may do: see
// matrix.test.ts.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { messagingOperations } from '../../src/operations/messaging-operations.ts'
import { requestOf } from '../conformance/kit/model-request.ts'
import { createScenario, unique, type Scenario } from '../harness/scenario.ts'
import { createSdkClients, type SdkClients } from '../harness/sdk-clients.ts'
import { signedFetch } from '../harness/signed-fetch.ts'
import { startServer, type TestServer } from '../harness/start-server.ts'
import {
  CreateChannelBanCommand,
  CreateChannelMembershipCommand,
  SendChannelMessageCommand,
} from '@aws-sdk/client-chime-sdk-messaging'
import { readRawModel } from '../model/raw-models.ts'
import { minimalInput } from '../model/violations.ts'

type Input = Readonly<Record<string, unknown>>

let server: TestServer
let clients: SdkClients
let scenario: Scenario
let owner: string
let outsider: string
/** Channels that the outsider may not know of, and one that does not exist. */
let channels: readonly string[]
/** A PUBLIC elastic channel with two sub-channels, each with one who belongs there. */
let publicArn: string
let subChannels: readonly { readonly id: string; readonly memberArn: string }[]
/** In the second sub-channel. */
let messageId: string

beforeAll(async () => {
  server = await startServer()
  clients = createSdkClients(server)
  scenario = await createScenario(clients)
  owner = await scenario.user('owner')
  outsider = await scenario.user('outsider')
  const plain = await scenario.channel(owner)
  const elastic = await scenario.channel(owner, { ElasticChannelConfiguration: ELASTIC })
  await join(elastic, await scenario.user('inside'))
  publicArn = await scenario.channel(owner, {
    Privacy: 'PUBLIC',
    ElasticChannelConfiguration: ELASTIC,
  })
  const [ana, bo, cem] = ['ana', 'bo', 'cem'].map((name) => scenario.user(name))
  const first = { id: await join(publicArn, await ana!), memberArn: await ana! }
  await join(publicArn, await bo!)
  const second = { id: await join(publicArn, await cem!), memberArn: await cem! }
  subChannels = [first, second]
  messageId = await post(publicArn, second)
  const banned = await scenario.channel(owner)
  await clients.messaging.send(
    new CreateChannelBanCommand({ ChannelArn: banned, MemberArn: outsider, ChimeBearer: owner }),
  )
  const missing = `${scenario.appInstanceArn}/channel/${unique()}`
  channels = [plain, elastic, banned, missing]
})

const ELASTIC = {
  MaximumSubChannels: 3,
  TargetMembershipsPerSubChannel: 2,
  MinimumMembershipPercentage: 20,
}

/** Returns the sub-channel. */
async function join(ChannelArn: string, MemberArn: string): Promise<string> {
  const input = { ChannelArn, MemberArn, Type: 'DEFAULT', ChimeBearer: owner } as const
  const output = await clients.messaging.send(new CreateChannelMembershipCommand(input))
  return output.SubChannelId!
}

async function post(ChannelArn: string, place: (typeof subChannels)[number]): Promise<string> {
  const { MessageId } = await clients.messaging.send(
    new SendChannelMessageCommand({
      ChannelArn,
      SubChannelId: place.id,
      Content: 'x',
      Type: 'STANDARD',
      Persistence: 'PERSISTENT',
      ClientRequestToken: unique(),
      ChimeBearer: place.memberArn,
    }),
  )
  return MessageId!
}

afterAll(async () => {
  clients[Symbol.dispose]()
  await server.stop()
})

const operations = Object.entries(messagingOperations)
  .filter(([name, { access }]) => access === 'bearer' && 'ChannelArn' in sample(name))
  .map(([name]) => name)

function sample(operation: string): Input {
  return minimalInput('messaging', operation)
}

/** Every member that the input may have; those that it must have are in `sample`. */
function sampleWithAll(operation: string): Input {
  const { operations: modelled, shapes } = readRawModel('messaging')
  return shapes[modelled[operation]!.input?.shape ?? '']?.members ?? {}
}

/** `value` with the members of `named` in place of its own. */
function about(value: unknown, named: Input): unknown {
  if (Array.isArray(value)) return value.map((item) => about(item, named))
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name in named ? named[name] : about(member, named),
    ]),
  )
}

/** Status and body of the request, the outsider's by default, without the channel's ARN. */
async function answerFor(
  operation: string,
  channelArn: string,
  named: Input,
  added: Input,
  bearer = outsider,
) {
  const input = about(sample(operation), { ...named, ChannelArn: channelArn }) as Input
  const request = requestOf('messaging', operation, { ...input, ...added, ChimeBearer: bearer })
  const { status, body } = await signedFetch(server, request!)
  return `${status} ${body.replaceAll(channelArn, 'CHANNEL')}`
}

test.each(operations)('%s tells an outsider the same of every hidden channel', async (name) => {
  for (const memberArn of [outsider, owner]) {
    const named = {
      AppInstanceUserArn: memberArn,
      ChannelFlowArn: `${scenario.appInstanceArn}/channel-flow/${unique()}`,
      ChannelModeratorArn: memberArn,
      ClientRequestToken: unique(),
      MemberArn: memberArn,
      MemberArns: [memberArn],
      MessageId: 'message',
    }
    for (const added of [{}, { SubChannelId: 'sub-channel' }]) {
      const answers = await Promise.all(
        channels.map((channelArn) => answerFor(name, channelArn, named, added)),
      )
      expect(answers[0]).toMatch(/^40[34] /)
      expect(new Set(answers)).toHaveLength(1)
    }
  }
})

const placing = operations.filter((name) => 'SubChannelId' in sampleWithAll(name))

test.each(placing)('%s tells nobody which other sub-channels there are', async (name) => {
  const [first, second] = subChannels
  expect(second!.id).not.toBe(first!.id)
  for (const bearer of [first!.memberArn, outsider]) {
    for (const memberArn of [bearer, second!.memberArn]) {
      const named = {
        ClientRequestToken: unique(),
        MemberArn: memberArn,
        MemberArns: [memberArn],
        MessageId: messageId,
      }
      const ask = (SubChannelId: string) =>
        answerFor(name, publicArn, named, { SubChannelId }, bearer)
      const answers = [await ask(second!.id), await ask('sub-channel'), await ask(unique())]
      expect(answers[0]).toMatch(/^40[034] |^200 .*"Errors":\[\{/)
      expect(new Set(answers)).toHaveLength(1)
    }
  }
})
