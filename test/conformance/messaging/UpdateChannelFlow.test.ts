// Conformance of UpdateChannelFlow.
import { expect } from 'vitest'
import type { Processor } from '@aws-sdk/client-chime-sdk-messaging'
import { expectEpochSeconds, fails, failsNaming, succeeds, type Json } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { createFlow, functionArn, processor, putFlowBefore } from '../kit/flows.ts'
import { arnPathCases, bodyCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const strict = useWorld({ quotas: 'aws' })
const write = casesOf('UpdateChannelFlow')

const update = (ChannelFlowArn: string, input: object = {}, of = world) =>
  of.messaging.updateChannelFlow({
    ChannelFlowArn,
    Name: 'New',
    Processors: [processor(of)],
    ...input,
  })
const prepare = async () => {
  const arn = await createFlow(world)
  return () => update(arn)
}
const whole = ['ChannelFlowArn']
const read = async (ChannelFlowArn: string, of = world): Promise<Json> => {
  const body = await succeeds(of.messaging.describeChannelFlow({ ChannelFlowArn }), 200, [
    'ChannelFlow',
  ])
  return body['ChannelFlow'] as Json
}
const others: Processor[] = [2, 1].map((ExecutionOrder) => ({
  Name: `P${ExecutionOrder}`,
  Configuration: { Lambda: { ResourceArn: '', InvocationType: 'ASYNC' } },
  ExecutionOrder,
  FallbackAction: 'CONTINUE',
}))
const two = () =>
  others.map((item, index) => ({
    ...item,
    Configuration: {
      Lambda: { ResourceArn: functionArn(world, `f${index}`), InvocationType: 'ASYNC' as const },
    },
  }))

write('wire', 'model', 'Given a flow, when it is updated, then 200 with only its ARN', async () => {
  const arn = await createFlow(world)
  expect(await succeeds(update(arn), 200, whole)).toEqual({ ChannelFlowArn: arn })
})
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)
bodyCases(write, world, prepare, 'Name')

write(
  'validation',
  'model',
  'Given no name, no processors, four, or the ARN of nothing, when it is updated, then BadRequestException and nothing changes',
  async () => {
    const arn = await createFlow(world)
    const before = await read(arn)
    for (const Name of ['', 'N'.repeat(257), undefined])
      await failsNaming(update(arn, { Name }), 'Name')
    const four = [1, 2, 3, 3].map((ExecutionOrder) => processor(world, { ExecutionOrder }))
    for (const Processors of [[], four, undefined])
      await failsNaming(update(arn, { Processors }), 'Processors')
    await failsNaming(update('flow'), 'ChannelFlowArn')
    expect(await read(arn)).toEqual(before)
  },
)
write(
  'validation',
  'doc',
  'Given one ExecutionOrder twice or a function of another account, when it is updated, then BadRequestException and nothing changes',
  async () => {
    const arn = await createFlow(world)
    const before = await read(arn)
    const [first, second] = two()
    const same = [first!, { ...second!, ExecutionOrder: 2 }]
    await failsNaming(update(arn, { Processors: same }), 'ExecutionOrder')
    const ResourceArn = functionArn(world).replace(world.endpoint.accountId, '999999999999')
    const Configuration = { Lambda: { ResourceArn, InvocationType: 'ASYNC' } }
    const foreign = [{ ...first!, Configuration }]
    await failsNaming(update(arn, { Processors: foreign }), 'ResourceArn')
    expect(await read(arn)).toEqual(before)
  },
)

write(
  'authorisation',
  'inferred',
  'Given an unknown or deleted flow, or the ARN of a channel, when it is updated, then ForbiddenException',
  async () => {
    const gone = await createFlow(world)
    await world.messaging.deleteChannelFlow({ ChannelFlowArn: gone })
    const channel = await world.channel(await world.user())
    for (const arn of [gone, `${world.appInstanceArn}/channel-flow/none`, channel])
      await fails(update(arn), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'doc',
  'Given a flow in use, when it is updated, then all is replaced, its last stamp moves and the channel keeps it',
  async () => {
    const owner = await world.user()
    const ChannelArn = await world.channel(owner)
    const arn = await putFlowBefore(world, ChannelArn, owner)
    const before = await read(arn)
    const Processors = two()
    await succeeds(update(arn, { Name: 'Renamed ü', Processors }), 200, whole)
    const after = await read(arn)
    expect(after).toEqual({
      ...before,
      Name: 'Renamed ü',
      Processors,
      LastUpdatedTimestamp: expect.any(Number) as number,
    })
    expect(expectEpochSeconds(after['LastUpdatedTimestamp'])).toBeGreaterThan(
      expectEpochSeconds(before['LastUpdatedTimestamp']),
    )
    const { Channel } = await world.messaging.describeChannel({ ChannelArn, ChimeBearer: owner })
    expect(Channel?.ChannelFlowArn).toBe(arn)
  },
)
write(
  'behaviour',
  'doc',
  'Given the quotas of AWS, when it is updated to 2 processors, then BadRequestException and nothing changes',
  async () => {
    const arn = await createFlow(strict)
    const before = await read(arn, strict)
    const Processors = [processor(strict), processor(strict, { ExecutionOrder: 2 })]
    // evidence: model, which does not list ResourceLimitExceededException here
    await failsNaming(update(arn, { Processors }, strict), 'Processors')
    expect(await read(arn, strict)).toEqual(before)
  },
)
write(
  'behaviour',
  'inferred',
  'Given a flow that stops messages, when its update lets them pass, then the next message passes',
  async () => {
    const owner = await world.user()
    const ChannelArn = await world.channel(owner)
    const arn = await putFlowBefore(world, ChannelArn, owner, 'ABORT')
    const session = await world.listen(owner)
    const next = async (type: string) => {
      const MessageId = await world.post(ChannelArn, owner)
      await session.waitForType(type, { MessageId })
    }
    await next('FAILED_CREATE_CHANNEL_MESSAGE')
    await update(arn, { Processors: [processor(world, { FallbackAction: 'CONTINUE' })] })
    await next('CREATE_CHANNEL_MESSAGE')
  },
)
