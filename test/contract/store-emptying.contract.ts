// What is promised of sub-channels that empty, on every real store: of those whose last members
// leave at the same moment one stays, wherever between two reads of one leave the others come.
import { expect, it } from 'vitest'
import type { SubChannel } from '../../src/domain/channel.ts'
import type { Identity } from '../../src/domain/identity.ts'
import type { Store, StoreTransaction } from '../../src/ports/store.ts'
import {
  endMemberships,
  listMembershipsIn,
} from '../../src/services/messaging/membership-ending.ts'
import { addCrowd, addHall, elasticChannel, hall, join, part, regular } from './elastic-world.ts'
import { START } from './store-world.ts'
import type { CreateStoreBed } from './store.contract.ts'
import { withStore } from './with-store.ts'

/** More reads than a leave makes. */
const READS_MAX = 40

/** Where everybody is at first, how many of them leave at once, how many stay in the one left. */
const SCENES = [
  ['the last two of one', ['a', 'a', 'b'], 2, 1],
  ['all of two', ['a', 'b'], 2, 0],
  ['all of three', ['a', 'b', 'c'], 3, 0],
  ['all of three, two of them in one', ['a', 'a', 'b', 'c'], 4, 0],
] as const

type Acted = Pick<
  StoreTransaction,
  'channels' | 'memberships' | 'subChannels' | 'fitsQuota' | 'keepsAtLeast' | 'publish'
>

/** `tx` as it is, but `before` runs ahead of each of its reads. */
function watched(tx: StoreTransaction, before: () => Promise<void>): Acted {
  const watch = <Part extends object>(of: Part, reads: RegExp): Part =>
    new Proxy(of, {
      get(_, name) {
        const value: unknown = Reflect.get(of, name, of)
        if (typeof value !== 'function') return value
        const method = value.bind(of) as (...parameters: unknown[]) => unknown
        if (!reads.test(String(name))) return method
        return async (...parameters: unknown[]) => {
          await before()
          return method(...parameters)
        }
      },
    })
  const parts = /^(?:find|list|count)/
  return {
    channels: watch(tx.channels, parts),
    memberships: watch(tx.memberships, parts),
    subChannels: watch(tx.subChannels, parts),
    async fitsQuota(...asked) {
      await before()
      return tx.fitsQuota(...asked)
    },
    async keepsAtLeast(...asked) {
      await before()
      return tx.keepsAtLeast(...asked)
    },
    publish: (event) => tx.publish(event),
  }
}

const channel = elasticChannel('hall')

function leave(store: Store, { arn }: Identity, before = () => Promise.resolve()): Promise<void> {
  return store.transact(async (given) => {
    const access = await given.channels.findAccess(hall, arn)
    if (access === undefined) throw new Error('the hall is there')
    const tx = watched(given, before)
    const memberships = await listMembershipsIn(tx, channel, access.caller)
    await endMemberships(tx, channel, memberships, START + 1)
  })
}

async function openParts(store: Store, ids: Iterable<string>): Promise<void> {
  await store.transact(async (tx) => {
    for (const id of ids) tx.subChannels.insert({ ...part(id), createdAt: START })
  })
}

async function partsOf(store: Store): Promise<readonly SubChannel[]> {
  return (await store.read.subChannels.list(hall, { limit: 9 })).items
}

export function describeEmptying(createBed: CreateStoreBed): void {
  const world = withStore(createBed)

  it.each(SCENES)('keeps one sub-channel when %s leave at once', async (_, places, count, left) => {
    const { store } = world
    await addHall(store)
    for (let at = 1, isPast = false; !isPast; at++) {
      expect(at).toBeLessThan(READS_MAX)
      // Names of their own: those of sub-channels are not given again.
      const ids = places.map((place) => `${place}${at}`)
      await openParts(store, new Set(ids))
      const crowd = await addCrowd(store, `u${at}x`, places.length)
      await join(store, ...crowd.map((member, index) => regular(ids[index] ?? '', member)))
      const [first, ...others] = crowd.slice(0, count)
      const othersLeave = () => Promise.all(others.map((other) => leave(store, other)))
      let readsCount = 0
      await leave(store, first as Identity, async () => {
        if (++readsCount === at) await othersLeave()
      })
      isPast = readsCount < at
      if (isPast) await othersLeave()
      const counts = (await partsOf(store)).map((each) => each.regularMembershipsCount)
      expect([at, counts]).toEqual([at, [left]])
      await store.transact(async (tx) => {
        for (const member of crowd.slice(count)) {
          const found = await tx.memberships.find(
            part(ids[crowd.indexOf(member)] ?? ''),
            member.arn,
          )
          if (found !== undefined) tx.memberships.remove(found)
        }
        for (const { subChannelId } of await partsOf(store))
          tx.subChannels.remove(part(subChannelId))
      })
    }
  })
}
