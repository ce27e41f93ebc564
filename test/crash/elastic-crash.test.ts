// What was acknowledged of an elastic channel survives: batches, leaves, bans, moderators, users
// deleted, sub-channels opened and taken apart, `kill -9` at a random moment, the same directory
// started again, and on they go. Everybody acknowledged is in exactly one sub-channel, nobody is
// there twice, and a batch without an answer was carried out whole or not at all.
// CARILLON_CRASH_ROUNDS=20 runs more rounds, CARILLON_CRASH_SEED=… repeats one schedule.
import { expect, test } from 'vitest'
import { crashRounds } from '../harness/crash-rounds.ts'
import { countLeft, faultsIn } from '../hostile/store/counts.ts'
import {
  createElasticStorm,
  faultsOf,
  launchStormServer,
  openBed,
  tornBatchesIn,
  unbalancedIn,
} from '../hostile/store/elastic-storm.ts'
import { mulberry32 } from '../hostile/store/random.ts'

const ROUNDS_DEFAULT = 2
/** Of each caller between two crashes; nearly always the crash comes first. */
const ACTS = 60
/** Acts of each caller after the last crash. */
const LAST_ACTS = 6
const CRASHES = 2
/** The server is killed when so many calls, drawn at random, have been answered. */
const CALLS_BEFORE_KILL_MAX = 500
const SETTLING_MS = 30_000
/** Some five seconds, were it alone on the machine. */
const TIMEOUT_MS = 180_000

/** Every round another shape: one that moves members all the time, one that is often full. */
const SHAPES = [
  { MaximumSubChannels: 100, TargetMembershipsPerSubChannel: 6, MinimumMembershipPercentage: 40 },
  { MaximumSubChannels: 4, TargetMembershipsPerSubChannel: 60, MinimumMembershipPercentage: 40 },
] as const

for (const { store, seed } of crashRounds(ROUNDS_DEFAULT)) {
  const configuration = SHAPES[seed % SHAPES.length]!
  const { TargetMembershipsPerSubChannel: target } = configuration
  test(
    `nobody is lost or doubled in sub-channels of ${target} (${store}, seed ${seed})`,
    { timeout: TIMEOUT_MS },
    async () => {
      const random = mulberry32(seed)
      await using bed = await openBed(store)
      const since = Date.now()
      let server = await launchStormServer(bed.settings, since)
      try {
        const { url } = server
        // On the same port again, so that clients find it.
        const restart = { ...bed.settings, listen: new URL(url).host }
        using storm = await createElasticStorm({ url, since, random, configuration })
        for (let crash = 1; crash <= CRASHES; crash++) {
          const killAt = storm.done + 1 + Math.floor(random() * CALLS_BEFORE_KILL_MAX)
          let killed: Promise<void> | undefined
          await storm.run(ACTS, (done) => {
            if (done < killAt || killed !== undefined) return
            storm.isOver = true
            killed = server.end('SIGKILL')
          })
          await (killed ?? server.end('SIGKILL'))
          server = await launchStormServer(restart, since)
          storm.isOver = false
          // What a crash left of deleted users takes its places until a sweep comes.
          await expect.poll(() => countLeft(bed.ask), { timeout: SETTLING_MS }).toBe(0)
          const roster = await settledRoster(storm)
          expect(faultsOf(storm, roster)).toEqual([])
          expect(tornBatchesIn(storm, roster)).toEqual([])
          storm.unanswered.length = 0
          await storm.learn(roster)
          expect(faultsOf(storm, roster)).toEqual([])
          expect(storm.surprises).toEqual([])
        }
        await storm.run(LAST_ACTS)
        expect(storm.surprises).toEqual([])
        expect(faultsOf(storm, await settledRoster(storm))).toEqual([])
        expect(storm.done).toBeGreaterThan(CRASHES)
        await expect.poll(() => countLeft(bed.ask), { timeout: SETTLING_MS }).toBe(0)
        await server.end('SIGTERM')
        expect(await faultsIn(bed.ask)).toEqual([])
      } finally {
        await server.end('SIGKILL')
      }
    },
  )
}

/** Time passes until everything is balanced. */
async function settledRoster(storm: Awaited<ReturnType<typeof createElasticStorm>>) {
  await expect
    .poll(async () => unbalancedIn(storm, await storm.readRoster()), {
      timeout: SETTLING_MS,
      interval: 250,
    })
    .toEqual([])
  return storm.readRoster()
}
