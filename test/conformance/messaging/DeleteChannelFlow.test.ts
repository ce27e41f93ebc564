// Conformance of DeleteChannelFlow.
import { expect } from 'vitest'
import { fails, failsNaming, succeedsEmpty } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { createFlow, putFlowBefore } from '../kit/flows.ts'
import { arnPathCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('DeleteChannelFlow')

const remove = (ChannelFlowArn: string) => world.messaging.deleteChannelFlow({ ChannelFlowArn })
const prepare = async () => {
  const arn = await createFlow(world)
  return () => remove(arn)
}
const exists = async (arn: string) => {
  const { ChannelFlows } = await world.messaging.listChannelFlows({
    AppInstanceArn: world.appInstanceArn,
    MaxResults: 50,
  })
  return ChannelFlows!.some(({ ChannelFlowArn }) => ChannelFlowArn === arn)
}

write(
  'wire',
  'model',
  'Given a flow that no channel uses, when it is deleted, then 204 and it is gone',
  async () => {
    const arn = await createFlow(world)
    expect(await exists(arn)).toBe(true)
    await succeedsEmpty(remove(arn))
    expect(await exists(arn)).toBe(false)
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given a flow that is no ARN, when it is deleted, then BadRequestException',
  () => failsNaming(remove('flow'), 'ChannelFlowArn'),
)

write(
  'authorisation',
  'inferred',
  'Given a flow that was deleted or never was, when it is deleted, then ForbiddenException',
  async () => {
    const arn = await createFlow(world)
    await remove(arn)
    await fails(remove(arn), 'ForbiddenException')
    await fails(remove(`${world.appInstanceArn}/channel-flow/none`), 'ForbiddenException')
    await fails(remove(world.appInstanceArn), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'doc',
  'Given a flow that two channels use, when it is deleted, then ConflictException until neither does',
  async () => {
    const owner = await world.user()
    const [one, two] = [await world.channel(owner), await world.channel(owner)]
    const arn = await putFlowBefore(world, one, owner)
    const use = { ChannelArn: two, ChannelFlowArn: arn, ChimeBearer: owner }
    await world.messaging.associateChannelFlow(use)
    await fails(remove(arn), 'ConflictException')
    await world.messaging.disassociateChannelFlow(use)
    await fails(remove(arn), 'ConflictException')
    expect(await exists(arn)).toBe(true)
    // A channel that is deleted uses nothing any more.
    await world.messaging.deleteChannel({ ChannelArn: one, ChimeBearer: owner })
    await succeedsEmpty(remove(arn))
  },
)
