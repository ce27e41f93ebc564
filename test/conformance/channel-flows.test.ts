// New messages on their way through the processors of their channel: who sees them when, what the
// processors are told, and what their answers make of them.
import { expect } from 'vitest'
import { at, expectMembers, fails, type Json } from './kit/answers.ts'
import { DENIED, PENDING, SENT, typesOf, useFlowWorld } from './kit/channel-flows.ts'
import { connectSession } from '../harness/messaging-session.ts'
import { casesOf } from './kit/conformance-case.ts'
import { pairsStage } from './kit/elastic-pairs.ts'
import { unique } from './kit/world.ts'

const flows = await useFlowWorld(['one', 'two', 'three'])
const { world, host, stage, send, answer, deny, read, status, idsFor, lastMessageFor } = flows

const sending = casesOf('SendChannelMessage')
sending(
  'behaviour',
  'doc',
  'Given a flow, when a member sends, then 201 with PENDING, and only the sender can read the message, before and after the processor is asked',
  async () => {
    const { owner, member, channelArn } = await stage(['one'])
    const sent = await send(channelArn, member)
    expect(sent['Status']).toEqual(PENDING)
    const messageId = String(sent['MessageId'])
    await host.question('one', messageId)
    const own = await read(channelArn, member, messageId)
    expect(own).toMatchObject({ Content: 'Hello', Status: PENDING, Persistence: 'PERSISTENT' })
    expect(await status(channelArn, member, messageId)).toMatchObject({ Status: PENDING })
    expect(await idsFor(channelArn, member)).toEqual([messageId])
    const admin = await world.admin()
    for (const other of [owner, admin]) {
      const got = { ChannelArn: channelArn, MessageId: messageId, ChimeBearer: other }
      await fails(world.messaging.getChannelMessage(got), 'NotFoundException')
      await fails(status(channelArn, other, messageId), 'ForbiddenException')
      expect(await idsFor(channelArn, other)).toEqual([])
    }
    for (const other of [owner, member])
      expect(await lastMessageFor(channelArn, other)).toBeUndefined()
  },
)
sending(
  'behaviour',
  'doc',
  'Given a flow, when a member sends a message with all that it may have, then its processor is asked with exactly that, signed',
  async () => {
    const { owner, member, channelArn } = await stage(['one'])
    const sent = await send(channelArn, member, {
      Content: 'hey fools',
      Metadata: '{}',
      ContentType: 'text/plain',
      MessageAttributes: { topic: { StringValues: ['food', 'today'] } },
      PushNotification: { Title: 'Mel', Body: 'wrote', Type: 'VOIP' },
      Target: [{ MemberArn: owner }],
    })
    const question = await host.question('one', String(sent['MessageId']))
    const { body, headers } = question
    expect(JSON.parse(body)).toEqual({
      EventType: 'CHANNEL_MESSAGE_EVENT',
      CallbackId: question.CallbackId,
      ChannelMessage: {
        MessageId: sent['MessageId'],
        ChannelArn: channelArn,
        Content: 'hey fools',
        Metadata: '{}',
        Sender: { Arn: member, Name: 'Mel' },
        Persistence: 'PERSISTENT',
        Type: 'STANDARD',
        CreatedTimestamp: expect.stringMatching(
          /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
        ) as string,
        ContentType: 'text/plain',
        MessageAttributes: { topic: { StringValues: ['food', 'today'] } },
        PushNotification: { Title: 'Mel', Body: 'wrote', Type: 'VOIP' },
        Target: [{ MemberArn: owner }],
      },
    })
    expect(question.CallbackId.length).toBeGreaterThanOrEqual(32)
    expect(headers['x-carillon-id']).toBe(question.CallbackId)
    expect(headers['x-carillon-kind']).toBe('processor')
    expect(host.isSigned(question)).toBe(true)
  },
)
sending(
  'behaviour',
  'doc',
  'Given a message that waits, when its processor accepts it, then everybody reads it as it was sent, in its place',
  async () => {
    const { owner, member, channelArn } = await stage(['one'])
    const first = await send(channelArn, member, { Content: 'first' })
    const second = await send(channelArn, owner, { Content: 'second' })
    const [firstId, secondId] = [String(first['MessageId']), String(second['MessageId'])]
    const before = await read(channelArn, member, firstId)
    await answer(await host.question('one', secondId))
    expect(await idsFor(channelArn, member)).toEqual([secondId, firstId])
    expect(await idsFor(channelArn, owner)).toEqual([secondId])
    const seen = await lastMessageFor(channelArn, owner)
    await answer(await host.question('one', firstId))
    for (const viewer of [owner, member]) {
      expect(await idsFor(channelArn, viewer)).toEqual([secondId, firstId])
      const message = await read(channelArn, viewer, firstId)
      expect(message).toEqual({ ...before, Status: SENT })
      // Never back.
      expect(await lastMessageFor(channelArn, viewer)).toEqual(seen)
    }
    expect(await status(channelArn, member, firstId)).toMatchObject({ Status: SENT })
  },
)
sending(
  'behaviour',
  'inferred',
  'Given a message that waits, when its processor changes parts of it, then these are as it says and the others as they were sent',
  async () => {
    const { owner, member, channelArn } = await stage(['one'])
    const sent = await send(channelArn, member, {
      Content: 'hey fools',
      Metadata: 'mine',
      ContentType: 'text/plain',
      MessageAttributes: { topic: { StringValues: ['food'] } },
    })
    const messageId = String(sent['MessageId'])
    const question = await host.question('one', messageId)
    await answer(question, {
      Content: 'hey *****',
      MessageAttributes: { checked: { StringValues: ['yes'] } },
    })
    expect(await read(channelArn, owner, messageId)).toMatchObject({
      Content: 'hey *****',
      Metadata: 'mine',
      ContentType: 'text/plain',
      MessageAttributes: { checked: { StringValues: ['yes'] } },
      Status: SENT,
    })
    const message = await read(channelArn, owner, messageId)
    expect(message).not.toHaveProperty('LastEditedTimestamp')
  },
)
sending(
  'behaviour',
  'doc',
  'Given a message that waits, when its processor denies it, then it is gone for its sender, too',
  async () => {
    const { owner, member, channelArn } = await stage(['one', 'two'])
    const sent = await send(channelArn, member)
    const messageId = String(sent['MessageId'])
    await deny(await host.question('one', messageId))
    for (const viewer of [owner, member]) {
      const got = { ChannelArn: channelArn, MessageId: messageId, ChimeBearer: viewer }
      await fails(world.messaging.getChannelMessage(got), 'NotFoundException')
      await fails(status(channelArn, viewer, messageId), 'ForbiddenException')
      expect(await idsFor(channelArn, viewer)).toEqual([])
      expect(await lastMessageFor(channelArn, viewer)).toBeUndefined()
    }
    expect(host.questions('two', messageId)).toEqual([])
  },
)
sending(
  'behaviour',
  'doc',
  'Given three processors, when each changes something, then each sees what those before it made, under an id of its own, and everybody the last',
  async () => {
    const { owner, member, channelArn } = await stage(['one', 'two', 'three'])
    const sent = await send(channelArn, member, { Content: 'a', Metadata: 'm' })
    const messageId = String(sent['MessageId'])
    const seen: unknown[] = []
    const callbackIds = new Set<string>()
    for (const name of ['one', 'two', 'three']) {
      expect(await status(channelArn, member, messageId)).toMatchObject({ Status: PENDING })
      const question = await host.question(name, messageId)
      callbackIds.add(question.CallbackId)
      const { Content, Metadata } = question.ChannelMessage
      seen.push([Content, Metadata])
      await answer(question, { Content: `${String(Content)}+${name}` })
    }
    expect(seen).toEqual([
      ['a', 'm'],
      ['a+one', 'm'],
      ['a+one+two', 'm'],
    ])
    expect(callbackIds.size).toBe(3)
    expect(await read(channelArn, owner, messageId)).toMatchObject({
      Content: 'a+one+two+three',
      Status: SENT,
    })
  },
)
sending(
  'behaviour',
  'doc',
  'Given a flow, when a CONTROL message is sent, then it is not processed and SENT',
  async () => {
    const { owner, member, channelArn } = await stage(['one'])
    const sent = await send(channelArn, member, { Type: 'CONTROL', Content: '{"Typing":1}' })
    expect(sent['Status']).toEqual(SENT)
    expect(await idsFor(channelArn, owner)).toEqual([sent['MessageId']])
    // One that is asked about was sent after it.
    const standard = await send(channelArn, member)
    await host.question('one', String(standard['MessageId']))
    expect(host.questions('one', String(sent['MessageId']))).toEqual([])
  },
)
sending(
  'behaviour',
  'doc',
  'Given a flow, when a message is not kept, then it is delivered when it is accepted and never when it is denied, and cannot be read',
  async () => {
    const { owner, member, channelArn } = await stage(['one'])
    const session = await world.listen(owner)
    const ids: string[] = []
    for (const Content of ['good', 'bad']) {
      const sent = await send(channelArn, member, { Content, Persistence: 'NON_PERSISTENT' })
      expect(sent['Status']).toEqual(PENDING)
      ids.push(String(sent['MessageId']))
    }
    await deny(await host.question('one', ids[1]!))
    await answer(await host.question('one', ids[0]!), { Content: 'better' })
    const [events] = await world.received(session)
    expect(typesOf(events!)).toEqual(['CREATE_CHANNEL_MESSAGE'])
    expect(events![0]!.payload).toMatchObject({
      MessageId: ids[0],
      Content: 'better',
      Persistence: 'NON_PERSISTENT',
      Status: SENT,
    })
    for (const viewer of [owner, member]) {
      expect(await idsFor(channelArn, viewer)).toEqual([])
      const got = { ChannelArn: channelArn, MessageId: ids[0], ChimeBearer: viewer }
      await fails(world.messaging.getChannelMessage(got), 'NotFoundException')
    }
    expect(await lastMessageFor(channelArn, owner)).toBeUndefined()
  },
)
sending(
  'behaviour',
  'field',
  'Given a targeted message in a flow, when it is accepted, then sender and target alone see it, and its target not before',
  async () => {
    const { owner, member, channelArn } = await stage(['one'])
    const third = await world.user('Tia')
    await world.join(channelArn, owner, third)
    const sent = await send(channelArn, member, { Target: [{ MemberArn: owner }] })
    const messageId = String(sent['MessageId'])
    const question = await host.question('one', messageId)
    expect(await idsFor(channelArn, owner)).toEqual([])
    await answer(question)
    expect(await idsFor(channelArn, owner)).toEqual([messageId])
    expect(await idsFor(channelArn, member)).toEqual([messageId])
    expect(await idsFor(channelArn, third)).toEqual([])
    expect(await lastMessageFor(channelArn, third)).toBeUndefined()
    expect(await lastMessageFor(channelArn, owner)).toBeDefined()
  },
)
sending(
  'behaviour',
  'proposed',
  'Given a message in a flow, when its token comes again, before or after the answer, then it is the same message, and its processor is asked once',
  async () => {
    const { member, channelArn } = await stage(['one'])
    for (const Persistence of ['PERSISTENT', 'NON_PERSISTENT']) {
      for (const end of [answer, deny]) {
        const input = { Persistence, ClientRequestToken: unique() }
        const sent = await send(channelArn, member, input)
        const messageId = String(sent['MessageId'])
        expect(await send(channelArn, member, input)).toEqual(sent)
        await end(await host.question('one', messageId))
        expect((await send(channelArn, member, input))['MessageId']).toBe(messageId)
        const other = { ...input, Content: 'Other' }
        await fails(send(channelArn, member, other), 'ConflictException')
        // What was asked after it has arrived.
        const later = await send(channelArn, member)
        await host.question('one', String(later['MessageId']))
        expect(host.questions('one', messageId).length).toBe(1)
      }
    }
  },
)
sending(
  'behaviour',
  'proposed',
  'Given a message that waits, when its sender edits or redacts it, then ConflictException; others are refused as for no message',
  async () => {
    const { owner, member, channelArn } = await stage(['one'])
    const sent = await send(channelArn, member)
    const message = { ChannelArn: channelArn, MessageId: String(sent['MessageId']) }
    const edit = { ...message, Content: 'New' }
    const { messaging } = world
    await fails(
      messaging.updateChannelMessage({ ...edit, ChimeBearer: member }),
      'ConflictException',
    )
    await fails(
      messaging.redactChannelMessage({ ...message, ChimeBearer: member }),
      'ConflictException',
    )
    await fails(
      messaging.redactChannelMessage({ ...message, ChimeBearer: owner }),
      'ForbiddenException',
    )
    const admin = await world.admin()
    await fails(
      messaging.deleteChannelMessage({ ...message, ChimeBearer: admin }),
      'ForbiddenException',
    )
    await answer(await host.question('one', message.MessageId))
    expect(await read(channelArn, owner, message.MessageId)).toMatchObject({ Content: 'Hello' })
  },
)
sending(
  'behaviour',
  'inferred',
  'Given an elastic channel with a flow, when a message is sent, then its processor is told the sub-channel, and only who is there receives it',
  async () => {
    const pairs = await pairsStage(world)
    const { channelArn, owner, first, ana, bob, cem } = pairs
    const ChannelFlowArn = await flows.createFlow(['one'])
    await world.messaging.associateChannelFlow({
      ChannelArn: channelArn,
      ChannelFlowArn,
      ChimeBearer: owner,
    })
    const sessions = [await world.listen(bob), await world.listen(cem)]
    const sent = await send(channelArn, ana, { SubChannelId: first })
    expect(sent).toMatchObject({ Status: PENDING, SubChannelId: first })
    const question = await host.question('one', String(sent['MessageId']))
    expect(question.ChannelMessage['SubChannelId']).toBe(first)
    await answer(question, { SubChannelId: first })
    const [forBob, forCem] = await world.received(...sessions)
    expect(typesOf(forBob!)).toEqual(['CREATE_CHANNEL_MESSAGE'])
    expect(forBob![0]!.payload).toMatchObject({ SubChannelId: first, Status: SENT })
    expect(forCem).toEqual([])
    const listed = await world.messaging.listChannelMessages({
      ChannelArn: channelArn,
      SubChannelId: first,
      ChimeBearer: bob,
    })
    expect(listed.ChannelMessages!.map(({ MessageId }) => MessageId)).toEqual([sent['MessageId']])
  },
)
sending(
  'behaviour',
  'inferred',
  'Given messages from before, between and after a flow, when they are listed page by page, then others see those that were sent',
  async () => {
    const { owner, member, channelArn, flowArn } = await stage(['one'])
    const waiting = [await world.post(channelArn, member), await world.post(channelArn, member)]
    await world.messaging.disassociateChannelFlow({
      ChannelArn: channelArn,
      ChannelFlowArn: flowArn,
      ChimeBearer: owner,
    })
    const after = await world.post(channelArn, member)
    expect(await idsFor(channelArn, owner)).toEqual([after])
    expect(await idsFor(channelArn, member)).toEqual([after, ...waiting.toReversed()])
    const pages: string[][] = []
    let NextToken: string | undefined
    do {
      const page = await world.messaging.listChannelMessages({
        ChannelArn: channelArn,
        ChimeBearer: owner,
        MaxResults: 1,
        NextToken,
      })
      pages.push(page.ChannelMessages!.map((item) => item.MessageId!))
      NextToken = page.NextToken
    } while (NextToken !== undefined)
    expect(pages.flat()).toEqual([after])
  },
)
sending(
  'behaviour',
  'proposed',
  'Given messages that wait, when the flow is changed, disassociated and deleted, then they finish as it was when they were sent',
  async () => {
    const { owner, member, channelArn, flowArn } = await stage(['one', 'two'])
    const sent = await send(channelArn, member)
    const messageId = String(sent['MessageId'])
    const first = await host.question('one', messageId)
    const { messaging } = world
    const { ChannelFlow } = await messaging.describeChannelFlow({ ChannelFlowArn: flowArn })
    const Processors = ChannelFlow!.Processors!.slice(0, 1)
    await messaging.updateChannelFlow({ ChannelFlowArn: flowArn, Name: 'Other', Processors })
    const use = { ChannelArn: channelArn, ChannelFlowArn: flowArn, ChimeBearer: owner }
    await messaging.disassociateChannelFlow(use)
    await messaging.deleteChannelFlow({ ChannelFlowArn: flowArn })
    await answer(first)
    expect(await idsFor(channelArn, owner)).toEqual([])
    await answer(await host.question('two', messageId))
    expect(await idsFor(channelArn, owner)).toEqual([messageId])
  },
)
sending(
  'behaviour',
  'inferred',
  'Given a message that waits, when its sender leaves or is deleted, then it is sent all the same when it is accepted, and a new user of that ARN hears nothing of it',
  async () => {
    const { owner, channelArn } = await stage(['one'])
    for (const Persistence of ['PERSISTENT', 'NON_PERSISTENT']) {
      const ids: string[] = []
      const gone = await world.user('Gus')
      await world.join(channelArn, owner, gone)
      for (const Content of ['good', 'bad']) {
        const sent = await send(channelArn, gone, { Content, Persistence })
        ids.push(String(sent['MessageId']))
      }
      await world.identity.deleteAppInstanceUser({ AppInstanceUserArn: gone })
      const { AppInstanceUserArn } = await world.identity.createAppInstanceUser({
        AppInstanceArn: world.appInstanceArn,
        AppInstanceUserId: gone.slice(gone.lastIndexOf('/') + 1),
        Name: 'Another',
      })
      expect(AppInstanceUserArn).toBe(gone)
      const sessions = [await world.listen(owner), await world.listen(gone)]
      await answer(await host.question('one', ids[0]!))
      await deny(await host.question('one', ids[1]!))
      const [forOwner, forNew] = await world.received(...sessions)
      expect(typesOf(forOwner!)).toEqual(['CREATE_CHANNEL_MESSAGE'])
      expect(at(forOwner![0]!.payload, 'Sender')).toEqual({ Arn: gone, Name: 'Gus' })
      expect(forNew).toEqual([])
    }
  },
)
sending(
  'events emitted',
  'doc',
  'Given connected members, when a message is sent and accepted, then its sender hears PENDING_CREATE and everybody CREATE, with the same id and times',
  async () => {
    const { owner, member, channelArn } = await stage(['one'])
    const sessions = []
    for (const arn of [member, member, owner]) sessions.push(await world.listen(arn))
    const sent = await send(channelArn, member)
    await answer(await host.question('one', String(sent['MessageId'])), { Content: 'Changed' })
    const all = await world.received(...sessions)
    expect(all.map(typesOf)).toEqual([
      ['PENDING_CREATE_CHANNEL_MESSAGE', 'CREATE_CHANNEL_MESSAGE'],
      ['PENDING_CREATE_CHANNEL_MESSAGE', 'CREATE_CHANNEL_MESSAGE'],
      ['CREATE_CHANNEL_MESSAGE'],
    ])
    const [pending, created] = all[0]!.map(({ payload }) => payload as Json)
    expect(pending).toMatchObject({
      MessageId: sent['MessageId'],
      Content: 'Hello',
      Status: PENDING,
    })
    expect(created).toEqual({ ...pending, Content: 'Changed', Status: SENT })
    expect(all[2]![0]!.payload).toEqual(created)
    expect(all[0]![0]!.headers['x-amz-chime-message-type']).toBe('STANDARD')
    expectMembers(pending, [
      'ChannelArn',
      'MessageId',
      'Content',
      'Type',
      'Persistence',
      'Sender',
      'Status',
      'Redacted',
      'CreatedTimestamp',
      'LastUpdatedTimestamp',
    ])
  },
)
sending(
  'events emitted',
  'doc',
  'Given connected members, when a message is denied, then its sender alone hears DENIED_CREATE, with what it wrote and why',
  async () => {
    const { owner, member, channelArn } = await stage(['one', 'two'])
    const sessions = [await world.listen(member), await world.listen(owner)]
    const sent = await send(channelArn, member, { Content: 'hey fools' })
    const messageId = String(sent['MessageId'])
    await answer(await host.question('one', messageId), { Content: 'half way' })
    await deny(await host.question('two', messageId))
    const [forSender, forOwner] = await world.received(...sessions)
    expect(forOwner).toEqual([])
    expect(typesOf(forSender!)).toEqual([
      'PENDING_CREATE_CHANNEL_MESSAGE',
      'DENIED_CREATE_CHANNEL_MESSAGE',
    ])
    expect(forSender![1]!.payload).toMatchObject({
      MessageId: messageId,
      Content: 'hey fools',
      Status: DENIED,
    })
  },
)
sending(
  'events emitted',
  'doc',
  'Given a member who connects with prefetch while a message waits, when it looks, then the message is there for its sender alone',
  async () => {
    const { owner, member, channelArn } = await stage(['one'])
    const sent = await send(channelArn, member)
    const messageId = String(sent['MessageId'])
    await host.question('one', messageId)
    const detailsOf = async (arn: string) => {
      const { details } = await prefetched(arn, channelArn)
      return (at(details, 'ChannelMessages') as Json[]).map((item) => item['MessageId'])
    }
    expect(await detailsOf(owner)).toEqual([])
    expect(await detailsOf(member)).toEqual([messageId])
    await answer(await host.question('one', messageId))
    expect(await detailsOf(owner)).toEqual([messageId])
  },
)

/** What a new session of `arn` is told of the channel. */
async function prefetched(arn: string, channelArn: string) {
  const session = await connectSession(world.endpoint, arn, { query: { 'prefetch-on': 'connect' } })
  const event = await session.waitFor(
    ({ type, payload }) =>
      type === 'CHANNEL_DETAILS' && at(payload, 'Channel.ChannelArn') === channelArn,
  )
  session[Symbol.dispose]()
  return { details: event.payload }
}
