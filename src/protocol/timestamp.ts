// Instants on the wire: epoch seconds in bodies, RFC 3339 in queries. Both are read in both places.

/** Largest distance from the epoch that a Date can hold. Source: ECMAScript, Time Values. */
const EPOCH_MS_MAX = 8.64e15
const MS_PER_SECOND = 1000
const MS_PER_MINUTE = 60_000
const MINUTES_PER_HOUR = 60

// The date and the time may be parted by a space (RFC 3339, 5.6). The sign of the offset may arrive
// as a space when a client left a `+` bare in a query.
const RFC_3339 = new RegExp(
  '^(\\d{4})-(\\d\\d)-(\\d\\d)[Tt ](\\d\\d):(\\d\\d):(\\d\\d)(?:\\.(\\d{1,9}))?' +
    '(?:[Zz]|([+\\- ])(\\d\\d):(\\d\\d))$',
)
const EPOCH_SECONDS = /^-?\d{1,13}(?:\.\d{1,9})?$/

/** The instant of a number of epoch seconds, cut to milliseconds; undefined when out of range. */
export function instantOfEpochSeconds(seconds: number): Date | undefined {
  const epochMs = Math.round(seconds * MS_PER_SECOND)
  return Math.abs(epochMs) <= EPOCH_MS_MAX ? new Date(epochMs) : undefined
}

/**
 * The instant of an RFC 3339 date-time (any offset, any fraction, cut to milliseconds) or of epoch
 * seconds written as text; undefined for anything else, an impossible date included.
 */
// evidence: behaviour 13.8
export function parseInstant(text: string): Date | undefined {
  if (EPOCH_SECONDS.test(text)) return instantOfEpochSeconds(Number(text))
  const match = RFC_3339.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHour, offsetMinute] =
    match
  const epochMs = Date.parse(
    // Leap seconds (60) do not exist in Unix time: the next second stands for them.
    `${year}-${month}-${day}T${hour}:${minute}:${second === '60' ? '59' : second}Z`,
  )
  // Date.parse rolls 30 February over to March; a date that does not exist is refused.
  if (Number.isNaN(epochMs) || new Date(epochMs).getUTCDate() !== Number(day)) return undefined
  if (Number(hour) > 23 || Number(offsetHour ?? 0) > 23 || Number(offsetMinute ?? 0) > 59) {
    return undefined
  }
  const offsetMinutes = Number(offsetHour ?? 0) * MINUTES_PER_HOUR + Number(offsetMinute ?? 0)
  const leapMs = second === '60' ? MS_PER_SECOND : 0
  const fractionMs = Number(fraction.slice(0, 3).padEnd(3, '0'))
  const direction = sign === '-' ? 1 : -1
  const instantMs = epochMs + leapMs + fractionMs + direction * offsetMinutes * MS_PER_MINUTE
  return new Date(instantMs)
}

/**
 * Epoch seconds with at most three decimals, as bodies carry them. Read back it is the same
 * millisecond up to the year 9999; far beyond, a double's digits end.
 */
// evidence: behaviour 8.6
export function formatEpochSeconds(instant: Date): string {
  return String(instant.getTime() / MS_PER_SECOND)
}

/** RFC 3339 in UTC, with milliseconds only where there are any, as XML bodies carry it. */
// evidence: docs AWS query protocol, timestamps
export function formatInstant(instant: Date): string {
  return instant.toISOString().replace('.000Z', 'Z')
}
