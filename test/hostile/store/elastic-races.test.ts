// Everything happens at once in one elastic channel: batches, leaves, bans, promotions, users
// deleted, sub-channels opened and taken apart, and at last the channel itself deleted. Nobody is
// lost, nobody is in two sub-channels, no count is wrong, whatever the shape of the channel.
// CARILLON_STORM_SEED repeats a storm, CARILLON_STORM_ROUNDS makes it longer.
import { expect, test } from 'vitest'
import { hasPostgres } from '../../harness/postgres.ts'
import { countLeft, faultsIn } from './counts.ts'
import {
  createElasticStorm,
  faultsOf,
  launchStormServer,
  openBed,
  misledIn,
  unbalancedIn,
  type ElasticStorm,
  type Roster,
} from './elastic-storm.ts'
import { mulberry32 } from './random.ts'

const STORES = hasPostgres() ? (['sqlite', 'postgres'] as const) : (['sqlite'] as const)
const seed = Number(process.env['CARILLON_STORM_SEED'] ?? Date.now() % 2 ** 31)

/** Acts of each caller; a batch is one, and so are twenty leaves at once. */
const ROUNDS_DEFAULT = 16
const rounds = Number(process.env['CARILLON_STORM_ROUNDS'] ?? ROUNDS_DEFAULT)
/** Acts of each caller among which the channel is deleted. */
const LAST_ROUNDS = 8
/** A minute passes in a second and a half, and a sweep comes every tenth of a second. */
const SETTLING_MS = 30_000
/** Some five seconds, were it alone on the machine. */
const TIMEOUT_MS = 180_000

/** There are 300 people, many of whom are always elsewhere. */
const SHAPES = [
  ['few sub-channels, too small for all', 3, 70, 40],
  ['many that need company', 100, 3, 40],
  ['many that need none', 60, 8, 10],
] as const

for (const store of STORES) {
  test.each(SHAPES)(
    `races in %s keep every promise (${store}, seed ${seed})`,
    { timeout: TIMEOUT_MS },
    async (_shape, maximum, target, percentage) => {
      await using bed = await openBed(store)
      const since = Date.now()
      await using server = await launchStormServer(bed.settings, since)
      using storm = await createElasticStorm({
        url: server.url,
        since,
        random: mulberry32(seed),
        configuration: {
          MaximumSubChannels: maximum,
          TargetMembershipsPerSubChannel: target,
          MinimumMembershipPercentage: percentage,
        },
      })
      await storm.run(rounds)
      await storm.fillUp()
      expect(storm.surprises).toEqual([])
      const full = await settledRoster(storm)
      expect(faultsOf(storm, full)).toEqual([])
      expect(await misledIn(storm, full)).toEqual([])

      await storm.thinOut()
      expect(storm.surprises).toEqual([])
      const thin = await settledRoster(storm)
      expect(faultsOf(storm, thin)).toEqual([])
      expect(thin.subChannels.size).toBeLessThan(full.subChannels.size)

      let isDeleted: Promise<void> | undefined
      await storm.run(LAST_ROUNDS, (done) => {
        if (isDeleted !== undefined || done % 40 !== 0) return
        storm.isOver = true
        isDeleted = storm.deleteChannel()
      })
      await (isDeleted ?? storm.deleteChannel())
      expect(storm.surprises).toEqual([])
      const people = storm.people.filter((person) => !person.isDeleted && !person.isUnsure)
      const left = people.slice(0, 50).map((person) => storm.countOwnMemberships(person))
      expect(new Set(await Promise.all(left))).toEqual(new Set([0]))
      await expect.poll(() => countLeft(bed.ask), { timeout: SETTLING_MS }).toBe(0)
      await server.end('SIGTERM')
      expect(await faultsIn(bed.ask)).toEqual([])
    },
  )
}

/** Time passes until what was too young to be taken apart is old enough. */
async function settledRoster(storm: ElasticStorm): Promise<Roster> {
  await expect
    .poll(async () => unbalancedIn(storm, await storm.readRoster()), {
      timeout: SETTLING_MS,
      interval: 250,
    })
    .toEqual([])
  return storm.readRoster()
}
