// Paging as IAM has it: Marker, MaxItems and IsTruncated. The markers themselves are paging tokens.
import { FrontDoorError } from '../../base/api-error.ts'
import { BadRequestException } from '../../domain/errors.ts'
import type { Cursor, Page, PageRequest } from '../../ports/paging.ts'

/** Items on a page when the caller does not say. */
// evidence: docs ListUsers
const DEFAULT_PAGE_LENGTH = 100

interface MarkedInput {
  readonly MaxItems?: number | undefined
  readonly Marker?: string | undefined
}

/** The part of NextTokens that is needed here. */
interface CursorSeal {
  seal(listing: readonly (string | undefined)[], cursor: Cursor): string
  open(listing: readonly (string | undefined)[], token: string): Cursor
}

export interface MarkedPage<Item> {
  readonly items: readonly Item[]
  readonly IsTruncated: boolean
  readonly Marker: string | undefined
}

/**
 * One page of a list of IAM. `listing` names everything that must be the same on the next call.
 * Throws the front door's ValidationException for a marker of another list.
 */
// evidence: docs ListUsers | inferred (the error)
export async function listMarkedPage<Item>(
  tokens: CursorSeal,
  listing: readonly (string | undefined)[],
  input: MarkedInput,
  fetch: (page: PageRequest) => Promise<Page<Item>>,
): Promise<MarkedPage<Item>> {
  const page = await fetch({
    after: input.Marker === undefined ? undefined : openMarker(tokens, listing, input.Marker),
    limit: input.MaxItems ?? DEFAULT_PAGE_LENGTH,
  })
  const Marker = page.next === undefined ? undefined : tokens.seal(listing, page.next)
  return { items: page.items, IsTruncated: Marker !== undefined, Marker }
}

function openMarker(
  tokens: CursorSeal,
  listing: readonly (string | undefined)[],
  marker: string,
): Cursor {
  try {
    return tokens.open(listing, marker)
  } catch (error) {
    if (!(error instanceof BadRequestException)) throw error
    throw new FrontDoorError('ValidationException', 400, 'Invalid Marker.')
  }
}
