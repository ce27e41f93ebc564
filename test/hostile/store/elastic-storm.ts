// Many callers at once in one elastic channel: batches, leaves, bans, promotions, moderators that
// come and go, users deleted, while balancing goes on behind it. Each caller has its own people, so
// that it knows of each of them what must be true in the end; the sub-channels are everybody's.
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createInterface } from 'node:readline'
import { ChimeSDKIdentity } from '@aws-sdk/client-chime-sdk-identity'
import {
  ChimeSDKMessaging,
  type ListChannelMembershipsCommandOutput,
} from '@aws-sdk/client-chime-sdk-messaging'
import { openTestDatabase, queryPostgres } from '../../harness/postgres.ts'
import { unique } from '../../harness/scenario.ts'
import { ROOT_CREDENTIALS } from '../../harness/start-server.ts'
import type { Ask } from './counts.ts'
import { stormAheadMs } from './storm-clock.ts'

const CALLERS = 6
const PEOPLE_PER_CALLER = 50
/** Of each caller's people; more would leave too few to be placed. */
const MODERATORS_PER_CALLER = 3
const DELETIONS_PER_CALLER = 4
const CALLS_AT_ONCE = 32
/** Of BatchCreateChannelMembership. */
const BATCH_MAX = 100
const PAGE = 50

/** What a rule may answer; everything else is a surprise. */
const FULL = 'ResourceLimitExceededException'
const FORBIDDEN = 'ForbiddenException'

/** Somebody, and what its caller was last told of it. */
export interface Person {
  readonly arn: string
  isMember: boolean
  isBanned: boolean
  isModerator: boolean
  isDeleted: boolean
  /** Of a moderator: where it joined, and has not left. */
  readonly places: Set<string>
  /** The last call about it got no answer: it may have been carried out or not. */
  isUnsure: boolean
}

/** Who is in which sub-channel, as the API shows it. */
export interface Roster {
  readonly subChannels: ReadonlyMap<string, { readonly count: number; readonly members: string[] }>
}

/** How its elastic channel spreads members. */
interface Shape {
  readonly MaximumSubChannels: number
  readonly TargetMembershipsPerSubChannel: number
  readonly MinimumMembershipPercentage: number
}

export interface ElasticStorm extends Disposable {
  readonly people: readonly Person[]
  /** What no rule explains. */
  readonly surprises: string[]
  /** The batches that got no answer, without those who are banned. */
  readonly unanswered: (readonly Person[])[]
  /** How many calls did something. */
  done: number
  /** Set before the server is killed: calls that fail from then on are unsure. */
  isOver: boolean
  readonly configuration: Shape
  /** Runs every caller through `rounds` acts. */
  run(rounds: number, onAct?: (done: number) => void): Promise<void>
  /** Whoever is outside joins, in the largest batches that there are, all at once. */
  fillUp(): Promise<void>
  /** Most members leave, all at once. */
  thinOut(): Promise<void>
  readRoster(): Promise<Roster>
  /** Those whose last call got no answer are from now on what the API shows of them. */
  learn(roster: Roster): Promise<void>
  deleteChannel(): Promise<void>
  /** How many channels or sub-channels it is in by what it is told itself. */
  countOwnMemberships(person: Person): Promise<number>
}

interface StormOptions {
  readonly url: string
  /** When its time began to run fast. */
  readonly since: number
  readonly random: () => number
  readonly configuration: Shape
}

const named = () => ({ Name: 'x', ClientRequestToken: unique() })

/** A new app instance with one elastic channel and everybody who will be in it. */
export async function createElasticStorm(options: StormOptions): Promise<ElasticStorm> {
  const { random, configuration } = options
  const settings = {
    region: 'us-east-1',
    credentials: ROOT_CREDENTIALS,
    maxAttempts: 1,
    endpoint: options.url,
  }
  const clients = {
    identity: new ChimeSDKIdentity(settings),
    messaging: new ChimeSDKMessaging(settings),
  }
  /** The clients, which sign with the time of the storm. */
  const api = () => {
    for (const { config } of Object.values(clients)) {
      config.systemClockOffset = stormAheadMs(options.since)
    }
    return clients
  }
  const any = (count: number) => Math.floor(random() * count)
  const some = <Item>(items: readonly Item[], count: number): readonly Item[] => {
    const from = [...items]
    return Array.from({ length: Math.min(count, from.length) }, () => {
      const [item] = from.splice(any(from.length), 1)
      return item!
    })
  }

  const { AppInstanceArn = '' } = await api().identity.createAppInstance(named())
  const createUser = async (id: string) => {
    const user = { AppInstanceArn, AppInstanceUserId: id, ...named() }
    return (await api().identity.createAppInstanceUser(user)).AppInstanceUserArn ?? ''
  }
  const admin = await createUser('admin')
  await api().identity.createAppInstanceAdmin({ AppInstanceArn, AppInstanceAdminArn: admin })
  const { ChannelArn = '' } = await api().messaging.createChannel({
    AppInstanceArn,
    ChimeBearer: admin,
    ElasticChannelConfiguration: configuration,
    ...named(),
  })
  const place = { ChannelArn, ChimeBearer: admin }
  const people: Person[] = []
  await inParallel(
    Array.from({ length: CALLERS * PEOPLE_PER_CALLER }, (_, index) => index),
    async (index) => {
      people[index] = {
        arn: await createUser(`u${index}`),
        isMember: false,
        isBanned: false,
        isModerator: false,
        isDeleted: false,
        places: new Set(),
        isUnsure: false,
      }
    },
  )

  const storm: ElasticStorm = {
    people,
    surprises: [],
    unanswered: [],
    done: 0,
    isOver: false,
    configuration,
    async run(rounds, onAct = () => undefined) {
      await Promise.all(
        Array.from({ length: CALLERS }, async (_, caller) => {
          const start = caller * PEOPLE_PER_CALLER
          const own = people.slice(start, start + PEOPLE_PER_CALLER)
          for (let round = 0; round < rounds && !storm.isOver; round++) {
            await acts[any(acts.length)]!(own.filter(({ isDeleted }) => !isDeleted))
            onAct(storm.done)
          }
        }),
      )
    },
    async fillUp() {
      const asked = outside(people).filter(({ isDeleted }) => !isDeleted)
      const starts = Array.from({ length: Math.ceil(asked.length / BATCH_MAX) }, (_, n) => n)
      await inParallel(starts, (start) =>
        joinAll(asked.slice(start * BATCH_MAX, (start + 1) * BATCH_MAX)),
      )
    },
    async thinOut() {
      await inParallel(
        people.filter(({ isMember }, index) => isMember && index % 10 !== 0),
        leave,
      )
    },
    readRoster,
    async learn(roster) {
      const homes = homesIn(roster)
      const banned = await listBanned()
      const moderators = await listModerators()
      for (const person of people.filter(({ isUnsure }) => isUnsure)) {
        const at = homes.get(person.arn) ?? []
        person.isUnsure = false
        person.isBanned = banned.has(person.arn)
        person.isModerator = moderators.has(person.arn)
        person.isMember = !person.isModerator && at.length > 0
        person.places.clear()
        if (person.isModerator) for (const id of at) person.places.add(id)
        person.isDeleted = await isGone(person)
      }
    },
    async deleteChannel() {
      await api().messaging.deleteChannel(place)
    },
    countOwnMemberships,
    [Symbol.dispose]() {
      for (const client of Object.values(clients)) client.destroy()
    },
  }

  /** Undefined when the call failed: by the rule that is named, by a crash, or as a surprise. */
  async function attempt<Answer>(
    concerned: readonly Person[],
    allowed: readonly string[],
    call: () => Promise<Answer>,
  ): Promise<Answer | undefined> {
    try {
      const answer = await call()
      storm.done += 1
      return answer
    } catch (error) {
      const { name, message } = error as Error
      if (storm.isOver) for (const person of concerned) person.isUnsure = true
      else if (!allowed.includes(name)) storm.surprises.push(`${name}: ${message}`)
      return undefined
    }
  }

  const regular = (own: readonly Person[]) => own.filter(({ isModerator }) => !isModerator)
  const members = (own: readonly Person[]) => own.filter(({ isMember }) => isMember)
  const outside = (own: readonly Person[]) => regular(own).filter(({ isMember }) => !isMember)

  async function joinAll(asked: readonly Person[]): Promise<void> {
    if (asked.length === 0) return
    const answer = await attempt(asked, [], () =>
      api().messaging.batchCreateChannelMembership({
        ...place,
        MemberArns: asked.map(({ arn }) => arn),
      }),
    )
    if (answer === undefined) {
      storm.unanswered.push(asked.filter(({ isBanned }) => !isBanned))
      return
    }
    const joined = new Set(answer.BatchChannelMemberships?.Members?.map(({ Arn }) => Arn))
    const errors = new Map(answer.Errors?.map((error) => [error.MemberArn, error.ErrorCode]))
    for (const person of asked) {
      person.isMember = joined.has(person.arn)
      const expected = person.isMember
        ? undefined
        : person.isBanned
          ? 'Forbidden'
          : 'ResourceLimitExceeded'
      const told = errors.get(person.arn)
      if (told !== expected) storm.surprises.push(`batch: ${told} instead of ${expected}`)
    }
  }

  async function joinOne(person: Person): Promise<void> {
    const allowed = [person.isBanned ? FORBIDDEN : FULL]
    const answer = await attempt([person], allowed, () =>
      api().messaging.createChannelMembership({ ...place, MemberArn: person.arn, Type: 'DEFAULT' }),
    )
    if (answer !== undefined) person.isMember = true
    if (answer !== undefined && person.isBanned) storm.surprises.push('a banned one joined')
  }

  async function leave(person: Person): Promise<void> {
    const answer = await attempt([person], [], () =>
      api().messaging.deleteChannelMembership({ ...place, MemberArn: person.arn }),
    )
    if (answer !== undefined) person.isMember = false
  }

  async function ban(person: Person): Promise<void> {
    const answer = await attempt([person], [], () =>
      api().messaging.createChannelBan({ ...place, MemberArn: person.arn }),
    )
    if (answer !== undefined) Object.assign(person, { isBanned: true, isMember: false })
  }

  async function pardon(person: Person): Promise<void> {
    const answer = await attempt([person], [], () =>
      api().messaging.deleteChannelBan({ ...place, MemberArn: person.arn }),
    )
    if (answer !== undefined) person.isBanned = false
  }

  async function promote(person: Person): Promise<void> {
    const answer = await attempt([person], [], () =>
      api().messaging.createChannelModerator({ ...place, ChannelModeratorArn: person.arn }),
    )
    if (answer !== undefined) Object.assign(person, { isModerator: true, isMember: false })
  }

  async function demote(person: Person): Promise<void> {
    const answer = await attempt([person], [], () =>
      api().messaging.deleteChannelModerator({ ...place, ChannelModeratorArn: person.arn }),
    )
    if (answer === undefined) return
    person.isModerator = false
    person.places.clear()
  }

  async function moderate(person: Person): Promise<void> {
    const list = await attempt([], [], () =>
      api().messaging.listSubChannels({ ...place, MaxResults: PAGE }),
    )
    const [SubChannelId] = some(
      (list?.SubChannels ?? []).map((subChannel) => subChannel.SubChannelId ?? ''),
      1,
    )
    if (SubChannelId === undefined) return
    if (person.places.has(SubChannelId)) {
      // It may have been taken apart meanwhile.
      const left = await attempt([person], [FORBIDDEN], () =>
        api().messaging.deleteChannelMembership({ ...place, MemberArn: person.arn, SubChannelId }),
      )
      if (left !== undefined) person.places.delete(SubChannelId)
      return
    }
    const joined = await attempt([person], [FORBIDDEN], () =>
      api().messaging.createChannelMembership({
        ...place,
        MemberArn: person.arn,
        Type: 'DEFAULT',
        SubChannelId,
      }),
    )
    if (joined !== undefined) person.places.add(SubChannelId)
  }

  async function remove(person: Person): Promise<void> {
    const answer = await attempt([person], [], () =>
      api().identity.deleteAppInstanceUser({ AppInstanceUserArn: person.arn }),
    )
    if (answer === undefined) return
    Object.assign(person, { isDeleted: true, isMember: false, isModerator: false })
    person.places.clear()
  }

  async function countOwnMemberships(person: Person): Promise<number> {
    const answer = await api().messaging.listChannelMembershipsForAppInstanceUser({
      AppInstanceUserArn: person.arn,
      ChimeBearer: person.arn,
    })
    return answer.ChannelMemberships?.length ?? 0
  }

  async function listBanned(): Promise<ReadonlySet<string>> {
    const found = new Set<string>()
    let NextToken: string | undefined
    do {
      const page = await api().messaging.listChannelBans({ ...place, MaxResults: PAGE, NextToken })
      for (const { Member } of page.ChannelBans ?? []) found.add(Member?.Arn ?? '')
      NextToken = page.NextToken
    } while (NextToken !== undefined)
    return found
  }

  async function listModerators(): Promise<ReadonlySet<string>> {
    const request = { ...place, MaxResults: PAGE }
    const page = await api().messaging.listChannelModerators(request)
    return new Set(page.ChannelModerators?.map(({ Moderator }) => Moderator?.Arn ?? ''))
  }

  async function isGone({ arn }: Person): Promise<boolean> {
    const user = api().identity.describeAppInstanceUser({ AppInstanceUserArn: arn })
    return user.then(
      () => false,
      (error: Error) => {
        if (error.name !== 'NotFoundException' && error.name !== FORBIDDEN) throw error
        return true
      },
    )
  }

  /** Whatever goes on around it, a member is in exactly one. */
  async function look(person: Person): Promise<void> {
    const count = await attempt([], [], () => countOwnMemberships(person))
    if (count !== undefined && count !== 1) storm.surprises.push(`a member is in ${count}`)
  }

  const acts: readonly ((own: readonly Person[]) => Promise<void>)[] = [
    ...times(4, (own: readonly Person[]) => joinAll(outside(own))),
    ...times(2, (own: readonly Person[]) => inParallel(some(outside(own), 8), joinOne)),
    ...times(3, (own: readonly Person[]) => inParallel(some(members(own), 20), leave)),
    (own) => inParallel(members(own), leave),
    (own) =>
      inParallel(some(regular(own), 2), (person) => (person.isBanned ? pardon : ban)(person)),
    async (own) => {
      const moderators = own.filter(({ isModerator }) => isModerator)
      if (moderators.length < MODERATORS_PER_CALLER) {
        await inParallel(
          some(
            regular(own).filter(({ isBanned }) => !isBanned),
            1,
          ),
          promote,
        )
      } else await inParallel(some(moderators, 1), demote)
    },
    ...times(2, (own: readonly Person[]) =>
      inParallel(
        some(
          own.filter(({ isModerator }) => isModerator),
          2,
        ),
        moderate,
      ),
    ),
    async (own) => {
      const isMore = own.length > PEOPLE_PER_CALLER - DELETIONS_PER_CALLER
      if (isMore) await inParallel(some(own, 1), remove)
    },
    ...times(3, (own: readonly Person[]) => inParallel(some(members(own), 6), look)),
  ]

  async function readRoster(): Promise<Roster> {
    const subChannels = new Map<string, { count: number; members: string[] }>()
    let NextToken: string | undefined
    do {
      const page = await api().messaging.listSubChannels({ ...place, MaxResults: PAGE, NextToken })
      for (const { SubChannelId = '', MembershipCount = 0 } of page.SubChannels ?? []) {
        subChannels.set(SubChannelId, { count: MembershipCount, members: [] })
      }
      NextToken = page.NextToken
    } while (NextToken !== undefined)
    for (const [SubChannelId, { members: listed }] of subChannels) {
      do {
        const page: ListChannelMembershipsCommandOutput =
          await api().messaging.listChannelMemberships({
            ...place,
            SubChannelId,
            MaxResults: PAGE,
            NextToken,
          })
        for (const { Member } of page.ChannelMemberships ?? []) listed.push(Member?.Arn ?? '')
        NextToken = page.NextToken
      } while (NextToken !== undefined)
    }
    return { subChannels }
  }

  return storm
}

/** Everything that is wrong in a roster that nobody changes any more; nothing is expected. */
export function faultsOf(storm: ElasticStorm, roster: Roster): readonly string[] {
  const faults: string[] = []
  const { MaximumSubChannels, TargetMembershipsPerSubChannel } = storm.configuration
  if (roster.subChannels.size > MaximumSubChannels) faults.push('more sub-channels than allowed')
  const moderators = new Set(
    storm.people.filter(({ isModerator }) => isModerator).map(({ arn }) => arn),
  )
  for (const [id, { count, members }] of roster.subChannels) {
    if (count !== members.length) faults.push(`${id}: counts ${count}, lists ${members.length}`)
    const regularCount = members.filter((arn) => !moderators.has(arn)).length
    if (regularCount > TargetMembershipsPerSubChannel) faults.push(`${id}: ${regularCount} members`)
  }
  const homes = homesIn(roster)
  const known = new Set(storm.people.map(({ arn }) => arn))
  for (const arn of homes.keys()) if (!known.has(arn)) faults.push(`${arn} is nobody`)
  for (const person of storm.people) {
    const at = homes.get(person.arn) ?? []
    const what = `${person.arn.split('/').at(-1)} is in ${at.length}`
    if (new Set(at).size !== at.length) faults.push(`${what}, in one of them twice`)
    if (person.isUnsure) {
      if (!person.isModerator && at.length > 1) faults.push(`${what}, whatever became of it`)
      continue
    }
    if (person.isModerator) {
      // What was taken apart is gone; everything else is kept.
      const expected = [...person.places].filter((id) => roster.subChannels.has(id))
      const missing = expected.filter((id) => !at.includes(id))
      if (missing.length > 0) faults.push(`${what}, and not in ${missing.length} as a moderator`)
      if (at.length > expected.length) faults.push(`${what}, as a moderator of ${expected.length}`)
    } else if (at.length !== (person.isMember ? 1 : 0)) {
      const { isMember, isBanned, isDeleted } = person
      faults.push(`${what}: ${JSON.stringify({ isMember, isBanned, isDeleted })}`)
    }
  }
  return faults
}

/** Those who are told something else about themselves than the roster shows. */
export async function misledIn(storm: ElasticStorm, roster: Roster): Promise<readonly string[]> {
  const homes = homesIn(roster)
  const misled: string[] = []
  await inParallel(
    storm.people.filter(({ isDeleted }) => !isDeleted),
    async (person) => {
      const told = await storm.countOwnMemberships(person)
      const shown = homes.get(person.arn)?.length ?? 0
      if (told !== shown) misled.push(`${person.arn.split('/').at(-1)} in ${told}, not ${shown}`)
    },
  )
  return misled
}

/** Batches that got no answer and were carried out in part, where there was room for all. */
export function tornBatchesIn(storm: ElasticStorm, roster: Roster): readonly string[] {
  const { MaximumSubChannels, TargetMembershipsPerSubChannel } = storm.configuration
  if (MaximumSubChannels * TargetMembershipsPerSubChannel < storm.people.length) return []
  const homes = homesIn(roster)
  return storm.unanswered
    .map((batch) => ({ batch, members: batch.filter(({ arn }) => homes.has(arn)) }))
    .filter(({ batch, members }) => members.length > 0 && members.length < batch.length)
    .map(({ batch, members }) => `${members.length} of ${batch.length}`)
}

/** Sub-channels that fell below the minimum although another one could take all. */
export function unbalancedIn(storm: ElasticStorm, roster: Roster): readonly string[] {
  const { TargetMembershipsPerSubChannel: target, MinimumMembershipPercentage } =
    storm.configuration
  const minimum = Math.ceil((target * MinimumMembershipPercentage) / 100)
  const moderators = new Set(
    storm.people.filter(({ isModerator }) => isModerator).map(({ arn }) => arn),
  )
  const counts = [...roster.subChannels].map(([id, { members }]) => ({
    id,
    count: members.filter((arn) => !moderators.has(arn)).length,
  }))
  return counts
    .filter(
      ({ id, count }) =>
        count < minimum && counts.some((other) => other.id !== id && other.count + count <= target),
    )
    .map(({ id, count }) => `${id} with ${count}`)
}

function homesIn({ subChannels }: Roster): Map<string, string[]> {
  const homes = new Map<string, string[]>()
  for (const [id, { members }] of subChannels) {
    for (const arn of members) homes.set(arn, [...(homes.get(arn) ?? []), id])
  }
  return homes
}

/** Deals with all items, so many at a time. */
async function inParallel<Item>(
  items: readonly Item[],
  deal: (item: Item) => Promise<unknown>,
): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: Math.min(CALLS_AT_ONCE, items.length) }, async () => {
      for (let item = items[next++]; item !== undefined; item = items[next++]) await deal(item)
    }),
  )
}

function times<Value>(count: number, value: Value): readonly Value[] {
  return Array.from({ length: count }, () => value)
}

export interface Bed extends AsyncDisposable {
  readonly settings: Readonly<Record<string, string>>
  readonly ask: Ask
}

/** Where servers of a storm keep what they have, one after another. */
export async function openBed(store: 'sqlite' | 'postgres'): Promise<Bed> {
  const directory = await mkdtemp(join(tmpdir(), 'carillon-storm-'))
  const database = store === 'postgres' ? await openTestDatabase(randomUUID()) : undefined
  return {
    settings: {
      listen: '127.0.0.1:0',
      listenTls: 'off',
      dataDirectory: directory,
      accessKeyId: ROOT_CREDENTIALS.accessKeyId,
      secretAccessKey: ROOT_CREDENTIALS.secretAccessKey,
      logLevel: 'error',
      store: database?.url ?? 'sqlite',
    },
    ask: async (text) => {
      if (database !== undefined) return queryPostgres(text, [], database.url)
      const file = new DatabaseSync(join(directory, 'carillon.sqlite'), { readOnly: true })
      try {
        return file.prepare(text).all()
      } finally {
        file.close()
      }
    },
    [Symbol.asyncDispose]: async () => {
      await database?.remove()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

export interface StormServer extends AsyncDisposable {
  readonly url: string
  end(signal: NodeJS.Signals): Promise<void>
}

/** Starts a server whose time runs fast since `since`, if that is given. */
export async function launchStormServer(
  settings: Readonly<Record<string, string>>,
  since?: number,
): Promise<StormServer> {
  const program = new URL('./storm-server.process.ts', import.meta.url).pathname
  const more = since === undefined ? [] : [String(since)]
  const child = spawn(process.execPath, [program, JSON.stringify(settings), ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const url = await new Promise<string>((resolve, reject) => {
    void exited.then(() => reject(new Error('the server ended before it was ready')))
    createInterface({ input: child.stdout }).on('line', (line) => resolve(line.split(' ')[1] ?? ''))
  })
  return {
    url,
    async end(signal) {
      child.kill(signal)
      await exited
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}
