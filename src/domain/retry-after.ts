// For how long a destination asks to be left alone, as the header Retry-After says it.

/** Statuses with which the header speaks of the destination: too much at once, and not now. */
// evidence: RFC 6585, section 4; RFC 9110, section 15.6.4
const STATUSES: ReadonlySet<number> = new Set([429, 503])
const SECONDS = /^\d+$/
/** The three forms of a date in HTTP. All are in UTC, and the last one does not say so. */
// evidence: RFC 9110, section 5.6.7
const DATE = /^[A-Z][a-z]+,? [-\w]+( \w+)?( +\d+)? \d{2}:\d{2}:\d{2}( \d{4})?( GMT)?$/

/**
 * The pause in milliseconds, 0 for a date that is over; undefined when nothing is asked for that
 * can be understood. Not bounded.
 */
export function retryAfterMsOf(
  status: number | undefined,
  header: string | undefined,
  now: number,
): number | undefined {
  const text = header?.trim()
  if (text === undefined || status === undefined || !STATUSES.has(status)) return undefined
  if (SECONDS.test(text)) return Number(text) * 1000
  if (!DATE.test(text)) return undefined
  const at = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
