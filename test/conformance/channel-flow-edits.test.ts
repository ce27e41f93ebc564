// Edits on their way through the processors of their channel: readers see the old version until the
// last of them has accepted the new one.
import { expect } from 'vitest'
import { at, fails, succeedsEmpty, type Json } from './kit/answers.ts'
import {
  DENIED,
  FAILED,
  PENDING,
  SENT,
  typesOf,
  useFlowWorld,
  type Step,
} from './kit/channel-flows.ts'
import { casesOf } from './kit/conformance-case.ts'

const flows = await useFlowWorld(['one', 'two'])
const { world, host, send, update, answer, deny, read, status } = flows

/** A message of the member's, sent before the channel got its flow. */
async function sentBefore(steps: readonly Step[], input: object = {}) {
  const staged = await flows.stage(steps)
  const { channelArn, owner, member, flowArn } = staged
  const use = { ChannelArn: channelArn, ChannelFlowArn: flowArn, ChimeBearer: owner }
  await world.messaging.disassociateChannelFlow(use)
  const sent = await send(channelArn, member, input)
  await world.messaging.associateChannelFlow(use)
  return { ...staged, use, messageId: String(sent['MessageId']) }
}

const updating = casesOf('UpdateChannelMessage')
updating(
  'behaviour',
  'doc',
  'Given a flow, when the sender edits, then 200 with PENDING, everybody reads the old version, and its processor is told of the new one',
  async () => {
    const { owner, member, channelArn, messageId } = await sentBefore(['one'], { Metadata: 'm' })
    const before = await read(channelArn, owner, messageId)
    const updated = await update(channelArn, member, messageId)
    expect(updated['Status']).toEqual(PENDING)
    const { ChannelMessage: asked } = await host.question('one', messageId)
    for (const viewer of [owner, member])
      expect(await read(channelArn, viewer, messageId)).toEqual(before)
    expect(await status(channelArn, member, messageId)).toMatchObject({ Status: PENDING })
    expect(asked).toMatchObject({ Content: 'New', Metadata: 'm', Sender: { Name: 'Mel' } })
    const edited = Date.parse(String(asked['LastEditedTimestamp']))
    expect(edited).toBeGreaterThanOrEqual(Date.parse(String(asked['CreatedTimestamp'])))
  },
)
updating(
  'behaviour',
  'doc',
  'Given an edit that waits, when its processors accept it with changes, then everybody reads the last of them as an edited message',
  async () => {
    const { owner, member, channelArn, messageId } = await sentBefore(['one', 'two'])
    await update(channelArn, member, messageId, 'hey fools')
    await answer(await host.question('one', messageId), { Content: 'hey *****' })
    expect(await status(channelArn, member, messageId)).toMatchObject({ Status: PENDING })
    const second = await host.question('two', messageId)
    expect(second.ChannelMessage['Content']).toBe('hey *****')
    await answer(second, { Metadata: 'checked' })
    const message = await read(channelArn, owner, messageId)
    expect(message).toMatchObject({ Content: 'hey *****', Metadata: 'checked', Status: SENT })
    expect(message['LastEditedTimestamp']).toBeDefined()
    expect(message['LastUpdatedTimestamp']).toEqual(message['LastEditedTimestamp'])
    expect(await status(channelArn, member, messageId)).toMatchObject({ Status: SENT })
  },
)
updating(
  'behaviour',
  'inferred',
  'Given an edit that waits, when its processor denies it, then the old version stays and may be edited again',
  async () => {
    const { owner, member, channelArn, messageId } = await sentBefore(['one'])
    const before = await read(channelArn, owner, messageId)
    await update(channelArn, member, messageId)
    await deny(await host.question('one', messageId))
    for (const viewer of [owner, member])
      expect(await read(channelArn, viewer, messageId)).toEqual(before)
    expect(await status(channelArn, member, messageId)).toMatchObject({ Status: SENT })
    await update(channelArn, member, messageId, 'Again')
    await answer(await host.question('one', messageId, 2))
    expect(await read(channelArn, owner, messageId)).toMatchObject({ Content: 'Again' })
  },
)
updating(
  'behaviour',
  'proposed',
  'Given an edit that waits, when a second one comes, with the flow or without it, then ConflictException, and the first goes on',
  async () => {
    const { owner, member, channelArn, messageId, use } = await sentBefore(['one'])
    await update(channelArn, member, messageId, 'First')
    await fails(update(channelArn, member, messageId, 'Second'), 'ConflictException')
    await world.messaging.disassociateChannelFlow(use)
    await fails(update(channelArn, member, messageId, 'Third'), 'ConflictException')
    await answer(await host.question('one', messageId))
    expect(await read(channelArn, owner, messageId)).toMatchObject({ Content: 'First' })
    expect((await update(channelArn, member, messageId, 'Last'))['Status']).toEqual(SENT)
  },
)
updating(
  'behaviour',
  'proposed',
  'Given two edits at once, when both are sent, then one waits and the other is a ConflictException',
  async () => {
    const { member, channelArn, messageId } = await sentBefore(['one'])
    const both = await Promise.allSettled(
      ['a', 'b'].map((content) => update(channelArn, member, messageId, content)),
    )
    expect(both.map((each) => each.status).toSorted()).toEqual(['fulfilled', 'rejected'])
  },
)
updating(
  'behaviour',
  'inferred',
  'Given an edit that waits, when the message is redacted or deleted meanwhile, then an accepted edit comes to nothing, and its sender hears why',
  async () => {
    const admin = await world.admin()
    for (const end of ['redact', 'delete'] as const) {
      const { owner, member, channelArn, messageId } = await sentBefore(['one'])
      await update(channelArn, member, messageId)
      const question = await host.question('one', messageId)
      const message = { ChannelArn: channelArn, MessageId: messageId }
      if (end === 'redact')
        await world.messaging.redactChannelMessage({ ...message, ChimeBearer: owner })
      else await world.messaging.deleteChannelMessage({ ...message, ChimeBearer: admin })
      const sessions = [await world.listen(member), await world.listen(owner)]
      await answer(question)
      const [forSender, forOwner] = await world.received(...sessions)
      expect(forOwner).toEqual([])
      expect(typesOf(forSender!)).toEqual(['FAILED_UPDATE_CHANNEL_MESSAGE'])
      expect(at(forSender![0]!.payload, 'Status')).toEqual({
        Value: 'FAILED',
        Detail: 'The message was redacted or deleted meanwhile',
      })
      const got = world.messaging.getChannelMessage({ ...message, ChimeBearer: owner })
      if (end === 'delete') await fails(got, 'NotFoundException')
      else expect((await got).ChannelMessage).toMatchObject({ Redacted: true })
    }
  },
)
updating(
  'behaviour',
  'doc',
  'Given a CONTROL message in a channel with a flow, when its sender edits it, then it is edited at once',
  async () => {
    const control = { Type: 'CONTROL', Content: '/' }
    const { owner, member, channelArn, messageId } = await sentBefore(['one'], control)
    expect((await update(channelArn, member, messageId))['Status']).toEqual(SENT)
    expect(await read(channelArn, owner, messageId)).toMatchObject({ Content: 'New' })
  },
)
updating(
  'behaviour',
  'doc',
  'Given a processor that leads nowhere, when the sender edits, then FallbackAction says whether the edit is made or the old version stays',
  async () => {
    for (const fallback of ['ABORT', 'CONTINUE'] as const) {
      const staged = await sentBefore([['unmapped', fallback]])
      const { owner, member, channelArn, messageId } = staged
      const [session, other] = [await world.listen(member), await world.listen(owner)]
      expect((await update(channelArn, member, messageId))['Status']).toEqual(PENDING)
      const isMade = fallback === 'CONTINUE'
      const type = isMade ? 'UPDATE_CHANNEL_MESSAGE' : 'FAILED_UPDATE_CHANNEL_MESSAGE'
      const { payload } = await session.waitForType(type, { MessageId: messageId })
      expect(payload).toMatchObject({ Content: 'New', Status: isMade ? SENT : FAILED })
      const [forSender, forOwner] = await world.received(session, other)
      expect(typesOf(forSender!)).toEqual(['PENDING_UPDATE_CHANNEL_MESSAGE', type])
      expect(typesOf(forOwner!)).toEqual(isMade ? [type] : [])
      const message = await read(channelArn, owner, messageId)
      expect(message).toMatchObject({ Content: isMade ? 'New' : 'Hello', Status: SENT })
      expect('LastEditedTimestamp' in message).toBe(isMade)
    }
  },
)
updating(
  'behaviour',
  'inferred',
  'Given an edit that waits, when its channel is deleted, then the answer is refused and the processor hears why',
  async () => {
    const { owner, member, channelArn, messageId } = await sentBefore(['one'])
    await update(channelArn, member, messageId)
    const question = await host.question('one', messageId)
    const { messaging } = world
    await succeedsEmpty(messaging.deleteChannel({ ChannelArn: channelArn, ChimeBearer: owner }))
    expect(await fails(answer(question), 'ForbiddenException')).toContain('deleted')
  },
)
updating(
  'events emitted',
  'doc',
  'Given connected members, when an edit is sent and accepted, then its sender hears PENDING_UPDATE and everybody UPDATE with the same stamps',
  async () => {
    const { owner, member, channelArn, messageId } = await sentBefore(['one'])
    const sessions = [await world.listen(member), await world.listen(owner)]
    await update(channelArn, member, messageId)
    await answer(await host.question('one', messageId), { Content: 'Changed' })
    const [forSender, forOwner] = await world.received(...sessions)
    expect(typesOf(forSender!)).toEqual([
      'PENDING_UPDATE_CHANNEL_MESSAGE',
      'UPDATE_CHANNEL_MESSAGE',
    ])
    const [pending, updated] = forSender!.map(({ payload }) => payload as Json)
    expect(pending).toMatchObject({ MessageId: messageId, Content: 'New', Status: PENDING })
    expect(updated).toEqual({ ...pending, Content: 'Changed', Status: SENT })
    expect(forOwner!.map(({ type, payload }) => [type, payload])).toEqual([
      ['UPDATE_CHANNEL_MESSAGE', updated],
    ])
  },
)
updating(
  'events emitted',
  'doc',
  'Given connected members, when an edit is denied, then its sender alone hears DENIED_UPDATE with the edit',
  async () => {
    const { owner, member, channelArn, messageId } = await sentBefore(['one'])
    const sessions = [await world.listen(member), await world.listen(owner)]
    await update(channelArn, member, messageId)
    await deny(await host.question('one', messageId))
    const [forSender, forOwner] = await world.received(...sessions)
    expect(forOwner).toEqual([])
    expect(typesOf(forSender!)).toEqual([
      'PENDING_UPDATE_CHANNEL_MESSAGE',
      'DENIED_UPDATE_CHANNEL_MESSAGE',
    ])
    expect(forSender![1]!.payload).toMatchObject({ Content: 'New', Status: DENIED })
  },
)
