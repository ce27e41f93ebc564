// What is measured of a contestant: the figures that go into bench/results/, and the row of
// the table.
import { median, recordResult } from '../measure.ts'
import type { Goal } from '../measure.ts'
import type { LoadReport } from './load-program.ts'
import type { Peer } from './peer.ts'
import type { Row } from './table.ts'

const MICROSECONDS_PER_MS = 1_000
const MICROSECONDS_PER_SECOND = 1_000_000
const BYTES_PER_KILOBYTE = 1_000
const BYTES_PER_MEGABYTE = 1_000_000

/** One run. */
export interface RunReport extends LoadReport {
  /** What the server computed during it. */
  readonly serverCpuSeconds: number
}

/** A peer and what was measured of it. */
export interface Measured {
  readonly peer: Peer
  /** Undefined where another row has it. */
  readonly bytesPerMember: number | undefined
  /** Of the whole server, after everything. */
  readonly residentBytes: number
  /** Runs with one message under way, and with several; the first of each was a warm-up. */
  readonly single: readonly RunReport[]
  readonly many: readonly RunReport[]
}

interface Figure {
  readonly title: string
  readonly unit: string
  /** For the ratio of another server to this one: what it is if this one leads. */
  readonly goal: Goal
  readonly runs: (measured: Measured) => number[]
  readonly details: (measured: Measured) => Record<string, number>
}

const FIGURES: readonly Figure[] = [
  {
    title: 'delivered, 16 in flight',
    unit: 'messages/s',
    goal: { atMost: 1 },
    runs: ({ many }) => counted(many).map((report) => report.deliveredPerSecond),
    details: ({ many }) => timesOf(counted(many)),
  },
  {
    title: 'p99 from send to last delivery, one at a time',
    unit: 'ms',
    goal: { atLeast: 1 },
    runs: ({ single }) => counted(single).map((report) => report.p99Us / MICROSECONDS_PER_MS),
    details: ({ single }) => timesOf(counted(single)),
  },
  {
    title: 'resident memory',
    unit: 'KB a member',
    goal: { atLeast: 1 },
    runs: ({ bytesPerMember: bytes }) => (bytes === undefined ? [] : [bytes / BYTES_PER_KILOBYTE]),
    details: ({ residentBytes }) => ({ afterwardsMegabytes: residentBytes / BYTES_PER_MEGABYTE }),
  },
]

function counted(reports: readonly RunReport[]): readonly RunReport[] {
  return reports.slice(1)
}

function timesOf(reports: readonly RunReport[]): Record<string, number> {
  const of = (value: (report: RunReport) => number) => median(reports.map(value))
  return {
    p50Ms: of(({ p50Us }) => p50Us / MICROSECONDS_PER_MS),
    p99Ms: of(({ p99Us }) => p99Us / MICROSECONDS_PER_MS),
    messages: of(({ messages }) => messages),
    loadBusyShare: of(({ busyShare }) => busyShare),
    serverBusyShare: of(({ serverCpuSeconds, seconds }) => serverCpuSeconds / seconds),
    serverCpuUsPerDelivery: of(
      ({ serverCpuSeconds, seconds, deliveredPerSecond }) =>
        (serverCpuSeconds * MICROSECONDS_PER_SECOND) / (seconds * deliveredPerSecond),
    ),
  }
}

/**
 * Appends a line for each figure of `measured`; for another server the reference is `ours`. Whether
 * `ours` leads in all of them.
 */
export function recordFigures(
  measured: Measured,
  ours: Measured | undefined,
  membersCount: number,
): boolean {
  const isCompared = ours !== undefined && measured.peer.isOurs !== true
  return FIGURES.filter(({ runs }) => runs(measured).length > 0)
    .map(({ title, unit, goal, runs, details }) =>
      recordResult({
        bench: 'peers',
        figure: `${measured.peer.name}, ${membersCount} members: ${title}`,
        unit,
        runs: runs(measured),
        ...(isCompared && { reference: { name: ours.peer.name, runs: runs(ours) }, goal }),
        details: { keeps: measured.peer.keeps, ...details(measured) },
      }),
    )
    .every(Boolean)
}

export function rowOf({ peer, bytesPerMember, single, many }: Measured): Row {
  const singles = counted(single)
  return {
    name: peer.name,
    keeps: peer.keeps,
    isOurs: peer.isOurs === true,
    deliveredPerSecond: median(counted(many).map((report) => report.deliveredPerSecond)),
    p50Ms: median(singles.map((report) => report.p50Us)) / MICROSECONDS_PER_MS,
    p99Ms: median(singles.map((report) => report.p99Us)) / MICROSECONDS_PER_MS,
    kilobytesPerMember:
      bytesPerMember === undefined ? undefined : bytesPerMember / BYTES_PER_KILOBYTE,
  }
}
