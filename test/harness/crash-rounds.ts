// What tests that kill servers share: on which stores, how often, and when.
// CARILLON_CRASH_ROUNDS=20 runs more rounds than a test does by itself, CARILLON_CRASH_SEED=…
// repeats one schedule.
import { randomUUID } from 'node:crypto'
import { hasPostgres, openTestDatabase } from './postgres.ts'

export type CrashStore = 'sqlite' | 'postgres'

export interface CrashRound {
  readonly store: CrashStore
  readonly seed: number
}

/** So many for each store that there is here, unless the environment says otherwise. */
export function crashRounds(countDefault: number): readonly CrashRound[] {
  const count = Number(process.env['CARILLON_CRASH_ROUNDS'] ?? countDefault)
  const firstSeed = Number(process.env['CARILLON_CRASH_SEED'] ?? Date.now() % 2 ** 31)
  const stores: readonly CrashStore[] = hasPostgres() ? ['sqlite', 'postgres'] : ['sqlite']
  return stores.flatMap((store) =>
    Array.from({ length: count }, (_, round) => ({ store, seed: firstSeed + round })),
  )
}

/** The setting `store` of a server that is killed, with a database of its own where it has one. */
export async function openCrashStore(store: CrashStore) {
  const database = store === 'postgres' ? await openTestDatabase(randomUUID()) : undefined
  return {
    setting: database?.url ?? store,
    [Symbol.asyncDispose]: async () => database?.remove(),
  }
}

/** The moment of a kill is the point of its test, so it is a span of real time. */
export function passing(spanMs: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, spanMs))
}
