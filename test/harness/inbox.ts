// What a server of the tests has received, in order, and a way to wait for more of it.

export interface Inbox<Item> {
  readonly items: readonly Item[]
  put(item: Item): void
  /** Resolves once as many as `count` are there. */
  holds(count: number): Promise<readonly Item[]>
  /** Resolves with the first one that fits, now or later. */
  first(fits: (item: Item) => boolean): Promise<Item>
}

export function createInbox<Item>(): Inbox<Item> {
  const items: Item[] = []
  const waiting = new Set<() => void>()
  const until = async <Found>(look: () => Found | undefined): Promise<Found> => {
    for (;;) {
      const found = look()
      if (found !== undefined) return found
      await new Promise<void>((resolve) => waiting.add(resolve))
    }
  }
  return {
    items,
    put(item) {
      items.push(item)
      for (const wake of waiting) wake()
      waiting.clear()
    },
    holds: (count) => until(() => (items.length >= count ? items : undefined)),
    first: (fits) => until(() => items.find(fits)),
  }
}
