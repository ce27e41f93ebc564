// What is measured of queues: gauges by kind, and the overview of destinations for the operator.
import type { Clock } from '../../base/clock.ts'
import type { DestinationOverview } from '../../domain/outbox.ts'
import type { Metrics } from '../../observability/metrics.ts'
import type { DestinationQueue } from './destination-queue.ts'

type MeasuredQueue = Pick<
  DestinationQueue,
  'destination' | 'waitingCount' | 'oldestAt' | 'isCircuitOpen' | 'lastFailure'
>

/** Registers the gauges. */
export function measureQueues(
  metrics: Pick<Metrics, 'gaugeByKind'>,
  clock: Clock,
  queues: () => Iterable<MeasuredQueue>,
): void {
  metrics.gaugeByKind(
    'carillon_outbox_waiting',
    'Entries that wait to be delivered; at least so many, where there are very many',
    () => summed(queues(), ({ waitingCount }) => waitingCount),
  )
  metrics.gaugeByKind(
    'carillon_outbox_oldest_waiting_seconds',
    'Age of the entry that waits longest, as it was known at most half a minute ago',
    () => {
      const now = clock.now()
      const ages = new Map<string, number>()
      for (const { destination, oldestAt } of queues()) {
        const ageS = Math.max(0, now - oldestAt) / 1000
        ages.set(destination.kind, Math.max(ages.get(destination.kind) ?? 0, ageS))
      }
      return ages
    },
  )
  metrics.gaugeByKind('carillon_outbox_open_circuits', 'Destinations that are down', () =>
    summed(queues(), ({ isCircuitOpen }) => Number(isCircuitOpen)),
  )
}

/** Those that wait longest first. */
export function overviewOf(
  queues: Iterable<MeasuredQueue>,
  now: number,
): readonly DestinationOverview[] {
  return [...queues]
    .map(({ destination, waitingCount, oldestAt, isCircuitOpen, lastFailure }) => ({
      ...destination,
      waitingCount,
      oldestAgeMs: Math.max(0, now - oldestAt),
      isCircuitOpen,
      lastFailure,
    }))
    .toSorted((one, other) => other.oldestAgeMs - one.oldestAgeMs)
}

function summed(
  queues: Iterable<MeasuredQueue>,
  valueOf: (queue: MeasuredQueue) => number,
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  for (const queue of queues) {
    const { kind } = queue.destination
    sums.set(kind, (sums.get(kind) ?? 0) + valueOf(queue))
  }
  return sums
}
