// The background work of this server: what is due is found and dealt with, whatever happened since
// the last run.
import type { Cursor, Page, PageRequest } from '../ports/paging.ts'
import type { Store, StoreTransaction } from '../ports/store.ts'
import { endRelationsOfRemoved, removeExpiredUser } from '../services/identity/member-removal.ts'
import { removeExpiredChannel } from '../services/messaging/channel-removal.ts'
import { endExpiredCallback } from '../services/messaging/flow-progress.ts'
import { scaleInEmptiest } from '../services/messaging/membership-ending.ts'
import { BATCH_ROWS, runBatches, type Sweep, type SweepRun } from './sweep.ts'

const MINUTE_MS = 60_000
/** AWS deletes within about six hours of expiry. */
// evidence: docs expiration settings (behaviour 3.11)
const EXPIRY_PERIOD_MS = 60 * MINUTE_MS
/** How long the operator finds what could not be delivered. */
// evidence: inferred; two weeks, as long as queues of AWS keep what they are told at most
const DEAD_LETTER_AGE_MS_MAX = 14 * 24 * 60 * MINUTE_MS

/** Every sweep of a server; each is independent of the others. */
export function createSweeps(store: Store): readonly Sweep[] {
  return [
    {
      name: 'expired channels',
      periodMs: EXPIRY_PERIOD_MS,
      run: (run) =>
        forEach(
          run,
          (page) => store.read.upkeep.listExpiredChannels(run.now, page),
          (arn) => store.transact((tx) => removeExpiredChannel(tx, arn, run.now)),
        ),
    },
    {
      name: 'expired users',
      periodMs: EXPIRY_PERIOD_MS,
      run: (run) =>
        forEach(
          run,
          (page) => store.read.upkeep.listExpiredUsers(run.now, page),
          (arn) => removeExpiredUser(store, arn, run.now),
        ),
    },
    {
      name: 'messages past their retention',
      periodMs: EXPIRY_PERIOD_MS,
      run: (run) =>
        forEach(
          run,
          (page) => store.read.upkeep.listRetainedConversations(run.now, page),
          (conversation) =>
            runBatches(run, () =>
              store.transact((tx) => tx.upkeep.purgeMessages(conversation, BATCH_ROWS)),
            ),
        ),
    },
    {
      // Of those whom a crash cut off in the middle.
      name: 'relations of removed members',
      periodMs: MINUTE_MS,
      run: (run) =>
        forEach(
          run,
          (page) => store.read.members.listWithRelationsLeft(page),
          async (arn) => {
            await endRelationsOfRemoved(store, arn)
            return 1
          },
        ),
    },
    processors(store),
    balance(store),
    ...createPurges(store),
  ]
}

/** What is kept for a while and no longer. */
function createPurges(store: Store): readonly Sweep[] {
  const purge = (name: string, batch: (tx: StoreTransaction, now: number) => Promise<number>) => ({
    name,
    periodMs: MINUTE_MS,
    run: (run: SweepRun) => runBatches(run, () => store.transact((tx) => batch(tx, run.now))),
  })
  return [
    purge('removed things', (tx) => tx.upkeep.purgeRemoved(BATCH_ROWS)),
    purge('deleted messages', (tx, now) => tx.upkeep.purgeTombstones(now, BATCH_ROWS)),
    purge('callbacks', (tx, now) => tx.flowCallbacks.purge(now, BATCH_ROWS)),
    purge('dead letters', (tx, now) =>
      tx.outbox.purgeDead(now - DEAD_LETTER_AGE_MS_MAX, BATCH_ROWS),
    ),
    purge('request tokens', (tx, now) => tx.upkeep.purgeRequestTokens(now, BATCH_ROWS)),
  ]
}

/** Goes on without the processors whose time to call back has passed. */
function processors(store: Store): Sweep {
  return {
    name: 'processors that did not call back',
    periodMs: MINUTE_MS,
    run: (run) =>
      forEach(
        run,
        (page) => store.read.flowCallbacks.listExpired(run.now, page),
        (callbackId) => store.transact((tx) => endExpiredCallback(tx, callbackId, run.now)),
      ),
  }
}

/** Takes apart what was put off: sub-channels that were too young, or had no other one to go to. */
function balance(store: Store): Sweep {
  return {
    name: 'sub-channels with too few members',
    periodMs: MINUTE_MS,
    run: (run) =>
      forEach(
        run,
        (page) => store.read.subChannels.listElasticChannelArns(page),
        (arn) => runBatches(run, () => store.transact((tx) => scaleInEmptiest(tx, arn, run.now))),
      ),
  }
}

/** Deals with every item of a list, page by page; resolves with the sum of what `deal` did. */
async function forEach<Item>(
  run: SweepRun,
  list: (page: PageRequest) => Promise<Page<Item>>,
  deal: (item: Item) => Promise<number>,
): Promise<number> {
  let sum = 0
  let after: Cursor | undefined
  do {
    const page = await list({ after, limit: BATCH_ROWS })
    for (const item of page.items) {
      const done = await deal(item)
      sum += done
      // What found nothing to do cost next to nothing.
      if (done > 0 && !(await run.rest())) return sum
    }
    if (!(await run.rest())) return sum
    after = page.next
  } while (after !== undefined)
  return sum
}
