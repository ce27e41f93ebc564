// Contract of Store.transact: order, conflicts, quotas, durability, refusal. Run by
// store.contract.ts.
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { StoreTransaction } from '../../src/ports/store.ts'
import {
  addChannel,
  addUsers,
  appInstanceArn,
  channel,
  channelArn,
  conversation,
  draft,
  event,
  membership,
  person,
  send,
  START,
} from './store-world.ts'
import type { CreateStoreBed } from './store.contract.ts'
import { withStore } from './with-store.ts'

export function describeTransactions(createBed: CreateStoreBed): void {
  const world = withStore(createBed)

  it('keeps what was acknowledged across a restart', async () => {
    const message = await send(world.store, draft('one', 'hello'))
    await world.reopen()
    expect(await world.store.read.messages.find(conversation('one'), message.messageId)).toEqual(
      message,
    )
    expect(await world.store.read.members.findIdentity(person('ann').arn)).toEqual(person('ann'))
  })

  it('sees an acknowledged write at once', async () => {
    await addChannel(world.store, channel('two', { metadata: '' }))
    const access = await world.store.read.channels.findAccess(channelArn('two'), person('ann').arn)
    expect(access?.channel).toEqual(channel('two', { metadata: '' }))
  })

  it('reads the state before the transaction, not its own writes', async () => {
    const found = await world.store.transact(async (tx) => {
      tx.channels.insert(channel('two'))
      return tx.channels.findAccess(channelArn('two'), person('ann').arn)
    })
    expect(found).toBeUndefined()
  })

  it('keeps nothing and publishes nothing when work throws, and passes the error on', async () => {
    const failing = world.store.transact(async (tx) => {
      tx.channels.insert(channel('two'))
      tx.publish(event(1))
      throw new RangeError('no')
    })
    await expect(failing).rejects.toThrow(RangeError)
    expect(world.events.seen).toEqual([])
    const two = await world.store.read.channels.findAccess(channelArn('two'), person('ann').arn)
    expect(two).toBeUndefined()
  })

  it('lets one of two transactions that insert the same thing see the other', async () => {
    // oxlint-disable-next-line unicorn/consistent-function-scoping -- part of this one story
    const insertOnce = (n: number) =>
      world.store.transact(async (tx) => {
        const found = await tx.channels.findAccess(channelArn('two'), person('ann').arn)
        if (found !== undefined) return found.channel.name
        tx.channels.insert(channel('two', { name: `made by ${n}` }))
        return 'made'
      })
    const results = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(insertOnce))
    expect(results.filter((result) => result === 'made')).toHaveLength(1)
    expect(new Set(results).size).toBe(2)
  })

  it('runs work again when what it read has changed, so that no update is lost', async () => {
    const increments = Array.from({ length: 20 }, () =>
      world.store.transact(async (tx) => {
        const access = await tx.channels.findAccess(channelArn('one'), person('ann').arn)
        if (access === undefined) throw new Error('channel one is gone')
        const count = Number(access.channel.metadata ?? 0)
        tx.channels.replace({ ...access.channel, metadata: String(count + 1) })
      }),
    )
    await Promise.all(increments)
    const access = await world.store.read.channels.findAccess(channelArn('one'), person('ann').arn)
    expect(access?.channel.metadata).toBe('20')
  })

  it('refuses a transaction that is used after its callback', async () => {
    let leaked: StoreTransaction | undefined
    await world.store.transact(async (tx) => {
      leaked = tx
    })
    if (leaked === undefined) throw new Error('work did not run')
    const tx = leaked
    expect(() => tx.channels.insert(channel('two'))).toThrow('usable only until')
    expect(() => tx.publish(event(1))).toThrow('usable only until')
    expect(() => tx.publishMemberRemoved(person('ann').arn)).toThrow('usable only until')
    await expect(tx.members.findIdentity(person('ann').arn)).rejects.toThrow('usable only until')
    await expect(tx.messages.append(draft('one', 'late'), 'SENT')).rejects.toThrow(
      'usable only until',
    )
    await expect(tx.fitsQuota({ kind: 'app-instances' }, 1, 10)).rejects.toThrow(
      'usable only until',
    )
  })

  it('publishes in the order of commits and of calls, before transact resolves', async () => {
    const order: string[] = []
    const publishing = Array.from({ length: 100 }, async (_, n) => {
      await world.store.transact(async (tx) => {
        if (n % 3 === 0) await tx.messages.append(draft('one', String(n)), 'SENT')
        tx.publish(event(`${n}a`))
        tx.publish(event(`${n}b`))
      })
      order.push(JSON.stringify({ n: `${n}a` }), JSON.stringify({ n: `${n}b` }))
      expect(world.events.seen).toContain(JSON.stringify({ n: `${n}b` }))
    })
    await Promise.all(publishing)
    expect(world.events.seen).toEqual(order)
    await world.store.transact(async (tx) => tx.publishMemberRemoved(person('bob').arn))
    expect(world.events.seen.at(-1)).toBe(`removed ${person('bob').arn}`)
    await world.store.transact(async (tx) => tx.publishAppInstanceRemoved(appInstanceArn))
    expect(world.events.seen.at(-1)).toBe(`removed ${appInstanceArn}`)
  })

  it('fails only the transaction that the database refuses among those of one commit', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 12 }, (_, n) =>
        world.store.transact(async (tx) => {
          // Without a look whether it exists: the database itself must refuse the second one.
          if (n === 5) tx.channels.insert(channel('one'))
          else await tx.messages.append(draft('one', String(n)), 'SENT')
          tx.publish(event(n))
        }),
      ),
    )
    expect(outcomes.flatMap(({ status }, n) => (status === 'rejected' ? [n] : []))).toEqual([5])
    const page = await world.store.read.messages.list(conversation('one'), {
      order: 'ASCENDING',
      viewer: person('ann').arn,
      limit: 50,
    })
    // In the order of their commits, which need not be that of their beginnings.
    const contents = page.items.map(({ content }) => Number(content))
    expect(contents.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11])
    expect(world.events.seen).toEqual(contents.map((n) => JSON.stringify({ n })))
  })

  it('never exceeds a quota, however many ask at once, and fills it', async () => {
    const ids = Array.from({ length: 30 }, (_, n) => `user-${n}`)
    await addUsers(world.store, ...ids)
    const counted = { kind: 'memberships-of-channel', of: channelArn('one') } as const
    const joined = await Promise.all(
      ids.map((id) =>
        world.store.transact(async (tx) => {
          if (!(await tx.fitsQuota(counted, 1, 10))) return false
          tx.memberships.insert(membership('one', person(id)))
          return true
        }),
      ),
    )
    expect(joined.filter(Boolean)).toHaveLength(7)
    const fits = (additional: number) =>
      world.store.transact((tx) => tx.fitsQuota(counted, additional, 10))
    expect(await fits(0)).toBe(true)
    expect(await fits(1)).toBe(false)
  })

  it('counts everything that has a quota, down as well as up', async () => {
    const { store } = world
    const [ann, bob] = [person('ann').arn, person('bob').arn]
    await store.transact(async (tx) => {
      const since = START
      const admin = { appInstanceArn, admin: person('bob'), createdAt: since }
      tx.appInstanceAdmins.insert(admin)
      tx.moderators.insert({
        channelArn: channelArn('one'),
        moderator: { arn: bob, name: '' },
        createdBy: { arn: ann, name: '' },
        createdAt: since,
      })
    })
    const counts = () =>
      store.transact(async (tx) => {
        const countOf = async (counted: Parameters<typeof tx.fitsQuota>[0]) => {
          let quota = 0
          while (!(await tx.fitsQuota(counted, 0, quota))) quota++
          return quota
        }
        return [
          await countOf({ kind: 'app-instances' }),
          await countOf({ kind: 'users', of: appInstanceArn }),
          await countOf({ kind: 'admins', of: appInstanceArn }),
          await countOf({ kind: 'channels', of: appInstanceArn }),
          await countOf({ kind: 'memberships-of-channel', of: channelArn('one') }),
          await countOf({ kind: 'moderators', of: channelArn('one') }),
          await countOf({ kind: 'memberships-of-member', of: person('cid').arn }),
        ]
      })
    expect(await counts()).toEqual([1, 3, 1, 1, 3, 1, 1])
    await store.transact(async (tx) => tx.appInstanceUsers.remove(person('bob').arn))
    expect(await counts()).toEqual([1, 2, 0, 1, 3, 1, 1])
    await store.transact((tx) => tx.members.endRelations(person('bob').arn, 10))
    expect(await counts()).toEqual([1, 2, 0, 1, 2, 0, 1])
    await store.transact(async (tx) => tx.memberships.remove(membership('one', person('ann'))))
    expect(await counts()).toEqual([1, 2, 0, 1, 1, 0, 1])
    await store.transact(async (tx) => tx.channels.remove(channelArn('one')))
    // What one member has too many is put right by the purge.
    while ((await store.transact((tx) => tx.upkeep.purgeRemoved(100))) > 0);
    expect(await counts()).toEqual([1, 2, 0, 0, 0, 0, 0])
    await store.transact(async (tx) => tx.appInstances.remove(appInstanceArn))
    expect(await counts()).toEqual([0, 0, 0, 0, 0, 0, 0])
  })

  it('remembers a recorded request until it expires, across a restart', async () => {
    const reference = { scope: 'CreateChannel ann', token: 'token' }
    const recorded = { requestHash: 'hash', response: '{"a":1}' }
    await world.store.transact(async (tx) =>
      tx.requestTokens.record(reference, recorded, world.clock.now() + 1_000),
    )
    await world.reopen()
    expect(await world.store.read.requestTokens.find(reference)).toEqual(recorded)
    const other = { scope: 'CreateChannel bob', token: 'token' }
    expect(await world.store.read.requestTokens.find(other)).toBeUndefined()
    world.clock.advance(1_000)
    expect(await world.store.read.requestTokens.find(reference)).toBeUndefined()
    const again = { requestHash: 'other', response: '{}' }
    await world.store.transact(async (tx) =>
      tx.requestTokens.record(reference, again, world.clock.now() + 1_000),
    )
    expect(await world.store.read.requestTokens.find(reference)).toEqual(again)
  })

  it('waits for running transactions when it closes, and refuses everything afterwards', async () => {
    const sent = send(world.store, draft('one', 'last'))
    const { store } = world
    await store.close()
    const message = await sent
    await expect(send(store, draft('one', 'late'))).rejects.toThrow('not open')
    await expect(store.read.members.findIdentity(person('ann').arn)).rejects.toThrow('not open')
    await world.reopen()
    const { read } = world.store
    expect(await read.messages.find(conversation('one'), message.messageId)).toEqual(message)
  })

  it('gives concurrent transactions some serial order (random schedules)', async () => {
    // Each step moves one unit between two channels' metadata if there is any; the sum must stay,
    // no balance may be negative, and what each step says it saw must be reachable one after
    // another.
    const ids = ['x', 'y', 'z']
    for (const id of ids) await addChannel(world.store, channel(id, { metadata: '5' }))
    // oxlint-disable-next-line unicorn/consistent-function-scoping -- part of this one story
    const balance = async (tx: Pick<StoreTransaction, 'channels'>, id: string) => {
      const access = await tx.channels.findAccess(channelArn(id), person('ann').arn)
      if (access === undefined) throw new Error(`channel ${id} is gone`)
      return { channel: access.channel, units: Number(access.channel.metadata) }
    }
    const step = fc.record({ from: fc.nat(2), to: fc.nat(2), units: fc.nat(4), delay: fc.nat(3) })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        await world.store.transact(async (tx) => {
          for (const id of ids) {
            const { channel: found } = await balance(tx, id)
            tx.channels.replace({ ...found, metadata: '5' })
          }
        })
        const order: { from: string; to: string; units: number; did: boolean }[] = []
        await Promise.all(
          steps.map(async (planned) => {
            const from = ids[planned.from] ?? 'x'
            const to = ids[planned.to] ?? 'y'
            const did = await world.store.transact(async (tx) => {
              const source = await balance(tx, from)
              for (let turn = 0; turn < planned.delay; turn++) await balance(tx, to)
              const sink = await balance(tx, to)
              if (source.units < planned.units || from === to) return false
              tx.channels.replace({
                ...source.channel,
                metadata: String(source.units - planned.units),
              })
              tx.channels.replace({ ...sink.channel, metadata: String(sink.units + planned.units) })
              return true
            })
            order.push({ from, to, units: planned.units, did })
          }),
        )
        // Serial model: commits resolve in their order, so replaying them must give the same state.
        const model = new Map(ids.map((id) => [id, 5]))
        for (const { from, to, units, did } of order) {
          if (!did) continue
          expect(model.get(from)).toBeGreaterThanOrEqual(units)
          model.set(from, (model.get(from) ?? 0) - units)
          model.set(to, (model.get(to) ?? 0) + units)
        }
        for (const id of ids) {
          expect((await balance(world.store.read as StoreTransaction, id)).units).toBe(
            model.get(id),
          )
        }
      }),
      { numRuns: 40 },
    )
  })
}
