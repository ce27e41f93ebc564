// Finds the keys that a JSON text gives more than once in one object. JSON.parse keeps the last of
// them without a word, and calls its reviver when the others are gone. Of a text that it has taken,
// strings and six signs say all about its objects, so this is no second parser; the libraries that
// would do it are, each with its own idea of what JSON is.

/** A string, or a sign that stands outside of them. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g

/** An object or a list that is open at that place. */
interface OpenValue {
  /** Undefined for a list. */
  readonly keys: Set<string> | undefined
  /** The last key; of a list, none. */
  key: string | undefined
  isKeyNext: boolean
}

/**
 * The path of each key of `text`, which must be JSON, that its object has already; once for each.
 * Places within lists do not show in paths.
 */
export function listDuplicateKeys(text: string): readonly (readonly string[])[] {
  const open: OpenValue[] = []
  const found = new Map<string, readonly string[]>()
  for (const [token] of text.matchAll(TOKEN)) {
    const inner = open.at(-1)
    if (token === '{') open.push({ keys: new Set(), key: undefined, isKeyNext: true })
    else if (token === '[') open.push({ keys: undefined, key: undefined, isKeyNext: false })
    else if (token === '}' || token === ']') open.pop()
    else if (inner?.keys === undefined) continue
    else if (token === ',') inner.isKeyNext = true
    else if (token === ':') inner.isKeyNext = false
    else if (inner.isKeyNext) {
      inner.key = JSON.parse(token) as string
      if (inner.keys.has(inner.key)) {
        const path = open.flatMap(({ key }) => key ?? [])
        found.set(JSON.stringify(path), path)
      }
      inner.keys.add(inner.key)
    }
  }
  return [...found.values()]
}
