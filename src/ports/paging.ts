// Lists in pages: places, requests and results, the same for every list that the store keeps.

/** The place of an item in a list, as a JSON array: opaque to everyone but the store. */
export type Cursor = readonly (string | number)[]

/** Which part of a list is wanted. */
export interface PageRequest {
  /** Continue behind this place; absent for the first page. */
  readonly after?: Cursor | undefined
  /** At most this many items, 1 or more. */
  readonly limit: number
}

/** `next` is absent on the last page. A page may be short, even empty, and still have a `next`. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly next?: Cursor | undefined
}
