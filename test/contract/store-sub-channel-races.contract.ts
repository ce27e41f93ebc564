// Contract of the store: what happens to sub-channels at the same time. Places are never given away
// twice and minimums are kept, whoever meets whom; whoever does not meet does not wait.
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Identity } from '../../src/domain/identity.ts'
import type { SubChannel } from '../../src/domain/channel.ts'
import type { Store, StoreTransaction } from '../../src/ports/store.ts'
import {
  addCrowd,
  addHall,
  countsOf,
  hall,
  join,
  ofModerator,
  part,
  placesIn,
  regular,
  takeApart,
} from './elastic-world.ts'
import { addUsers, person, START } from './store-world.ts'
import type { CreateStoreBed } from './store.contract.ts'
import { withStore } from './with-store.ts'

const TARGET = 5

/** Joins a part if there is room. */
async function tryToJoin(
  tx: StoreTransaction,
  subChannelId: string,
  member: Identity,
): Promise<boolean> {
  const access = await tx.channels.findAccess(hall, member.arn)
  if (access === undefined || access.caller.isBanned) return false
  if (access.caller.subChannelIds.length > 0) return false
  if ((await tx.members.findIdentity(member.arn)) === undefined) return false
  if ((await tx.subChannels.find(part(subChannelId))) === undefined) return false
  if (!(await tx.fitsQuota(placesIn(subChannelId), 1, TARGET))) return false
  tx.memberships.insert(regular(subChannelId, member))
  return true
}

/** Leaves wherever it is. */
async function leave(tx: StoreTransaction, member: Identity): Promise<boolean> {
  const access = await tx.channels.findAccess(hall, member.arn)
  for (const subChannelId of access?.caller.subChannelIds ?? []) {
    const found = await tx.memberships.find(part(subChannelId), member.arn)
    if (found !== undefined) tx.memberships.remove(found)
  }
  return (access?.caller.subChannelIds.length ?? 0) > 0
}

async function partsOf(store: Store): Promise<readonly SubChannel[]> {
  return (await store.read.subChannels.list(hall, { limit: 50 })).items
}

/** Every count is that of the rows, as reads see them. */
async function expectTrueCounts(store: Store): Promise<void> {
  let total = 0
  for (const subChannel of await partsOf(store)) {
    const everybody = await store.read.memberships.listAll(subChannel)
    const moderators = everybody.filter(({ isOfModerator }) => isOfModerator)
    expect(countsOf(subChannel)).toEqual([
      subChannel.subChannelId,
      everybody.length - moderators.length,
      moderators.length,
    ])
    total += everybody.length
  }
  const counted = { kind: 'memberships-of-channel', of: hall } as const
  const fits = await store.transact((tx) => tx.fitsQuota(counted, 0, total))
  expect(fits && (total === 0 || !(await hasLess(store, total)))).toBe(true)
}

function hasLess(store: Store, total: number): Promise<boolean> {
  const counted = { kind: 'memberships-of-channel', of: hall } as const
  return store.transact((tx) => tx.fitsQuota(counted, 0, total - 1))
}

export function describeSubChannelRaces(createBed: CreateStoreBed): void {
  const world = withStore(createBed)
  const [ann, bob] = [person('ann'), person('bob')]

  it('gives away as many places as there are, to transactions that need no second attempt', async () => {
    const { store } = world
    const crowd = await addCrowd(store, 'u', 8)
    await addHall(store, 'a', 'b')
    let attemptsCount = 0
    const joins = (subChannelId: string, members: readonly Identity[]) =>
      Promise.all(
        members.map((member) =>
          store.transact((tx) => {
            attemptsCount++
            return tryToJoin(tx, subChannelId, member)
          }),
        ),
      )
    expect(await joins('a', crowd.slice(0, TARGET))).toEqual([true, true, true, true, true])
    expect(attemptsCount).toBe(TARGET)
    await store.transact(async (tx) => {
      for (const member of crowd.slice(0, 3)) await leave(tx, member)
    })
    // Three places for six.
    const outcomes = await joins('a', [...crowd.slice(0, 3), ...crowd.slice(5)])
    expect(outcomes.filter(Boolean)).toHaveLength(3)
    expect((await partsOf(store)).map(countsOf)).toEqual([
      ['a', TARGET, 0],
      ['b', 0, 0],
    ])
    await expectTrueCounts(store)
  })

  it('gives no place away twice after a restart, though the clock stood still', async () => {
    const crowd = await addCrowd(world.store, 'u', 8)
    await addHall(world.store, 'a')
    const [first] = crowd
    if (first === undefined) throw new Error('a crowd has a first member')
    for (let round = 0; round < 20; round++) {
      await join(world.store, regular('a', first))
      await world.store.transact((tx) => leave(tx, first))
    }
    await world.reopen()
    const outcomes = await Promise.all(
      crowd.map((member) => world.store.transact((tx) => tryToJoin(tx, 'a', member))),
    )
    expect(outcomes.filter(Boolean)).toHaveLength(TARGET)
    await expectTrueCounts(world.store)
  })

  it('keeps a minimum among those who leave at the same time, who need no second attempt', async () => {
    const { store } = world
    const crowd = await addCrowd(store, 'u', 5)
    await addHall(store, 'a')
    await join(store, ...crowd.map((member) => regular('a', member)))
    let attemptsCount = 0
    const leaves = (members: readonly Identity[], floor: number) =>
      Promise.all(
        members.map((member) =>
          store.transact(async (tx) => {
            attemptsCount++
            if (!(await tx.keepsAtLeast(placesIn('a'), 1, floor))) return false
            return leave(tx, member)
          }),
        ),
      )
    expect(await leaves(crowd.slice(0, 2), 3)).toEqual([true, true])
    expect(attemptsCount).toBe(2)
    const outcomes = await leaves(crowd.slice(2), 2)
    expect(outcomes.filter(Boolean)).toHaveLength(1)
    expect((await partsOf(store)).map(countsOf)).toEqual([['a', 2, 0]])
    // What joins meanwhile gives no room to fall.
    const [joined, left] = await Promise.all([
      store.transact((tx) => tryToJoin(tx, 'a', crowd[0] ?? ann)),
      store.transact((tx) => tx.keepsAtLeast(placesIn('a'), 1, 2)),
    ])
    expect([joined, left]).toEqual([true, false])
  })

  it('counts the joins that are on their way when room is looked for', async () => {
    const { store } = world
    const crowd = await addCrowd(store, 'u', 5)
    await addHall(store, 'a', 'b')
    await join(store, regular('a', ann))
    const seen: (readonly (readonly [string, number, number])[])[] = []
    const joins = crowd.map((member) =>
      store.transact(async (tx) => {
        const [fullest] = await tx.subChannels.listWithRoom(hall, TARGET, 1)
        const all = await tx.subChannels.listWithRoom(hall, TARGET, 9)
        seen.push(all.map(countsOf))
        const subChannelId = fullest?.subChannelId ?? ''
        return (await tryToJoin(tx, subChannelId, member)) ? subChannelId : undefined
      }),
    )
    await Promise.all(joins)
    await expectTrueCounts(store)
    // Afterwards nothing is on its way: what is seen is what there is.
    const parts = (await partsOf(store)).map(countsOf)
    const withRoom = parts.filter(([, count]) => count < TARGET)
    const found = await store.transact((tx) => tx.subChannels.listWithRoom(hall, TARGET, 9))
    expect(found.map(countsOf)).toEqual(withRoom.toSorted((a, b) => b[1] - a[1]))
    const outside = await store.read.subChannels.listWithRoom(hall, TARGET, 9)
    expect(outside.map(countsOf)).toEqual(found.map(countsOf))
    for (const counts of seen) for (const [, count] of counts) expect(count).toBeLessThan(TARGET)
  })

  it('lets nobody into a sub-channel that is taken apart, and loses nobody who came before', async () => {
    const { store } = world
    const crowd = await addCrowd(store, 'u', 6)
    for (let round = 0; round < 10; round++) {
      const [from, to] = [`from${round}`, `to${round}`]
      await (round === 0 ? addHall(store, from, to) : openParts(store, from, to))
      const [first, second] = crowd as [Identity, Identity]
      await join(store, regular(from, first))
      const [joined] = await Promise.all([
        store.transact((tx) => tryToJoin(tx, from, second)),
        store.transact((tx) => takeApart(tx, from, to, START)),
      ])
      const access = await store.read.channels.findAccess(hall, second.arn)
      expect(access?.caller.subChannelIds).toEqual(joined ? [to] : [])
      await expectTrueCounts(store)
      await store.transact(async (tx) => {
        for (const member of [first, second]) await leave(tx, member)
      })
    }
  })

  it('moves nobody who leaves, is banned or removed at the same time', async () => {
    const { store } = world
    const crowd = await addCrowd(store, 'u', 12)
    await addHall(store, 'a', 'b')
    for (const [index, member] of crowd.entries()) {
      await join(store, regular('a', member))
      const moved = store.transact(async (tx) => {
        const [newest] = await tx.memberships.listNewestRegular(part('a'), 1)
        if (newest !== undefined) tx.memberships.transfer(newest, 'b', START)
      })
      const gone = store.transact(async (tx) => {
        if (index % 3 === 0) tx.appInstanceUsers.remove(person(`u${index}`).arn)
        else await leave(tx, member)
        if (index % 3 === 1) {
          tx.bans.insert({ channelArn: hall, member, createdBy: ann, createdAt: START })
        }
      })
      await Promise.all([moved, gone])
      await store.transact((tx) => tx.members.endRelations(member.arn, 9))
      await expectTrueCounts(store)
      expect((await partsOf(store)).map(countsOf)).toEqual([
        ['a', 0, 0],
        ['b', 0, 0],
      ])
    }
  })

  it('lets nobody in who is banned at the same time', async () => {
    const { store } = world
    const crowd = await addCrowd(store, 'u', 10)
    await addHall(store, 'a', 'b')
    for (const [index, member] of crowd.entries()) {
      const banned = () =>
        store.transact(async (tx) => {
          await leave(tx, member)
          tx.bans.insert({ channelArn: hall, member, createdBy: ann, createdAt: START })
        })
      const joined = () => store.transact((tx) => tryToJoin(tx, 'a', member))
      await Promise.all(index % 2 === 0 ? [banned(), joined()] : [joined(), banned()])
      const access = await store.read.channels.findAccess(hall, member.arn)
      expect(access?.caller).toMatchObject({ isBanned: true, subChannelIds: [] })
      await expectTrueCounts(store)
    }
  })

  it('opens no more sub-channels at the same time than the channel may have', async () => {
    const { store } = world
    await addHall(store, 'a')
    const opened = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        store.transact(async (tx) => {
          if ((await tx.subChannels.count(hall)) >= 3) return false
          tx.subChannels.insert({ ...part(`n${index}`), createdAt: START })
          return true
        }),
      ),
    )
    expect(opened.filter(Boolean)).toHaveLength(2)
    expect(await store.read.subChannels.count(hall)).toBe(3)
  })

  it('finds no place in a channel that goes at the same time', async () => {
    const { store } = world
    await addHall(store, 'a')
    await Promise.all([
      store.transact((tx) => tryToJoin(tx, 'a', bob)),
      store.transact(async (tx) => tx.channels.remove(hall)),
      store.transact(async (tx) => {
        if ((await tx.subChannels.count(hall)) === 1) {
          tx.subChannels.insert({ ...part('b'), createdAt: START })
        }
      }),
    ])
    expect(await store.read.memberships.find(part('a'), bob.arn)).toBeUndefined()
    while ((await store.transact((tx) => tx.upkeep.purgeRemoved(9))) > 0);
    expect(await store.read.subChannels.count(hall)).toBe(0)
  })

  it('keeps counts that are those of the rows, whatever happens at once (random acts)', async () => {
    const { store } = world
    const crowd = await addCrowd(store, 'u', 12)
    await addHall(store, 'p0', 'p1')
    let partsCount = 2
    const act = fc.record({
      kind: fc.constantFrom(...KINDS),
      member: fc.constantFrom(...crowd),
      at: fc.nat(9),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 14 }), async (acts) => {
        await Promise.all(
          acts.map((each) => {
            const n = partsCount++
            return store.transact((tx) => perform(tx, each, n))
          }),
        )
        for (const { kind, member } of acts) if (kind === 'remove') await begin(store, member)
        await store.transact((tx) => tx.upkeep.purgeRemoved(9))
        await expectTrueCounts(store)
        for (const { regularMembershipsCount } of await partsOf(store)) {
          expect(regularMembershipsCount).toBeLessThanOrEqual(TARGET)
        }
        for (const each of crowd) await expectOnePlace(store, each)
      }),
      { numRuns: 40, endOnFailure: true },
    )
  })
}

async function openParts(store: Store, ...ids: readonly string[]): Promise<void> {
  await store.transact(async (tx) => {
    for (const id of ids) tx.subChannels.insert({ ...part(id), createdAt: START })
  })
}

async function moderate(tx: StoreTransaction, id: string, who: Identity): Promise<void> {
  const access = await tx.channels.findAccess(hall, who.arn)
  const own = access?.caller.subChannelIds ?? []
  if (own.includes(id) || (await tx.subChannels.find(part(id))) === undefined) return
  if ((await tx.members.findIdentity(who.arn)) === undefined) return
  for (const place of own) {
    const found = await tx.memberships.find(part(place), who.arn)
    // A regular member is in one only.
    if (found?.isOfModerator === false) return
  }
  tx.memberships.insert(ofModerator(id, who))
}

async function move(tx: StoreTransaction, from: string, to: string): Promise<void> {
  if (from === to || (await tx.subChannels.find(part(to))) === undefined) return
  const newest = await tx.memberships.listNewestRegular(part(from), 2)
  if (!(await tx.fitsQuota(placesIn(to), newest.length, TARGET))) return
  for (const each of newest) tx.memberships.transfer(each, to, START)
}

async function takeApartIfThere(tx: StoreTransaction, id: string, to: string): Promise<void> {
  const found = await tx.subChannels.find(part(id))
  if (found === undefined || (await tx.subChannels.find(part(to))) === undefined) return
  const { length } = await tx.memberships.listAll(part(id))
  if (!(await tx.fitsQuota(placesIn(to), length, TARGET))) return
  await takeApart(tx, id, to, START)
}

/** A regular member is in one sub-channel, and in one that exists. */
async function expectOnePlace(store: Store, member: Identity): Promise<void> {
  const access = await store.read.channels.findAccess(hall, member.arn)
  const ids = access?.caller.subChannelIds ?? []
  const found = await Promise.all(
    ids.map((id) => store.read.memberships.find(part(id), member.arn)),
  )
  const areRegular = found.filter((each) => each?.isOfModerator === false)
  expect(areRegular.length === 0 || ids.length === 1).toBe(true)
  for (const id of ids) expect(await store.read.subChannels.find(part(id))).toBeDefined()
}

const KINDS = ['join', 'moderate', 'leave', 'move', 'open', 'take apart', 'remove'] as const

interface Act {
  readonly kind: (typeof KINDS)[number]
  readonly member: Identity
  /** Chooses the part. */
  readonly at: number
}

async function perform(tx: StoreTransaction, { kind, member, at }: Act, n: number): Promise<void> {
  const parts = (await tx.subChannels.list(hall, { limit: 50 })).items
  const id = parts[at % parts.length]?.subChannelId ?? ''
  const other = parts[(at + 1) % parts.length]?.subChannelId ?? ''
  if (kind === 'join') await tryToJoin(tx, id, member)
  else if (kind === 'leave') await leave(tx, member)
  else if (kind === 'open') tx.subChannels.insert({ ...part(`p${n}`), createdAt: START + n })
  else if (kind === 'moderate') await moderate(tx, id, member)
  else if (kind === 'move') await move(tx, id, other)
  else if (kind === 'take apart' && id !== other) await takeApartIfThere(tx, id, other)
  else if (kind === 'remove' && (await tx.members.findIdentity(member.arn)) !== undefined) {
    tx.appInstanceUsers.remove(person(idOf(member)).arn)
  }
}

function idOf({ arn }: Identity): string {
  return arn.slice(arn.lastIndexOf('/') + 1)
}

/** A user who was removed begins anew, with nothing left of the one before. */
async function begin(store: Store, member: Identity): Promise<void> {
  const end = () => store.transact((tx) => tx.members.endRelations(member.arn, 2))
  while ((await end()) !== undefined);
  const isThere = (await store.read.members.findIdentity(member.arn)) !== undefined
  if (!isThere) await addUsers(store, idOf(member))
}
