// Everything that is counted, in Prometheus' terms: the only place that names a metric. Labels are
// of low cardinality; none carries an id.
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import { assert } from '../base/assert.ts'
import { createOutboxMeters, type OutboxMeters } from './outbox-meters.ts'

/** Seconds; from a cached answer to a slow disk. */
const LATENCY_BUCKETS_S = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]
/** Rows; a commit takes at most some 64. */
const ROWS_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256]

/** The operation whose successes are counted as messages. */
const SEND = 'SendChannelMessage'
const ERROR_STATUS_MIN = 400

/** What was counted since the server started. */
export interface MetricTotals {
  /** Requests that named an operation, whatever they were answered. */
  readonly requests: number
  readonly requestsFailed: number
  readonly messagesSent: number
  readonly framesDelivered: number
  readonly sessionsOpened: number
  /** Connected now. */
  readonly sessions: number
}

/** The counters of one server; two servers in one process have one each. */
export interface Metrics extends OutboxMeters {
  requestFinished(operation: string, status: number, durationMs: number): void
  /** `per` is what the rate belongs to. */
  requestThrottled(operation: string, per: string): void
  /** An upgrade to a messaging session was answered with `status` instead. */
  upgradeRefused(status: number): void
  /** A session was refused with the close code `code` before it was established. */
  connectRefused(code: number): void
  sessionOpened(): void
  /** `code` is the WebSocket close code. */
  sessionClosed(code: number): void
  /** Frames that were handed to sockets. */
  framesDelivered(framesCount: number): void
  commitFinished(rowsCount: number, durationMs: number): void
  /** A processor of a channel flow could not be invoked. */
  processorFailed(fallbackAction: 'CONTINUE' | 'ABORT'): void
  /** A bot could not be asked; `code` is an HTTP status. */
  botFailed(code: number): void
  /** A value that is read when metrics are asked for, such as the length of a queue. */
  gauge(name: string, help: string, read: () => number): void
  /** What the gauge `name` reads now. */
  readGauge(name: string): number
  /** The same numbers as in `render`, without the work of rendering. */
  totals(): MetricTotals
  /** The text of `GET /metrics`. */
  render(): Promise<string>
  readonly contentType: string
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const meters = createMeters([registry])
  const readers = new Map<string, () => number>()
  const totals = noTotals()
  return {
    requestFinished(operation, status, durationMs) {
      countRequest(totals, operation, status)
      meters.requests.labels(operation, String(status)).observe(durationMs / 1000)
    },
    requestThrottled: (operation, per) => meters.throttled.labels(operation, per).inc(),
    upgradeRefused: (status) => meters.upgradesRefused.labels(String(status)).inc(),
    connectRefused: (code) => meters.connectsRefused.labels(String(code)).inc(),
    sessionOpened() {
      totals.sessionsOpened += 1
      totals.sessions += 1
      meters.sessionsOpen.inc()
    },
    sessionClosed(code) {
      totals.sessions -= 1
      meters.sessionsOpen.dec()
      meters.sessionsClosed.labels(String(code)).inc()
    },
    framesDelivered(framesCount) {
      totals.framesDelivered += framesCount
      meters.frames.inc(framesCount)
    },
    commitFinished(rowsCount, durationMs) {
      meters.commits.observe(durationMs / 1000)
      meters.commitRows.observe(rowsCount)
    },
    ...createOutboundCounters([registry]),
    ...createOutboxMeters(registry),
    gauge(name, help, read) {
      readers.set(name, read)
      const gauge: Gauge = new Gauge({
        name,
        help,
        registers: [],
        collect: () => gauge.set(read()),
      })
      registry.registerMetric(gauge)
    },
    readGauge(name) {
      const read = readers.get(name)
      assert(read !== undefined, 'the gauge is there')
      return read()
    },
    totals: () => ({ ...totals }),
    render: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

function noTotals() {
  return {
    requests: 0,
    requestsFailed: 0,
    messagesSent: 0,
    framesDelivered: 0,
    sessionsOpened: 0,
    sessions: 0,
  }
}

function countRequest(
  totals: { requests: number; requestsFailed: number; messagesSent: number },
  operation: string,
  status: number,
): void {
  // Probes, and what named no operation.
  if (operation === 'none') return
  totals.requests += 1
  if (status >= ERROR_STATUS_MIN) totals.requestsFailed += 1
  else if (operation === SEND) totals.messagesSent += 1
}

/** Of what leaves the server. */
function createOutboundCounters(
  registers: Registry[],
): Pick<Metrics, 'processorFailed' | 'botFailed'> {
  const processorFailures = new Counter({
    name: 'carillon_processor_failures_total',
    help: 'Processors of channel flows that could not be invoked, by what became of the message',
    labelNames: ['fallback_action'],
    registers,
  })
  const botFailures = new Counter({
    name: 'carillon_bot_failures_total',
    help: 'Questions that bots could not be asked, by the code that their channel was told',
    labelNames: ['code'],
    registers,
  })
  return {
    processorFailed: (fallbackAction) => processorFailures.labels(fallbackAction).inc(),
    botFailed: (code) => botFailures.labels(String(code)).inc(),
  }
}

function createMeters(registers: Registry[]) {
  return {
    requests: new Histogram({
      name: 'carillon_request_duration_seconds',
      help: 'Requests by operation and status, with their latency',
      labelNames: ['operation', 'status'],
      buckets: LATENCY_BUCKETS_S,
      registers,
    }),
    throttled: new Counter({
      name: 'carillon_requests_throttled_total',
      help: 'Requests refused by a rate, by operation and what the rate belongs to',
      labelNames: ['operation', 'per'],
      registers,
    }),
    upgradesRefused: new Counter({
      name: 'carillon_upgrades_refused_total',
      help: 'Upgrades to a messaging session answered with an HTTP status',
      labelNames: ['status'],
      registers,
    }),
    connectsRefused: new Counter({
      name: 'carillon_connects_refused_total',
      help: 'Messaging sessions refused before they were established, by close code',
      labelNames: ['code'],
      registers,
    }),
    sessionsOpen: new Gauge({
      name: 'carillon_sessions',
      help: 'Connected messaging sessions',
      registers,
    }),
    sessionsClosed: new Counter({
      name: 'carillon_sessions_closed_total',
      help: 'Closed messaging sessions by close code',
      labelNames: ['code'],
      registers,
    }),
    frames: new Counter({
      name: 'carillon_frames_delivered_total',
      help: 'Event frames handed to sockets',
      registers,
    }),
    commits: new Histogram({
      name: 'carillon_commit_duration_seconds',
      help: 'Durable commits and how long each took',
      buckets: LATENCY_BUCKETS_S,
      registers,
    }),
    commitRows: new Histogram({
      name: 'carillon_commit_rows',
      help: 'Row changes that shared one commit',
      buckets: ROWS_BUCKETS,
      registers,
    }),
  }
}
