// Conformance of DescribeChannel.
import { expect } from 'vitest'
import {
  at,
  expectEpochSeconds,
  expectMembers,
  fails,
  failsNaming,
  succeeds,
} from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { arnPathCases, bearerCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('DescribeChannel')

const describeIt = (ChannelArn: string, ChimeBearer: string) =>
  world.messaging.describeChannel({ ChannelArn, ChimeBearer })
const prepare = async () => {
  const owner = await world.user()
  const channelArn = await world.channel(owner)
  return () => describeIt(channelArn, owner)
}

write(
  'wire',
  'model',
  'Given a channel without metadata and messages, when it is described, then 200 and absent members are absent',
  async () => {
    const owner = await world.user('Ana')
    const channelArn = await world.channel(owner, { Privacy: 'PUBLIC', Mode: 'UNRESTRICTED' })
    const body = await succeeds(describeIt(channelArn, owner), 200, ['Channel'])
    expectMembers(body['Channel'], [
      'ChannelArn',
      'Name',
      'Mode',
      'Privacy',
      'CreatedBy',
      'CreatedTimestamp',
      'LastUpdatedTimestamp',
    ])
    expect(body['Channel']).toMatchObject({
      ChannelArn: channelArn,
      Name: 'Lobby',
      Mode: 'UNRESTRICTED',
      Privacy: 'PUBLIC',
      CreatedBy: { Arn: owner, Name: 'Ana' },
    })
    const created = expectEpochSeconds(at(body, 'Channel.CreatedTimestamp'))
    expect(expectEpochSeconds(at(body, 'Channel.LastUpdatedTimestamp'))).toBe(created)
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given an ARN that is none, when it is described, then BadRequestException',
  async () => {
    await failsNaming(describeIt('lobby', await world.user()), 'ChannelArn')
  },
)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'inferred',
  'Given an unknown channel, when it is described, then ForbiddenException',
  async () => {
    await fails(
      describeIt(`${world.appInstanceArn}/channel/none`, await world.user()),
      'ForbiddenException',
    )
  },
)
write(
  'authorisation',
  'code',
  'Given a PRIVATE channel, when an ordinary member describes it, then it may',
  async () => {
    const [owner, member] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner)
    await fails(describeIt(channelArn, member), 'ForbiddenException')
    await world.join(channelArn, owner, member)
    await succeeds(describeIt(channelArn, member), 200, ['Channel'])
  },
)

write(
  'behaviour',
  'doc',
  "Given a persistent message, when the channel is described, then LastMessageTimestamp is the message's time",
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    const MessageId = await world.post(channelArn, owner)
    const message = await succeeds(
      world.messaging.getChannelMessage({ ChannelArn: channelArn, MessageId, ChimeBearer: owner }),
      200,
      ['ChannelMessage'],
    )
    const body = await succeeds(describeIt(channelArn, owner), 200, ['Channel'])
    expect(at(body, 'Channel.LastMessageTimestamp')).toBe(
      at(message, 'ChannelMessage.CreatedTimestamp'),
    )
  },
)
write(
  'behaviour',
  'doc',
  'Given only a non-persistent message, when the channel is described, then LastMessageTimestamp is absent',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    await world.post(channelArn, owner, 'x', { Persistence: 'NON_PERSISTENT' })
    const { Channel } = await describeIt(channelArn, owner)
    expect(Channel?.LastMessageTimestamp).toBeUndefined()
  },
)
write(
  'behaviour',
  'doc',
  'Given a message targeted at another, when the channel is described, then it does not count for third members',
  async () => {
    const [owner, target, third] = [await world.user(), await world.user(), await world.user()]
    const channelArn = await world.channel(owner)
    await world.join(channelArn, owner, target, third)
    await world.post(channelArn, owner, 'psst', { Target: [{ MemberArn: target }] })
    expect((await describeIt(channelArn, third)).Channel?.LastMessageTimestamp).toBeUndefined()
    expect((await describeIt(channelArn, target)).Channel?.LastMessageTimestamp).toBeDefined()
    expect((await describeIt(channelArn, owner)).Channel?.LastMessageTimestamp).toBeDefined()
  },
)
write(
  'behaviour',
  'proposed',
  'Given a deleted message, when the channel is described, then LastMessageTimestamp does not move back',
  async () => {
    const [owner, admin] = [await world.user(), await world.admin()]
    const channelArn = await world.channel(owner)
    const MessageId = await world.post(channelArn, owner)
    const before = (await describeIt(channelArn, owner)).Channel?.LastMessageTimestamp
    await world.messaging.deleteChannelMessage({
      ChannelArn: channelArn,
      MessageId,
      ChimeBearer: admin,
    })
    expect((await describeIt(channelArn, owner)).Channel?.LastMessageTimestamp).toEqual(before)
  },
)
