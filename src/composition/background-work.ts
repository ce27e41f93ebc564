// What goes on without a request.
import { SweepSchedule } from '../jobs/sweep.ts'
import { createSweeps } from '../jobs/sweeps.ts'
import { createCollectionAtRest } from '../observability/collection-at-rest.ts'
import type { Foundation, StartContext } from './foundation.ts'

/** Starts the sweeps, and what keeps memory small at rest. */
export async function startBackgroundWork(
  { clock, logger, parts }: StartContext,
  { store }: Foundation,
): Promise<void> {
  const schedule = new SweepSchedule({ sweeps: createSweeps(store), clock, logger })
  await parts.start({
    name: 'background work',
    start: () => schedule.start(),
    close: () => schedule.close(),
  })
  await parts.start({ name: 'collection at rest', ...createCollectionAtRest(clock) })
}
