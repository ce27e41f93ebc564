// Conformance of CreateChannelMembership.
import { expect } from 'vitest'
import { at, expectMembers, fails, failsNaming, succeeds, type Json } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { ELASTIC } from '../kit/matrix-stage.ts'
import { arnPathCases, bearerCases, bodyCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('CreateChannelMembership')

const add = (ChannelArn: string, ChimeBearer: string, MemberArn: string, input: object = {}) =>
  world.messaging.createChannelMembership({
    ChannelArn,
    ChimeBearer,
    MemberArn,
    Type: 'DEFAULT',
    ...input,
  })
const prepare = async () => {
  const [owner, member] = [await world.user(), await world.user()]
  const channelArn = await world.channel(owner)
  return () => add(channelArn, owner, member)
}
const whole = ['ChannelArn', 'Member']

write(
  'wire',
  'model',
  'Given a user, when it is added, then 201 with channel and member, without SubChannelId',
  async () => {
    const [owner, member] = [await world.user(), await world.user('Dee')]
    const channelArn = await world.channel(owner)
    expect(await succeeds(add(channelArn, owner, member), 201, whole)).toEqual({
      ChannelArn: channelArn,
      Member: { Arn: member, Name: 'Dee' },
    })
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)
bodyCases(write, world, prepare, 'MemberArn')

write(
  'validation',
  'model',
  'Given no member, an ARN that is none or a type that the model lacks, when it is added, then BadRequestException',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    await failsNaming(add(channelArn, owner, 'dee'), 'MemberArn')
    await failsNaming(add(channelArn, owner, owner, { MemberArn: undefined }), 'MemberArn')
    await failsNaming(add(channelArn, owner, owner, { Type: 'GUEST' }), 'Type')
  },
)
write(
  'validation',
  'proposed',
  'Given a SubChannelId on a channel that is not elastic, when a member is added, then BadRequestException',
  async () => {
    const [owner, member] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner)
    await failsNaming(add(channelArn, owner, member, { SubChannelId: 'sc-1' }), 'SubChannelId')
  },
)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'doc',
  'Given a RESTRICTED channel, when a member adds another, then ForbiddenException',
  async () => {
    const [owner, member, other] = [await world.user(), await world.user(), await world.user()]
    const channelArn = await world.channel(owner)
    await world.join(channelArn, owner, member)
    await fails(add(channelArn, member, other), 'ForbiddenException')
  },
)
write(
  'authorisation',
  'doc',
  'Given an UNRESTRICTED channel, when a member adds another, then it may, but not HIDDEN',
  async () => {
    const [owner, member, other] = [await world.user(), await world.user(), await world.user()]
    const channelArn = await world.channel(owner, { Mode: 'UNRESTRICTED' })
    await world.join(channelArn, owner, member)
    await fails(add(channelArn, member, other, { Type: 'HIDDEN' }), 'ForbiddenException')
    await succeeds(add(channelArn, member, other), 201, whole)
  },
)
write(
  'authorisation',
  'code',
  'Given a PUBLIC RESTRICTED channel, when a user adds itself, then it may; another it may not',
  async () => {
    const [owner, self, other] = [await world.user(), await world.user(), await world.user()]
    const channelArn = await world.channel(owner, { Privacy: 'PUBLIC' })
    await fails(add(channelArn, self, other), 'ForbiddenException')
    await fails(add(channelArn, self, self, { Type: 'HIDDEN' }), 'ForbiddenException')
    await succeeds(add(channelArn, self, self), 201, whole)
  },
)
write(
  'authorisation',
  'field',
  'Given a PRIVATE UNRESTRICTED channel, when a stranger adds itself, then ForbiddenException',
  async () => {
    const [owner, self] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner, { Mode: 'UNRESTRICTED' })
    await fails(add(channelArn, self, self), 'ForbiddenException')
  },
)
write(
  'authorisation',
  'inferred',
  'Given a hidden member, when it adds another to an UNRESTRICTED channel, then ForbiddenException',
  async () => {
    const [owner, hidden, other] = [await world.user(), await world.user(), await world.user()]
    const channelArn = await world.channel(owner, { Mode: 'UNRESTRICTED' })
    await world.joinHidden(channelArn, owner, hidden)
    await fails(add(channelArn, hidden, other), 'ForbiddenException')
  },
)
write(
  'authorisation',
  'doc',
  'Given an admin who is no member, when it adds itself or a hidden member, then it may',
  async () => {
    const [owner, admin, other] = [await world.user(), await world.admin(), await world.user()]
    const channelArn = await world.channel(owner)
    await succeeds(add(channelArn, admin, admin), 201, whole)
    await succeeds(add(channelArn, admin, other, { Type: 'HIDDEN' }), 201, whole)
  },
)

write(
  'authorisation',
  'proposed',
  'Given a caller without the right, when it adds one who is a member already or unknown, then ForbiddenException',
  async () => {
    const [owner, member, other] = [await world.user(), await world.user(), await world.user()]
    const channelArn = await world.channel(owner)
    await world.join(channelArn, owner, member)
    await fails(add(channelArn, other, member), 'ForbiddenException')
    await fails(add(channelArn, member, owner), 'ForbiddenException')
    await fails(add(channelArn, other, `${world.appInstanceArn}/user/nobody`), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'proposed',
  'Given no type on the wire, when a member is added, then it is DEFAULT',
  async () => {
    const [owner, member] = [await world.user(), await world.user()]
    const ChannelArn = await world.channel(owner)
    await succeeds(add(ChannelArn, owner, member, { Type: undefined }), 201, whole)
    const { ChannelMembership } = await world.messaging.describeChannelMembership({
      ChannelArn,
      MemberArn: member,
      ChimeBearer: owner,
    })
    expect(ChannelMembership?.Type).toBe('DEFAULT')
  },
)
write(
  'behaviour',
  'field',
  'Given a member, when it is added again, then ConflictException, also as HIDDEN',
  async () => {
    const [owner, member] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner)
    await world.join(channelArn, owner, member)
    await fails(add(channelArn, owner, member), 'ConflictException')
    await fails(add(channelArn, owner, member, { Type: 'HIDDEN' }), 'ConflictException')
  },
)
write(
  'behaviour',
  'proposed',
  'Given an elastic channel, when a member is added, then it is placed; BadRequestException for a hidden one, which is not',
  async () => {
    const [owner, member] = [await world.user(), await world.user()]
    const ChannelArn = await world.channel(owner, { ElasticChannelConfiguration: ELASTIC })
    await failsNaming(add(ChannelArn, owner, member, { Type: 'HIDDEN' }), 'HIDDEN')
    await succeeds(add(ChannelArn, owner, member), 201, [...whole, 'SubChannelId'])
  },
)
write(
  'behaviour',
  'field',
  'Given an unknown user, when it is added, then NotFoundException',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    await fails(add(channelArn, owner, `${world.appInstanceArn}/user/nobody`), 'NotFoundException')
  },
)
write(
  'behaviour',
  'doc',
  'Given a member who left, when it is added again, then it is a member and sees the history',
  async () => {
    const [owner, member] = [await world.user(), await world.user()]
    const ChannelArn = await world.channel(owner)
    const MessageId = await world.post(ChannelArn, owner)
    await world.join(ChannelArn, owner, member)
    await world.messaging.deleteChannelMembership({
      ChannelArn,
      MemberArn: member,
      ChimeBearer: member,
    })
    await world.join(ChannelArn, owner, member)
    const { ChannelMessages } = await world.messaging.listChannelMessages({
      ChannelArn,
      ChimeBearer: member,
    })
    expect(ChannelMessages?.map((item) => item.MessageId)).toEqual([MessageId])
  },
)

const payloadMembers = [
  'ChannelArn',
  'Member',
  'Type',
  'InvitedBy',
  'CreatedTimestamp',
  'LastUpdatedTimestamp',
]
write(
  'events emitted',
  'doc',
  'Given connected members, when one is added, then all members and the new one get CREATE_CHANNEL_MEMBERSHIP, a stranger and an admin nothing',
  async () => {
    const [owner, member, added, other, admin] = [
      await world.user('Ana'),
      await world.user(),
      await world.user('Dee'),
      await world.user(),
      await world.admin(),
    ]
    const channelArn = await world.channel(owner, { Privacy: 'PUBLIC' })
    await world.join(channelArn, owner, member)
    const sessions = []
    for (const arn of [owner, member, added, added, other, admin])
      sessions.push(await world.listen(arn))
    await add(channelArn, owner, added)
    const all = await world.received(...sessions)
    expect(all.map((events) => events.length)).toEqual([1, 1, 1, 1, 0, 0])
    for (const [event] of all.slice(0, 4)) {
      expect(event?.type).toBe('CREATE_CHANNEL_MEMBERSHIP')
      expect(event?.headers).toEqual({
        'x-amz-chime-event-type': 'CREATE_CHANNEL_MEMBERSHIP',
        'x-amz-chime-message-type': 'SYSTEM',
      })
      expectMembers(event?.payload, payloadMembers)
      expect(at(event?.payload, 'Member')).toEqual({ Arn: added, Name: 'Dee' })
      expect(at(event?.payload, 'InvitedBy')).toEqual({ Arn: owner, Name: 'Ana' })
    }
  },
)
write(
  'events emitted',
  'proposed',
  'Given a hidden member is added, when events go out, then only moderators who are members and itself get one',
  async () => {
    const [owner, member, hidden] = [await world.user(), await world.user(), await world.user()]
    const channelArn = await world.channel(owner)
    await world.join(channelArn, owner, member)
    const sessions = []
    for (const arn of [owner, member, hidden]) sessions.push(await world.listen(arn))
    await add(channelArn, owner, hidden, { Type: 'HIDDEN' })
    const all = await world.received(...sessions)
    expect(all.map((events) => events.map(({ payload }) => (payload as Json)['Type']))).toEqual([
      ['HIDDEN'],
      [],
      ['HIDDEN'],
    ])
  },
)
write(
  'events emitted',
  'doc',
  'Given an event of a membership, when the new member describes the channel and sends at once, then it may, and events follow',
  async () => {
    const [owner, added] = [await world.user(), await world.user()]
    const ChannelArn = await world.channel(owner)
    const session = await world.listen(added)
    await add(ChannelArn, owner, added)
    await session.waitForType('CREATE_CHANNEL_MEMBERSHIP', { ChannelArn })
    await world.messaging.describeChannel({ ChannelArn, ChimeBearer: added })
    const MessageId = await world.post(ChannelArn, added)
    await session.waitForType('CREATE_CHANNEL_MESSAGE', { MessageId })
  },
)
