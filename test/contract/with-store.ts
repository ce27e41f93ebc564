// Gives each contract test a furnished store of its own and takes it away afterwards.
import { afterEach, beforeEach } from 'vitest'
import type { Store } from '../../src/ports/store.ts'
import {
  createManualClock,
  createRecordedEvents,
  furnish,
  type ManualClock,
  type RecordedEvents,
} from './store-world.ts'
import type { CreateStoreBed, StoreBed } from './store.contract.ts'

export interface StoreWorld {
  store: Store
  clock: ManualClock
  events: RecordedEvents
  /** Closes the store and opens another one on the same database. */
  reopen(): Promise<void>
}

/** To be called within a `describe`: the members are set anew before each test. */
export function withStore(createBed: CreateStoreBed): StoreWorld {
  let bed: StoreBed
  const world = {} as StoreWorld
  world.reopen = async () => {
    await world.store.close()
    world.store = await bed.open(world.clock, world.events)
  }
  beforeEach(async () => {
    bed = await createBed()
    world.clock = createManualClock()
    world.events = createRecordedEvents()
    world.store = await bed.open(world.clock, world.events)
    await furnish(world.store)
  })
  afterEach(async () => {
    await world.store.close()
    await bed.dispose()
  })
  return world
}
