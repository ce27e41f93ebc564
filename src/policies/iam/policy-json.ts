// JSON as policies are written in. Unlike JSON.parse it refuses a key that comes twice, where one
// reader would see an Allow and another a Deny, and gives objects without a prototype.
import { MalformedPolicy } from './malformed-policy.ts'

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject
export type JsonObject = ReadonlyMap<string, JsonValue>

/** Nothing in a policy is deeper than document, statement, condition, operator, key, value. */
const DEPTH_MAX = 8

/** The value that `text` holds. Throws MalformedPolicy. */
export function parsePolicyJson(text: string): JsonValue {
  const reader = new Reader(text)
  const value = reader.value(0)
  reader.end()
  return value
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return value instanceof Map
}

export function isJsonList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}

const SPACE = /[\t\n\r ]*/y
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(depth: number): JsonValue {
    if (depth > DEPTH_MAX)
      throw new MalformedPolicy('', `is nested deeper than ${DEPTH_MAX} levels`)
    this.#skipSpace()
    const next = this.#text[this.#at]
    if (next === '{') return this.#object(depth)
    if (next === '[') return this.#list(depth)
    if (next === '"') return this.#string()
    return this.#scalar()
  }

  end(): void {
    this.#skipSpace()
    if (this.#at < this.#text.length) throw this.#unexpected()
  }

  #object(depth: number): JsonObject {
    const members = new Map<string, JsonValue>()
    this.#at += 1
    if (this.#takes('}')) return members
    do {
      this.#skipSpace()
      if (this.#text[this.#at] !== '"') throw this.#unexpected()
      const key = this.#string()
      if (members.has(key)) throw new MalformedPolicy('', `holds the key "${key}" twice`)
      if (!this.#takes(':')) throw this.#unexpected()
      members.set(key, this.value(depth + 1))
    } while (this.#takes(','))
    if (!this.#takes('}')) throw this.#unexpected()
    return members
  }

  #list(depth: number): readonly JsonValue[] {
    const values: JsonValue[] = []
    this.#at += 1
    if (this.#takes(']')) return values
    do values.push(this.value(depth + 1))
    while (this.#takes(','))
    if (!this.#takes(']')) throw this.#unexpected()
    return values
  }

  #string(): string {
    const start = this.#at
    let end = start + 1
    while (end < this.#text.length && this.#text[end] !== '"') {
      end += this.#text[end] === '\\' ? 2 : 1
    }
    this.#at = end + 1
    try {
      return JSON.parse(this.#text.slice(start, end + 1)) as string
    } catch {
      this.#at = start
      throw this.#unexpected()
    }
  }

  #scalar(): string | number | boolean | null {
    SCALAR.lastIndex = this.#at
    const token = SCALAR.exec(this.#text)?.[0]
    if (token === undefined) throw this.#unexpected()
    this.#at += token.length
    return JSON.parse(token) as number | boolean | null
  }

  #takes(character: string): boolean {
    this.#skipSpace()
    if (this.#text[this.#at] !== character) return false
    this.#at += 1
    return true
  }

  #skipSpace(): void {
    SPACE.lastIndex = this.#at
    this.#at += SPACE.exec(this.#text)?.[0].length ?? 0
  }

  #unexpected(): MalformedPolicy {
    const found = this.#text[this.#at]
    const what = found === undefined ? 'ends too early' : `has an unexpected ${found}`
    return new MalformedPolicy('', `is not JSON: it ${what} at position ${this.#at}`)
  }
}
