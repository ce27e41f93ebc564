// Conformance of DescribeChannelFlow.
import { expect } from 'vitest'
import { expectEpochSeconds, expectMembers, fails, failsNaming, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { createFlow, processor } from '../kit/flows.ts'
import { arnPathCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('DescribeChannelFlow')

const describe = (ChannelFlowArn: string) => world.messaging.describeChannelFlow({ ChannelFlowArn })
const prepare = async () => {
  const arn = await createFlow(world)
  return () => describe(arn)
}

write(
  'wire',
  'model',
  'Given a flow, when it is described, then 200 with all its members and stamps in epoch seconds',
  async () => {
    const arn = await createFlow(world, 'CONTINUE')
    const { ChannelFlow } = await succeeds(describe(arn), 200, ['ChannelFlow'])
    expectMembers(ChannelFlow, [
      'ChannelFlowArn',
      'Name',
      'Processors',
      'CreatedTimestamp',
      'LastUpdatedTimestamp',
    ])
    const flow = ChannelFlow as Record<string, unknown>
    expect(flow['ChannelFlowArn']).toBe(arn)
    expect(flow['Name']).toBe('Flow')
    expect(flow['Processors']).toEqual([processor(world, { FallbackAction: 'CONTINUE' })])
    const created = expectEpochSeconds(flow['CreatedTimestamp'])
    expect(expectEpochSeconds(flow['LastUpdatedTimestamp'])).toBe(created)
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given a flow that is no ARN, when it is described, then BadRequestException',
  () => failsNaming(describe('flow'), 'ChannelFlowArn'),
)

write(
  'authorisation',
  'inferred',
  'Given an unknown, foreign or deleted flow, or the ARN of something else, when it is described, then ForbiddenException',
  async () => {
    const gone = await createFlow(world)
    await world.messaging.deleteChannelFlow({ ChannelFlowArn: gone })
    const known = await createFlow(world)
    const wrong = [
      gone,
      known.replace(/[^/]+$/, 'none'),
      known.replace(world.endpoint.accountId, '999999999999'),
      known.replace('/channel-flow/', '/channel/'),
      world.appInstanceArn,
    ]
    for (const arn of wrong) await fails(describe(arn), 'ForbiddenException')
  },
)
write(
  'authorisation',
  'inferred',
  'Given the app instance was deleted, when its flow is described, then ForbiddenException',
  async () => {
    const { appInstanceArn: AppInstanceArn } = await world.stranger()
    const { ChannelFlowArn } = await world.messaging.createChannelFlow({
      AppInstanceArn,
      Name: 'Flow',
      Processors: [processor(world)],
    })
    await describe(ChannelFlowArn!)
    await world.identity.deleteAppInstance({ AppInstanceArn })
    await fails(describe(ChannelFlowArn!), 'ForbiddenException')
  },
)
