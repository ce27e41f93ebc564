// Canonical requests: the texts that a signer may have hashed for the request that arrived. Signers
// differ in small ways (see below), so there is one usual reading and a bounded list of others.
// Decides nothing about keys, times or scopes.

import { decodeBytes, encodeBytes } from './uri-encoding.ts'
import type { CollectedHeaders, RawRequest } from './raw-request.ts'
import { incompleteSignature } from './signature-errors.ts'

/** Most query parameters taken. The API's own operations have at most eight. */
const QUERY_PARAMETERS_MAX = 128
/** Most readings tried for one request, so that a wrong signature costs a bounded time. */
export const READINGS_MAX = 64

/** What is put into canonical form. */
export interface CanonicalSource {
  readonly method: string
  readonly rawPath: string
  /** The signed parameters as sent, in the order sent. */
  readonly querySegments: readonly string[]
  readonly headers: CollectedHeaders
  /** Lower-case names in the signer's order; each is in `headers`. */
  readonly signedHeaders: ReadonlySet<string>
  /** The same, joined by `;`. */
  readonly signedHeadersText: string
  /** Lower-case hex SHA-256 of the body. */
  readonly payloadHash: string
  /** Values of `host` to try, the likeliest first; at least one. */
  readonly hosts: readonly [string, ...string[]]
}

/**
 * Splits a raw query into its parameters as sent.
 * @throws FrontDoorError 403 IncompleteSignatureException when there are too many.
 */
export function splitQuery(rawQuery: RawRequest['rawQuery']): readonly string[] {
  if (rawQuery === '') return []
  const segments = rawQuery.split('&', QUERY_PARAMETERS_MAX + 1)
  if (segments.length > QUERY_PARAMETERS_MAX) {
    throw incompleteSignature(`More than ${QUERY_PARAMETERS_MAX} query parameters.`)
  }
  return segments.includes('') ? segments.filter((segment) => segment !== '') : segments
}

/**
 * Yields canonical requests, the usual one first: path normalised and encoded, query as sent but
 * sorted, runs of blanks in header values folded. Then, each only where it differs:
 * path not normalised, path as sent (curl); query in the order sent, strictly re-encoded with `+`
 * meaning itself, and with `+` meaning a space; header values not folded; header bytes as sent
 * rather than as text; the further hosts. At most {@link READINGS_MAX} in all. A string is to be
 * hashed as UTF-8.
 */
// evidence: behaviour 13.4 (spaces, `~`, `*`, folding); sdk amazon-chime-sdk-js DefaultSigV4
// (order of the query); sdk @smithy/signature-v4 getCanonicalPath (normalises); field: curl 7.88
// --aws-sigv4 signs the path as it sends it
export function* canonicalRequests(source: CanonicalSource): Generator<string | Buffer> {
  const usualPath = encodeBytes(normalisePath(source.rawPath), true)
  const usualQuery = sortedQuery(source.querySegments.map(splitPair))
  const usual = join(source, usualPath, usualQuery, headerBlock(source, source.hosts[0], true))
  yield usual

  let readingsCount = 1
  // The path as sent stands for no other resource: whoever signed it encoded meant the same text,
  // or one in which a `%` is left, and no ARN or id holds that.
  const paths = new Set([usualPath, encodeBytes(source.rawPath, true), source.rawPath])
  const queries = new Set([usualQuery, ...otherQueries(source.querySegments)])
  for (const path of paths) {
    for (const query of queries) {
      for (const block of headerBlocks(source)) {
        for (const text of bothCharsets(join(source, path, query, block))) {
          if (text === usual) continue
          if (readingsCount >= READINGS_MAX) return
          readingsCount += 1
          yield text
        }
      }
    }
  }
}

function join(source: CanonicalSource, path: string, query: string, block: string): string {
  const { method, signedHeadersText, payloadHash } = source
  return `${method}\n${path}\n${query}\n${block}\n${signedHeadersText}\n${payloadHash}`
}

/** A header value beyond ASCII was signed as text (SDKs) or as the bytes sent (raw clients). */
function bothCharsets(text: string): readonly (string | Buffer)[] {
  return /[\x80-\xff]/.test(text) ? [text, Buffer.from(text, 'latin1')] : [text]
}

/** Removes empty and `.` segments and resolves `..`, as signers of every service but S3 do. */
function normalisePath(rawPath: string): string {
  if (!rawPath.includes('//') && !rawPath.includes('/.')) return rawPath
  const kept: string[] = []
  for (const segment of rawPath.split('/')) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  const endsInSlash = kept.length > 0 && rawPath.endsWith('/')
  return `/${kept.join('/')}${endsInSlash ? '/' : ''}`
}

type QueryPair = readonly [key: string, value: string]

function splitPair(segment: string): QueryPair {
  const at = segment.indexOf('=')
  return at < 0 ? [segment, ''] : [segment.slice(0, at), segment.slice(at + 1)]
}

/** Sorted by key, then value, by code unit: sorting `key=value` strings would be wrong. */
function sortedQuery(pairs: QueryPair[]): string {
  if (pairs.length > 1) pairs.sort(comparePairs)
  let query = ''
  for (const [key, value] of pairs) query += `${query === '' ? '' : '&'}${key}=${value}`
  return query
}

function comparePairs(left: QueryPair, right: QueryPair): number {
  if (left[0] !== right[0]) return left[0] < right[0] ? -1 : 1
  if (left[1] === right[1]) return 0
  return left[1] < right[1] ? -1 : 1
}

function otherQueries(segments: readonly string[]): readonly string[] {
  const strict = (plusIsSpace: boolean) =>
    sortedQuery(
      segments.map((segment) => {
        const [key, value] = splitPair(segment)
        return [
          encodeBytes(decodeBytes(key, plusIsSpace), false),
          encodeBytes(decodeBytes(value, plusIsSpace), false),
        ]
      }),
    )
  return [segments.join('&'), strict(false), strict(true)]
}

function headerBlocks(source: CanonicalSource): ReadonlySet<string> {
  const blocks = new Set<string>()
  for (const host of source.hosts) {
    blocks.add(headerBlock(source, host, true))
    blocks.add(headerBlock(source, host, false))
  }
  return blocks
}

/** One `name:value` line per signed header, ended by a line feed. */
function headerBlock(source: CanonicalSource, host: string, folded: boolean): string {
  let block = ''
  for (const name of source.signedHeaders) {
    const value = name === 'host' ? host : (source.headers.get(name) ?? '')
    block += `${name}:${folded ? foldBlanks(value) : oneLine(value)}\n`
  }
  return block
}

function foldBlanks(value: string): string {
  return /[\t\r\n]|  /.test(value) ? value.replace(/[ \t\r\n]+/g, ' ') : value
}

/** Even unfolded, a value stays on its line: otherwise it could write lines of its own. */
function oneLine(value: string): string {
  return /[\r\n]/.test(value) ? value.replace(/[\r\n]+/g, ' ') : value
}
