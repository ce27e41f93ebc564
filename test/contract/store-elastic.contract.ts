// Elastic channels on each store: joins and leaves that run at the same time do not wait for each
// other, whatever runs at once keeps the rules, and background work balances what was put off.
import { expect, it } from 'vitest'
import { appInstanceArnOf, arnWithin } from '../../src/base/arn.ts'
import type { ElasticChannelConfiguration } from '../../src/domain/channel.ts'
import { SweepSchedule } from '../../src/jobs/sweep.ts'
import { createSweeps } from '../../src/jobs/sweeps.ts'
import { createLogger } from '../../src/observability/logger.ts'
import type { StoreTransaction } from '../../src/ports/store.ts'
import {
  endMemberships,
  listMembershipsIn,
} from '../../src/services/messaging/membership-ending.ts'
import {
  joinModerators,
  placeRegularMembers,
} from '../../src/services/messaging/sub-channel-joining.ts'
import { createFakeClock } from '../harness/fake-clock.ts'
import { addChannel, addUsers, appInstanceArn, channel, channelArn, person } from './store-world.ts'
import type { CreateStoreBed } from './store.contract.ts'
import { withStore } from './with-store.ts'

const HALL = channelArn('hall')
const MINUTE_MS = 60_000

export function describeElasticChannels(createBed: CreateStoreBed): void {
  const world = withStore(createBed)

  /** An elastic channel, and as many users. */
  async function open(
    configuration: Partial<ElasticChannelConfiguration>,
    usersCount: number,
  ): Promise<readonly string[]> {
    const elasticChannelConfiguration = {
      maximumSubChannels: 10,
      targetMembershipsPerSubChannel: 10,
      minimumMembershipPercentage: 40,
      ...configuration,
    }
    await addChannel(world.store, channel('hall', { elasticChannelConfiguration }))
    const ids = Array.from({ length: usersCount }, (_, n) => `user-${n}`)
    await addUsers(world.store, ...ids)
    return ids
  }

  async function invitationIn(tx: StoreTransaction) {
    const configuration = (await tx.channels.find(HALL))?.elasticChannelConfiguration
    if (configuration === undefined) throw new Error('the channel is not elastic')
    return { channelArn: HALL, configuration, invitedBy: person('ann'), now: world.clock.now() }
  }

  /** Resolves with how often it was tried. */
  async function join(ids: readonly string[]): Promise<number> {
    let attemptsCount = 0
    await world.store.transact(async (tx) => {
      attemptsCount++
      const newcomers = ids.map((id) => person(id))
      const placed = await placeRegularMembers(tx, await invitationIn(tx), newcomers)
      expect(placed.map(({ member }) => member)).toEqual(newcomers)
    })
    return attemptsCount
  }

  /** Resolves with how often it was tried. */
  async function leave(id: string): Promise<number> {
    let attemptsCount = 0
    await world.store.transact(async (tx) => {
      attemptsCount++
      const access = await tx.channels.findAccess(HALL, person(id).arn)
      if (access === undefined) throw new Error('the channel is gone')
      const memberships = await listMembershipsIn(tx, access.channel, access.caller)
      await endMemberships(tx, access.channel, memberships, world.clock.now())
    })
    return attemptsCount
  }

  async function joinAsModerator(id: string, subChannelId: string): Promise<void> {
    await world.store.transact(async (tx) => {
      await joinModerators(tx, await invitationIn(tx), [person(id)], subChannelId)
    })
  }

  /** Who is where, the largest sub-channel first; its count must be theirs. */
  async function spread(): Promise<string[][]> {
    const { read } = world.store
    const { items } = await read.subChannels.list(HALL, { limit: 100 })
    const members = await Promise.all(
      items.map(async (subChannel) => {
        const listed = await read.memberships.list(subChannel, 'DEFAULT', { limit: 1_000 })
        const regular = listed.items.filter(({ isOfModerator }) => !isOfModerator)
        expect(subChannel.regularMembershipsCount).toBe(regular.length)
        expect(subChannel.moderatorMembershipsCount).toBe(listed.items.length - regular.length)
        return listed.items.map(({ member }) => member.arn.split('/').at(-1) ?? '')
      }),
    )
    return members.toSorted((a, b) => b.length - a.length)
  }
  const counts = async () => (await spread()).map((members) => members.length)

  it('tells what each of many is to a channel, in one read', async () => {
    const { store } = world
    const ids = await open({}, 250)
    await join(ids.slice(0, 12))
    const [, , gone, moderator, banned] = ids.map((id) => person(id))
    if (gone === undefined || moderator === undefined || banned === undefined) throw new Error()
    const role = { channelArn: HALL, createdBy: person('ann'), createdAt: world.clock.now() }
    const bot = { arn: arnWithin(appInstanceArn, 'bot', 'user-1'), name: 'Bot' }
    await store.transact(async (tx) => {
      tx.moderators.insert({ ...role, moderator })
      tx.bans.insert({ ...role, member: banned })
      tx.appInstanceUsers.remove(gone.arn)
    })
    const elsewhere = appInstanceArnOf({ region: 'us-east-1', accountId: '0' }, 'other')
    const asked = [
      ...ids.map((id) => person(id).arn),
      bot.arn,
      arnWithin(elsewhere, 'user', 'user-0'),
    ]
    const found = await store.read.memberships.listCandidates(HALL, asked)
    const plain = { isModerator: false, isBanned: false, isMember: false, membershipsCount: 0 }
    const byArn = new Map(found.map((candidate) => [candidate.identity.arn, candidate]))
    const expected = ids
      .map((id) => person(id))
      .filter(({ arn }) => arn !== gone.arn)
      .map((identity, index) => {
        const isMember = index < 11
        return [identity.arn, { ...plain, identity, isMember, membershipsCount: isMember ? 1 : 0 }]
      })
    const roles = [
      [moderator.arn, { ...byArn.get(moderator.arn), isModerator: true }],
      [banned.arn, { ...byArn.get(banned.arn), isBanned: true }],
    ]
    expect(byArn).toEqual(new Map([...expected, ...roles] as never))
    expect(byArn.get(moderator.arn)).toMatchObject({ isModerator: true, isBanned: false })
    expect(byArn.get(banned.arn)).toMatchObject({ isModerator: false, isBanned: true })
    expect(await store.read.memberships.listCandidates(channelArn('none'), asked)).toEqual([])
    expect(await store.read.memberships.listCandidates(HALL, [])).toEqual([])
  })

  it('looks again when a candidate was banned or deleted meanwhile', async () => {
    const { store } = world
    const ids = await open({}, 2)
    const changes: ((tx: StoreTransaction) => void)[] = [
      (tx) =>
        tx.bans.insert({
          channelArn: HALL,
          member: person(ids[0] ?? ''),
          createdBy: person('ann'),
          createdAt: world.clock.now(),
        }),
      (tx) => tx.appInstanceUsers.remove(person(ids[1] ?? '').arn),
    ]
    for (const [index, change] of changes.entries()) {
      const seen: number[] = []
      await store.transact(async (tx) => {
        const { arn } = person(ids[index] ?? '')
        const found = await tx.memberships.listCandidates(HALL, [arn])
        seen.push(found.filter(({ isBanned }) => !isBanned).length)
        if (seen.length === 1) await store.transact(async (other) => change(other))
        tx.requestTokens.record(
          { scope: 'test', token: String(index) },
          { requestHash: '', response: '' },
          world.clock.now() + 1_000,
        )
      })
      expect(seen).toEqual([1, 0])
    }
  })

  it('lets batches join one sub-channel at the same time, each at the first attempt', async () => {
    const ids = await open({ targetMembershipsPerSubChannel: 1_000 }, 401)
    await join(ids.slice(0, 1))
    const batches = Array.from({ length: 20 }, (_, n) => ids.slice(n * 20 + 1, n * 20 + 21))
    const attempts = await Promise.all(batches.map(join))
    expect(attempts).toEqual(batches.map(() => 1))
    expect(await counts()).toEqual([401])
    expect((await spread()).flat().toSorted()).toEqual(ids.toSorted())
  })

  it('lets members leave one sub-channel at the same time, each at the first attempt', async () => {
    const ids = await open({ targetMembershipsPerSubChannel: 100 }, 140)
    await join(ids)
    expect(await counts()).toEqual([100, 40])
    // Far enough from the minimum, below which they would have to look at each other.
    const attempts = await Promise.all(ids.slice(0, 25).map(leave))
    expect(attempts).toEqual(attempts.map(() => 1))
    expect(await counts()).toEqual([75, 40])
  })

  it('fills what there may be to the last place, whatever joins at the same time', async () => {
    const ids = await open({ maximumSubChannels: 4, targetMembershipsPerSubChannel: 7 }, 28)
    let begun = 0
    const batches = [6, 1, 5, 3, 4, 1, 2, 6].map((size) => ids.slice(begun, (begun += size)))
    const attempts = await Promise.all(batches.map(join))
    expect(await counts()).toEqual([7, 7, 7, 7])
    expect((await spread()).flat().toSorted()).toEqual(ids.toSorted())
    // Whenever one must look again, another one is through.
    expect(Math.max(...attempts)).toBeLessThanOrEqual(batches.length)
  })

  it('places joins beside leaves that are not through yet', async () => {
    const ids = await open({ maximumSubChannels: 2, targetMembershipsPerSubChannel: 10 }, 40)
    await join(ids.slice(0, 15))
    for (let round = 0; round < 5; round++) {
      const [leaving, joining] = round % 2 === 0 ? [0, 15] : [15, 0]
      await Promise.all([
        ...ids.slice(leaving, leaving + 5).map(leave),
        join(ids.slice(joining, joining + 5)),
      ])
      const everybody = (await spread()).flat()
      expect(new Set(everybody).size).toBe(15)
      expect(everybody.length).toBe(15)
    }
  })

  it('gives newcomers company even if those are only on their way', async () => {
    const ids = await open({}, 11)
    await Promise.all([join(ids.slice(0, 10)), join(ids.slice(10))])
    const [first, second] = await spread()
    expect([first?.length, second?.length]).toEqual([7, 4])
    expect(new Set([...(first ?? []), ...(second ?? [])])).toEqual(new Set(ids))
  })

  it('keeps one of several sub-channels that are emptied at the same time', async () => {
    const ids = await open({ targetMembershipsPerSubChannel: 2 }, 6)
    await join(ids)
    expect(await counts()).toEqual([2, 2, 2])
    await Promise.all(ids.map(leave))
    expect(await counts()).toEqual([0])
  })

  it('lets members leave while they are moved, and keeps all others', async () => {
    const ids = await open({}, 14)
    await join(ids.slice(0, 10))
    world.clock.advance(1)
    await join(ids.slice(10))
    expect(await spread()).toEqual([ids.slice(0, 10), ids.slice(10)])
    world.clock.advance(MINUTE_MS)
    for (const id of ids.slice(0, 3)) await leave(id)
    // The first of them takes the second sub-channel apart, and the others are moved by it.
    await Promise.all(ids.slice(10, 13).map(leave))
    const [everybody, ...others] = await spread()
    expect(new Set(everybody)).toEqual(new Set([...ids.slice(3, 10), ids[13]]))
    expect(others).toEqual([])
  })

  it('balances in the background what was too young, or had nowhere to go', async () => {
    const { store, events } = world
    const clock = createFakeClock(world.clock.now())
    const logger = createLogger({ level: 'silent', isTerminal: false, sensitiveNames: new Set() })
    const schedule = new SweepSchedule({ sweeps: createSweeps(store), clock, logger })
    await schedule.start()
    const passMinute = async () => {
      clock.advance(MINUTE_MS)
      world.clock.advance(MINUTE_MS)
      await schedule.settled()
    }
    try {
      const ids = await open({}, 30)
      for (const start of [0, 10, 20]) {
        await join(ids.slice(start, Math.min(start + 10, 24)))
        world.clock.advance(1)
      }
      const [first, second, third] = (await store.read.subChannels.list(HALL, { limit: 9 })).items
      if (first === undefined || second === undefined || third === undefined) {
        throw new Error('there are three sub-channels')
      }
      expect(await counts()).toEqual([10, 10, 4])
      await joinAsModerator('bob', third.subChannelId)
      // The third is too young, and then the others are too full.
      await leave(ids[20] ?? '')
      await passMinute()
      expect(await counts()).toEqual([10, 10, 4])
      for (const id of ids.slice(0, 3)) await leave(id)
      expect(await counts()).toEqual([10, 7, 4])
      const publishedCount = events.seen.length
      await passMinute()
      expect(await counts()).toEqual([10, 10])
      const told = events.seen.slice(publishedCount).map((text) => JSON.parse(text) as object)
      expect(told).toMatchObject([
        ...ids.slice(21, 24).map((id) => ({
          Member: { Arn: person(id).arn },
          SubChannelId: first.subChannelId,
        })),
        { Member: { Arn: person('bob').arn }, SubChannelId: third.subChannelId },
      ])
      await passMinute()
      expect(events.seen.length).toBe(publishedCount + 4)
    } finally {
      await schedule.close()
    }
  })
}
