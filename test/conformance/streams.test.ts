// What goes into data streams: every event as one record that looks like what the API shows, in
// order, from the configuration on and no longer than it stands. Kinesis is kinesalite.
import { afterAll, beforeAll, expect } from 'vitest'
import { startKinesis, useKinesis, type StreamedRecord } from '../harness/kinesis.ts'
import { casesOf } from './kit/conformance-case.ts'
import { elasticStage } from './kit/elastic.ts'
import { createFlow } from './kit/flows.ts'
import { streamArn } from './kit/streams.ts'
import { unique, useWorld } from './kit/world.ts'

const CHANNELS = 'chime-messaging-channels'
const MESSAGES = 'chime-messaging-messages'

const world = useWorld({ outbound: 'aws' })
let kinesis: Awaited<ReturnType<typeof startKinesis>>
beforeAll(async () => {
  kinesis = await startKinesis()
  useKinesis(kinesis)
  for (const name of [CHANNELS, MESSAGES]) await kinesis.createStream(name)
  await configure()
})
afterAll(() => kinesis[Symbol.asyncDispose]())

/** Both kinds of event, each to a stream of its own; or none. */
async function configure(types: readonly string[] = ['Channel', 'ChannelMessage']) {
  const { messaging, appInstanceArn: AppInstanceArn } = world
  const configurations = [
    { DataType: 'Channel', ResourceArn: streamArn(world, CHANNELS) },
    { DataType: 'ChannelMessage', ResourceArn: streamArn(world, MESSAGES) },
  ] as const
  const StreamingConfigurations = configurations.filter(({ DataType }) => types.includes(DataType))
  await (StreamingConfigurations.length === 0
    ? messaging.deleteMessagingStreamingConfigurations({ AppInstanceArn })
    : messaging.putMessagingStreamingConfigurations({ AppInstanceArn, StreamingConfigurations }))
}

const write = casesOf('PutMessagingStreamingConfigurations')

/** As JSON shows it: instants as ISO text, nothing that is absent. */
function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
const typesOf = (records: readonly StreamedRecord[]) => records.map(({ EventType }) => EventType)
const payloadsOf = (records: readonly StreamedRecord[], type: string) =>
  records.filter(({ EventType }) => EventType === type).map(({ Payload }) => Payload)

/** What a channel's records in a stream are, once one of `lastType` is among them. */
async function recordsOf(name: string, channelArn: string, lastType: string, lastCount = 1) {
  const own = (records: readonly StreamedRecord[]) =>
    records.filter(({ Payload }) => Payload['ChannelArn'] === channelArn)
  const all = await kinesis.waitFor(
    name,
    (records) => payloadsOf(own(records), lastType).length >= lastCount,
  )
  for (const { partitionKey, Payload } of own(all)) expect(partitionKey).toBe(Payload['ChannelArn'])
  for (const { text } of own(all)) expect(text).not.toContain('null')
  return own(all)
}

write(
  'behaviour',
  'doc',
  'Given a stream of messages, when one is sent, edited, redacted and deleted, then each is a record whose Payload is the ChannelMessage of that moment',
  async () => {
    const { messaging } = world
    const owner = await world.user('Ana')
    const ChannelArn = await world.channel(owner)
    const admin = await world.admin()
    const MessageId = await world.post(ChannelArn, owner, 'Lunch at one?', {
      Metadata: '{"mood":"hungry"}',
      ContentType: 'text/plain',
      MessageAttributes: { topic: { StringValues: ['food', 'today'] } },
    })
    const read = async (ChimeBearer = owner) => {
      const input = { ChannelArn, ChimeBearer, MessageId }
      return asJson((await messaging.getChannelMessage(input)).ChannelMessage)
    }
    const shown = [await read()]
    const edit = { ChannelArn, MessageId, ChimeBearer: owner, Content: 'Lunch at two?' }
    await messaging.updateChannelMessage(edit)
    shown.push(await read())
    await messaging.redactChannelMessage({ ChannelArn, MessageId, ChimeBearer: owner })
    shown.push(await read())
    await messaging.deleteChannelMessage({ ChannelArn, MessageId, ChimeBearer: admin })
    const records = await recordsOf(MESSAGES, ChannelArn, 'DELETE_CHANNEL_MESSAGE')
    expect(typesOf(records)).toEqual(
      ['CREATE', 'UPDATE', 'REDACT', 'DELETE'].map((verb) => `${verb}_CHANNEL_MESSAGE`),
    )
    const [, , redacted] = shown as [unknown, unknown, Record<string, unknown>]
    const LastUpdatedTimestamp = records[3]!.Payload['LastUpdatedTimestamp']
    expect(records.map(({ Payload }) => Payload)).toEqual([
      ...shown,
      { ...redacted, LastUpdatedTimestamp },
    ])
    expect(LastUpdatedTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  },
)
write(
  'behaviour',
  'proposed',
  'Given a stream of messages, when targeted, CONTROL and NON_PERSISTENT ones are sent, then all are records, the targeted one with its Target',
  async () => {
    const [owner, member] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner, { MemberArns: [member] })
    const Target = [{ MemberArn: member }]
    await world.post(channelArn, owner, 'only you', { Target })
    await world.post(channelArn, owner, 'Typing', {
      Type: 'CONTROL',
      Persistence: 'NON_PERSISTENT',
    })
    await world.post(channelArn, owner, 'gone', { Persistence: 'NON_PERSISTENT' })
    const records = await recordsOf(MESSAGES, channelArn, 'CREATE_CHANNEL_MESSAGE', 3)
    const payloads = records.map(({ Payload }) => Payload)
    expect(payloads.map(({ Content }) => Content)).toEqual(['only you', 'Typing', 'gone'])
    expect(payloads.map((payload) => payload['Target'])).toEqual([Target, undefined, undefined])
    expect(payloads.map(({ Type }) => Type)).toEqual(['STANDARD', 'CONTROL', 'STANDARD'])
  },
)
write(
  'behaviour',
  'doc',
  'Given a channel behind a flow that cannot be invoked and aborts, when a member sends, then nothing of it is streamed',
  async () => {
    const owner = await world.user()
    const ChannelArn = await world.channel(owner)
    const { messaging } = world
    const unmapped = await createFlow(world)
    const flow = { ChannelArn, ChannelFlowArn: unmapped, ChimeBearer: owner }
    await messaging.associateChannelFlow(flow)
    const MessageId = await world.post(ChannelArn, owner, 'hey fools')
    expect(MessageId).toBeDefined()
    await messaging.disassociateChannelFlow(flow)
    await world.post(ChannelArn, owner, 'fence')
    const records = await recordsOf(MESSAGES, ChannelArn, 'CREATE_CHANNEL_MESSAGE')
    expect(records.map(({ Payload }) => Payload['Content'])).toEqual(['fence'])
  },
)
write(
  'behaviour',
  'doc',
  'Given a stream of channels, when one is created, changed and deleted, then each record has the whole Channel as DescribeChannel shows it',
  async () => {
    const { messaging } = world
    const [owner, moderator, member] = [
      await world.user('Ana'),
      await world.user('Mo'),
      await world.user('Mel'),
    ]
    const ChannelArn = await world.channel(owner, {
      Metadata: '{}',
      MemberArns: [member],
      ModeratorArns: [moderator],
      ExpirationSettings: { ExpirationDays: 30, ExpirationCriterion: 'LAST_MESSAGE_TIMESTAMP' },
    })
    const own = { ChannelArn, ChimeBearer: owner }
    const describe = async () => asJson((await messaging.describeChannel(own)).Channel)
    const created = await describe()
    await world.post(ChannelArn, owner)
    await messaging.updateChannel({ ...own, Name: 'Lobby 2' })
    const updated = await describe()
    const ExpirationSettings = {
      ExpirationDays: 1,
      ExpirationCriterion: 'CREATED_TIMESTAMP',
    } as const
    await messaging.putChannelExpirationSettings({ ...own, ExpirationSettings })
    const expiring = await describe()
    await messaging.putChannelExpirationSettings(own)
    const staying = await describe()
    const moderators = [owner, moderator].map(async (ChannelModeratorArn) =>
      asJson(
        (await messaging.describeChannelModerator({ ...own, ChannelModeratorArn }))
          .ChannelModerator,
      ),
    )
    const memberships = [owner, member].map(async (MemberArn) =>
      asJson((await messaging.describeChannelMembership({ ...own, MemberArn })).ChannelMembership),
    )
    const [ofModerators, ofMembers] = [
      await Promise.all(moderators),
      await Promise.all(memberships),
    ]
    await messaging.deleteChannel(own)
    const records = await recordsOf(CHANNELS, ChannelArn, 'DELETE_CHANNEL')
    expect(records.map(({ EventType, Payload }) => [EventType, Payload])).toEqual([
      ['CREATE_CHANNEL', created],
      ...ofModerators.map((payload) => ['CREATE_CHANNEL_MODERATOR', payload]),
      ...ofMembers.map((payload) => ['CREATE_CHANNEL_MEMBERSHIP', payload]),
      ['UPDATE_CHANNEL', updated],
      ['UPDATE_CHANNEL_EXPIRATION_SETTINGS', expiring],
      ['UPDATE_CHANNEL_EXPIRATION_SETTINGS', staying],
      ['DELETE_CHANNEL', staying],
    ])
  },
)
write(
  'behaviour',
  'doc',
  'Given a stream of channels, when members join alone, together and hidden, leave and are removed with their user, then each membership has its records, and no batch does',
  async () => {
    const { messaging } = world
    const owner = await world.user('Ana')
    const members = [await world.user(), await world.user(), await world.user(), await world.user()]
    const ChannelArn = await world.channel(owner)
    const own = { ChannelArn, ChimeBearer: owner }
    const describe = async (MemberArn: string) =>
      asJson((await messaging.describeChannelMembership({ ...own, MemberArn })).ChannelMembership)
    const [alone, first, second, hidden] = members as [string, string, string, string]
    await world.join(ChannelArn, owner, alone)
    await messaging.batchCreateChannelMembership({ ...own, MemberArns: [first, second] })
    await world.joinHidden(ChannelArn, owner, hidden)
    const joined: unknown[] = []
    for (const arn of [owner, ...members]) joined.push(await describe(arn))
    await messaging.deleteChannelMembership({ ...own, MemberArn: alone })
    await world.identity.deleteAppInstanceUser({ AppInstanceUserArn: first })
    await messaging.deleteChannelMembership({ ...own, MemberArn: hidden })
    const records = await recordsOf(CHANNELS, ChannelArn, 'DELETE_CHANNEL_MEMBERSHIP', 3)
    expect(payloadsOf(records, 'CREATE_CHANNEL_MEMBERSHIP')).toEqual(joined)
    expect(payloadsOf(records, 'DELETE_CHANNEL_MEMBERSHIP')).toEqual([
      joined[1],
      joined[2],
      joined[4],
    ])
    expect(typesOf(records).filter((type) => type.startsWith('BATCH'))).toEqual([])
  },
)
write(
  'behaviour',
  'doc',
  'Given a stream of channels, when a member is banned and the ban lifted, and a moderator made and dismissed, then each is a record with the whole object, and the end of the membership is one, too',
  async () => {
    const { messaging } = world
    const [owner, member, other] = [await world.user(), await world.user('Zed'), await world.user()]
    const ChannelArn = await world.channel(owner, { MemberArns: [member] })
    const own = { ChannelArn, ChimeBearer: owner }
    const banned = { ...own, MemberArn: member }
    await messaging.createChannelBan(banned)
    const ban = asJson((await messaging.describeChannelBan(banned)).ChannelBan)
    await messaging.deleteChannelBan(banned)
    await messaging.deleteChannelBan(banned)
    const role = { ...own, ChannelModeratorArn: other }
    await messaging.createChannelModerator(role)
    const moderator = asJson((await messaging.describeChannelModerator(role)).ChannelModerator)
    await messaging.deleteChannelModerator(role)
    await messaging.deleteChannelModerator(role)
    await messaging.deleteChannel(own)
    const records = await recordsOf(CHANNELS, ChannelArn, 'DELETE_CHANNEL')
    const [membership] = payloadsOf(records, 'CREATE_CHANNEL_MEMBERSHIP').slice(1)
    expect(records.slice(-6, -1).map(({ EventType, Payload }) => [EventType, Payload])).toEqual([
      ['CREATE_CHANNEL_BAN', ban],
      ['DELETE_CHANNEL_MEMBERSHIP', membership],
      ['DELETE_CHANNEL_BAN', ban],
      ['CREATE_CHANNEL_MODERATOR', moderator],
      ['DELETE_CHANNEL_MODERATOR', moderator],
    ])
  },
)
write(
  'behaviour',
  'doc',
  'Given an elastic channel, when it grows and shrinks, then its sub-channels, joins and transfers are records',
  async () => {
    const stage = await elasticStage(world)
    const { channelArn, owner } = stage
    const own = { ChannelArn: channelArn, ChimeBearer: owner }
    const described = asJson((await world.messaging.describeChannel(own)).Channel)
    const members = await stage.addNew(5)
    const spread = await stage.spread()
    const [first, second] = [...spread.keys()]
    for (const arn of spread.get(second!)!.slice(1)) await stage.remove(arn)
    await stage.remove(spread.get(second!)![0]!)
    await world.messaging.deleteChannel(own)
    const records = await recordsOf(CHANNELS, channelArn, 'DELETE_CHANNEL')
    expect(described).toHaveProperty('ElasticChannelConfiguration')
    expect(payloadsOf(records, 'CREATE_CHANNEL')).toEqual([described])
    expect(payloadsOf(records, 'DELETE_CHANNEL')).toEqual([described])
    const opened = [first, second].map((SubChannelId) => ({ ChannelArn: channelArn, SubChannelId }))
    expect(payloadsOf(records, 'CREATE_SUB_CHANNEL')).toEqual(opened)
    expect(payloadsOf(records, 'DELETE_SUB_CHANNEL')).toHaveLength(1)
    const joins = payloadsOf(records, 'CREATE_CHANNEL_MEMBERSHIP')
    expect(joins.map(({ Member }) => (Member as { Arn: string }).Arn)).toEqual(members)
    const transfers = payloadsOf(records, 'UPDATE_CHANNEL_MEMBERSHIP')
    expect(transfers.length).toBeGreaterThan(0)
    // Whoever follows the records knows who is where.
    const types = typesOf(records)
    expect(types.indexOf('CREATE_SUB_CHANNEL')).toBeLessThan(
      types.indexOf('CREATE_CHANNEL_MEMBERSHIP'),
    )
    expect(types.lastIndexOf('UPDATE_CHANNEL_MEMBERSHIP')).toBeGreaterThan(
      types.lastIndexOf('CREATE_SUB_CHANNEL'),
    )
  },
)
write(
  'behaviour',
  'doc',
  'Given sub-channels, when messages are sent there, then each is a record with its SubChannelId, and those of each sub-channel are in order',
  async () => {
    const { messaging } = world
    const stage = await elasticStage(world)
    const ChannelArn = stage.channelArn
    await stage.addNew(5)
    const sent = new Map<string, string[]>()
    const senders = [...(await stage.spread())].map(async ([SubChannelId, [member]]) => {
      const ids: string[] = []
      sent.set(SubChannelId, ids)
      for (let count = 0; count < 5; count++)
        ids.push(await world.post(ChannelArn, member!, `${count}`, { SubChannelId }))
    })
    await Promise.all(senders)
    expect(sent.size).toBe(2)
    const all = await kinesis.waitFor(
      MESSAGES,
      (found) => found.filter(({ Payload }) => Payload['ChannelArn'] === ChannelArn).length >= 10,
    )
    for (const [SubChannelId, ids] of sent) {
      const own = all.filter(({ Payload }) => Payload['SubChannelId'] === SubChannelId)
      expect(own.map(({ Payload }) => Payload['MessageId'])).toEqual(ids)
      for (const { partitionKey } of own) expect(partitionKey).toBe(`${ChannelArn} ${SubChannelId}`)
      const reading = { ChannelArn, SubChannelId, MessageId: ids[0], ChimeBearer: stage.owner }
      const { ChannelMessage } = await messaging.getChannelMessage(reading)
      expect(own[0]!.Payload).toEqual(asJson(ChannelMessage))
    }
  },
)
write(
  'behaviour',
  'doc',
  'Given events before there is a configuration and after it was taken away, when streams are read, then only what happened in between is there',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    await configure([])
    await world.post(channelArn, owner, 'before')
    await configure()
    await world.post(channelArn, owner, 'between')
    await configure([])
    await world.post(channelArn, owner, 'after')
    await configure()
    await world.post(channelArn, owner, 'fence')
    const records = await recordsOf(MESSAGES, channelArn, 'CREATE_CHANNEL_MESSAGE', 2)
    expect(records.map(({ Payload }) => Payload['Content'])).toEqual(['between', 'fence'])
  },
)
write(
  'behaviour',
  'doc',
  'Given a configuration of one data type, when messages are sent and the channel changes, then only that type is streamed; one stream may take both, in order',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    const own = { ChannelArn: channelArn, ChimeBearer: owner }
    await configure(['Channel'])
    await world.post(channelArn, owner, 'not streamed')
    await world.messaging.updateChannel({ ...own, Name: 'Streamed' })
    const both = 'chime-messaging-both'
    await kinesis.createStream(both)
    await world.messaging.putMessagingStreamingConfigurations({
      AppInstanceArn: world.appInstanceArn,
      StreamingConfigurations: [
        { DataType: 'Channel', ResourceArn: streamArn(world, both) },
        { DataType: 'ChannelMessage', ResourceArn: streamArn(world, both) },
      ],
    })
    await world.post(channelArn, owner, 'first')
    await world.messaging.updateChannel({ ...own, Name: 'Second' })
    await world.post(channelArn, owner, 'third')
    const mixed = await recordsOf(both, channelArn, 'CREATE_CHANNEL_MESSAGE', 2)
    expect(typesOf(mixed)).toEqual([
      'CREATE_CHANNEL_MESSAGE',
      'UPDATE_CHANNEL',
      'CREATE_CHANNEL_MESSAGE',
    ])
    await configure()
    await world.post(channelArn, owner, 'fence')
    const records = await recordsOf(MESSAGES, channelArn, 'CREATE_CHANNEL_MESSAGE')
    expect(records.map(({ Payload }) => Payload['Content'])).toEqual(['fence'])
    const changes = await recordsOf(CHANNELS, channelArn, 'UPDATE_CHANNEL')
    expect(changes.at(-1)!.Payload['Name']).toBe('Streamed')
  },
)
write(
  'behaviour',
  'proposed',
  'Given many channels and senders at once, when all have sent, then each record is there once, and in each channel in the order of the messages',
  async () => {
    const owner = await world.user()
    const channels: string[] = []
    while (channels.length < 8) channels.push(await world.channel(owner))
    await Promise.all(
      channels.flatMap((channelArn) =>
        Array.from({ length: 25 }, () => world.post(channelArn, owner, unique())),
      ),
    )
    for (const ChannelArn of channels) {
      const records = await recordsOf(MESSAGES, ChannelArn, 'CREATE_CHANNEL_MESSAGE', 25)
      const { ChannelMessages } = await world.messaging.listChannelMessages({
        ChannelArn,
        ChimeBearer: owner,
        SortOrder: 'ASCENDING',
        MaxResults: 50,
      })
      expect(records.map(({ Payload }) => Payload['MessageId'])).toEqual(
        ChannelMessages!.map(({ MessageId }) => MessageId),
      )
    }
  },
)
