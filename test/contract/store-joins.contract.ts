// Many members that join at once, on each store: who may, in one read, and all of them in one
// write, with the same guarantees as one after the other.
import { expect, it } from 'vitest'
import type { MemberArn } from '../../src/base/arn.ts'
import type { StoreTransaction } from '../../src/ports/store.ts'
import {
  addChannel,
  addMembers,
  addUsers,
  channel,
  channelArn,
  conversation,
  membership,
  person,
  START,
} from './store-world.ts'
import type { CreateStoreBed } from './store.contract.ts'
import { withStore } from './with-store.ts'

const HALL = channelArn('hall')
/** As many as one request may name. */
const BATCH_MEMBERS = 100

async function candidatesIn(tx: StoreTransaction, ids: readonly string[]) {
  await tx.channels.findAccess(HALL, person('ann').arn)
  const arns = ids.map((id) => person(id).arn)
  return tx.memberships.listCandidates(HALL, arns)
}

export function describeJoins(createBed: CreateStoreBed): void {
  const world = withStore(createBed)

  async function joinTogether(ids: readonly string[]): Promise<void> {
    await world.store.transact(async (tx) => {
      const candidates = await candidatesIn(tx, ids)
      tx.memberships.insertAll(candidates.map(({ identity }) => membership('hall', identity)))
    })
  }

  async function memberIds(): Promise<readonly string[]> {
    const { items } = await world.store.read.memberships.list(conversation('hall'), 'DEFAULT', {
      limit: 1_000,
    })
    return items.map(({ member }) => member.arn.split('/').at(-1) ?? '').toSorted()
  }

  async function countOf(member: MemberArn): Promise<number> {
    const counted = { kind: 'memberships-of-member', of: member } as const
    for (let count = 0; ; count++) {
      const fits = await world.store.transact((tx) => tx.fitsQuota(counted, 0, count))
      if (fits) return count
    }
  }

  it('tells of everybody who exists what decides whether they may join', async () => {
    await addChannel(world.store, channel('hall'))
    await addUsers(world.store, 'member', 'banned', 'moderator', 'nobody')
    await addMembers(world.store, 'hall', 'member')
    await world.store.transact(async (tx) => {
      const role = { channelArn: HALL, createdBy: person('ann'), createdAt: START }
      tx.bans.insert({ ...role, member: person('banned') })
      tx.moderators.insert({ ...role, moderator: person('moderator') })
    })
    const ids = ['member', 'banned', 'moderator', 'nobody', 'stranger']
    const found = await world.store.transact((tx) => candidatesIn(tx, ids))
    const nothing = { isModerator: false, isBanned: false, isMember: false, membershipsCount: 0 }
    const byId = new Map(found.map((candidate) => [candidate.identity.arn, candidate]))
    expect(byId).toEqual(
      new Map(
        [
          { identity: person('member'), ...nothing, isMember: true, membershipsCount: 1 },
          { identity: person('banned'), ...nothing, isBanned: true },
          { identity: person('moderator'), ...nothing, isModerator: true },
          { identity: person('nobody'), ...nothing },
        ].map((candidate) => [candidate.identity.arn, candidate]),
      ),
    )
  })

  it('adds as many as one request may name, and counts each of them', async () => {
    await addChannel(world.store, channel('hall'))
    const ids = Array.from({ length: BATCH_MEMBERS }, (_, n) => `user-${n}`)
    await addUsers(world.store, ...ids)
    await joinTogether(ids)
    expect(await memberIds()).toEqual(ids.toSorted())
    expect(await countOf(person('user-0').arn)).toBe(1)
    expect(await countOf(person(`user-${BATCH_MEMBERS - 1}`).arn)).toBe(1)
    const counted = { kind: 'memberships-of-channel', of: HALL } as const
    const { length } = ids
    expect(await world.store.transact((tx) => tx.fitsQuota(counted, 0, length - 1))).toBe(false)
    expect(await world.store.transact((tx) => tx.fitsQuota(counted, 0, length))).toBe(true)
  })

  it('adds nobody twice when two requests name the same members', async () => {
    await addChannel(world.store, channel('hall'))
    const ids = Array.from({ length: 20 }, (_, n) => `user-${n}`)
    await addUsers(world.store, ...ids)
    const join = () =>
      world.store.transact(async (tx) => {
        const candidates = await candidatesIn(tx, ids)
        const outside = candidates.filter(({ isMember }) => !isMember)
        tx.memberships.insertAll(outside.map(({ identity }) => membership('hall', identity)))
        return outside.length
      })
    const joined = await Promise.all([join(), join(), join()])
    expect(joined.toSorted((a, b) => a - b)).toEqual([0, 0, 20])
    expect(await countOf(person('user-7').arn)).toBe(1)
  })

  it('never lets two joins exceed the quota of a member together', async () => {
    await addChannel(world.store, channel('hall'))
    await addChannel(world.store, channel('two'))
    await addUsers(world.store, 'user-0', 'user-1', 'user-2', 'user-3', 'user-4')
    const ids = ['user-0', 'user-1', 'user-2', 'user-3', 'user-4']
    const join = (id: string) =>
      world.store.transact(async (tx) => {
        await tx.channels.findAccess(channelArn(id), person('ann').arn)
        const arns = ids.map((user) => person(user).arn)
        const candidates = await tx.memberships.listCandidates(channelArn(id), arns)
        const fitting = []
        for (const { identity } of candidates) {
          const counted = { kind: 'memberships-of-member', of: identity.arn } as const
          if (await tx.fitsQuota(counted, 1, 1)) fitting.push(membership(id, identity))
        }
        tx.memberships.insertAll(fitting)
        return fitting.length
      })
    const joined = await Promise.all([join('hall'), join('two')])
    expect(joined.toSorted((a, b) => a - b)).toEqual([0, 5])
    expect(await countOf(person('user-3').arn)).toBe(1)
  })
}
