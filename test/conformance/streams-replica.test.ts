// Whoever follows a stream of channels knows them: after a random schedule of operations at once,
// what its records add up to is what the API lists. CARILLON_STREAM_SEED=… repeats one schedule.
import { afterAll, beforeAll, expect } from 'vitest'
import {
  startKinesis,
  useKinesis,
  type StreamedRecord,
  type TestKinesis,
} from '../harness/kinesis.ts'
import { casesOf } from './kit/conformance-case.ts'
import { elasticStage, SMALL } from './kit/elastic.ts'
import { streamArn } from './kit/streams.ts'
import { useWorld } from './kit/world.ts'

const NAME = 'chime-messaging-channels'
const ROUNDS = 12
const ACTS_AT_ONCE = 6

const seed = Number(process.env['CARILLON_STREAM_SEED'] ?? Date.now() % 2 ** 31)

const world = useWorld({ outbound: 'aws' })
let kinesis: TestKinesis
beforeAll(async () => {
  kinesis = await startKinesis()
  useKinesis(kinesis)
  await kinesis.createStream(NAME)
  await world.messaging.putMessagingStreamingConfigurations({
    AppInstanceArn: world.appInstanceArn,
    StreamingConfigurations: [{ DataType: 'Channel', ResourceArn: streamArn(world, NAME) }],
  })
})
afterAll(() => kinesis[Symbol.asyncDispose]())

const write = casesOf('PutMessagingStreamingConfigurations')

/** What a consumer knows of one channel. */
class Replica {
  name: unknown
  readonly moderators = new Set<string>()
  readonly banned = new Set<string>()
  readonly subChannels = new Set<string>()
  /** `member sub-channel`, or `member` alone where there are none. */
  readonly members = new Set<string>()

  follow({ EventType, Payload }: StreamedRecord): void {
    const arnOf = (name: string) => (Payload[name] as { Arn: string } | undefined)?.Arn ?? ''
    const subChannel = (Payload['SubChannelId'] as string | undefined) ?? ''
    const member = `${arnOf('Member')} ${subChannel}`
    const acts: Readonly<Record<string, () => unknown>> = {
      CREATE_CHANNEL: () => (this.name = Payload['Name']),
      UPDATE_CHANNEL: () => (this.name = Payload['Name']),
      CREATE_CHANNEL_MODERATOR: () => this.moderators.add(arnOf('Moderator')),
      DELETE_CHANNEL_MODERATOR: () => this.moderators.delete(arnOf('Moderator')),
      CREATE_CHANNEL_BAN: () => this.banned.add(arnOf('Member')),
      DELETE_CHANNEL_BAN: () => this.banned.delete(arnOf('Member')),
      CREATE_SUB_CHANNEL: () => this.subChannels.add(subChannel),
      DELETE_SUB_CHANNEL: () => this.subChannels.delete(subChannel),
      CREATE_CHANNEL_MEMBERSHIP: () => this.#join(member),
      DELETE_CHANNEL_MEMBERSHIP: () => this.#leave(member),
      UPDATE_CHANNEL_MEMBERSHIP: () => {
        // Only regular members are moved, and they are in one sub-channel.
        for (const place of this.members) {
          if (place.startsWith(`${arnOf('Member')} `)) this.members.delete(place)
        }
        this.members.add(member)
      },
    }
    const change = acts[EventType]
    if (change === undefined) throw new Error(`a record of type ${EventType}`)
    change()
  }

  #join(member: string): void {
    if (this.members.has(member)) throw new Error('one joins who is there already')
    this.members.add(member)
  }

  #leave(member: string): void {
    if (!this.members.delete(member)) throw new Error('one leaves who is not there')
  }
}

/** A small generator of whole numbers below `bound` that repeats for a seed. */
function randomOf(start: number): (bound: number) => number {
  let state = start
  return (bound) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return Math.floor((state / 0x80000000) * bound)
  }
}

/** Several operations at once, many times; those that the API refuses change nothing. */
async function act(ChannelArn: string, owner: string, users: readonly string[], random: number) {
  const { messaging } = world
  const own = { ChannelArn, ChimeBearer: owner }
  const next = randomOf(random)
  const anyUser = () => users[next(users.length)]!
  const acts: readonly (() => Promise<unknown>)[] = [
    () => messaging.createChannelMembership({ ...own, MemberArn: anyUser(), Type: 'DEFAULT' }),
    () => messaging.createChannelMembership({ ...own, MemberArn: anyUser(), Type: 'DEFAULT' }),
    () => messaging.batchCreateChannelMembership({ ...own, MemberArns: [anyUser(), anyUser()] }),
    () => messaging.deleteChannelMembership({ ...own, MemberArn: anyUser() }),
    () => messaging.deleteChannelMembership({ ...own, MemberArn: anyUser() }),
    () => messaging.createChannelBan({ ...own, MemberArn: anyUser() }),
    () => messaging.deleteChannelBan({ ...own, MemberArn: anyUser() }),
    () => messaging.createChannelModerator({ ...own, ChannelModeratorArn: anyUser() }),
    () => messaging.deleteChannelModerator({ ...own, ChannelModeratorArn: anyUser() }),
    () => messaging.updateChannel({ ...own, Name: `Name ${next(1000)}` }),
    () => messaging.putChannelExpirationSettings(own).then(() => messaging.updateChannel(own)),
  ]
  for (let round = 0; round < ROUNDS; round++) {
    const chosen = Array.from({ length: ACTS_AT_ONCE }, () => acts[next(acts.length)]!())
    await Promise.allSettled(chosen)
  }
}

/** The replica after everything that has happened. */
async function replicaOf(ChannelArn: string, ChimeBearer: string): Promise<Replica> {
  const Name = `the end of ${ChannelArn.slice(-8)}`
  await world.messaging.updateChannel({ ChannelArn, ChimeBearer, Name })
  const of = (records: readonly StreamedRecord[]) =>
    records.filter(({ Payload }) => Payload['ChannelArn'] === ChannelArn)
  const isLast = ({ EventType, Payload }: StreamedRecord) =>
    EventType === 'UPDATE_CHANNEL' && Payload['Name'] === Name
  const records = await kinesis.waitFor(NAME, (found) => of(found).some(isLast))
  const replica = new Replica()
  for (const record of of(records)) {
    // It tells nothing that the others do not.
    if (record.EventType !== 'UPDATE_CHANNEL_EXPIRATION_SETTINGS') replica.follow(record)
  }
  expect(of(records).length, 'something has happened').toBeGreaterThan(ROUNDS)
  expect(replica.name).toBe(Name)
  return replica
}

/** Bans and moderators as they are listed. */
async function expectRoles(replica: Replica, ChannelArn: string, ChimeBearer: string) {
  const own = { ChannelArn, ChimeBearer, MaxResults: 50 }
  const { ChannelBans } = await world.messaging.listChannelBans(own)
  expect([...replica.banned].toSorted()).toEqual(
    ChannelBans!.map(({ Member }) => Member!.Arn!).toSorted(),
  )
  const { ChannelModerators } = await world.messaging.listChannelModerators(own)
  expect([...replica.moderators].toSorted()).toEqual(
    ChannelModerators!.map(({ Moderator }) => Moderator!.Arn!).toSorted(),
  )
}

async function newUsers(count: number): Promise<readonly string[]> {
  const users: string[] = []
  while (users.length < count) users.push(await world.user())
  return users
}

write(
  'behaviour',
  'proposed',
  'Given a random schedule of operations at once, when its records are followed, then they add up to what the API lists',
  async () => {
    process.stdout.write(`streams-replica seed ${seed}\n`)
    const owner = await world.user('Host')
    const users = await newUsers(8)
    const channelArn = await world.channel(owner, {
      MemberArns: [users[0]!],
      ModeratorArns: [users[1]!],
    })
    await act(channelArn, owner, users, seed)
    const replica = await replicaOf(channelArn, owner)
    await expectRoles(replica, channelArn, owner)
    const own = { ChannelArn: channelArn, ChimeBearer: owner, MaxResults: 50 }
    const { ChannelMemberships } = await world.messaging.listChannelMemberships(own)
    expect([...replica.members].toSorted()).toEqual(
      ChannelMemberships!.map(({ Member }) => `${Member!.Arn!} `).toSorted(),
    )
  },
)
write(
  'behaviour',
  'proposed',
  'Given the same in an elastic channel, whose sub-channels come and go, then they add up to who is where',
  async () => {
    const stage = await elasticStage(world, { ...SMALL, MaximumSubChannels: 6 })
    const { channelArn, owner } = stage
    const users = await newUsers(16)
    await act(channelArn, owner, users, seed)
    await stage.addNew(4)
    const replica = await replicaOf(channelArn, owner)
    await expectRoles(replica, channelArn, owner)
    const spread = await stage.spread()
    expect([...replica.subChannels].toSorted()).toEqual([...spread.keys()].toSorted())
    const places = [...spread].flatMap(([subChannelId, members]) =>
      members.map((arn) => `${arn} ${subChannelId}`),
    )
    expect([...replica.members].toSorted()).toEqual(places.toSorted())
  },
)
