// Processors that cannot be invoked: they lead nowhere, refuse, hang, reset, are overloaded, come
// back, or answer before they are thought to have been asked.
import { expect } from 'vitest'
import { NOBODY, type Reaction } from '../harness/processor-host.ts'
import { fails, type Json } from './kit/answers.ts'
import { eventOf, FAILED, PENDING, SENT, typesOf, useFlowWorld } from './kit/channel-flows.ts'
import { casesOf } from './kit/conformance-case.ts'
import { functionArn } from './kit/flows.ts'
import { unique } from './kit/world.ts'

const FAULTY = ['resets', 'throttled', 'broken', 'hangs', 'gone', 'moved', 'recovers', 'answers']
const flows = await useFlowWorld(['one', ...FAULTY])
const { world, host, clock, stage, send, answer, read, status, idsFor, lastMessageFor } = flows

const sending = casesOf('SendChannelMessage')
sending(
  'behaviour',
  'doc',
  'Given a processor that leads nowhere and falls back to ABORT, when a member sends, then the message is FAILED, and only its sender can read it',
  async () => {
    const { owner, member, channelArn } = await stage(['unmapped'])
    const session = await world.listen(member)
    const sent = await send(channelArn, member)
    expect(sent['Status']).toEqual(PENDING)
    const messageId = String(sent['MessageId'])
    await eventOf(session, 'FAILED_CREATE_CHANNEL_MESSAGE', messageId)
    expect(await read(channelArn, member, messageId)).toMatchObject({
      Content: 'Hello',
      Status: FAILED,
      Persistence: 'PERSISTENT',
    })
    expect(await status(channelArn, member, messageId)).toMatchObject({ Status: FAILED })
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
    const message = { ChannelArn: channelArn, MessageId: messageId }
    const edit = { ...message, Content: 'New', ChimeBearer: member }
    await fails(world.messaging.updateChannelMessage(edit), 'ConflictException')
    const redact = { ...message, ChimeBearer: member }
    await fails(world.messaging.redactChannelMessage(redact), 'ConflictException')
    const remove = { ...message, ChimeBearer: admin }
    await fails(world.messaging.deleteChannelMessage(remove), 'ForbiddenException')
  },
)
sending(
  'behaviour',
  'doc',
  'Given three processors that lead nowhere and fall back to CONTINUE, when a member sends, then the message is SENT to everybody',
  async () => {
    const all = ['unmapped', 'unmapped', 'unmapped'].map((name) => [name, 'CONTINUE'] as const)
    const { owner, member, channelArn } = await stage(all)
    const session = await world.listen(owner)
    const sent = await send(channelArn, member)
    await eventOf(session, 'CREATE_CHANNEL_MESSAGE', sent['MessageId'])
    expect(await idsFor(channelArn, owner)).toEqual([sent['MessageId']])
    expect(await lastMessageFor(channelArn, owner)).toBeDefined()
  },
)
sending(
  'behaviour',
  'doc',
  'Given a processor that leads nowhere and falls back to CONTINUE, when a member sends, then the next processor is asked, with what the one before has made of it',
  async () => {
    const { owner, member, channelArn } = await stage(['one', ['unmapped', 'CONTINUE'], 'one'])
    const sent = await send(channelArn, member)
    const messageId = String(sent['MessageId'])
    await answer(await host.question('one', messageId), { Content: 'Changed' })
    const second = await host.question('one', messageId, 2)
    expect(second.ChannelMessage['Content']).toBe('Changed')
    await answer(second)
    expect(await read(channelArn, owner, messageId)).toMatchObject({ Content: 'Changed' })
  },
)
sending(
  'behaviour',
  'proposed',
  'Given a processor that changes a message and one behind it that leads nowhere, when it falls back to ABORT, then its sender keeps what it wrote',
  async () => {
    const { member, channelArn } = await stage(['one', 'unmapped'])
    const session = await world.listen(member)
    for (const Persistence of ['PERSISTENT', 'NON_PERSISTENT']) {
      const sent = await send(channelArn, member, { Persistence })
      const messageId = String(sent['MessageId'])
      await answer(await host.question('one', messageId), { Content: 'Changed' })
      const { payload } = await eventOf(session, 'FAILED_CREATE_CHANNEL_MESSAGE', messageId)
      expect(payload).toMatchObject({ Persistence, Status: FAILED })
      if (Persistence === 'PERSISTENT') {
        expect(payload).toMatchObject({ Content: 'Hello' })
        expect(await read(channelArn, member, messageId)).toMatchObject({ Content: 'Hello' })
      }
    }
  },
)

const FAULTS: readonly [name: string, what: string, reaction: Reaction | undefined][] = [
  [NOBODY, 'refuses connections', undefined],
  ['resets', 'resets connections', (response) => void response.socket?.resetAndDestroy()],
  ['throttled', 'answers 429', (response) => void response.writeHead(429).end()],
  ['broken', 'answers 500', (response) => void response.writeHead(500).end()],
  ['hangs', 'never answers', () => clock.pass(10_000)],
]
for (const [name, what, reaction] of FAULTS) {
  sending(
    'behaviour',
    'proposed',
    `Given a processor that ${what}, when a member sends, then it is asked three times under one id, others meanwhile as ever, and the message is FAILED`,
    async () => {
      if (reaction !== undefined) host.react(name, reaction)
      const { member, channelArn } = await stage([name])
      const beside = await stage(['one'])
      const session = await world.listen(member)
      const sent = await send(channelArn, member)
      const messageId = String(sent['MessageId'])
      const other = await send(beside.channelArn, beside.owner)
      await answer(await host.question('one', String(other['MessageId'])))
      const { payload } = await eventOf(session, 'FAILED_CREATE_CHANNEL_MESSAGE', messageId)
      expect(payload).toMatchObject({ Content: 'Hello', Status: FAILED })
      const asked = host.questions(name, messageId)
      const attempts = name === NOBODY ? 0 : 3
      // A kept connection that is reset looks as if nothing had arrived: the same goes once more.
      const asksMax = name === 'resets' ? 2 * attempts : attempts
      expect(asked.length).toBeGreaterThanOrEqual(attempts)
      expect(asked.length).toBeLessThanOrEqual(asksMax)
      expect(new Set(asked.map(({ CallbackId }) => CallbackId)).size).toBe(name === NOBODY ? 0 : 1)
      for (const question of asked.slice(0, 1)) await fails(answer(question), 'ForbiddenException')
    },
  )
}
sending(
  'behaviour',
  'proposed',
  'Given a processor whose address answers 404 or redirects, when a member sends, then it is asked once, nobody else is, and the message is FAILED',
  async () => {
    host.react('gone', (response) => void response.writeHead(404).end())
    host.react('moved', (response) => void response.writeHead(307, { location: '/one' }).end())
    for (const name of ['gone', 'moved']) {
      const { member, channelArn } = await stage([name])
      const session = await world.listen(member)
      const sent = await send(channelArn, member)
      const messageId = String(sent['MessageId'])
      await eventOf(session, 'FAILED_CREATE_CHANNEL_MESSAGE', messageId)
      expect(host.questions(name, messageId).length).toBe(1)
      expect(host.questions('one', messageId)).toEqual([])
    }
  },
)
sending(
  'behaviour',
  'proposed',
  'Given a processor that fails twice and comes back, when a member sends, then it is asked again under the same id, and its answer counts',
  async () => {
    let failures = 2
    host.react('recovers', (response) => void response.writeHead(failures-- > 0 ? 503 : 202).end())
    const { owner, member, channelArn } = await stage(['recovers'])
    const sent = await send(channelArn, member)
    const messageId = String(sent['MessageId'])
    const third = await host.question('recovers', messageId, 3)
    expect(await status(channelArn, member, messageId)).toMatchObject({ Status: PENDING })
    expect(third.CallbackId).toBe(host.questions('recovers', messageId)[0]!.CallbackId)
    await answer(third)
    expect(await idsFor(channelArn, owner)).toEqual([messageId])
  },
)
sending(
  'behaviour',
  'field',
  'Given a processor that calls back before it answers its invocation, when that succeeds or fails, then the message is sent once and the processor asked once',
  async () => {
    for (const answered of [200, 500]) {
      const { owner, member, channelArn } = await stage(['answers', ['one', 'ABORT']])
      host.react('answers', async (response, question) => {
        await answer(question, { Content: 'Quick' })
        response.writeHead(answered).end()
      })
      const session = await world.listen(owner)
      const sent = await send(channelArn, member)
      const messageId = String(sent['MessageId'])
      const next = await host.question('one', messageId)
      // Once the outcome of the first is known, another message passes it.
      const later = await send(channelArn, member, { Content: 'Later' })
      await answer(await host.question('one', String(later['MessageId'])))
      await answer(next)
      const [events] = await world.received(session)
      expect(events!.map(({ payload }) => payload?.['MessageId'])).toEqual([
        later['MessageId'],
        messageId,
      ])
      expect(await read(channelArn, owner, messageId)).toMatchObject({
        Content: 'Quick',
        Status: SENT,
      })
      expect(host.questions('answers', messageId).length).toBe(1)
    }
  },
)
sending(
  'behaviour',
  'doc',
  'Given a processor that cannot be invoked, when it falls back, then the operator finds the documented event in the log, without what was said, and a counter',
  async () => {
    for (const fallback of ['ABORT', 'CONTINUE'] as const) {
      const { owner, channelArn } = await stage([['unmapped', fallback]])
      const session = await world.listen(owner)
      const secret = unique()
      const sent = await send(channelArn, owner, { Content: secret })
      const type = fallback === 'ABORT' ? 'FAILED_CREATE_CHANNEL_MESSAGE' : 'CREATE_CHANNEL_MESSAGE'
      await eventOf(session, type, sent['MessageId'])
      const lines = flows.logLines.filter((line) => line.includes(String(sent['MessageId'])))
      expect(lines.length).toBe(1)
      expect(JSON.parse(lines[0]!)).toMatchObject({
        level: 40,
        msg: 'Chime ChannelFlow Processing Status',
        eventType: 'ProcessorInvocationFailure',
        appInstanceArn: world.appInstanceArn,
        channelArn,
        messageId: sent['MessageId'],
        processorResourceArn: functionArn(world, 'unmapped'),
        failureReason: 'the ARN of the function is mapped nowhere',
        fallbackAction: fallback,
      })
      expect(flows.logLines.join('\n')).not.toContain(secret)
    }
    const metrics = await (await fetch(`${world.endpoint.httpUrl}/metrics`)).text()
    for (const fallback of ['ABORT', 'CONTINUE']) {
      const counted = new RegExp(`failures_total\\{.*fallback_action="${fallback}".*\\} [1-9]`)
      expect(metrics).toMatch(counted)
    }
  },
)
sending(
  'behaviour',
  'proposed',
  'Given a message that failed, when its token comes again, then it is the same message, and there is no second one',
  async () => {
    const { member, channelArn } = await stage(['unmapped'])
    const session = await world.listen(member)
    const input = { ClientRequestToken: unique() }
    const sent = await send(channelArn, member, input)
    await eventOf(session, 'FAILED_CREATE_CHANNEL_MESSAGE', sent['MessageId'])
    expect(await send(channelArn, member, input)).toEqual({ ...sent, Status: FAILED })
    const [events] = await world.received(session)
    expect(typesOf(events!)).toEqual([
      'PENDING_CREATE_CHANNEL_MESSAGE',
      'FAILED_CREATE_CHANNEL_MESSAGE',
    ])
  },
)
sending(
  'events emitted',
  'doc',
  'Given connected members, when a processor cannot be invoked, then the sender alone hears FAILED_CREATE, or with CONTINUE everybody CREATE',
  async () => {
    for (const fallback of ['ABORT', 'CONTINUE'] as const) {
      const { owner, member, channelArn } = await stage([['unmapped', fallback]])
      const [session, other] = [await world.listen(member), await world.listen(owner)]
      const isSent = fallback === 'CONTINUE'
      const sent = await send(channelArn, member, { Target: [{ MemberArn: owner }] })
      const type = isSent ? 'CREATE_CHANNEL_MESSAGE' : 'FAILED_CREATE_CHANNEL_MESSAGE'
      await eventOf(session, type, sent['MessageId'])
      const [forSender, forOther] = await world.received(session, other)
      expect(typesOf(forSender!)).toEqual(['PENDING_CREATE_CHANNEL_MESSAGE', type])
      expect(typesOf(forOther!)).toEqual(isSent ? [type] : [])
    }
  },
)

for (const operation of ['CreateChannelFlow', 'UpdateChannelFlow'] as const) {
  casesOf(operation)(
    'behaviour',
    'proposed',
    'Given processors that lead nowhere and one that leads somewhere, when they are put into a flow, then it is kept, and the log warns of each of the former',
    async () => {
      const arns = [
        functionArn(world, unique()),
        functionArn(world, 'one'),
        functionArn(world, unique()),
      ]
      const Processors = arns.map((ResourceArn, index) => ({
        Name: 'P',
        Configuration: { Lambda: { ResourceArn, InvocationType: 'ASYNC' as const } },
        ExecutionOrder: index + 1,
        FallbackAction: 'ABORT' as const,
      }))
      const { messaging, appInstanceArn: AppInstanceArn } = world
      if (operation === 'CreateChannelFlow')
        await messaging.createChannelFlow({ AppInstanceArn, Name: 'Flow', Processors })
      else {
        const ChannelFlowArn = await flows.createFlow(['one'])
        await messaging.updateChannelFlow({ ChannelFlowArn, Name: 'Flow', Processors })
      }
      const warned = flows.logLines
        .map((line) => (JSON.parse(line) as Json)['processorResourceArn'])
        .filter((arn) => arns.includes(String(arn)))
      expect(warned).toEqual([arns[0], arns[2]])
    },
  )
}
