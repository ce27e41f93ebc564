// Conformance of SendChannelMessage.
import { SendChannelMessageCommand } from '@aws-sdk/client-chime-sdk-messaging'
import { expect } from 'vitest'
import { at, expectMembers, fails, failsNaming, succeeds, type Json } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { arnPathCases, bearerCases, bodyCases, doorCases } from '../kit/shared-cases.ts'
import { createSdkClients } from '../../harness/sdk-clients.ts'
import { isRemote, unique, useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('SendChannelMessage')

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
const whole = ['ChannelArn', 'MessageId', 'Status']
const accepted = (channelArn: string, bearer: string, input: object = {}) =>
  succeeds(send(channelArn, bearer, input), 201, whole)
const own = async () => {
  const owner = await world.user('Ana')
  return { owner, channelArn: await world.channel(owner) }
}
const prepare = async () => {
  const { owner, channelArn } = await own()
  return () => send(channelArn, owner)
}
const read = async (ChannelArn: string, ChimeBearer: string, MessageId: unknown) => {
  const body = await succeeds(
    world.messaging.getChannelMessage({ ChannelArn, ChimeBearer, MessageId: String(MessageId) }),
    200,
    ['ChannelMessage'],
  )
  return body['ChannelMessage'] as Json
}

write(
  'wire',
  'model',
  'Given a member, when it sends, then 201 with channel, id and status SENT',
  async () => {
    const { owner, channelArn } = await own()
    const body = await accepted(channelArn, owner)
    expect(body['ChannelArn']).toBe(channelArn)
    expect(body['MessageId']).toMatch(/^[-_a-zA-Z0-9]{1,128}$/)
    expect(body['Status']).toEqual({ Value: 'SENT' })
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)
bodyCases(write, world, prepare, 'Content')

write(
  'validation',
  'proposed',
  'Given STANDARD content of 4096 bytes, when it is sent, then it is accepted; 0 and 4097 are not',
  async () => {
    const { owner, channelArn } = await own()
    await accepted(channelArn, owner, { Content: 'c'.repeat(4096) })
    await accepted(channelArn, owner, { Content: 'ü'.repeat(2048) })
    await failsNaming(send(channelArn, owner, { Content: '' }), 'Content')
    // evidence: field (behaviour 3.6): the text of the live service
    for (const Content of ['c'.repeat(4097), 'ü'.repeat(2048) + 'c']) {
      expect(await fails(send(channelArn, owner, { Content }), 'BadRequestException')).toContain(
        'Channel Messages size limit exceeded',
      )
    }
  },
)
write(
  'validation',
  'doc',
  'Given CONTROL content of 30 bytes, when it is sent, then it is accepted; 31 are not',
  async () => {
    const { owner, channelArn } = await own()
    const control = { Type: 'CONTROL', Persistence: 'NON_PERSISTENT' }
    await accepted(channelArn, owner, { ...control, Content: 'c'.repeat(30) })
    await accepted(channelArn, owner, { ...control, Content: 'ü'.repeat(15) })
    await fails(
      send(channelArn, owner, { ...control, Content: 'c'.repeat(31) }),
      'BadRequestException',
    )
    await fails(
      send(channelArn, owner, { ...control, Content: 'ü'.repeat(16) }),
      'BadRequestException',
    )
  },
)
write(
  'validation',
  'doc',
  'Given CONTROL with metadata, when it is sent, then BadRequestException',
  async () => {
    const { owner, channelArn } = await own()
    await fails(send(channelArn, owner, { Type: 'CONTROL', Metadata: 'm' }), 'BadRequestException')
  },
)
write(
  'validation',
  'doc',
  'Given metadata of 1024 bytes, when it is sent, then it is accepted; 1025 are not',
  async () => {
    const { owner, channelArn } = await own()
    await accepted(channelArn, owner, { Metadata: 'ü'.repeat(512) })
    await fails(send(channelArn, owner, { Metadata: 'ü'.repeat(512) + 'm' }), 'BadRequestException')
  },
)
write(
  'validation',
  'model',
  'Given a type or persistence that the model lacks or none, when it is sent, then BadRequestException',
  async () => {
    const { owner, channelArn } = await own()
    await failsNaming(send(channelArn, owner, { Type: 'SYSTEM' }), 'Type')
    await failsNaming(send(channelArn, owner, { Type: undefined }), 'Type')
    await failsNaming(send(channelArn, owner, { Persistence: 'SOMETIMES' }), 'Persistence')
    await failsNaming(send(channelArn, owner, { Persistence: undefined }), 'Persistence')
  },
)
write(
  'validation',
  'model',
  'Given a content type of 45 characters, when it is sent, then it is accepted; 46 are not',
  async () => {
    const { owner, channelArn } = await own()
    await accepted(channelArn, owner, { ContentType: 't'.repeat(45) })
    await failsNaming(send(channelArn, owner, { ContentType: 't'.repeat(46) }), 'ContentType')
  },
)
write(
  'validation',
  'doc',
  'Given attributes of 1024 bytes in all, when it is sent, then they are accepted; more, long names and long values are not',
  async () => {
    const { owner, channelArn } = await own()
    const attributes = (entries: Record<string, string[]>) => ({
      MessageAttributes: Object.fromEntries(
        Object.entries(entries).map(([name, StringValues]) => [name, { StringValues }]),
      ),
    })
    await accepted(channelArn, owner, attributes({ ['n'.repeat(64)]: ['v'.repeat(512)] }))
    await fails(
      send(channelArn, owner, attributes({ ['n'.repeat(65)]: ['v'] })),
      'BadRequestException',
    )
    await fails(
      send(channelArn, owner, attributes({ n: ['v'.repeat(513)] })),
      'BadRequestException',
    )
    await accepted(channelArn, owner, attributes({ a: ['v'.repeat(500)], b: ['v'.repeat(500)] }))
    await fails(
      send(channelArn, owner, attributes({ a: ['v'.repeat(512)], b: ['v'.repeat(512)] })),
      'BadRequestException',
    )
  },
)
write(
  'validation',
  'model',
  'Given a push notification, when it is sent, then title 50 and body 150 are accepted and longer ones are not',
  async () => {
    const { owner, channelArn } = await own()
    const push = (title: number, body: number) => ({
      PushNotification: { Title: 't'.repeat(title), Body: 'b'.repeat(body), Type: 'DEFAULT' },
    })
    await accepted(channelArn, owner, push(50, 150))
    await failsNaming(send(channelArn, owner, push(51, 150)), 'Title')
    await failsNaming(send(channelArn, owner, push(50, 151)), 'Body')
  },
)
write(
  'validation',
  'doc',
  'Given two targets or none, when it is sent, then BadRequestException',
  async () => {
    const { owner, channelArn } = await own()
    const other = await world.user()
    await world.join(channelArn, owner, other)
    const Target = [{ MemberArn: owner }, { MemberArn: other }]
    await failsNaming(send(channelArn, owner, { Target }), 'Target')
    await failsNaming(send(channelArn, owner, { Target: [] }), 'Target')
  },
)
write(
  'validation',
  'doc',
  'Given a target who is no member, when it is sent, then it is refused',
  async () => {
    const { owner, channelArn } = await own()
    const Target = [{ MemberArn: await world.user() }]
    await expect(send(channelArn, owner, { Target })).rejects.toMatchObject({
      name: expect.stringMatching(/^(BadRequest|Forbidden)Exception$/) as string,
    })
  },
)
write(
  'validation',
  'proposed',
  'Given a SubChannelId on a channel that is not elastic, when it is sent, then BadRequestException',
  async () => {
    const { owner, channelArn } = await own()
    await failsNaming(send(channelArn, owner, { SubChannelId: 'sc-1' }), 'SubChannelId')
  },
)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'doc',
  'Given an unknown channel or one that the bearer is no member of, when it sends, then ForbiddenException',
  async () => {
    const { owner } = await own()
    const [admin, other] = [await world.admin(), await world.user()]
    const open = await world.channel(owner, { Privacy: 'PUBLIC', Mode: 'UNRESTRICTED' })
    await fails(send(`${world.appInstanceArn}/channel/none`, owner), 'ForbiddenException')
    await fails(send(open, other), 'ForbiddenException')
    await fails(send(open, admin), 'ForbiddenException')
  },
)
write(
  'authorisation',
  'doc',
  'Given a hidden member, when it sends, then ForbiddenException',
  async () => {
    const { owner, channelArn } = await own()
    const hidden = await world.user()
    await world.joinHidden(channelArn, owner, hidden)
    await fails(send(channelArn, hidden), 'ForbiddenException')
  },
)
write(
  'authorisation',
  'doc',
  'Given an admin and a moderator who are members, when they send, then they may',
  async () => {
    const [owner, admin] = [await world.user(), await world.admin()]
    const channelArn = await world.channel(owner)
    await world.join(channelArn, owner, admin)
    await accepted(channelArn, owner)
    await accepted(channelArn, admin)
  },
)

write(
  'behaviour',
  'doc',
  'Given everything that can be sent, when it is read, then it is the same and PushNotification is not returned',
  async () => {
    const { owner, channelArn } = await own()
    const input = {
      Content: 'Grüße 日本 🦊\n"\\\u2028',
      Metadata: '{"mood":"hungry"}',
      ContentType: 'text/plain',
      MessageAttributes: { topic: { StringValues: ['food', 'today'] } },
    }
    const body = await accepted(channelArn, owner, {
      ...input,
      PushNotification: { Title: 'T', Body: 'B', Type: 'VOIP' },
    })
    const message = await read(channelArn, owner, body['MessageId'])
    expect(message).toEqual({
      ...input,
      ChannelArn: channelArn,
      MessageId: body['MessageId'],
      Type: 'STANDARD',
      Persistence: 'PERSISTENT',
      Redacted: false,
      Status: { Value: 'SENT' },
      Sender: { Arn: owner, Name: 'Ana' },
      CreatedTimestamp: expect.any(Number) as number,
      LastUpdatedTimestamp: expect.any(Number) as number,
    })
  },
)
write(
  'behaviour',
  'proposed',
  'Given a member who has just sent, when its right to send ends or its name changes, then the very next send sees it',
  async () => {
    const { messaging, identity } = world
    const { owner, channelArn } = await own()
    const member = await world.user('Old name')
    const channel = { ChannelArn: channelArn, ChimeBearer: owner }
    const leave = () => messaging.deleteChannelMembership({ ...channel, MemberArn: member })
    await world.join(channelArn, owner, member)
    await accepted(channelArn, member)
    await leave()
    await fails(send(channelArn, member), 'ForbiddenException')
    await world.joinHidden(channelArn, owner, member)
    await fails(send(channelArn, member), 'ForbiddenException')
    await leave()
    await world.join(channelArn, owner, member)
    await accepted(channelArn, member)
    await identity.updateAppInstanceUser({
      AppInstanceUserArn: member,
      Name: 'New name',
      Metadata: '',
    })
    const session = await world.listen(owner)
    const { MessageId } = await send(channelArn, member)
    const { payload } = await session.waitForType('CREATE_CHANNEL_MESSAGE', { MessageId })
    expect(at(payload, 'Sender.Name')).toBe('New name')
    await accepted(channelArn, owner, { Target: [{ MemberArn: member }] })
    await leave()
    await fails(send(channelArn, owner, { Target: [{ MemberArn: member }] }), 'ForbiddenException')
    await world.join(channelArn, owner, member)
    await accepted(channelArn, member)
    await identity.deleteAppInstanceUser({ AppInstanceUserArn: member })
    await fails(send(channelArn, member), 'UnauthorizedClientException')
    await accepted(channelArn, owner)
    await messaging.deleteChannel(channel)
    await fails(send(channelArn, owner), 'ForbiddenException')
  },
)
write(
  'behaviour',
  'inferred',
  'Given a deleted channel whose id is made again, when a former member sends, then nothing of before counts',
  async () => {
    const { messaging } = world
    const { owner, channelArn } = await own()
    const member = await world.user()
    await world.join(channelArn, owner, member)
    await accepted(channelArn, member)
    await messaging.deleteChannel({ ChannelArn: channelArn, ChimeBearer: owner })
    const ChannelId = channelArn.slice(channelArn.lastIndexOf('/') + 1)
    const again = await messaging
      .createChannel({
        AppInstanceArn: world.appInstanceArn,
        Name: 'Again',
        ChannelId,
        ClientRequestToken: unique(),
        ChimeBearer: owner,
      })
      .catch((error: Error) => error.name)
    // Whether an id may be made again is not documented: if it may, it is another channel.
    if (again === 'ConflictException') return
    await fails(send(channelArn, member), 'ForbiddenException')
    const { ChannelMessages } = await messaging.listChannelMessages({
      ChannelArn: channelArn,
      ChimeBearer: owner,
    })
    expect(ChannelMessages).toEqual([])
  },
)
write(
  'behaviour',
  'doc',
  'Given a CONTROL PERSISTENT message, when it is sent, then it is stored',
  async () => {
    const { owner, channelArn } = await own()
    const body = await accepted(channelArn, owner, { Type: 'CONTROL', Content: 'Typing' })
    expect(await read(channelArn, owner, body['MessageId'])).toMatchObject({
      Type: 'CONTROL',
      Content: 'Typing',
    })
  },
)
write(
  'behaviour',
  'doc',
  'Given a NON_PERSISTENT message, when it is read, then it is not there',
  async () => {
    const { owner, channelArn } = await own()
    const body = await accepted(channelArn, owner, { Persistence: 'NON_PERSISTENT' })
    const { ChannelMessages } = await world.messaging.listChannelMessages({
      ChannelArn: channelArn,
      ChimeBearer: owner,
    })
    expect(ChannelMessages).toEqual([])
    const MessageId = String(body['MessageId'])
    await fails(
      world.messaging.getChannelMessage({ ChannelArn: channelArn, MessageId, ChimeBearer: owner }),
      'NotFoundException',
    )
  },
)
write(
  'behaviour',
  'proposed',
  'Given the token and body of an earlier send, when it is repeated, then the same id and one message',
  async () => {
    const { owner, channelArn } = await own()
    const ClientRequestToken = unique()
    const first = await accepted(channelArn, owner, { ClientRequestToken })
    const again = await accepted(channelArn, owner, { ClientRequestToken })
    expect(again).toEqual(first)
    const { ChannelMessages } = await world.messaging.listChannelMessages({
      ChannelArn: channelArn,
      ChimeBearer: owner,
    })
    expect(ChannelMessages?.length).toBe(1)
  },
)
write(
  'behaviour',
  'code',
  'Given ten sends of one token at once, when they are made, then one message',
  async () => {
    const { owner, channelArn } = await own()
    const ClientRequestToken = unique()
    const bodies = await Promise.all(
      Array.from({ length: 10 }, () => send(channelArn, owner, { ClientRequestToken })),
    )
    expect(new Set(bodies.map(({ MessageId }) => MessageId)).size).toBe(1)
    const { ChannelMessages } = await world.messaging.listChannelMessages({
      ChannelArn: channelArn,
      ChimeBearer: owner,
    })
    expect(ChannelMessages?.length).toBe(1)
  },
)
write(
  'behaviour',
  'code',
  'Given an answer that is lost on its way, when the SDK tries again by itself, then one message',
  async () => {
    if (isRemote) return
    const { owner, channelArn } = await own()
    using clients = createSdkClients(world.endpoint, { maxAttempts: 3 })
    let attempts = 0
    clients.messaging.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args)
        if (++attempts > 1) return result
        throw Object.assign(new Error('the connection broke'), { code: 'ECONNRESET' })
      },
      { step: 'deserialize', priority: 'low' },
    )
    const { MessageId } = await clients.messaging.send(
      new SendChannelMessageCommand({
        ChannelArn: channelArn,
        ChimeBearer: owner,
        Content: 'Once',
        Type: 'STANDARD',
        Persistence: 'PERSISTENT',
      }),
    )
    const { ChannelMessages } = await world.messaging.listChannelMessages({
      ChannelArn: channelArn,
      ChimeBearer: owner,
    })
    expect(ChannelMessages?.map((item) => item.MessageId)).toEqual([MessageId])
    expect(attempts).toBe(2)
  },
)
write(
  'behaviour',
  'proposed',
  'Given the token of an earlier send, when the body is another, then ConflictException',
  async () => {
    const { owner, channelArn } = await own()
    const ClientRequestToken = unique()
    await send(channelArn, owner, { ClientRequestToken })
    await fails(
      send(channelArn, owner, { ClientRequestToken, Content: 'Other' }),
      'ConflictException',
    )
  },
)
write(
  'behaviour',
  'proposed',
  'Given the token of an earlier send, when another bearer or channel uses it, then it is a new message',
  async () => {
    const { owner, channelArn } = await own()
    const [other, second] = [await world.user(), await world.channel(owner)]
    await world.join(channelArn, owner, other)
    const ClientRequestToken = unique()
    const ids = [
      (await send(channelArn, owner, { ClientRequestToken })).MessageId,
      (await send(channelArn, other, { ClientRequestToken })).MessageId,
      (await send(second, owner, { ClientRequestToken })).MessageId,
    ]
    expect(new Set(ids).size).toBe(3)
  },
)
write(
  'behaviour',
  'code',
  'Given no request token on the wire, when it is sent, then it is accepted',
  async () => {
    const { owner, channelArn } = await own()
    const drop = (request: { body?: unknown }) => {
      const { ClientRequestToken: _token, ...rest } = JSON.parse(String(request.body)) as Json
      request.body = JSON.stringify(rest)
    }
    await succeeds(
      world.altered({ beforeSigning: drop }, () => send(channelArn, owner)),
      201,
      whole,
    )
  },
)
write(
  'behaviour',
  'proposed',
  'Given many sends at once, when they are read, then timestamps strictly increase and ids sort by time',
  async () => {
    const { owner, channelArn } = await own()
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => send(channelArn, owner, { Content: `${index}` })),
    )
    const { ChannelMessages } = await world.messaging.listChannelMessages({
      ChannelArn: channelArn,
      ChimeBearer: owner,
      SortOrder: 'ASCENDING',
    })
    const times = ChannelMessages!.map((item) => item.CreatedTimestamp!.getTime())
    expect(times.length).toBe(30)
    expect(times.every((time, index) => index === 0 || time > times[index - 1]!)).toBe(true)
    const ids = ChannelMessages!.map((item) => item.MessageId!)
    expect(ids).toEqual(ids.toSorted())
  },
)
write(
  'behaviour',
  'doc',
  'Given a targeted message, when members read, then only sender and target see it',
  async () => {
    const { owner, channelArn } = await own()
    const [target, third, admin] = [await world.user(), await world.user(), await world.admin()]
    await world.join(channelArn, owner, target, third)
    const body = await accepted(channelArn, owner, { Target: [{ MemberArn: target }] })
    expect((await read(channelArn, target, body['MessageId']))['Content']).toBe('Hello')
    expect((await read(channelArn, owner, body['MessageId']))['Target']).toEqual([
      { MemberArn: target },
    ])
    const MessageId = String(body['MessageId'])
    for (const ChimeBearer of [third, admin]) {
      const channel = { ChannelArn: channelArn, ChimeBearer }
      await fails(world.messaging.getChannelMessage({ ...channel, MessageId }), 'NotFoundException')
      const { ChannelMessages } = await world.messaging.listChannelMessages(channel)
      expect(ChannelMessages).toEqual([])
    }
  },
)

const messagePayload = [
  'ChannelArn',
  'MessageId',
  'Content',
  'Type',
  'Persistence',
  'Sender',
  'CreatedTimestamp',
  'LastUpdatedTimestamp',
  'Redacted',
  'Status',
]
write(
  'events emitted',
  'doc',
  "Given members, a hidden member, a moderator and an admin, when one sends, then every socket of members and hidden ones gets it once, the sender's too",
  async () => {
    const owner = await world.user('Ana')
    const [member, hidden, moderator, admin] = [
      await world.user(),
      await world.user(),
      await world.user(),
      await world.admin(),
    ]
    const channelArn = await world.channel(owner, { Privacy: 'PUBLIC', ModeratorArns: [moderator] })
    await world.join(channelArn, owner, member)
    await world.joinHidden(channelArn, owner, hidden)
    const sessions = []
    for (const arn of [owner, owner, member, hidden, moderator, admin])
      sessions.push(await world.listen(arn))
    const { MessageId } = await send(channelArn, owner)
    const all = await world.received(...sessions)
    expect(all.map((events) => events.length)).toEqual([1, 1, 1, 1, 0, 0])
    for (const [event] of all.slice(0, 4)) {
      expect(event?.headers).toEqual({
        'x-amz-chime-event-type': 'CREATE_CHANNEL_MESSAGE',
        'x-amz-chime-message-type': 'STANDARD',
      })
      expectMembers(event?.payload, messagePayload)
      expect(event?.payload).toMatchObject({
        ChannelArn: channelArn,
        MessageId,
        Content: 'Hello',
        Sender: { Arn: owner, Name: 'Ana' },
        Status: { Value: 'SENT' },
        Redacted: false,
      })
      expect(at(event?.payload, 'CreatedTimestamp')).toMatch(
        /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
      )
      expect(event?.text).not.toContain('null')
    }
  },
)
write(
  'events emitted',
  'doc',
  'Given a CONTROL NON_PERSISTENT message, when it is sent, then members get it as CONTROL',
  async () => {
    const { owner, channelArn } = await own()
    const session = await world.listen(owner)
    await send(channelArn, owner, {
      Type: 'CONTROL',
      Persistence: 'NON_PERSISTENT',
      Content: '{"Typing":"Indicator"}',
    })
    const [[event]] = (await world.received(session)) as [[(typeof session.events)[number]]]
    expect(event.headers['x-amz-chime-message-type']).toBe('CONTROL')
    expect(event.payload).toMatchObject({ Type: 'CONTROL', Persistence: 'NON_PERSISTENT' })
  },
)
write(
  'events emitted',
  'doc',
  'Given a targeted message, when it is sent, then only sender and target get it',
  async () => {
    const { owner, channelArn } = await own()
    const [target, third] = [await world.user(), await world.user()]
    await world.join(channelArn, owner, target, third)
    const sessions = []
    for (const arn of [owner, target, third]) sessions.push(await world.listen(arn))
    await send(channelArn, owner, { Target: [{ MemberArn: target }] })
    const all = await world.received(...sessions)
    expect(all.map((events) => events.length)).toEqual([1, 1, 0])
    expect(at(all[0]![0]!.payload, 'Target')).toEqual([{ MemberArn: target }])
  },
)
write(
  'events emitted',
  'proposed',
  'Given a repeated token, when the send comes again, then there is no second delivery',
  async () => {
    const { owner, channelArn } = await own()
    const session = await world.listen(owner)
    const ClientRequestToken = unique()
    await send(channelArn, owner, { ClientRequestToken })
    await send(channelArn, owner, { ClientRequestToken })
    expect((await world.received(session))[0]!.length).toBe(1)
  },
)
write(
  'events emitted',
  'proposed',
  'Given many sends at once, when they are delivered, then their order is that of the list',
  async () => {
    const { owner, channelArn } = await own()
    const session = await world.listen(owner)
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => send(channelArn, owner, { Content: `${index}` })),
    )
    const [events] = await world.received(session)
    const { ChannelMessages } = await world.messaging.listChannelMessages({
      ChannelArn: channelArn,
      ChimeBearer: owner,
      SortOrder: 'ASCENDING',
    })
    expect(events!.map(({ payload }) => payload?.['MessageId'])).toEqual(
      ChannelMessages!.map((item) => item.MessageId),
    )
  },
)
