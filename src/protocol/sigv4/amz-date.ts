// The two date formats of signatures, and the window in which a signature is current. Not for the
// timestamps of the API.

import { invalidSignature } from './signature-errors.ts'

/** How far the client's clock may be off, either way. */
// evidence: docs (AWS's own error texts name five minutes)
export const CLOCK_SKEW_MAX_MS = 5 * 60 * 1000

const AMZ_DATE = /^\d{8}T\d{6}Z$/
const HTTP_DATE =
  /^(?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) (?:GMT|[+-]0000)$/
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** Reads `yyyymmddThhmmssZ` as milliseconds since the epoch; undefined when it is no such date. */
export function parseAmzDate(text: string): number | undefined {
  if (text.length !== 16 || !AMZ_DATE.test(text)) return undefined
  const month = Number(text.slice(4, 6))
  const day = Number(text.slice(6, 8))
  const hour = Number(text.slice(9, 11))
  const minute = Number(text.slice(11, 13))
  const second = Number(text.slice(13, 15))
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined
  if (hour > 23 || minute > 59 || second > 60) return undefined
  return Date.UTC(Number(text.slice(0, 4)), month - 1, day, hour, minute, second)
}

/** Reads the value of a `Date` header, RFC 1123 or basic ISO, as `yyyymmddThhmmssZ`. */
// evidence: sdk botocore auth.py _set_necessary_date_headers (zone written as GMT or -0000)
export function amzDateOfDateHeader(text: string): string | undefined {
  if (AMZ_DATE.test(text)) return text
  const parts = HTTP_DATE.exec(text)
  if (parts === null) return undefined
  const [, day = '', monthName = '', year, hour, minute, second] = parts
  const month = MONTHS.indexOf(monthName) + 1
  if (month === 0) return undefined
  return `${year}${String(month).padStart(2, '0')}${day.padStart(2, '0')}T${hour}${minute}${second}Z`
}

/** Writes milliseconds since the epoch as `yyyymmddThhmmssZ`. */
export function formatAmzDate(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/[-:]|\.\d{3}/g, '')
}

/**
 * Accepts a signature made at `signedAtMs` that is good for `validForMs` after that, give or take
 * the clock skew.
 * @throws FrontDoorError 403 InvalidSignatureException in AWS's words.
 */
export function checkSignatureIsCurrent(
  timestamp: string,
  signedAtMs: number,
  validForMs: number,
  nowMs: number,
): void {
  if (nowMs > signedAtMs + validForMs + CLOCK_SKEW_MAX_MS) {
    const oldest = formatAmzDate(nowMs - validForMs - CLOCK_SKEW_MAX_MS)
    throw invalidSignature(
      `Signature expired: ${timestamp} is now earlier than ${oldest} ` +
        `(${formatAmzDate(nowMs - validForMs)} - 5 min.)`,
    )
  }
  if (signedAtMs > nowMs + CLOCK_SKEW_MAX_MS) {
    throw invalidSignature(
      `Signature not yet current: ${timestamp} is still later than ` +
        `${formatAmzDate(nowMs + CLOCK_SKEW_MAX_MS)} (${formatAmzDate(nowMs)} + 5 min.)`,
    )
  }
}
