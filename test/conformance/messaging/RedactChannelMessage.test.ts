// Conformance of RedactChannelMessage.
import { expect } from 'vitest'
import {
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
const write = casesOf('RedactChannelMessage')

const redact = (ChannelArn: string, ChimeBearer: string, MessageId: string, input: object = {}) =>
  world.messaging.redactChannelMessage({ ChannelArn, ChimeBearer, MessageId, ...input })
const own = async (input: object = {}) => {
  const owner = await world.user('Ana')
  const channelArn = await world.channel(owner)
  return { owner, channelArn, messageId: await world.post(channelArn, owner, 'Secret', input) }
}
const prepare = async () => {
  const { owner, channelArn, messageId } = await own()
  return () => redact(channelArn, owner, messageId)
}
const whole = ['ChannelArn', 'MessageId']
const read = async (ChannelArn: string, ChimeBearer: string, MessageId: string) => {
  const call = world.messaging.getChannelMessage({ ChannelArn, ChimeBearer, MessageId })
  return (await succeeds(call, 200, ['ChannelMessage']))['ChannelMessage'] as Json
}

write(
  'wire',
  'model',
  'Given a sender, when it redacts, then 200 with channel and id',
  async () => {
    const { owner, channelArn, messageId } = await own()
    expect(await succeeds(redact(channelArn, owner, messageId), 200, whole)).toEqual({
      ChannelArn: channelArn,
      MessageId: messageId,
    })
  },
)
write(
  'wire',
  'code',
  'Given an empty body, when it is redacted, then it is understood',
  async () => {
    const empty = (request: { body?: unknown }) => void (request.body = '')
    await succeeds(world.altered({ beforeSigning: empty }, await prepare()), 200, whole)
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)
bodyCases(write, world, prepare, undefined)

write(
  'validation',
  'proposed',
  'Given a SubChannelId on a channel that is not elastic, when it is redacted, then BadRequestException',
  async () => {
    const { owner, channelArn, messageId } = await own()
    await failsNaming(
      redact(channelArn, owner, messageId, { SubChannelId: 'sc-1' }),
      'SubChannelId',
    )
  },
)
write(
  'validation',
  'model',
  'Given a message id of other characters, when it is redacted, then BadRequestException',
  async () => {
    const { owner, channelArn } = await own()
    await failsNaming(redact(channelArn, owner, 'a b'), 'MessageId')
  },
)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'doc',
  'Given the message of another, when moderator or admin redact it, then they may; a member may not',
  async () => {
    const [owner, member, other, admin] = [
      await world.user(),
      await world.user(),
      await world.user(),
      await world.admin(),
    ]
    const channelArn = await world.channel(owner)
    await world.join(channelArn, owner, member, other)
    const [first, second] = [
      await world.post(channelArn, member),
      await world.post(channelArn, member),
    ]
    await fails(redact(channelArn, other, first), 'ForbiddenException')
    await succeeds(redact(channelArn, owner, first), 200, whole)
    await succeeds(redact(channelArn, admin, second), 200, whole)
  },
)
write(
  'authorisation',
  'proposed',
  'Given an author who has left, when it redacts its own message, then it may',
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
    await succeeds(redact(channelArn, member, messageId), 200, whole)
  },
)
write(
  'authorisation',
  'inferred',
  'Given no such message, a non-persistent one or one targeted at others, when it is redacted, then ForbiddenException',
  async () => {
    const { owner, channelArn } = await own()
    const [target, moderator] = [await world.user(), await world.user()]
    await world.join(channelArn, owner, target)
    const closed = await world.channel(moderator)
    await world.join(closed, moderator, owner, target)
    const hidden = await world.post(closed, owner, 'x', { Target: [{ MemberArn: target }] })
    const fleeting = await world.post(channelArn, owner, 'x', { Persistence: 'NON_PERSISTENT' })
    await fails(redact(channelArn, owner, 'm'.repeat(64)), 'ForbiddenException')
    await fails(redact(channelArn, owner, fleeting), 'ForbiddenException')
    await fails(redact(closed, moderator, hidden), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'doc',
  'Given content, metadata and attributes, when it is redacted, then they are gone and Redacted is true',
  async () => {
    const { owner, channelArn, messageId } = await own({
      Metadata: 'm',
      ContentType: 'text/plain',
      MessageAttributes: { a: { StringValues: ['1'] } },
    })
    const before = await read(channelArn, owner, messageId)
    await redact(channelArn, owner, messageId)
    const after = await read(channelArn, owner, messageId)
    // evidence: proposed (behaviour 3.8): the attributes too; the content type stays
    expectMembers(after, [
      'ChannelArn',
      'MessageId',
      'Type',
      'Persistence',
      'Sender',
      'CreatedTimestamp',
      'LastUpdatedTimestamp',
      'Redacted',
      'Status',
      'ContentType',
    ])
    expect(after['Redacted']).toBe(true)
    expect(after['CreatedTimestamp']).toBe(before['CreatedTimestamp'])
    expect(expectEpochSeconds(after['LastUpdatedTimestamp'])).toBeGreaterThanOrEqual(
      expectEpochSeconds(before['LastUpdatedTimestamp']),
    )
  },
)
write(
  'behaviour',
  'doc',
  'Given a redacted message, when messages are listed, then it stays in its place',
  async () => {
    const { owner, channelArn, messageId } = await own()
    const later = await world.post(channelArn, owner)
    await redact(channelArn, owner, messageId)
    const { ChannelMessages } = await world.messaging.listChannelMessages({
      ChannelArn: channelArn,
      ChimeBearer: owner,
    })
    expect(ChannelMessages?.map((item) => [item.MessageId, item.Redacted, item.Content])).toEqual([
      [later, false, 'Hello'],
      [messageId, true, undefined],
    ])
  },
)
write(
  'behaviour',
  'proposed',
  'Given a redacted message, when it is redacted again, then 200 and nothing changes',
  async () => {
    const { owner, channelArn, messageId } = await own()
    await redact(channelArn, owner, messageId)
    const before = await read(channelArn, owner, messageId)
    await succeeds(redact(channelArn, owner, messageId), 200, whole)
    expect(await read(channelArn, owner, messageId)).toEqual(before)
  },
)

write(
  'events emitted',
  'doc',
  'Given members, when one redacts twice, then all get one REDACT_CHANNEL_MESSAGE without content',
  async () => {
    const { owner, channelArn, messageId } = await own({ Metadata: 'm' })
    const [member, other] = [await world.user(), await world.user()]
    await world.join(channelArn, owner, member)
    const sessions = []
    for (const arn of [owner, member, other]) sessions.push(await world.listen(arn))
    await redact(channelArn, owner, messageId)
    await redact(channelArn, owner, messageId)
    const all = await world.received(...sessions)
    expect(all.map((events) => events.map(({ type }) => type))).toEqual([
      ['REDACT_CHANNEL_MESSAGE'],
      ['REDACT_CHANNEL_MESSAGE'],
      [],
    ])
    const { payload, headers } = all[1]![0]!
    expect(headers['x-amz-chime-message-type']).toBe('STANDARD')
    expectMembers(payload, [
      'ChannelArn',
      'MessageId',
      'Type',
      'Persistence',
      'Sender',
      'CreatedTimestamp',
      'LastUpdatedTimestamp',
      'Redacted',
      'Status',
    ])
    expect(payload?.['Redacted']).toBe(true)
  },
)
