// Messages of channels with a flow. This server invokes no processors yet: each counts as one that
// could not be invoked, and its FallbackAction says what becomes of the message.
import { expect } from 'vitest'
import { at, expectMembers, fails, succeeds, type Json } from './kit/answers.ts'
import { casesOf } from './kit/conformance-case.ts'
import { createFlow, processor, putFlowBefore } from './kit/flows.ts'
import { unique, useWorld } from './kit/world.ts'

const world = useWorld()

const FAILED = { Value: 'FAILED', Detail: 'Processor could not be invoked' }
const whole = ['ChannelArn', 'MessageId', 'Status']

/** A public channel of owner and member, behind a flow if `fallback` says how it falls back. */
async function stage(fallback?: 'ABORT' | 'CONTINUE') {
  const [owner, member] = [await world.user('Ana'), await world.user('Mel')]
  const channelArn = await world.channel(owner, { Privacy: 'PUBLIC', MemberArns: [member] })
  if (fallback !== undefined) await putFlowBefore(world, channelArn, owner, fallback)
  return { owner, member, channelArn }
}
const send = (ChannelArn: string, ChimeBearer: string, input: object = {}) =>
  world.messaging.sendChannelMessage({
    ChannelArn,
    ChimeBearer,
    Content: 'Hello',
    Type: 'STANDARD',
    Persistence: 'PERSISTENT',
    ClientRequestToken: unique(),
    ...input,
  })
const get = (ChannelArn: string, ChimeBearer: string, MessageId: string) =>
  world.messaging.getChannelMessage({ ChannelArn, ChimeBearer, MessageId })
const read = async (...which: Parameters<typeof get>) =>
  (await succeeds(get(...which), 200, ['ChannelMessage']))['ChannelMessage'] as Json
const idsFor = async (ChannelArn: string, ChimeBearer: string) => {
  const { ChannelMessages } = await world.messaging.listChannelMessages({ ChannelArn, ChimeBearer })
  return ChannelMessages!.map((item) => item.MessageId!)
}
const lastMessage = async (ChannelArn: string, ChimeBearer: string) =>
  (await world.messaging.describeChannel({ ChannelArn, ChimeBearer })).Channel?.LastMessageTimestamp
const typesOf = (events: readonly { readonly type: string }[]) => events.map(({ type }) => type)

const sending = casesOf('SendChannelMessage')
sending(
  'behaviour',
  'doc',
  'Given a flow whose processor falls back to ABORT, when a member sends, then 201 with status FAILED, and only the sender can read it',
  async () => {
    const { owner, member, channelArn } = await stage('ABORT')
    const answer = await succeeds(send(channelArn, member), 201, whole)
    expect(answer['Status']).toEqual(FAILED)
    const messageId = String(answer['MessageId'])
    const message = await read(channelArn, member, messageId)
    expect(message).toMatchObject({ Content: 'Hello', Status: FAILED, Persistence: 'PERSISTENT' })
    const admin = await world.admin()
    for (const other of [owner, admin, await world.user()])
      await fails(get(channelArn, other, messageId), 'NotFoundException')
    expect(await idsFor(channelArn, member)).toEqual([messageId])
    for (const other of [owner, admin]) expect(await idsFor(channelArn, other)).toEqual([])
    for (const other of [owner, member])
      expect(await lastMessage(channelArn, other)).toBeUndefined()
  },
)
sending(
  'behaviour',
  'doc',
  'Given a flow whose processors all fall back to CONTINUE, when a member sends, then the message is SENT to everybody',
  async () => {
    const { owner, member, channelArn } = await stage()
    const { ChannelFlowArn } = await world.messaging.createChannelFlow({
      AppInstanceArn: world.appInstanceArn,
      Name: 'Three',
      Processors: [1, 2, 3].map((ExecutionOrder) =>
        processor(world, { ExecutionOrder, FallbackAction: 'CONTINUE' }),
      ),
    })
    const use = { ChannelArn: channelArn, ChannelFlowArn, ChimeBearer: owner }
    await world.messaging.associateChannelFlow(use)
    const answer = await succeeds(send(channelArn, member), 201, whole)
    expect(answer['Status']).toEqual({ Value: 'SENT' })
    expect(await idsFor(channelArn, owner)).toEqual([answer['MessageId']])
    expect(await lastMessage(channelArn, owner)).toBeDefined()
  },
)
sending(
  'behaviour',
  'doc',
  'Given a flow with one processor of three that falls back to ABORT, when a member sends, then the message is FAILED',
  async () => {
    const { owner, channelArn } = await stage()
    const { ChannelFlowArn } = await world.messaging.createChannelFlow({
      AppInstanceArn: world.appInstanceArn,
      Name: 'Three',
      Processors: (['CONTINUE', 'CONTINUE', 'ABORT'] as const).map((FallbackAction, index) =>
        processor(world, { ExecutionOrder: index + 1, FallbackAction }),
      ),
    })
    const use = { ChannelArn: channelArn, ChannelFlowArn, ChimeBearer: owner }
    await world.messaging.associateChannelFlow(use)
    expect((await send(channelArn, owner)).Status).toEqual(FAILED)
  },
)
sending(
  'behaviour',
  'doc',
  'Given a flow, when a CONTROL message is sent, then it is not processed and SENT',
  async () => {
    const { owner, member, channelArn } = await stage('ABORT')
    const control = { Type: 'CONTROL', Content: '{"Typing":1}' }
    const answer = await succeeds(send(channelArn, member, control), 201, whole)
    expect(answer['Status']).toEqual({ Value: 'SENT' })
    expect(await idsFor(channelArn, owner)).toEqual([answer['MessageId']])
  },
)
sending(
  'behaviour',
  'doc',
  'Given a flow that falls back to ABORT, when a message is not kept, then it is FAILED and cannot be read by anybody',
  async () => {
    const { owner, channelArn } = await stage('ABORT')
    const answer = await succeeds(
      send(channelArn, owner, { Persistence: 'NON_PERSISTENT' }),
      201,
      whole,
    )
    expect(answer['Status']).toEqual(FAILED)
    await fails(get(channelArn, owner, String(answer['MessageId'])), 'NotFoundException')
    expect(await idsFor(channelArn, owner)).toEqual([])
  },
)
sending(
  'behaviour',
  'inferred',
  'Given a message targeted at another that failed, when the target reads, then it does not exist for it',
  async () => {
    const { owner, member, channelArn } = await stage('ABORT')
    const Target = [{ MemberArn: member }]
    const { MessageId } = await send(channelArn, owner, { Target })
    await fails(get(channelArn, member, MessageId!), 'NotFoundException')
    expect(await idsFor(channelArn, member)).toEqual([])
    expect(await lastMessage(channelArn, member)).toBeUndefined()
    expect((await read(channelArn, owner, MessageId!))['Status']).toEqual(FAILED)
  },
)
sending(
  'behaviour',
  'proposed',
  'Given a message that failed, when its token comes again, then the first answer does, kept or not, and there is no second event',
  async () => {
    const { owner, channelArn } = await stage('ABORT')
    const session = await world.listen(owner)
    for (const Persistence of ['PERSISTENT', 'NON_PERSISTENT']) {
      const input = { Persistence, ClientRequestToken: unique() }
      const first = await succeeds(send(channelArn, owner, input), 201, whole)
      expect(await succeeds(send(channelArn, owner, input), 201, whole)).toEqual(first)
      expect(first['Status']).toEqual(FAILED)
    }
    const [events] = await world.received(session)
    expect(events!.length).toBe(2)
  },
)
sending(
  'behaviour',
  'inferred',
  'Given messages from before, between and after a flow, when they are listed, then others see those that were sent, page by page',
  async () => {
    const { owner, member, channelArn } = await stage()
    const before = await world.post(channelArn, member)
    const ChannelFlowArn = await createFlow(world)
    const use = { ChannelArn: channelArn, ChannelFlowArn, ChimeBearer: owner }
    await world.messaging.associateChannelFlow(use)
    const seen = await lastMessage(channelArn, owner)
    const failed = [await world.post(channelArn, member), await world.post(channelArn, member)]
    expect(await lastMessage(channelArn, owner)).toEqual(seen)
    await world.messaging.disassociateChannelFlow(use)
    const after = await world.post(channelArn, member)
    expect(await idsFor(channelArn, owner)).toEqual([after, before])
    expect(await idsFor(channelArn, member)).toEqual([after, ...failed.toReversed(), before])
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
    expect(pages.flat()).toEqual([after, before])
  },
)
sending(
  'events emitted',
  'doc',
  'Given a flow that falls back to ABORT, when a member sends, then it alone gets FAILED_CREATE_CHANNEL_MESSAGE with the whole message',
  async () => {
    const { owner, member, channelArn } = await stage('ABORT')
    const sessions = []
    for (const arn of [member, member, owner]) sessions.push(await world.listen(arn))
    const { MessageId } = await send(channelArn, member, { Target: [{ MemberArn: owner }] })
    const all = await world.received(...sessions)
    expect(all.map(typesOf)).toEqual([
      ['FAILED_CREATE_CHANNEL_MESSAGE'],
      ['FAILED_CREATE_CHANNEL_MESSAGE'],
      [],
    ])
    const { payload, headers } = all[0]![0]!
    expect(headers['x-amz-chime-message-type']).toBe('STANDARD')
    expectMembers(payload, [
      'ChannelArn',
      'MessageId',
      'Content',
      'Type',
      'Persistence',
      'Sender',
      'Target',
      'Status',
      'Redacted',
      'CreatedTimestamp',
      'LastUpdatedTimestamp',
    ])
    expect(payload).toMatchObject({ MessageId, Status: FAILED, Content: 'Hello' })
    expect(at(payload, 'Sender')).toEqual({ Arn: member, Name: 'Mel' })
  },
)
sending(
  'events emitted',
  'doc',
  'Given a flow that falls back to CONTINUE, when a member sends, then everybody gets CREATE_CHANNEL_MESSAGE and nobody anything else',
  async () => {
    const { owner, member, channelArn } = await stage('CONTINUE')
    const sessions = [await world.listen(owner), await world.listen(member)]
    await send(channelArn, member)
    const all = await world.received(...sessions)
    expect(all.map(typesOf)).toEqual([['CREATE_CHANNEL_MESSAGE'], ['CREATE_CHANNEL_MESSAGE']])
    expect(at(all[0]![0]!.payload, 'Status')).toEqual({ Value: 'SENT' })
  },
)

const asking = casesOf('GetChannelMessageStatus')
asking(
  'behaviour',
  'doc',
  'Given a message that failed, when its status is asked for, then its sender hears FAILED with the reason, others are refused',
  async () => {
    const { owner, member, channelArn } = await stage('ABORT')
    const MessageId = await world.post(channelArn, member)
    const ask = (ChimeBearer: string) =>
      world.messaging.getChannelMessageStatus({ ChannelArn: channelArn, MessageId, ChimeBearer })
    expect(await succeeds(ask(member), 200, ['Status'])).toEqual({ Status: FAILED })
    for (const other of [owner, await world.admin()]) await fails(ask(other), 'ForbiddenException')
  },
)

/** A message that was sent before the channel got its flow. */
async function sentBefore(fallback: 'ABORT' | 'CONTINUE', input: object = {}) {
  const staged = await stage()
  const { MessageId } = await send(staged.channelArn, staged.member, input)
  await putFlowBefore(world, staged.channelArn, staged.owner, fallback)
  return { ...staged, messageId: MessageId! }
}
const update = (ChannelArn: string, ChimeBearer: string, MessageId: string, Content = 'New') =>
  world.messaging.updateChannelMessage({ ChannelArn, ChimeBearer, MessageId, Content })

const updating = casesOf('UpdateChannelMessage')
updating(
  'behaviour',
  'doc',
  'Given a flow that falls back to ABORT, when the sender edits, then 200 with status FAILED and the old version stays for everybody',
  async () => {
    const { owner, member, channelArn, messageId } = await sentBefore('ABORT')
    const before = await read(channelArn, owner, messageId)
    const answer = await succeeds(update(channelArn, member, messageId), 200, whole)
    expect(answer['Status']).toEqual(FAILED)
    for (const viewer of [owner, member])
      expect(await read(channelArn, viewer, messageId)).toEqual(before)
    const { MessageId } = await world.messaging.redactChannelMessage({
      ChannelArn: channelArn,
      MessageId: messageId,
      ChimeBearer: member,
    })
    expect(MessageId).toBe(messageId)
  },
)
updating(
  'behaviour',
  'doc',
  'Given a flow that falls back to CONTINUE, or a CONTROL message, when the sender edits, then it is edited',
  async () => {
    const passing = await sentBefore('CONTINUE')
    const control = await sentBefore('ABORT', { Type: 'CONTROL', Content: '/' })
    for (const { owner, member, channelArn, messageId } of [passing, control]) {
      const answer = await succeeds(update(channelArn, member, messageId), 200, whole)
      expect(answer['Status']).toEqual({ Value: 'SENT' })
      expect((await read(channelArn, owner, messageId))['Content']).toBe('New')
    }
  },
)
updating(
  'behaviour',
  'proposed',
  'Given a message that failed, when its sender edits or redacts it, then ConflictException; an admin who deletes it is refused',
  async () => {
    const { owner, member, channelArn } = await stage('ABORT')
    const messageId = await world.post(channelArn, member)
    const before = await read(channelArn, member, messageId)
    const message = { ChannelArn: channelArn, MessageId: messageId }
    const { redactChannelMessage, deleteChannelMessage } = {
      redactChannelMessage: (ChimeBearer: string) =>
        world.messaging.redactChannelMessage({ ...message, ChimeBearer }),
      deleteChannelMessage: (ChimeBearer: string) =>
        world.messaging.deleteChannelMessage({ ...message, ChimeBearer }),
    }
    await fails(update(channelArn, member, messageId), 'ConflictException')
    await fails(redactChannelMessage(member), 'ConflictException')
    await fails(redactChannelMessage(owner), 'ForbiddenException')
    await fails(deleteChannelMessage(await world.admin()), 'ForbiddenException')
    expect(await read(channelArn, member, messageId)).toEqual(before)
  },
)
updating(
  'events emitted',
  'doc',
  'Given a flow that falls back to ABORT, when the sender edits, then it alone gets FAILED_UPDATE_CHANNEL_MESSAGE with the edited message',
  async () => {
    const { owner, member, channelArn, messageId } = await sentBefore('ABORT')
    const sessions = [await world.listen(member), await world.listen(owner)]
    await update(channelArn, member, messageId)
    const [forSender, forOwner] = await world.received(...sessions)
    expect(forOwner).toEqual([])
    expect(typesOf(forSender!)).toEqual(['FAILED_UPDATE_CHANNEL_MESSAGE'])
    const { payload } = forSender![0]!
    expect(payload).toMatchObject({ MessageId: messageId, Content: 'New', Status: FAILED })
  },
)
