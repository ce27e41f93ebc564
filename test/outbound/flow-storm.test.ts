// Everything about flows at once: senders, processors that accept, change, deny and repeat
// themselves, a flow that comes and goes. Whatever happens, nobody but its sender ever sees a
// message that was not accepted, and everybody sees each accepted one exactly once.
// CARILLON_STORM_SEED repeats one schedule.
import { expect, test } from 'vitest'
import { useFlowWorld } from '../conformance/kit/channel-flows.ts'
import type { Question } from '../harness/processor-host.ts'

const SENDERS = 4
const MESSAGES_EACH = 25
const seed = Number(process.env['CARILLON_STORM_SEED'] ?? Date.now() % 2 ** 31)

const flows = await useFlowWorld(['one', 'two'])
const { world, host, stage, send, answer, deny, idsFor } = flows

/** What a processor decides of a message, always the same. */
function verdictOf({ ChannelMessage }: Question): 'accept' | 'change' | 'deny' {
  const digit = parseInt(ChannelMessage.MessageId.slice(-2), 16) % 5
  if (digit === 0) return 'deny'
  return digit === 1 ? 'change' : 'accept'
}

function decide(question: Question): Promise<object> {
  const verdict = verdictOf(question)
  if (verdict === 'deny') return deny(question)
  const { Content } = question.ChannelMessage
  return answer(question, verdict === 'change' ? { Content: `${String(Content)}!` } : {})
}

test(`nobody sees what was not accepted, and everybody what was, once (seed ${seed})`, async () => {
  const { owner, member, channelArn, flowArn } = await stage([
    'one',
    ['nowhere', 'CONTINUE'],
    'two',
  ])
  const answers: Promise<unknown>[] = []
  for (const name of ['one', 'two']) {
    host.react(name, (response, question) => {
      const isLate = parseInt(question.CallbackId.slice(-1), 16) % 2 === seed % 2
      if (!isLate) answers.push(decide(question))
      response.writeHead(200).end()
      if (isLate) answers.push(decide(question))
      // A repetition.
      answers.push(decide(question))
    })
  }
  const [observer, sender] = [await world.listen(owner), await world.listen(member)]
  const sent: string[] = []
  const use = { ChannelArn: channelArn, ChannelFlowArn: flowArn, ChimeBearer: owner }
  const direct = new Set<string>()
  const senders = Array.from({ length: SENDERS }, async (_, number) => {
    for (let count = 0; count < MESSAGES_EACH; count++) {
      const Persistence = (number + count) % 4 === 0 ? 'NON_PERSISTENT' : 'PERSISTENT'
      const answered = await send(channelArn, member, {
        Content: `${number}.${count}`,
        Persistence,
      })
      const messageId = String(answered['MessageId'])
      sent.push(messageId)
      // The flow was away when it was sent.
      if ((answered['Status'] as { Value: string }).Value === 'SENT') direct.add(messageId)
    }
  })
  const switcher = (async () => {
    for (let turn = 0; turn < 6; turn++) {
      await world.messaging.disassociateChannelFlow(use)
      await world.messaging.associateChannelFlow(use)
    }
  })()
  await Promise.all([...senders, switcher])

  const denied = new Set<string>()
  for (const messageId of sent) {
    if (direct.has(messageId)) continue
    const question = await host.question('one', messageId)
    if (verdictOf(question) === 'deny') denied.add(messageId)
    else await host.question('two', messageId)
  }
  await Promise.all(answers)
  const [events, own] = await world.received(observer, sender)
  const accepted = sent.filter((messageId) => !denied.has(messageId))
  for (const { type, payload } of events!) {
    expect(type).toBe('CREATE_CHANNEL_MESSAGE')
    expect(payload).toMatchObject({ Status: { Value: 'SENT' } })
  }
  expect(events!.length).toBe(accepted.length)
  expect(new Set(events!.map(({ payload }) => payload?.['MessageId']))).toEqual(new Set(accepted))
  const told = own!.filter(({ type }) => type === 'DENIED_CREATE_CHANNEL_MESSAGE')
  expect(told.length).toBe(denied.size)
  expect(new Set(told.map(({ payload }) => payload?.['MessageId']))).toEqual(denied)
  expect(denied.size).toBeGreaterThan(0)
  expect(await idsFor(channelArn, owner)).toEqual(await idsFor(channelArn, member))
})
