// The contract of ports/store.ts as tests: what every implementation must hold. Split by subject;
// this file runs them all against one kind of store.
import { describe } from 'vitest'
import type { Clock } from '../../src/base/clock.ts'
import type { OutboundRouting } from '../../src/ports/outbound.ts'
import type { CommittedEvents, Store } from '../../src/ports/store.ts'
import { describeDispatch } from './outbox-dispatch.contract.ts'
import { describeHistories } from './outbox-histories.contract.ts'
import { describeAccess } from './store-access.contract.ts'
import { describeElasticChannels } from './store-elastic.contract.ts'
import { describeJoins } from './store-joins.contract.ts'
import { describeEmptying } from './store-emptying.contract.ts'
import { describeFlowCallbacks } from './store-flow-callbacks.contract.ts'
import { describeFlows } from './store-flows.contract.ts'
import { describeIdentity } from './store-identity.contract.ts'
import { describeLists } from './store-lists.contract.ts'
import { describeMembers } from './store-members.contract.ts'
import { describeMessages } from './store-messages.contract.ts'
import { describeModeration } from './store-moderation.contract.ts'
import { describeOutbox } from './store-outbox.contract.ts'
import { describePrefetch } from './store-prefetch.contract.ts'
import { describePush } from './store-push.contract.ts'
import { describeSubChannelRaces } from './store-sub-channel-races.contract.ts'
import { describeSubChannels } from './store-sub-channels.contract.ts'
import { describeSweeps } from './store-sweeps.contract.ts'
import { describeTransactions } from './store-transactions.contract.ts'
import { describeUpkeep } from './store-upkeep.contract.ts'

/** One database, empty at first, that stores are opened on one after the other. */
export interface StoreBed {
  /** A store that has started. */
  open(
    clock: Clock,
    committedEvents: CommittedEvents,
    outboundRouting?: OutboundRouting,
  ): Promise<Store>
  /** Closes what is open and removes the database. */
  dispose(): Promise<void>
}

export type CreateStoreBed = () => Promise<StoreBed>

export function describeStore(name: string, createBed: CreateStoreBed): void {
  describe(`${name}: transactions`, () => {
    describeTransactions(createBed)
  })
  describe(`${name}: app instances, users, channels`, () => {
    describeIdentity(createBed)
  })
  describe(`${name}: bots, endpoints, retention, removed members`, () => {
    describeMembers(createBed)
  })
  describe(`${name}: messages`, () => {
    describeMessages(createBed)
  })
  describe(`${name}: lists`, () => {
    describeLists(createBed)
  })
  describe(`${name}: settings of channels, flows, tags`, () => {
    describeFlows(createBed)
  })
  describe(`${name}: what processors of flows are asked`, () => {
    describeFlowCallbacks(createBed)
  })
  describe(`${name}: moderation`, () => {
    describeModeration(createBed)
  })
  describe(`${name}: prefetch`, () => {
    describePrefetch(createBed)
  })
  describe(`${name}: whose devices are pushed to`, () => {
    describePush(createBed)
  })
  describe(`${name}: sub-channels`, () => {
    describeSubChannels(createBed)
  })
  describe(`${name}: sub-channels, all at once`, () => {
    describeSubChannelRaces(createBed)
  })
  describe(`${name}: sub-channels that empty at once`, () => {
    describeEmptying(createBed)
  })
  describe(`${name}: upkeep`, () => {
    describeUpkeep(createBed)
  })
  describe(`${name}: users, keys, roles and policies of IAM`, () => {
    describeAccess(createBed)
  })
  describe(`${name}: many joins in one request`, () => {
    describeJoins(createBed)
  })
  describe(`${name}: joins and leaves of elastic channels`, () => {
    describeElasticChannels(createBed)
  })
  describe(`${name}: what leaves the server`, () => {
    describeOutbox(createBed)
  })
  describe(`${name}: deliveries`, () => {
    describeDispatch(createBed)
  })
  describe(`${name}: histories of deliveries`, () => {
    describeHistories(createBed)
  })
  describe(`${name}: background work`, () => {
    describeSweeps(createBed)
  })
}
