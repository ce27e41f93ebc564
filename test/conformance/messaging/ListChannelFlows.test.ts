// Conformance of ListChannelFlows.
import { expect } from 'vitest'
import { fails, failsNaming, succeeds, type Json } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { createFlow, processor } from '../kit/flows.ts'
import {
  doorCases,
  pagingBehaviourCases,
  pagingValidationCases,
  type PagedList,
} from '../kit/shared-cases.ts'
import { unique, useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('ListChannelFlows')

const createIn = async (AppInstanceArn: string, Name: string) => {
  const { ChannelFlowArn } = await world.messaging.createChannelFlow({
    AppInstanceArn,
    Name,
    Processors: [processor(world)],
    ClientRequestToken: unique(),
  })
  return ChannelFlowArn!
}
const list = (AppInstanceArn = world.appInstanceArn) =>
  world.messaging.listChannelFlows({ AppInstanceArn })

const listing: PagedList = {
  member: 'ChannelFlows',
  others: [],
  keyOf: (item) => String(item['ChannelFlowArn']),
  async prepare() {
    const { appInstanceArn } = await world.stranger()
    const keys: string[] = []
    while (keys.length < 5) keys.push(await createIn(appInstanceArn, 'Flow'))
    return {
      keys,
      list: (page) => world.messaging.listChannelFlows({ AppInstanceArn: appInstanceArn, ...page }),
      foreign: (page) =>
        world.messaging.listChannelFlows({ AppInstanceArn: world.appInstanceArn, ...page }),
    }
  },
}

write(
  'wire',
  'model',
  'Given a flow, when flows are listed, then 200 with its ARN, name and processors alone',
  async () => {
    const { appInstanceArn } = await world.stranger()
    const ChannelFlowArn = await createIn(appInstanceArn, 'One')
    const body = await succeeds(list(appInstanceArn), 200, ['ChannelFlows'])
    expect(body['ChannelFlows']).toEqual([
      { ChannelFlowArn, Name: 'One', Processors: [processor(world)] },
    ])
  },
)
doorCases(write, world, async () => () => list())

write(
  'validation',
  'model',
  'Given no app instance or one that is no ARN, when flows are listed, then BadRequestException',
  async () => {
    await failsNaming(list('app'), 'AppInstanceArn')
    await failsNaming(
      world.messaging.listChannelFlows({ AppInstanceArn: undefined }),
      'AppInstanceArn',
    )
  },
)
pagingValidationCases(write, listing)

write(
  'authorisation',
  'inferred',
  'Given an unknown or deleted app instance, when its flows are listed, then ForbiddenException',
  async () => {
    const { appInstanceArn } = await world.stranger()
    await world.identity.deleteAppInstance({ AppInstanceArn: appInstanceArn })
    await fails(list(appInstanceArn), 'ForbiddenException')
    await fails(list(world.appInstanceArn.replace(/[^/]+$/, 'unknown')), 'ForbiddenException')
  },
)

pagingBehaviourCases(write, listing)
write(
  'behaviour',
  'proposed',
  'Given no flows, when they are listed, then the list is empty; those of others are not in it',
  async () => {
    await createFlow(world)
    const { appInstanceArn } = await world.stranger()
    expect(await succeeds(list(appInstanceArn), 200, ['ChannelFlows'])).toEqual({
      ChannelFlows: [],
    })
  },
)
write(
  'behaviour',
  'proposed',
  'Given three flows, one of them updated, when they are listed, then the oldest comes first',
  async () => {
    const { appInstanceArn } = await world.stranger()
    const arns: string[] = []
    for (const name of ['a', 'b', 'c']) arns.push(await createIn(appInstanceArn, name))
    await world.messaging.updateChannelFlow({
      ChannelFlowArn: arns[0],
      Name: 'z',
      Processors: [processor(world)],
    })
    const body = await succeeds(list(appInstanceArn), 200, ['ChannelFlows'])
    expect((body['ChannelFlows'] as Json[]).map((item) => item['Name'])).toEqual(['z', 'b', 'c'])
  },
)
