// Conformance of DeleteChannelMembership.
import { expect } from 'vitest'
import { at, expectMembers, fails, failsNaming, succeedsEmpty } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { arnPathCases, bearerCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('DeleteChannelMembership')

const remove = (ChannelArn: string, ChimeBearer: string, MemberArn: string, input: object = {}) =>
  world.messaging.deleteChannelMembership({ ChannelArn, ChimeBearer, MemberArn, ...input })
/** A channel of `owner` with one more member. */
async function pair(input: object = {}) {
  const [owner, member] = [await world.user('Ana'), await world.user('Dee')]
  const channelArn = await world.channel(owner, input)
  await world.join(channelArn, owner, member)
  return { owner, member, channelArn }
}
const prepare = async () => {
  const { owner, member, channelArn } = await pair()
  return () => remove(channelArn, owner, member)
}

write('wire', 'model', 'Given a member, when it is removed, then 204 without a body', async () => {
  await succeedsEmpty((await prepare())())
})
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given a member ARN that is none, when it is removed, then BadRequestException',
  async () => {
    const { owner, channelArn } = await pair()
    await failsNaming(remove(channelArn, owner, 'dee'), 'MemberArn')
  },
)
write(
  'validation',
  'proposed',
  'Given a SubChannelId on a channel that is not elastic, when one is removed, then BadRequestException',
  async () => {
    const { owner, member, channelArn } = await pair()
    await failsNaming(remove(channelArn, owner, member, { SubChannelId: 'sc-1' }), 'SubChannelId')
  },
)

bearerCases(write, world, prepare)
write('authorisation', 'doc', 'Given a member, when it leaves, then it may', async () => {
  const { member, channelArn } = await pair()
  await succeedsEmpty(remove(channelArn, member, member))
})
write(
  'authorisation',
  'proposed',
  'Given a member of an UNRESTRICTED channel, when it removes another, then ForbiddenException',
  async () => {
    const { owner, member, channelArn } = await pair({ Mode: 'UNRESTRICTED' })
    await fails(remove(channelArn, member, owner), 'ForbiddenException')
  },
)
write(
  'authorisation',
  'inferred',
  'Given a stranger to the channel or an unknown channel, when one is removed, then ForbiddenException',
  async () => {
    const { owner, member, channelArn } = await pair({ Privacy: 'PUBLIC' })
    await fails(remove(channelArn, await world.user(), member), 'ForbiddenException')
    await fails(remove(`${world.appInstanceArn}/channel/none`, owner, member), 'ForbiddenException')
  },
)
write(
  'authorisation',
  'doc',
  'Given an admin who is no member, when it removes one, then it may',
  async () => {
    const { member, channelArn } = await pair()
    await succeedsEmpty(remove(channelArn, await world.admin(), member))
  },
)

write(
  'behaviour',
  'doc',
  'Given a removed member, when it acts in the channel, then ForbiddenException and it is not listed',
  async () => {
    const { owner, member, channelArn } = await pair()
    await remove(channelArn, owner, member)
    const asMember = { ChannelArn: channelArn, ChimeBearer: member }
    await fails(world.messaging.describeChannel(asMember), 'ForbiddenException')
    await fails(world.messaging.listChannelMessages(asMember), 'ForbiddenException')
    const { ChannelMemberships } = await world.messaging.listChannelMemberships({
      ChannelArn: channelArn,
      ChimeBearer: owner,
    })
    expect(ChannelMemberships?.map((item) => item.Member?.Arn)).toEqual([owner])
  },
)
write(
  'behaviour',
  'proposed',
  'Given one who is not a member, when it is removed, then 204',
  async () => {
    const { owner, member, channelArn } = await pair()
    await succeedsEmpty(remove(channelArn, owner, member))
    await succeedsEmpty(remove(channelArn, owner, member))
  },
)
write(
  'behaviour',
  'inferred',
  'Given a moderator who leaves, when it acts, then it is still moderator',
  async () => {
    const { owner, channelArn } = await pair()
    await remove(channelArn, owner, owner)
    await world.messaging.updateChannel({
      ChannelArn: channelArn,
      Name: 'Still',
      ChimeBearer: owner,
    })
  },
)

write(
  'events emitted',
  'code',
  'Given connected members, when one is removed, then the others and the removed one get DELETE_CHANNEL_MEMBERSHIP, and the removed one nothing after it',
  async () => {
    const { owner, member, channelArn } = await pair()
    const [third, admin] = [await world.user(), await world.admin()]
    await world.join(channelArn, owner, third)
    const sessions = []
    for (const arn of [owner, member, member, third, admin]) sessions.push(await world.listen(arn))
    await remove(channelArn, owner, member)
    await world.post(channelArn, owner)
    const all = await world.received(...sessions)
    expect(all.map((events) => events.map(({ type }) => type))).toEqual([
      ['DELETE_CHANNEL_MEMBERSHIP', 'CREATE_CHANNEL_MESSAGE'],
      ['DELETE_CHANNEL_MEMBERSHIP'],
      ['DELETE_CHANNEL_MEMBERSHIP'],
      ['DELETE_CHANNEL_MEMBERSHIP', 'CREATE_CHANNEL_MESSAGE'],
      [],
    ])
    const { payload, headers } = all[1]![0]!
    expect(headers['x-amz-chime-message-type']).toBe('SYSTEM')
    expectMembers(payload, [
      'ChannelArn',
      'Member',
      'Type',
      'InvitedBy',
      'CreatedTimestamp',
      'LastUpdatedTimestamp',
    ])
    expect(at(payload, 'Member')).toEqual({ Arn: member, Name: 'Dee' })
    expect(at(payload, 'InvitedBy')).toEqual({ Arn: owner, Name: 'Ana' })
  },
)
write(
  'events emitted',
  'proposed',
  'Given one who is not a member, when it is removed, then no event goes out',
  async () => {
    const { owner, channelArn } = await pair()
    const session = await world.listen(owner)
    await remove(channelArn, owner, await world.user())
    expect(await world.received(session)).toEqual([[]])
  },
)
write(
  'events emitted',
  'proposed',
  'Given a hidden member is removed, when events go out, then only moderators who are members and itself get one',
  async () => {
    const { owner, member, channelArn } = await pair()
    const hidden = await world.user()
    await world.joinHidden(channelArn, owner, hidden)
    const sessions = []
    for (const arn of [owner, member, hidden]) sessions.push(await world.listen(arn))
    await remove(channelArn, owner, hidden)
    const all = await world.received(...sessions)
    expect(all.map((events) => events.length)).toEqual([1, 0, 1])
  },
)
