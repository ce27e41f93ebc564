// Paging tokens: a place in a list, sealed so that only the list it came from accepts it.
import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto'
import { BadRequestException } from '../domain/errors.ts'
import type { Cursor, Page, PageRequest } from '../ports/paging.ts'

/** Items on a page when the caller does not say. */
// evidence: inferred (behaviour 7.6)
const DEFAULT_PAGE_LENGTH = 50

/** Bytes of the authentication code that are kept: 128 bits cannot be guessed. */
const CODE_BYTES = 16

/**
 * What every token begins with: in base64url a letter. Without it one token in 64 would begin with
 * a dash, and `--next-token -x` is an option to the AWS CLI, not a value.
 */
const VERSION = Buffer.of(1)
/** What stands before the place. */
const HEADER_BYTES = VERSION.length + CODE_BYTES

/** Opens and seals paging tokens. Both are pure apart from the key. */
export interface NextTokens {
  /**
   * The token for `cursor`. `listing` names everything that must be the same on the next call:
   * operation, bearer and filters.
   */
  seal(listing: readonly (string | undefined)[], cursor: Cursor): string
  /** The cursor of `token`; throws BadRequestException when it was not sealed for `listing`. */
  open(listing: readonly (string | undefined)[], token: string): Cursor
}

/** What every list operation takes, beside its filters. */
export interface PagedInput {
  readonly MaxResults?: number | undefined
  readonly NextToken?: string | undefined
}

/**
 * One page of a list operation: `fetch` gets the place and length that the caller asked for.
 * `listing` is that of `NextTokens`. An empty token, which the models allow and loops begin with,
 * names no place: the first page. Throws BadRequestException for a token of another list.
 */
// evidence: model (NextToken: min 0) | inferred (what an empty token means)
export async function listPage<Item>(
  nextTokens: NextTokens,
  listing: readonly (string | undefined)[],
  input: PagedInput,
  fetch: (page: PageRequest) => Promise<Page<Item>>,
): Promise<{ readonly items: readonly Item[]; readonly NextToken: string | undefined }> {
  const { NextToken: token } = input
  const page = await fetch({
    after: token === undefined || token === '' ? undefined : nextTokens.open(listing, token),
    limit: input.MaxResults ?? DEFAULT_PAGE_LENGTH,
  })
  return {
    items: page.items,
    NextToken: page.next === undefined ? undefined : nextTokens.seal(listing, page.next),
  }
}

/** Tokens under `key`, which every node of a deployment must share. */
export function createNextTokens(key: Buffer): NextTokens {
  const secret = createSecretKey(key)
  return {
    seal(listing, cursor) {
      const place = Buffer.from(JSON.stringify(cursor))
      const code = authenticate(secret, listing, place)
      return Buffer.concat([VERSION, code, place]).toString('base64url')
    },
    open(listing, token) {
      const bytes = Buffer.from(token, 'base64url')
      const place = bytes.subarray(HEADER_BYTES)
      const code = bytes.subarray(VERSION.length, HEADER_BYTES)
      if (
        bytes.length <= HEADER_BYTES ||
        bytes[0] !== VERSION[0] ||
        bytes.toString('base64url') !== token ||
        !timingSafeEqual(code, authenticate(secret, listing, place))
      ) {
        throw new BadRequestException(
          'NextToken is not one that this operation returned for the same bearer and parameters',
        )
      }
      return JSON.parse(place.toString()) as Cursor
    },
  }
}

function authenticate(
  secret: KeyObject,
  listing: readonly (string | undefined)[],
  place: Buffer,
): Buffer {
  return createHmac('sha256', secret)
    .update(JSON.stringify(listing.map((part) => part ?? null)))
    .update('\n')
    .update(place)
    .digest()
    .subarray(0, CODE_BYTES)
}
