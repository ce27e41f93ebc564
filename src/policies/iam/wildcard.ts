// Matching with `*` and `?`. Without regular expressions: the work is at most the length of the
// text times that of the pattern, whatever the pattern.

/** `*`: any run of characters, also none. */
export const ANY_RUN: unique symbol = Symbol('*')
/** `?`: exactly one UTF-16 unit. */
export const ANY_ONE: unique symbol = Symbol('?')

/** A string stands for itself, whatever characters are in it. */
export type PatternToken = string | typeof ANY_RUN | typeof ANY_ONE

/** What stands between two `*`: strings, and counts of characters to skip. */
interface Chunk {
  readonly pieces: readonly (string | number)[]
  readonly length: number
}

export class Pattern {
  readonly #chunks: readonly Chunk[]
  /** The whole pattern, when it has no wildcard. */
  readonly #literal: string | undefined

  constructor(tokens: readonly PatternToken[]) {
    this.#chunks = chunksOf(tokens)
    const [only, ...others] = this.#chunks
    const [piece = '', ...more] = only?.pieces ?? []
    const isLiteral = others.length === 0 && more.length === 0 && typeof piece === 'string'
    this.#literal = isLiteral ? piece : undefined
  }

  matches(text: string): boolean {
    if (this.#literal !== undefined) return text === this.#literal
    const chunks = this.#chunks
    const first = chunks[0]
    const last = chunks[chunks.length - 1]
    if (first === undefined || last === undefined) return text === ''
    if (chunks.length === 1) return text.length === first.length && standsAt(first, text, 0)
    const lastAt = text.length - last.length
    if (lastAt < first.length || !standsAt(first, text, 0) || !standsAt(last, text, lastAt)) {
      return false
    }
    // The leftmost place of each is as good as any: what follows has the most room.
    let at = first.length
    for (let index = 1; index < chunks.length - 1; index += 1) {
      const chunk = chunks[index]
      if (chunk === undefined) continue
      const found = findChunk(chunk, text, at, lastAt - chunk.length)
      if (found < 0) return false
      at = found + chunk.length
    }
    return at <= lastAt
  }
}

/** A pattern as people write it: `*` and `?` are wildcards, everything else is itself. */
export function wildcardTokens(text: string): readonly PatternToken[] {
  return text
    .split(/([*?])/)
    .filter((part) => part !== '')
    .map((part) => (part === '*' ? ANY_RUN : part === '?' ? ANY_ONE : part))
}

function chunksOf(tokens: readonly PatternToken[]): readonly Chunk[] {
  const chunks: (string | number)[][] = [[]]
  for (const token of tokens) {
    const pieces = chunks[chunks.length - 1] ?? []
    const before = pieces[pieces.length - 1]
    if (token === ANY_RUN) chunks.push([])
    else if (token === ANY_ONE) {
      if (typeof before === 'number') pieces[pieces.length - 1] = before + 1
      else pieces.push(1)
    } else if (token === '') continue
    else if (typeof before === 'string') pieces[pieces.length - 1] = before + token
    else pieces.push(token)
  }
  return chunks.map((pieces) => ({ pieces, length: lengthOf(pieces) }))
}

function lengthOf(pieces: readonly (string | number)[]): number {
  return pieces.reduce<number>(
    (sum, piece) => sum + (typeof piece === 'number' ? piece : piece.length),
    0,
  )
}

function standsAt({ pieces }: Chunk, text: string, start: number): boolean {
  let at = start
  for (const piece of pieces) {
    if (typeof piece === 'number') at += piece
    else if (!text.startsWith(piece, at)) return false
    else at += piece.length
  }
  return true
}

/** The first place from `from` to `to` where the chunk stands, or -1. */
function findChunk(chunk: Chunk, text: string, from: number, to: number): number {
  if (to < from) return -1
  const places = literalsOf(chunk)
  const [only, ...others] = places
  if (only === undefined) return from
  if (others.length === 0) {
    const found = text.indexOf(only.literal, from + only.offset) - only.offset
    return found >= from && found <= to ? found : -1
  }
  // How many of the literals stand where they must, for each place that the chunk may have.
  const counts = new Uint16Array(to - from + 1)
  for (const { literal, offset } of places) {
    countPlaces(literal, text, from + offset, to + offset, counts)
  }
  const found = counts.indexOf(places.length)
  return found < 0 ? -1 : from + found
}

interface PlacedLiteral {
  readonly literal: string
  /** From where the chunk begins. */
  readonly offset: number
}

function literalsOf({ pieces }: Chunk): readonly PlacedLiteral[] {
  const places: PlacedLiteral[] = []
  let offset = 0
  for (const piece of pieces) {
    if (typeof piece === 'string') places.push({ literal: piece, offset })
    offset += typeof piece === 'number' ? piece : piece.length
  }
  return places
}

/**
 * Adds one to `counts` for each place from `from` to `to` where `literal` stands. By Knuth, Morris
 * and Pratt, so that a literal that nearly stands at every place costs no more than others.
 */
function countPlaces(
  literal: string,
  text: string,
  from: number,
  to: number,
  counts: Uint16Array,
): void {
  const borders = bordersOf(literal)
  let matched = 0
  for (let at = from; at < to + literal.length; at += 1) {
    const code = text.charCodeAt(at)
    while (matched > 0 && literal.charCodeAt(matched) !== code) matched = borders[matched - 1] ?? 0
    if (literal.charCodeAt(matched) === code) matched += 1
    if (matched < literal.length) continue
    const place = at + 1 - literal.length - from
    counts[place] = (counts[place] ?? 0) + 1
    matched = borders[matched - 1] ?? 0
  }
}

/** For each beginning of `literal`, the length of the longest shorter one that also ends it. */
function bordersOf(literal: string): Uint32Array {
  const borders = new Uint32Array(literal.length)
  let matched = 0
  for (let at = 1; at < literal.length; at += 1) {
    const code = literal.charCodeAt(at)
    while (matched > 0 && literal.charCodeAt(matched) !== code) matched = borders[matched - 1] ?? 0
    if (literal.charCodeAt(matched) === code) matched += 1
    borders[at] = matched
  }
  return borders
}
