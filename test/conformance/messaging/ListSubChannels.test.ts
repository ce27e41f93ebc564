// Conformance of ListSubChannels. Nobody is placed in a sub-channel yet, so there is none.
import { expect } from 'vitest'
import { fails, failsNaming, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { ELASTIC } from '../kit/matrix-stage.ts'
import { arnPathCases, bearerCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('ListSubChannels')

const list = (ChannelArn: string, ChimeBearer: string, input: object = {}) =>
  world.messaging.listSubChannels({ ChannelArn, ChimeBearer, ...input })
const elasticChannel = (owner: string, input: object = {}) =>
  world.channel(owner, { ElasticChannelConfiguration: ELASTIC, ...input })
const prepare = async () => {
  const owner = await world.user()
  const channelArn = await elasticChannel(owner)
  return () => list(channelArn, owner)
}

write(
  'wire',
  'proposed',
  'Given a new elastic channel, when its sub-channels are listed, then 200 and none',
  async () => {
    const owner = await world.user()
    const channelArn = await elasticChannel(owner)
    const whole = ['ChannelArn', 'SubChannels']
    expect(await succeeds(list(channelArn, owner), 200, whole)).toEqual({
      ChannelArn: channelArn,
      SubChannels: [],
    })
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given MaxResults of 0 or 51, or a token that is made up, when they are listed, then BadRequestException',
  async () => {
    const owner = await world.user()
    const channelArn = await elasticChannel(owner)
    await failsNaming(list(channelArn, owner, { MaxResults: 0 }), 'MaxResults')
    await failsNaming(list(channelArn, owner, { MaxResults: 51 }), 'MaxResults')
    await failsNaming(list(channelArn, owner, { NextToken: 'AAAA' }), 'NextToken')
    await failsNaming(list(channelArn, owner, { NextToken: 'A'.repeat(2049) }), 'NextToken')
  },
)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'doc',
  'Given a stranger to a public elastic channel, when it lists, then ForbiddenException; moderators and admins may',
  async () => {
    const [owner, moderator, admin] = [await world.user(), await world.user(), await world.admin()]
    const channelArn = await elasticChannel(owner, {
      Privacy: 'PUBLIC',
      ModeratorArns: [moderator],
    })
    await fails(list(channelArn, await world.user()), 'ForbiddenException')
    await list(channelArn, moderator)
    await list(channelArn, admin)
    await fails(list(`${channelArn}x`, admin), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'proposed',
  'Given a channel that is not elastic, when its sub-channels are listed, then BadRequestException; ForbiddenException for a member',
  async () => {
    const [owner, member] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner, { MemberArns: [member] })
    await failsNaming(list(channelArn, owner), 'elastic')
    await fails(list(channelArn, member), 'ForbiddenException')
  },
)
