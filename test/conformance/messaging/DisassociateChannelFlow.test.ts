// Conformance of DisassociateChannelFlow.
import { expect } from 'vitest'
import { fails, failsNaming, succeedsEmpty } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { createFlow, putFlowBefore } from '../kit/flows.ts'
import { arnPathCases, bearerCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('DisassociateChannelFlow')

const disassociate = (ChannelArn: string, ChimeBearer: string, ChannelFlowArn: string) =>
  world.messaging.disassociateChannelFlow({ ChannelArn, ChannelFlowArn, ChimeBearer })
const associated = async () => {
  const owner = await world.user()
  const channelArn = await world.channel(owner)
  return { owner, channelArn, flowArn: await putFlowBefore(world, channelArn, owner) }
}
const prepare = async () => {
  const { owner, channelArn, flowArn } = await associated()
  return () => disassociate(channelArn, owner, flowArn)
}
const flowOf = async (ChannelArn: string, ChimeBearer: string) =>
  (await world.messaging.describeChannel({ ChannelArn, ChimeBearer })).Channel?.ChannelFlowArn

write(
  'wire',
  'model',
  'Given a channel with a flow, when they are separated, then 204, and messages pass untouched',
  async () => {
    const { owner, channelArn, flowArn } = await associated()
    await succeedsEmpty(disassociate(channelArn, owner, flowArn))
    expect(await flowOf(channelArn, owner)).toBeUndefined()
    const MessageId = await world.post(channelArn, owner)
    const message = { ChannelArn: channelArn, MessageId, ChimeBearer: owner }
    const { ChannelMessage } = await world.messaging.getChannelMessage(message)
    expect(ChannelMessage?.Status).toEqual({ Value: 'SENT' })
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given a channel or flow that is no ARN, when they are separated, then BadRequestException',
  async () => {
    const { owner, channelArn, flowArn } = await associated()
    await failsNaming(disassociate('lobby', owner, flowArn), 'ChannelArn')
    await failsNaming(disassociate(channelArn, owner, 'flow'), 'ChannelFlowArn')
  },
)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'doc',
  'Given a member, or a channel that does not exist, when they are separated, then ForbiddenException and the flow stays',
  async () => {
    const { owner, channelArn, flowArn } = await associated()
    const member = await world.user()
    await world.join(channelArn, owner, member)
    await fails(disassociate(channelArn, member, flowArn), 'ForbiddenException')
    const none = `${world.appInstanceArn}/channel/none`
    await fails(disassociate(none, owner, flowArn), 'ForbiddenException')
    expect(await flowOf(channelArn, owner)).toBe(flowArn)
  },
)

write(
  'behaviour',
  'doc',
  'Given another flow than that of the channel, when they are separated, then NotFoundException and the flow stays',
  async () => {
    const { owner, channelArn, flowArn } = await associated()
    const none = `${world.appInstanceArn}/channel-flow/none`
    for (const arn of [await createFlow(world), none, channelArn])
      await fails(disassociate(channelArn, owner, arn), 'NotFoundException')
    expect(await flowOf(channelArn, owner)).toBe(flowArn)
  },
)
write(
  'behaviour',
  'inferred',
  'Given a flow on two channels, when one is separated twice, then NotFoundException, and the other keeps it',
  async () => {
    const { owner, channelArn, flowArn } = await associated()
    const other = await world.channel(owner)
    await world.messaging.associateChannelFlow({
      ChannelArn: other,
      ChannelFlowArn: flowArn,
      ChimeBearer: owner,
    })
    await disassociate(channelArn, owner, flowArn)
    await fails(disassociate(channelArn, owner, flowArn), 'NotFoundException')
    expect(await flowOf(other, owner)).toBe(flowArn)
  },
)

write(
  'events emitted',
  'doc',
  'Given connected members, when the flow goes, then nobody gets an event',
  async () => {
    const { owner, channelArn, flowArn } = await associated()
    const session = await world.listen(owner)
    await disassociate(channelArn, owner, flowArn)
    expect(await world.received(session)).toEqual([[]])
  },
)
