// The target of an HTTP request line: where path and query begin. Nothing is decoded.

/** `http://host/path?query`, as clients of a proxy send it. */
const SCHEME_AND_AUTHORITY = /^https?:\/\/[^/?#]*/i

/**
 * Path and query of `target` as sent, the query without its `?`. In the absolute form, scheme and
 * host are left out: what was signed is the path, and the Host header says which host.
 */
// evidence: docs RFC 9112 3.2.2
export function splitRequestTarget(target: string): { rawPath: string; rawQuery: string } {
  const origin = target.startsWith('/') ? '' : (SCHEME_AND_AUTHORITY.exec(target)?.[0] ?? '')
  const mark = target.indexOf('?', origin.length)
  const path = target.slice(origin.length, mark < 0 ? undefined : mark)
  return {
    rawPath: path === '' ? '/' : path,
    rawQuery: mark < 0 ? '' : target.slice(mark + 1),
  }
}
