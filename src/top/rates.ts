// What happened per second between two overviews of one server.
import type { OverviewTotals, ServerOverview } from '../domain/overview.ts'

export interface Rates {
  /** Of each total, per second. */
  readonly perSecond: OverviewTotals
  /** Processor time over time: 1 is one core. */
  readonly cores: number
}

/**
 * Undefined where there is none: the server was started anew between the two, or they are one.
 * The time between them is the server's own, so that a slow answer changes nothing.
 */
export function ratesBetween(
  before: ServerOverview | undefined,
  now: ServerOverview,
): Rates | undefined {
  if (before === undefined) return undefined
  const elapsedMs = now.uptimeMs - before.uptimeMs
  if (elapsedMs <= 0) return undefined
  const rate = (name: keyof OverviewTotals) =>
    ((now.totals[name] - before.totals[name]) * 1_000) / elapsedMs
  const perSecond = {
    requests: rate('requests'),
    requestsFailed: rate('requestsFailed'),
    messagesSent: rate('messagesSent'),
    framesDelivered: rate('framesDelivered'),
    sessionsOpened: rate('sessionsOpened'),
  }
  // A server that was started anew and has run for longer than the one before.
  if (Object.values(perSecond).some((value) => value < 0)) return undefined
  return { perSecond, cores: (now.cpuMs - before.cpuMs) / elapsedMs }
}
