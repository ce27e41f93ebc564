// Conformance of ListChannelsAssociatedWithChannelFlow.
import { expect } from 'vitest'
import { fails, failsNaming, succeeds, type Json } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { createFlow, putFlowBefore } from '../kit/flows.ts'
import {
  doorCases,
  pagingBehaviourCases,
  pagingValidationCases,
  type PagedList,
} from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('ListChannelsAssociatedWithChannelFlow')

const list = (ChannelFlowArn: string) =>
  world.messaging.listChannelsAssociatedWithChannelFlow({ ChannelFlowArn })
const useIn = async (ChannelFlowArn: string, owner: string, input: object = {}) => {
  const ChannelArn = await world.channel(owner, input)
  const use = { ChannelArn, ChannelFlowArn, ChimeBearer: owner }
  await world.messaging.associateChannelFlow(use)
  return ChannelArn
}
const arnsIn = async (flowArn: string) => {
  const body = await succeeds(list(flowArn), 200, ['Channels'])
  return (body['Channels'] as Json[]).map((item) => item['ChannelArn'])
}

const listing: PagedList = {
  member: 'Channels',
  others: [],
  keyOf: (item) => String(item['ChannelArn']),
  async prepare() {
    const [owner, flowArn, other] = [
      await world.user(),
      await createFlow(world),
      await createFlow(world),
    ]
    const keys: string[] = []
    while (keys.length < 5) keys.push(await useIn(flowArn, owner))
    const page = (ChannelFlowArn: string) => (input: object) =>
      world.messaging.listChannelsAssociatedWithChannelFlow({ ChannelFlowArn, ...input })
    return { keys, list: page(flowArn), foreign: page(other) }
  },
}

write(
  'wire',
  'model',
  'Given a channel, when channels of its flow are listed, then 200 with its members but no instants',
  async () => {
    const [owner, flowArn] = [await world.user(), await createFlow(world)]
    const ChannelArn = await useIn(flowArn, owner, { Metadata: '{}', Privacy: 'PUBLIC' })
    await world.post(ChannelArn, owner, '/', { Type: 'CONTROL' })
    const body = await succeeds(list(flowArn), 200, ['Channels'])
    expect(body['Channels']).toEqual([
      { ChannelArn, Name: 'Lobby', Mode: 'RESTRICTED', Privacy: 'PUBLIC', Metadata: '{}' },
    ])
  },
)
doorCases(write, world, async () => {
  const arn = await createFlow(world)
  return () => list(arn)
})

write(
  'validation',
  'model',
  'Given a flow that is no ARN, when its channels are listed, then BadRequestException',
  () => failsNaming(list('flow'), 'ChannelFlowArn'),
)
pagingValidationCases(write, listing)

write(
  'authorisation',
  'inferred',
  'Given an unknown or deleted flow or the ARN of a channel, when its channels are listed, then ForbiddenException',
  async () => {
    const gone = await createFlow(world)
    await world.messaging.deleteChannelFlow({ ChannelFlowArn: gone })
    const channel = await world.channel(await world.user())
    for (const arn of [gone, `${world.appInstanceArn}/channel-flow/none`, channel])
      await fails(list(arn), 'ForbiddenException')
  },
)

pagingBehaviourCases(write, listing)
write(
  'behaviour',
  'inferred',
  'Given channels that use a flow, one another flow, one deleted, one separated, when they are listed, then those that use it, the oldest first',
  async () => {
    const [owner, flowArn] = [await world.user(), await createFlow(world)]
    expect(await arnsIn(flowArn)).toEqual([])
    const arns: string[] = []
    for (let count = 0; count < 4; count++) arns.push(await useIn(flowArn, owner))
    await putFlowBefore(world, await world.channel(owner), owner)
    const [first, deleted, separated, last] = arns as [string, string, string, string]
    await world.messaging.deleteChannel({ ChannelArn: deleted, ChimeBearer: owner })
    await world.messaging.disassociateChannelFlow({
      ChannelArn: separated,
      ChannelFlowArn: flowArn,
      ChimeBearer: owner,
    })
    expect(await arnsIn(flowArn)).toEqual([first, last])
  },
)
