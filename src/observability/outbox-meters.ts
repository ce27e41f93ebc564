// What is counted of the outbox, in Prometheus' terms, by kind of entry. Part of the metrics of a
// server.
import { Counter, Gauge, type Registry } from 'prom-client'

/** What counts deliveries, and gauges by kind of entry. */
export interface OutboxMeters {
  /** One entry of the outbox was tried, with this outcome. */
  outboxAttempted(kind: string, outcome: string): void
  /** One was given up and became a dead letter. */
  outboxEntryDied(kind: string): void
  /** A value for each kind of entry, read when metrics are asked for. */
  gaugeByKind(name: string, help: string, read: () => ReadonlyMap<string, number>): void
}

export function createOutboxMeters(registry: Registry): OutboxMeters {
  const registers = [registry]
  const attempts = new Counter({
    name: 'carillon_outbox_deliveries_total',
    help: 'Attempts at entries of the outbox by what became of them',
    labelNames: ['kind', 'outcome'],
    registers,
  })
  const deadLetters = new Counter({
    name: 'carillon_outbox_dead_letters_total',
    help: 'Entries of the outbox that were given up and are kept as dead letters',
    labelNames: ['kind'],
    registers,
  })
  return {
    outboxAttempted: (kind, outcome) => attempts.labels(kind, outcome).inc(),
    outboxEntryDied: (kind) => deadLetters.labels(kind).inc(),
    gaugeByKind(name, help, read) {
      const gauge: Gauge = new Gauge({
        name,
        help,
        labelNames: ['kind'],
        registers,
        collect() {
          gauge.reset()
          for (const [kind, value] of read()) gauge.labels(kind).set(value)
        },
      })
    },
  }
}
