// Conformance of AssociateChannelFlow.
import { expect } from 'vitest'
import { expectEpochSeconds, fails, failsNaming, succeeds, type Json } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { createFlow, processor } from '../kit/flows.ts'
import { arnPathCases, bearerCases, bodyCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('AssociateChannelFlow')

const associate = (ChannelArn: string, ChimeBearer: string, ChannelFlowArn: string) =>
  world.messaging.associateChannelFlow({ ChannelArn, ChannelFlowArn, ChimeBearer })
const prepare = async () => {
  const owner = await world.user()
  const [channelArn, flowArn] = [await world.channel(owner), await createFlow(world)]
  return () => associate(channelArn, owner, flowArn)
}
const read = async (ChannelArn: string, ChimeBearer: string): Promise<Json> => {
  const body = await succeeds(world.messaging.describeChannel({ ChannelArn, ChimeBearer }), 200, [
    'Channel',
  ])
  return body['Channel'] as Json
}

write(
  'wire',
  'model',
  'Given a flow and a channel, when they are associated, then 200 without members, and the channel has the flow',
  async () => {
    const owner = await world.user()
    const [channelArn, flowArn] = [await world.channel(owner), await createFlow(world)]
    const before = await read(channelArn, owner)
    await succeeds(associate(channelArn, owner, flowArn), 200, [])
    const after = await read(channelArn, owner)
    expect(after).toEqual({
      ...before,
      ChannelFlowArn: flowArn,
      LastUpdatedTimestamp: expect.any(Number) as number,
    })
    expect(expectEpochSeconds(after['LastUpdatedTimestamp'])).toBeGreaterThan(
      expectEpochSeconds(before['LastUpdatedTimestamp']),
    )
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)
bodyCases(write, world, prepare, 'ChannelFlowArn')

write(
  'validation',
  'model',
  'Given a channel or flow that is no ARN, or no flow, when they are associated, then BadRequestException',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    await failsNaming(associate('lobby', owner, channelArn), 'ChannelArn')
    await failsNaming(associate(channelArn, owner, 'flow'), 'ChannelFlowArn')
    await failsNaming(
      world.messaging.associateChannelFlow({
        ChannelArn: channelArn,
        ChimeBearer: owner,
        ChannelFlowArn: undefined,
      }),
      'ChannelFlowArn',
    )
  },
)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'doc',
  'Given a member, or a channel that does not exist, when a flow is associated, then ForbiddenException, whatever the flow, and nothing changes',
  async () => {
    const [owner, member] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner, { MemberArns: [member] })
    const flowArn = await createFlow(world)
    const none = `${world.appInstanceArn}/channel-flow/none`
    for (const arn of [flowArn, none]) {
      await fails(associate(channelArn, member, arn), 'ForbiddenException')
      await fails(
        associate(`${world.appInstanceArn}/channel/none`, owner, arn),
        'ForbiddenException',
      )
    }
    expect(await read(channelArn, owner)).not.toHaveProperty('ChannelFlowArn')
  },
)

write(
  'behaviour',
  'model',
  'Given a flow that is unknown, deleted, foreign or no flow, when it is associated, then NotFoundException and nothing changes',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    const gone = await createFlow(world)
    await world.messaging.deleteChannelFlow({ ChannelFlowArn: gone })
    const { appInstanceArn: AppInstanceArn } = await world.stranger()
    const foreign = await world.messaging.createChannelFlow({
      AppInstanceArn,
      Name: 'Foreign',
      Processors: [processor(world)],
    })
    const none = `${world.appInstanceArn}/channel-flow/none`
    for (const arn of [gone, foreign.ChannelFlowArn!, none, channelArn])
      await fails(associate(channelArn, owner, arn), 'NotFoundException')
    expect(await read(channelArn, owner)).not.toHaveProperty('ChannelFlowArn')
  },
)
write(
  'behaviour',
  'inferred',
  'Given a channel with a flow, when another is associated, then ConflictException; the same again is 200 and changes nothing',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    const [one, other] = [await createFlow(world), await createFlow(world)]
    await associate(channelArn, owner, one)
    const before = await read(channelArn, owner)
    await fails(associate(channelArn, owner, other), 'ConflictException')
    await succeeds(associate(channelArn, owner, one), 200, [])
    expect(await read(channelArn, owner)).toEqual(before)
  },
)
write(
  'behaviour',
  'doc',
  'Given two flows at once for one channel, when they are associated, then one wins and one gets ConflictException',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    const flows = [await createFlow(world), await createFlow(world)]
    const calls = flows.map((flowArn) => associate(channelArn, owner, flowArn))
    const outcomes = await Promise.allSettled(calls)
    const won = outcomes.findIndex(({ status }) => status === 'fulfilled')
    expect((await read(channelArn, owner))['ChannelFlowArn']).toBe(flows[won])
    await fails(calls[1 - won]!, 'ConflictException')
  },
)

write(
  'events emitted',
  'doc',
  'Given connected members, when a flow is associated, then nobody gets an event',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    const session = await world.listen(owner)
    await associate(channelArn, owner, await createFlow(world))
    expect(await world.received(session)).toEqual([[]])
  },
)
