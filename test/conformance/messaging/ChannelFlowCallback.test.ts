// Conformance of ChannelFlowCallback: what an answer may say, which answers are taken, and which
// are not any more.
import { expect } from 'vitest'
import { fails, failsNaming, succeeds } from '../kit/answers.ts'
import { eventOf, PENDING, SENT, typesOf, useFlowWorld } from '../kit/channel-flows.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { pairsStage } from '../kit/elastic-pairs.ts'
import { unique } from '../kit/world.ts'

const flows = await useFlowWorld(['one', 'two'])
const { world, host, clock, stage, send, answer, deny, read, status, idsFor } = flows
const write = casesOf('ChannelFlowCallback')

const DEADLINE_MS = 48 * 60 * 60 * 1000

/** A message of the member's that waits for its first processor, and what that was asked. */
async function waiting(input: object = {}, steps = ['one']) {
  const staged = await stage(steps)
  const sent = await send(staged.channelArn, staged.member, input)
  const messageId = String(sent['MessageId'])
  return { ...staged, messageId, question: await host.question('one', messageId) }
}
const callback = (ChannelArn: string, message: object = {}, input: object = {}) =>
  world.messaging.channelFlowCallback({
    ChannelArn,
    CallbackId: unique(),
    ChannelMessage: { MessageId: 'none', ...message },
    ...input,
  })

write(
  'wire',
  'doc',
  'Given a message that waits, when its processor answers, then 200 with the channel and the callback id',
  async () => {
    const { channelArn, question } = await waiting()
    const body = await succeeds(answer(question), 200, ['ChannelArn', 'CallbackId'])
    expect(body).toEqual({ ChannelArn: channelArn, CallbackId: question.CallbackId })
  },
)

write(
  'validation',
  'model',
  'Given a callback id of 31 or 65 characters, a channel that is no ARN, or no message id, when it is called, then BadRequestException',
  async () => {
    const { channelArn } = await waiting()
    for (const CallbackId of ['c'.repeat(31), 'c'.repeat(65)])
      await failsNaming(callback(channelArn, {}, { CallbackId }), 'CallbackId')
    await failsNaming(callback('lobby'), 'ChannelArn')
    await failsNaming(callback(channelArn, { MessageId: undefined }), 'MessageId')
    await failsNaming(callback(channelArn, { MessageId: 'a b' }), 'MessageId')
    await failsNaming(callback(channelArn, {}, { ChannelMessage: undefined }), 'ChannelMessage')
  },
)
write(
  'validation',
  'doc',
  'Given an answer beyond the limits of sending, when it is called, then BadRequestException and the message still waits; up to them it is taken',
  async () => {
    const { owner, member, channelArn, messageId, question } = await waiting()
    await failsNaming(answer(question, { Content: '' }), 'Content')
    await failsNaming(answer(question, { Content: 'ü'.repeat(2048) + 'x' }), 'Content')
    await failsNaming(answer(question, { Metadata: 'ü'.repeat(512) + 'x' }), 'Metadata')
    const attributes = (value: string) => ({
      MessageAttributes: { a: { StringValues: [value, value] } },
    })
    await failsNaming(answer(question, attributes('ü'.repeat(256))), 'MessageAttributes')
    const nothing = { PushNotification: {} } as object
    await failsNaming(answer(question, nothing), 'PushNotification')
    expect(await status(channelArn, member, messageId)).toMatchObject({ Status: PENDING })
    const fitting = {
      Content: 'ü'.repeat(2048),
      Metadata: 'ü'.repeat(512),
      ContentType: 'text/x',
      ...attributes('x'.repeat(511)),
    }
    await answer(question, fitting)
    expect(await read(channelArn, owner, messageId)).toMatchObject({ ...fitting, Status: SENT })
  },
)

write(
  'authorisation',
  'inferred',
  'Given a channel that does not exist or the ARN of something else, when it is called, then ForbiddenException',
  async () => {
    for (const arn of [`${world.appInstanceArn}/channel/none`, world.appInstanceArn])
      await fails(callback(arn), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'proposed',
  'Given a message that waits, when the callback id is unknown, of another channel, or of another message, then ForbiddenException, and it still waits',
  async () => {
    const { owner, member, channelArn, messageId, question } = await waiting()
    const other = await waiting()
    const { CallbackId } = question
    for (const DeleteResource of [undefined, false, true]) {
      const call = (arn: string, MessageId: string, input: object) =>
        callback(arn, { MessageId }, { DeleteResource, ...input })
      await fails(call(channelArn, messageId, {}), 'ForbiddenException')
      await fails(call(channelArn, messageId, { CallbackId: undefined }), 'ForbiddenException')
      await fails(call(other.channelArn, messageId, { CallbackId }), 'ForbiddenException')
      await fails(call(channelArn, other.messageId, { CallbackId }), 'ForbiddenException')
      await fails(call(channelArn, 'none', { CallbackId }), 'ForbiddenException')
    }
    expect(await status(channelArn, member, messageId)).toMatchObject({ Status: PENDING })
    await answer(question)
    expect(await idsFor(channelArn, owner)).toEqual([messageId])
  },
)
write(
  'behaviour',
  'proposed',
  'Given an answered callback, when the same answer comes again, then the same 200 and nothing else happens; another one is a ConflictException',
  async () => {
    const { member, channelArn, messageId, question } = await waiting()
    const session = await world.listen(member)
    const change = { Content: 'Changed', Metadata: 'm' }
    const first = await succeeds(answer(question, change), 200, ['ChannelArn', 'CallbackId'])
    const again = answer(question, { Metadata: 'm', Content: 'Changed' }, { DeleteResource: false })
    expect(await succeeds(again, 200, ['ChannelArn', 'CallbackId'])).toEqual(first)
    await fails(answer(question, { Content: 'Other' }), 'ConflictException')
    await fails(answer(question), 'ConflictException')
    await fails(deny(question), 'ConflictException')
    expect(await read(channelArn, member, messageId)).toMatchObject({ ...change, Status: SENT })
    const denied = await waiting()
    await deny(denied.question)
    await deny(denied.question)
    await fails(answer(denied.question), 'ConflictException')
    const [events] = await world.received(session)
    expect(typesOf(events!.filter(({ payload }) => payload?.['MessageId'] === messageId))).toEqual([
      'CREATE_CHANNEL_MESSAGE',
    ])
  },
)
write(
  'behaviour',
  'proposed',
  'Given a message that waits, when the same answer comes many times at once, then each is 200 and the message is sent once',
  async () => {
    const { owner, channelArn, messageId, question } = await waiting()
    const session = await world.listen(owner)
    const all = Array.from({ length: 8 }, () => answer(question, { Content: 'Changed' }))
    for (const each of all) await succeeds(each, 200, ['ChannelArn', 'CallbackId'])
    const [events] = await world.received(session)
    expect(typesOf(events!)).toEqual(['CREATE_CHANNEL_MESSAGE'])
    expect(await idsFor(channelArn, owner)).toEqual([messageId])
  },
)
write(
  'behaviour',
  'proposed',
  'Given a message that waits, when one answer accepts and another denies it at once, then one is taken, the other a ConflictException, and the message is either sent or gone',
  async () => {
    for (let round = 0; round < 6; round++) {
      const { owner, channelArn, messageId, question } = await waiting()
      const [accepted, denied] = await Promise.allSettled([answer(question), deny(question)])
      const ends = [accepted.status, denied.status].toSorted()
      expect(ends).toEqual(['fulfilled', 'rejected'])
      const isSent = accepted.status === 'fulfilled'
      expect(await idsFor(channelArn, owner)).toEqual(isSent ? [messageId] : [])
    }
  },
)
write(
  'behaviour',
  'proposed',
  'Given an elastic channel, when an answer names another sub-channel, then ForbiddenException; with its own or none it is taken',
  async () => {
    const { channelArn, owner, first, second, ana } = await pairsStage(world)
    const ChannelFlowArn = await flows.createFlow(['one'])
    const use = { ChannelArn: channelArn, ChannelFlowArn, ChimeBearer: owner }
    await world.messaging.associateChannelFlow(use)
    for (const SubChannelId of [first, undefined]) {
      const sent = await send(channelArn, ana, { SubChannelId: first })
      const question = await host.question('one', String(sent['MessageId']))
      await fails(answer(question, { SubChannelId: second }), 'ForbiddenException')
      await answer(question, { SubChannelId })
    }
    const plain = await waiting()
    await fails(answer(plain.question, { SubChannelId: first }), 'ForbiddenException')
  },
)
write(
  'behaviour',
  'proposed',
  'Given a message that waits, when its channel is deleted, then the answer is a ForbiddenException that says so, kept or not',
  async () => {
    for (const Persistence of ['PERSISTENT', 'NON_PERSISTENT']) {
      const { owner, channelArn, question } = await waiting({ Persistence })
      await world.messaging.deleteChannel({ ChannelArn: channelArn, ChimeBearer: owner })
      expect(await fails(answer(question), 'ForbiddenException')).toContain('deleted')
      expect(await fails(deny(question), 'ForbiddenException')).toContain('deleted')
    }
  },
)
write(
  'behaviour',
  'inferred',
  'Given a message or an edit that waits, when another channel is made under the ARN of its own, then the answer is a ForbiddenException, and nobody there hears of it',
  async () => {
    const ways = [{}, { Persistence: 'NON_PERSISTENT' }, 'edited'] as const
    for (const way of ways) {
      const ChannelId = unique()
      const { owner, member, channelArn } = await stage(['one'], { ChannelId })
      const sent = await send(channelArn, member, way === 'edited' ? {} : way)
      const messageId = String(sent['MessageId'])
      let question = await host.question('one', messageId)
      if (way === 'edited') {
        await answer(question)
        await flows.update(channelArn, member, messageId, 'What only the old channel was told')
        question = await host.question('one', messageId, 2)
      }
      await world.messaging.deleteChannel({ ChannelArn: channelArn, ChimeBearer: owner })
      await world.channel(owner, { ChannelId, MemberArns: [member] })
      const sessions = [await world.listen(owner), await world.listen(member)]
      expect(await fails(answer(question), 'ForbiddenException')).toContain('deleted')
      expect((await world.received(...sessions)).map(typesOf)).toEqual([[], []])
      expect(await flows.lastMessageFor(channelArn, owner)).toBeUndefined()
    }
  },
)
write(
  'behaviour',
  'proposed',
  'Given messages that wait, when their channel is deleted while the answers come, then each answer is either taken or refused, and nothing is left over',
  async () => {
    const { owner, member, channelArn } = await stage(['one'])
    const questions = []
    for (let count = 0; count < 8; count++) {
      const sent = await send(channelArn, member)
      questions.push(await host.question('one', String(sent['MessageId'])))
    }
    const deletion = world.messaging.deleteChannel({ ChannelArn: channelArn, ChimeBearer: owner })
    const answers = await Promise.allSettled([...questions.map((each) => answer(each)), deletion])
    expect(answers.at(-1)!.status).toBe('fulfilled')
    for (const each of answers)
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ Code: 'Forbidden' })
    for (const question of questions) {
      const again = await answer(question).then(
        () => 'taken',
        (error: { Code?: string }) => error.Code,
      )
      expect(['taken', 'Forbidden']).toContain(again)
    }
  },
)
write(
  'behaviour',
  'proposed',
  'Given a chain of processors, when one answers twice or after the next was asked, then only its first answer counts',
  async () => {
    const { owner, channelArn, messageId, question } = await waiting({}, ['one', 'two'])
    await answer(question, { Content: 'By one' })
    const second = await host.question('two', messageId)
    await answer(question, { Content: 'By one' })
    await fails(deny(question), 'ConflictException')
    expect(host.questions('two', messageId).length).toBe(1)
    await answer(second)
    expect(await read(channelArn, owner, messageId)).toMatchObject({ Content: 'By one' })
  },
)
write(
  'behaviour',
  'inferred',
  'Given messages that wait, when their retention has ended meanwhile, then the answer is a ForbiddenException, and later messages are as ever',
  async () => {
    const { owner, member, channelArn, question } = await waiting()
    const retain = (RetentionDays: number | undefined) =>
      world.identity.putAppInstanceRetentionSettings({
        AppInstanceArn: world.appInstanceArn,
        AppInstanceRetentionSettings: { ChannelRetentionSettings: { RetentionDays } },
      })
    await retain(1)
    clock.pass(DEADLINE_MS / 2 + 1)
    expect(await fails(answer(question), 'ForbiddenException')).toContain('deleted')
    const sent = await send(channelArn, member)
    await answer(await host.question('one', String(sent['MessageId'])))
    expect(await idsFor(channelArn, owner)).toEqual([sent['MessageId']])
    await retain(undefined)
  },
)
write(
  'behaviour',
  'doc',
  'Given processors that do not call back, when 48 hours have passed, then the fallback of each says what becomes of the message, and the late answer is a ForbiddenException',
  async () => {
    const steps = [['one', 'CONTINUE'], 'two'] as const
    const continuing = await stage(steps)
    const sentOn = await send(continuing.channelArn, continuing.member)
    const onId = String(sentOn['MessageId'])
    const onQuestion = await host.question('one', onId)
    const { member, channelArn, messageId, question } = await waiting()
    const answered = await waiting()
    await answer(answered.question)
    const session = await world.listen(member)

    clock.pass(DEADLINE_MS)
    expect(await fails(answer(question), 'ForbiddenException')).toMatch(/expired|too late/)
    const { payload } = await eventOf(session, 'FAILED_CREATE_CHANNEL_MESSAGE', messageId)
    const late = { Value: 'FAILED', Detail: 'Processor did not call back in time' }
    expect(payload).toMatchObject({ Content: 'Hello', Status: late })
    expect(await idsFor(channelArn, member)).toEqual([messageId])
    expect(await fails(answer(question), 'ForbiddenException')).toContain('too late')

    // The one that continues has its own 48 hours for the next processor.
    const next = await host.question('two', onId)
    await fails(answer(onQuestion), 'ForbiddenException')
    await answer(next)
    expect(await idsFor(continuing.channelArn, continuing.owner)).toEqual([onId])
  },
)

write(
  'events emitted',
  'doc',
  'Given a connected sender, when an unknown callback comes, then it gets no event',
  async () => {
    const { member, channelArn, messageId } = await waiting()
    const session = await world.listen(member)
    await fails(callback(channelArn, { MessageId: messageId }), 'ForbiddenException')
    expect(await world.received(session)).toEqual([[]])
  },
)
