// Numbers as a person reads them at a glance.

/** Below, a tenth makes a difference. */
const TENTHS_BELOW = 10
const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB']
const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** A whole number with commas: `1,000,000`. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US')
}

/** The same with what is counted, a noun that takes an s: `1 member`, `2,000 members`. */
export function formatCounted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** A number per second, or `–` where it is not known yet. */
export function formatRate(perSecond: number | undefined): string {
  if (perSecond === undefined) return '–/s'
  const isSmall = perSecond > 0 && perSecond < TENTHS_BELOW
  return `${isSmall ? perSecond.toFixed(1) : formatCount(perSecond)}/s`
}

export function formatBytes(bytes: number): string {
  let unit = 0
  let value = bytes
  while (value >= 1_000 && unit < BYTE_UNITS.length - 1) {
    value /= 1_000
    unit += 1
  }
  const isWhole = unit === 0 || value >= TENTHS_BELOW
  return `${isWhole ? Math.round(value) : value.toFixed(1)} ${BYTE_UNITS[unit] ?? ''}`
}

export function formatMs(milliseconds: number): string {
  return `${milliseconds < TENTHS_BELOW ? milliseconds.toFixed(1) : formatCount(milliseconds)} ms`
}

/** How long something has lasted, in its two largest units: `2 h 14 min`. */
export function formatSpan(spanMs: number): string {
  const [days, hours] = [Math.floor(spanMs / DAY_MS), Math.floor((spanMs % DAY_MS) / HOUR_MS)]
  const minutes = Math.floor((spanMs % HOUR_MS) / MINUTE_MS)
  const seconds = Math.floor((spanMs % MINUTE_MS) / SECOND_MS)
  if (days > 0) return `${formatCount(days)} d ${hours} h`
  if (hours > 0) return `${hours} h ${minutes} min`
  return minutes > 0 ? `${minutes} min ${seconds} s` : `${seconds} s`
}
