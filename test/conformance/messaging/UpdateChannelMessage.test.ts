// Conformance of UpdateChannelMessage.
import { expect } from 'vitest'
import {
  at,
  expectEpochSeconds,
  expectMembers,
  fails,
  failsNaming,
  succeeds,
  type Json,
} from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { arnPathCases, bearerCases, bodyCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('UpdateChannelMessage')

const update = (ChannelArn: string, ChimeBearer: string, MessageId: string, input: object = {}) =>
  world.messaging.updateChannelMessage({
    ChannelArn,
    ChimeBearer,
    MessageId,
    Content: 'New',
    ...input,
  })
const own = async (input: object = {}) => {
  const owner = await world.user('Ana')
  const channelArn = await world.channel(owner)
  const messageId = await world.post(channelArn, owner, 'Old', input)
  return { owner, channelArn, messageId }
}
const prepare = async () => {
  const { owner, channelArn, messageId } = await own()
  return () => update(channelArn, owner, messageId)
}
const whole = ['ChannelArn', 'MessageId', 'Status']
const read = async (ChannelArn: string, ChimeBearer: string, MessageId: string) => {
  const call = world.messaging.getChannelMessage({ ChannelArn, ChimeBearer, MessageId })
  return (await succeeds(call, 200, ['ChannelMessage']))['ChannelMessage'] as Json
}

write(
  'wire',
  'model',
  'Given a sender, when it edits, then 200 with channel, id and status SENT',
  async () => {
    const { owner, channelArn, messageId } = await own()
    expect(await succeeds(update(channelArn, owner, messageId), 200, whole)).toEqual({
      ChannelArn: channelArn,
      MessageId: messageId,
      Status: { Value: 'SENT' },
    })
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)
bodyCases(write, world, prepare, 'Content')

write(
  'validation',
  'proposed',
  'Given content of 4096 bytes, when it is edited, then it is accepted; none and 4097 are not',
  async () => {
    const { owner, channelArn, messageId } = await own()
    await succeeds(update(channelArn, owner, messageId, { Content: 'ü'.repeat(2048) }), 200, whole)
    await fails(
      update(channelArn, owner, messageId, { Content: 'ü'.repeat(2048) + 'c' }),
      'BadRequestException',
    )
    await failsNaming(update(channelArn, owner, messageId, { Content: '' }), 'Content')
    await failsNaming(
      update(channelArn, owner, messageId, { Content: undefined, Metadata: 'm' }),
      'Content',
    )
  },
)
write(
  'validation',
  'doc',
  'Given a CONTROL message, when it is edited, then 30 bytes are accepted; 31 and metadata are not',
  async () => {
    const { owner, channelArn, messageId } = await own({ Type: 'CONTROL' })
    await succeeds(update(channelArn, owner, messageId, { Content: 'c'.repeat(30) }), 200, whole)
    await fails(
      update(channelArn, owner, messageId, { Content: 'c'.repeat(31) }),
      'BadRequestException',
    )
    await fails(
      update(channelArn, owner, messageId, { Content: 'c', Metadata: 'm' }),
      'BadRequestException',
    )
  },
)
write(
  'validation',
  'doc',
  'Given metadata of 1024 bytes, when it is edited, then it is accepted; 1025 are not',
  async () => {
    const { owner, channelArn, messageId } = await own()
    await succeeds(update(channelArn, owner, messageId, { Metadata: 'm'.repeat(1024) }), 200, whole)
    await fails(
      update(channelArn, owner, messageId, { Metadata: 'm'.repeat(1025) }),
      'BadRequestException',
    )
  },
)
write(
  'validation',
  'proposed',
  'Given a SubChannelId on a channel that is not elastic, when it is edited, then BadRequestException',
  async () => {
    const { owner, channelArn, messageId } = await own()
    await failsNaming(
      update(channelArn, owner, messageId, { SubChannelId: 'sc-1' }),
      'SubChannelId',
    )
  },
)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'doc',
  'Given the message of another, when member, moderator or admin edit it, then ForbiddenException and it is unchanged',
  async () => {
    const [owner, member, admin] = [await world.user(), await world.user(), await world.admin()]
    const channelArn = await world.channel(owner)
    await world.join(channelArn, owner, member, admin)
    const byMember = await world.post(channelArn, member, 'Old')
    const byOwner = await world.post(channelArn, owner, 'Old')
    await fails(update(channelArn, owner, byMember), 'ForbiddenException')
    await fails(update(channelArn, admin, byMember), 'ForbiddenException')
    await fails(update(channelArn, member, byOwner), 'ForbiddenException')
    expect((await read(channelArn, owner, byMember))['Content']).toBe('Old')
  },
)
write(
  'authorisation',
  'proposed',
  'Given an author who has left, when it edits, then ForbiddenException',
  async () => {
    const [owner, member] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner)
    await world.join(channelArn, owner, member)
    const messageId = await world.post(channelArn, member)
    await world.messaging.deleteChannelMembership({
      ChannelArn: channelArn,
      MemberArn: member,
      ChimeBearer: member,
    })
    await fails(update(channelArn, member, messageId), 'ForbiddenException')
  },
)
write(
  'authorisation',
  'inferred',
  'Given no such message, a non-persistent or a deleted one, when it is edited, then ForbiddenException',
  async () => {
    const { owner, channelArn, messageId } = await own()
    const fleeting = await world.post(channelArn, owner, 'x', { Persistence: 'NON_PERSISTENT' })
    await world.messaging.deleteChannelMessage({
      ChannelArn: channelArn,
      MessageId: messageId,
      ChimeBearer: await world.admin(),
    })
    for (const id of ['m'.repeat(64), fleeting, messageId]) {
      await fails(update(channelArn, owner, id), 'ForbiddenException')
    }
  },
)

write(
  'behaviour',
  'doc',
  'Given a new content and metadata, when it is edited, then they are read with both edit stamps and the rest is unchanged',
  async () => {
    const attributes = {
      MessageAttributes: { a: { StringValues: ['1'] } },
      ContentType: 'text/plain',
    }
    const { owner, channelArn, messageId } = await own({ ...attributes, Metadata: 'm1' })
    const before = await read(channelArn, owner, messageId)
    await update(channelArn, owner, messageId, { Metadata: 'm2' })
    const after = await read(channelArn, owner, messageId)
    expect(after).toEqual({
      ...before,
      Content: 'New',
      Metadata: 'm2',
      LastEditedTimestamp: expect.any(Number) as number,
      LastUpdatedTimestamp: expect.any(Number) as number,
    })
    const edited = expectEpochSeconds(after['LastEditedTimestamp'])
    expect(edited).toBe(expectEpochSeconds(after['LastUpdatedTimestamp']))
    expect(edited).toBeGreaterThanOrEqual(expectEpochSeconds(before['CreatedTimestamp']))
  },
)
write(
  'behaviour',
  'proposed',
  'Given no metadata in the edit, when it is edited, then the metadata is unchanged; a content type replaces',
  async () => {
    const { owner, channelArn, messageId } = await own({
      Metadata: 'm1',
      ContentType: 'text/plain',
    })
    await update(channelArn, owner, messageId, { ContentType: 'text/markdown' })
    expect(await read(channelArn, owner, messageId)).toMatchObject({
      Metadata: 'm1',
      ContentType: 'text/markdown',
    })
  },
)
write(
  'behaviour',
  'proposed',
  'Given a redacted message, when it is edited, then BadRequestException',
  async () => {
    const { owner, channelArn, messageId } = await own()
    await world.messaging.redactChannelMessage({
      ChannelArn: channelArn,
      MessageId: messageId,
      ChimeBearer: owner,
    })
    await fails(update(channelArn, owner, messageId), 'BadRequestException')
  },
)
write(
  'behaviour',
  'inferred',
  'Given later messages, when an old one is edited, then order and LastMessageTimestamp stay',
  async () => {
    const { owner, channelArn, messageId } = await own()
    const later = await world.post(channelArn, owner, 'Later')
    const channel = { ChannelArn: channelArn, ChimeBearer: owner }
    const before = (await world.messaging.describeChannel(channel)).Channel?.LastMessageTimestamp
    await update(channelArn, owner, messageId)
    const { ChannelMessages } = await world.messaging.listChannelMessages(channel)
    expect(ChannelMessages?.map((item) => item.MessageId)).toEqual([later, messageId])
    expect((await world.messaging.describeChannel(channel)).Channel?.LastMessageTimestamp).toEqual(
      before,
    )
  },
)

write(
  'events emitted',
  'doc',
  'Given members, when one edits, then all get UPDATE_CHANNEL_MESSAGE with the full message',
  async () => {
    const { owner, channelArn, messageId } = await own()
    const [member, other] = [await world.user(), await world.user()]
    await world.join(channelArn, owner, member)
    const sessions = []
    for (const arn of [owner, member, other]) sessions.push(await world.listen(arn))
    await update(channelArn, owner, messageId)
    const all = await world.received(...sessions)
    expect(all.map((events) => events.map(({ type }) => type))).toEqual([
      ['UPDATE_CHANNEL_MESSAGE'],
      ['UPDATE_CHANNEL_MESSAGE'],
      [],
    ])
    const { payload, headers } = all[1]![0]!
    expect(headers['x-amz-chime-message-type']).toBe('STANDARD')
    expectMembers(payload, [
      'ChannelArn',
      'MessageId',
      'Content',
      'Type',
      'Persistence',
      'Sender',
      'CreatedTimestamp',
      'LastEditedTimestamp',
      'LastUpdatedTimestamp',
      'Redacted',
      'Status',
    ])
    expect(payload).toMatchObject({ MessageId: messageId, Content: 'New' })
    expect(at(payload, 'LastEditedTimestamp')).toMatch(/Z$/)
  },
)
write(
  'events emitted',
  'doc',
  'Given a targeted message, when it is edited, then only sender and target get it',
  async () => {
    const owner = await world.user()
    const [target, third] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner)
    await world.join(channelArn, owner, target, third)
    const messageId = await world.post(channelArn, owner, 'psst', {
      Target: [{ MemberArn: target }],
    })
    const sessions = []
    for (const arn of [owner, target, third]) sessions.push(await world.listen(arn))
    await update(channelArn, owner, messageId)
    expect((await world.received(...sessions)).map((events) => events.length)).toEqual([1, 1, 0])
  },
)
