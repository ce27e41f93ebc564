// What an end user can find out about channels that it may not know of, by asking every operation:
// whether they exist, are elastic, or have banned it. Not what a role may do: see matrix.test.ts.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { messagingOperations } from '../../src/operations/messaging-operations.ts'
import { requestOf } from '../conformance/kit/model-request.ts'
import { createScenario, unique, type Scenario } from '../harness/scenario.ts'
import { createSdkClients, type SdkClients } from '../harness/sdk-clients.ts'
import { signedFetch } from '../harness/signed-fetch.ts'
import { startServer, type TestServer } from '../harness/start-server.ts'
import { CreateChannelBanCommand } from '@aws-sdk/client-chime-sdk-messaging'
import { minimalInput } from '../model/violations.ts'

type Input = Readonly<Record<string, unknown>>

let server: TestServer
let clients: SdkClients
let scenario: Scenario
let owner: string
let outsider: string
/** Channels that the outsider may not know of, and one that does not exist. */
let channels: readonly string[]

beforeAll(async () => {
  server = await startServer()
  clients = createSdkClients(server)
  scenario = await createScenario(clients)
  owner = await scenario.user('owner')
  outsider = await scenario.user('outsider')
  const plain = await scenario.channel(owner)
  const elastic = await scenario.channel(owner, {
    ElasticChannelConfiguration: {
      MaximumSubChannels: 2,
      TargetMembershipsPerSubChannel: 2,
      MinimumMembershipPercentage: 20,
    },
  })
  const banned = await scenario.channel(owner)
  await clients.messaging.send(
    new CreateChannelBanCommand({ ChannelArn: banned, MemberArn: outsider, ChimeBearer: owner }),
  )
  const missing = `${scenario.appInstanceArn}/channel/${unique()}`
  channels = [plain, elastic, banned, missing]
})

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

/** Status and body of the outsider's request, without the channel's ARN. */
async function answerFor(operation: string, channelArn: string, named: Input, added: Input) {
  const input = about(sample(operation), { ...named, ChannelArn: channelArn }) as Input
  const request = requestOf('messaging', operation, { ...input, ...added, ChimeBearer: outsider })
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
