// Compiled policies by their texts, so that a request does not pay for parsing. Bounded: what was
// not asked for longest is forgotten.
import type { InlinePolicy } from '../../domain/access.ts'
import { compilePolicy, type CompiledPolicy } from './compile-policy.ts'
import type { PolicyKind } from './condition-keys.ts'

/** Of the texts together, about 40 MB with what is made of them. evidence: inferred (memory) */
const TEXT_CHARACTERS_MAX = 4_000_000

export class PolicyCache {
  /** By kind and text; the least recently used comes first. */
  readonly #compiled = new Map<string, CompiledPolicy>()
  #textCharacters = 0
  /** By the very array that the store hands out as long as nothing changes. */
  readonly #lists = new WeakMap<readonly InlinePolicy[], readonly CompiledPolicy[]>()

  /** Throws MalformedPolicy, which for a stored policy means that it is not to be trusted. */
  one(text: string, kind: PolicyKind): CompiledPolicy {
    const key = `${kind} ${text}`
    const known = this.#compiled.get(key)
    const policy = known ?? compilePolicy(text, kind)
    if (known === undefined) this.#textCharacters += key.length
    else this.#compiled.delete(key)
    this.#compiled.set(key, policy)
    for (const oldest of this.#compiled.keys()) {
      if (this.#textCharacters <= TEXT_CHARACTERS_MAX) break
      this.#compiled.delete(oldest)
      this.#textCharacters -= oldest.length
    }
    return policy
  }

  /** The identity policies of one owner. */
  all(policies: readonly InlinePolicy[]): readonly CompiledPolicy[] {
    const known = this.#lists.get(policies)
    if (known !== undefined) return known
    const compiled = policies.map(({ document }) => this.one(document, 'identity'))
    this.#lists.set(policies, compiled)
    return compiled
  }
}
