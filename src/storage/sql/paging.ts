// Pages out of rows: one row more than asked for tells whether there is a next page.
import type { Cursor, Page } from '../../ports/paging.ts'

/** `rows` were fetched with a limit of `limit + 1`; `cursorOf` names the place of a row. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  itemOf: (row: Row) => Item,
  cursorOf: (row: Row) => Cursor,
): Page<Item> {
  const taken = rows.length > limit ? rows.slice(0, limit) : rows
  const last = taken.at(-1)
  const items = taken.map(itemOf)
  return rows.length > limit && last !== undefined ? { items, next: cursorOf(last) } : { items }
}

/** The two numbers of a cursor (instant or such, and key), or what lies before the first row. */
export function placeOf(after: Cursor | undefined): { afterValue: number; afterKey: number } {
  if (after === undefined) return { afterValue: Number.MIN_SAFE_INTEGER, afterKey: -1 }
  return { afterValue: Number(after[0]), afterKey: Number(after[1]) }
}
