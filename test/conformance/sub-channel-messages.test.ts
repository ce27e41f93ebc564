// What sub-channels mean to messages: isolation, and who may still act on what it sent. Which
// SubChannelId is accepted is in sub-channel-ids.test.ts.
import { expect } from 'vitest'
import { fails, failsNaming, succeeds, type Json } from './kit/answers.ts'
import { casesOf } from './kit/conformance-case.ts'
import { moderatorOf, pairsStage, type Pairs } from './kit/elastic-pairs.ts'
import { putFlowBefore } from './kit/flows.ts'
import { unique, useWorld } from './kit/world.ts'

const world = useWorld()
const pairs = (input: object = {}) => pairsStage(world, input)
const newModerator = (stage: Pairs) => moderatorOf(world, stage)

const post = (stage: Pairs, sender: string, SubChannelId: string, content = 'x', more = {}) =>
  world.post(stage.channelArn, sender, content, { SubChannelId, ...more })
const place = (stage: Pairs, ChimeBearer: string, SubChannelId: string) => {
  return { ChannelArn: stage.channelArn, ChimeBearer, SubChannelId }
}

async function contents(stage: Pairs, bearer: string, SubChannelId: string): Promise<unknown[]> {
  const { ChannelMessages } = await world.messaging.listChannelMessages({
    ...place(stage, bearer, SubChannelId),
    SortOrder: 'ASCENDING',
  })
  return ChannelMessages!.map(({ Content }) => Content)
}

const sending = casesOf('SendChannelMessage')
sending(
  'wire',
  'model',
  'Given a member of a sub-channel, when it sends there, then 201 with SubChannelId, which the message has, too',
  async () => {
    const stage = await pairs()
    const sent = await succeeds(
      world.messaging.sendChannelMessage({
        ...place(stage, stage.ana, stage.first),
        Content: 'Hello',
        Type: 'STANDARD',
        Persistence: 'PERSISTENT',
        ClientRequestToken: unique(),
      }),
      201,
      ['ChannelArn', 'MessageId', 'Status', 'SubChannelId'],
    )
    expect(sent['SubChannelId']).toBe(stage.first)
    const MessageId = String(sent['MessageId'])
    const body = await succeeds(
      world.messaging.getChannelMessage({ ...place(stage, stage.bob, stage.first), MessageId }),
      200,
      ['ChannelMessage'],
    )
    expect(body['ChannelMessage']).toMatchObject({ Content: 'Hello', SubChannelId: stage.first })
  },
)
sending(
  'behaviour',
  'doc',
  'Given messages of two sub-channels, when they are listed, then each list has those of its own only',
  async () => {
    const stage = await pairs()
    const moderator = await newModerator(stage)
    await post(stage, stage.ana, stage.first, 'one')
    await post(stage, stage.cem, stage.second, 'two')
    await post(stage, moderator, stage.first, 'three')
    for (const bearer of [stage.bob, stage.owner, moderator])
      expect(await contents(stage, bearer, stage.first)).toEqual(['one', 'three'])
    for (const bearer of [stage.dora, stage.owner, moderator])
      expect(await contents(stage, bearer, stage.second)).toEqual(['two'])
  },
)
sending(
  'behaviour',
  'inferred',
  'Given a target, when it is in the same sub-channel, then both alone see the message; elsewhere ForbiddenException',
  async () => {
    const stage = await pairs()
    const moderator = await newModerator(stage)
    const to = (MemberArn: string) => ({ Target: [{ MemberArn }] })
    await post(stage, stage.ana, stage.first, 'to bob', to(stage.bob))
    await post(stage, stage.ana, stage.first, 'to mia', to(moderator))
    expect(await contents(stage, stage.bob, stage.first)).toEqual(['to bob'])
    expect(await contents(stage, moderator, stage.first)).toEqual(['to mia'])
    for (const elsewhere of [stage.cem, stage.owner, await world.user()]) {
      const call = post(stage, stage.ana, stage.first, 'lost', to(elsewhere))
      await fails(call, 'ForbiddenException')
    }
    expect(await contents(stage, stage.ana, stage.first)).toEqual(['to bob', 'to mia'])
  },
)
sending(
  'behaviour',
  'inferred',
  'Given a ClientRequestToken, when a moderator uses it in two sub-channels, then there are two messages; in one the first answer comes again',
  async () => {
    const stage = await pairs()
    const moderator = await newModerator(stage)
    const token = { ClientRequestToken: unique() }
    const sent = await post(stage, moderator, stage.first, 'x', token)
    const other = await post(stage, moderator, stage.second, 'x', token)
    expect(other).not.toBe(sent)
    expect(await post(stage, moderator, stage.first, 'x', token)).toBe(sent)
    const changed = post(stage, moderator, stage.first, 'y', token)
    await fails(changed, 'ConflictException')
    expect(await contents(stage, moderator, stage.first)).toEqual(['x'])
    expect(await contents(stage, moderator, stage.second)).toEqual(['x'])
  },
)
sending(
  'events emitted',
  'doc',
  'Given members of two sub-channels, when a message is sent in one, then those of that one get it with SubChannelId, also one who is in both, once',
  async () => {
    const stage = await pairs()
    const moderator = await newModerator(stage)
    const listeners = [stage.ana, stage.bob, stage.cem, moderator, stage.owner]
    const sessions = await Promise.all(listeners.map((arn) => world.listen(arn)))
    await post(stage, stage.ana, stage.first, 'one')
    const received = await world.received(...sessions)
    expect(received.map((events) => events.length)).toEqual([1, 1, 0, 1, 0])
    for (const [event] of [received[0]!, received[1]!, received[3]!]) {
      expect(event!.type).toBe('CREATE_CHANNEL_MESSAGE')
      expect(event!.payload).toMatchObject({ Content: 'one', SubChannelId: stage.first })
    }
  },
)

sending(
  'events emitted',
  'inferred',
  'Given an elastic channel with a flow that falls back to ABORT, when a member sends, then it alone gets PENDING_ and FAILED_CREATE_CHANNEL_MESSAGE with SubChannelId, and reads the message there',
  async () => {
    const stage = await pairs()
    await putFlowBefore(world, stage.channelArn, stage.owner)
    const sessions = [await world.listen(stage.ana), await world.listen(stage.bob)]
    const MessageId = await post(stage, stage.ana, stage.first)
    await sessions[0]!.waitForType('FAILED_CREATE_CHANNEL_MESSAGE', { MessageId })
    const [own = [], others] = await world.received(...sessions)
    expect(own.map(({ type }) => type)).toEqual([
      'PENDING_CREATE_CHANNEL_MESSAGE',
      'FAILED_CREATE_CHANNEL_MESSAGE',
    ])
    expect(own[1]!.payload).toMatchObject({ MessageId, SubChannelId: stage.first })
    expect(others).toEqual([])
    const read = (bearer: string) =>
      world.messaging.getChannelMessage({ ...place(stage, bearer, stage.first), MessageId })
    expect((await read(stage.ana)).ChannelMessage!.Status!.Value).toBe('FAILED')
    await fails(read(stage.bob), 'NotFoundException')
  },
)

const updating = casesOf('UpdateChannelMessage')
updating(
  'wire',
  'model',
  'Given a message of a sub-channel, when its sender edits it, then 200 with SubChannelId, and those of the sub-channel get it',
  async () => {
    const stage = await pairs()
    const MessageId = await post(stage, stage.ana, stage.first)
    const sessions = [await world.listen(stage.bob), await world.listen(stage.cem)]
    const body = await succeeds(
      world.messaging.updateChannelMessage({
        ...place(stage, stage.ana, stage.first),
        MessageId,
        Content: 'edited',
      }),
      200,
      ['ChannelArn', 'MessageId', 'Status', 'SubChannelId'],
    )
    expect(body['SubChannelId']).toBe(stage.first)
    const [there = [], elsewhere] = await world.received(...sessions)
    expect(there.map(({ type }) => type)).toEqual(['UPDATE_CHANNEL_MESSAGE'])
    expect(there[0]!.payload).toMatchObject({ Content: 'edited', SubChannelId: stage.first })
    expect(elsewhere).toEqual([])
  },
)
updating(
  'authorisation',
  'doc',
  'Given a sender who is in another sub-channel now, when it edits, redacts or asks for the status of what it sent before, then ForbiddenException',
  async () => {
    const stage = await pairs()
    const MessageId = await post(stage, stage.ana, stage.first, 'before')
    // Its place is taken before it comes back.
    await stage.remove(stage.ana)
    await stage.addNew(1)
    const [now] = await stage.add(stage.ana)
    expect(now).not.toBe(stage.first)
    for (const SubChannelId of [stage.first, now!]) {
      const message = { ...place(stage, stage.ana, SubChannelId), MessageId }
      const edited = world.messaging.updateChannelMessage({ ...message, Content: 'after' })
      await fails(edited, 'ForbiddenException')
      await fails(world.messaging.redactChannelMessage(message), 'ForbiddenException')
      await fails(world.messaging.getChannelMessageStatus(message), 'ForbiddenException')
    }
    expect(await contents(stage, stage.bob, stage.first)).toEqual(['before'])
  },
)
updating(
  'authorisation',
  'doc',
  'Given a moderator who left the sub-channel where it sent a message, when it edits it, then ForbiddenException; it may redact it and ask for its status',
  async () => {
    const stage = await pairs()
    const moderator = await newModerator(stage)
    const MessageId = await post(stage, moderator, stage.first)
    const there = place(stage, moderator, stage.first)
    await world.messaging.deleteChannelMembership({ ...there, MemberArn: moderator })
    const message = { ...there, MessageId }
    const edited = world.messaging.updateChannelMessage({ ...message, Content: 'edited' })
    await fails(edited, 'ForbiddenException')
    const status = await world.messaging.getChannelMessageStatus(message)
    expect(status.Status?.Value).toBe('SENT')
    await world.messaging.redactChannelMessage(message)
    expect(await contents(stage, stage.ana, stage.first)).toEqual([undefined])
  },
)

const redacting = casesOf('RedactChannelMessage')
redacting(
  'wire',
  'model',
  'Given a message of a sub-channel, when a moderator who is elsewhere redacts it, then 200 with SubChannelId, and those of the sub-channel get it',
  async () => {
    const stage = await pairs()
    const MessageId = await post(stage, stage.ana, stage.first)
    const sessions = [await world.listen(stage.bob), await world.listen(stage.cem)]
    const body = await succeeds(
      world.messaging.redactChannelMessage({
        ...place(stage, stage.owner, stage.first),
        MessageId,
      }),
      200,
      ['ChannelArn', 'MessageId', 'SubChannelId'],
    )
    expect(body).toEqual({ ChannelArn: stage.channelArn, MessageId, SubChannelId: stage.first })
    const [there = [], elsewhere] = await world.received(...sessions)
    expect(there.map(({ type }) => type)).toEqual(['REDACT_CHANNEL_MESSAGE'])
    expect(there[0]!.payload).toMatchObject({ Redacted: true, SubChannelId: stage.first })
    expect(elsewhere).toEqual([])
  },
)

const deleting = casesOf('DeleteChannelMessage')
deleting(
  'events emitted',
  'doc',
  'Given a message of a sub-channel, when an admin deletes it, then those of the sub-channel get it with SubChannelId, and it is gone',
  async () => {
    const stage = await pairs()
    const MessageId = await post(stage, stage.ana, stage.first)
    await post(stage, stage.cem, stage.second, 'stays')
    const sessions = [await world.listen(stage.bob), await world.listen(stage.cem)]
    const admin = await world.admin()
    const message = { ...place(stage, admin, stage.first), MessageId }
    await world.messaging.deleteChannelMessage(message)
    const [there = [], elsewhere] = await world.received(...sessions)
    expect(there.map(({ type }) => type)).toEqual(['DELETE_CHANNEL_MESSAGE'])
    expect(there[0]!.payload).toMatchObject({ MessageId, SubChannelId: stage.first })
    expect(elsewhere).toEqual([])
    await fails(world.messaging.getChannelMessage(message), 'NotFoundException')
    expect(await contents(stage, admin, stage.second)).toEqual(['stays'])
  },
)

const listing = casesOf('ListChannelMessages')
listing(
  'wire',
  'model',
  'Given messages of a sub-channel, when a member pages through them, then 200 with SubChannelId; a token belongs to its sub-channel',
  async () => {
    const stage = await pairs()
    const moderator = await newModerator(stage)
    for (const content of ['1', '2', '3']) await post(stage, stage.ana, stage.first, content)
    await post(stage, stage.cem, stage.second)
    const list = (SubChannelId: string, NextToken?: string) =>
      world.messaging.listChannelMessages({
        ...place(stage, moderator, SubChannelId),
        MaxResults: 2,
        ...(NextToken === undefined ? {} : { NextToken }),
      })
    const members = ['ChannelArn', 'ChannelMessages', 'SubChannelId']
    const page = await succeeds(list(stage.first), 200, [...members, 'NextToken'])
    expect(page['SubChannelId']).toBe(stage.first)
    const NextToken = String(page['NextToken'])
    await failsNaming(list(stage.second, NextToken), 'NextToken')
    const rest = await succeeds(list(stage.first, NextToken), 200, members)
    const messages = [page, rest].flatMap((body) => body['ChannelMessages'] as Json[])
    expect(messages.map(({ Content }) => Content)).toEqual(['3', '2', '1'])
  },
)
listing(
  'behaviour',
  'doc',
  'Given a sub-channel was taken apart, when its messages are asked for, then they are nowhere',
  async () => {
    const stage = await pairs()
    const [eva] = await stage.addNew(1)
    const [third] = await stage.placesOf(eva!)
    const MessageId = await post(stage, eva!, third!)
    await stage.remove(eva!)
    const admin = await world.admin()
    for (const bearer of [stage.owner, admin, stage.ana, eva!]) {
      const there = place(stage, bearer, third!)
      await fails(world.messaging.listChannelMessages(there), 'ForbiddenException')
    }
    for (const SubChannelId of [third!, stage.first, stage.second]) {
      const message = { ...place(stage, admin, SubChannelId), MessageId }
      await fails(world.messaging.getChannelMessage(message), 'NotFoundException')
      await fails(world.messaging.redactChannelMessage(message), 'ForbiddenException')
      await fails(world.messaging.deleteChannelMessage(message), 'ForbiddenException')
    }
  },
)
