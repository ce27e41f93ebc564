// Cross-origin sharing: browser SDKs call both APIs directly, from any page.
import type { IncomingHttpHeaders } from 'node:http'

/** Seconds that a browser may remember a preflight: a day, the longest that one of them honours. */
const PREFLIGHT_AGE_S = 86_400
/** Request header names are echoed up to this length; what SDKs ask for is about 200 characters. */
const ECHOED_LENGTH_MAX = 2_048

/** Sent with every answer to a request from a page. Credentials never travel as cookies. */
// evidence: sdk (behaviour 8.4, 13.9): the error's name and the clock are read from these headers
export const CROSS_ORIGIN_HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'x-amzn-ErrorType, x-amzn-RequestId, x-amzn-ErrorMessage, Date',
} as const

/** The headers of the answer to a preflight; whatever it asks for is allowed. */
// evidence: sdk (behaviour 13.9): SDKs differ in what they ask for, so it is echoed
export function preflightHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const asked = headers['access-control-request-headers'] ?? ''
  return {
    ...CROSS_ORIGIN_HEADERS,
    'Access-Control-Allow-Methods': 'GET, POST, PUT, DELETE',
    ...(asked === '' || asked.length > ECHOED_LENGTH_MAX
      ? {}
      : { 'Access-Control-Allow-Headers': asked }),
    'Access-Control-Max-Age': String(PREFLIGHT_AGE_S),
  }
}
