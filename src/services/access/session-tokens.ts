// Session tokens: a role's session, sealed so that any node with the key can open it without a
// look-up, and nobody else can read or change it.
import { createSecretKey, type KeyObject } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { RoleSession } from '../../domain/role-session.ts'
import type { Tags } from '../../domain/tags.ts'
import { openBytes, SEAL_VERSION, sealBytes } from '../../base/sealed-bytes.ts'

/** Bound to a token: its first byte, which is to say how it is made. */
const CONTEXT = Buffer.of(SEAL_VERSION)

/**
 * Compressed bytes of session policy and tags. A token then has at most some 6,300 characters,
 * which leaves room beside it in the 32 KiB of a request's head and of a connect URL.
 */
// evidence: docs AssumeRole (a packed limit apart from the other ones, its size unstated)
export const PACKED_BYTES_MAX = 4_096
/** Longest token looked at; no token of ours is as long. */
const TOKEN_CHARACTERS_MAX = 8_192
/** Characters of opened tokens that are remembered: those of some 35,000 usual sessions. */
// evidence: inferred (16 MiB and as much again for what they hold; a miss costs 12 µs)
const OPENED_CHARACTERS_MAX = 16 * 1024 * 1024

/** Seals and opens session tokens. */
export interface SessionTokens {
  /** URL-safe text; its size is bounded where `packedSizePercent` is at most 100. */
  seal(session: RoleSession): string
  /**
   * The session of `token`, or undefined when it was not sealed under this key: cut, altered, made
   * by another server. Whether it has expired is for the caller to decide.
   */
  open(token: string): RoleSession | undefined
}

/** What of a session its caller chose, apart from names: it counts towards the packed size. */
export interface PackedPart {
  readonly sessionPolicy?: string | undefined
  readonly tags: Tags
}

/**
 * Share of the room for session policy and tags that is used, in percent, rounded up; undefined
 * when there is neither. Above 100 the session is to be refused.
 */
export function packedSizePercent({ sessionPolicy, tags }: PackedPart): number | undefined {
  if (sessionPolicy === undefined && tags.size === 0) return undefined
  const packed = deflateRawSync(JSON.stringify([sessionPolicy ?? '', [...tags]]))
  return Math.ceil((packed.length * 100) / PACKED_BYTES_MAX)
}

/** Tokens under `key`, 32 bytes, which every node of a deployment must share. */
export function createSessionTokens(
  key: Buffer,
  openedCharactersMax = OPENED_CHARACTERS_MAX,
): SessionTokens {
  const secret = createSecretKey(key)
  const opened = new Map<string, RoleSession>()
  let openedCharacters = 0
  return {
    seal: (session) => sealToken(secret, session),
    open(token) {
      const known = opened.get(token)
      if (known !== undefined) return known
      const session = openToken(secret, token)
      if (session === undefined) return undefined
      opened.set(token, session)
      openedCharacters += token.length
      for (const oldest of opened.keys()) {
        if (openedCharacters <= openedCharactersMax) break
        opened.delete(oldest)
        openedCharacters -= oldest.length
      }
      return session
    },
  }
}

/** As it stands in the token: JSON has no maps. */
interface SealedSession extends Omit<RoleSession, 'tags'> {
  readonly tags: readonly (readonly [string, string])[]
}

function sealToken(secret: KeyObject, session: RoleSession): string {
  const text = JSON.stringify({ ...session, tags: [...session.tags] })
  return sealBytes(secret, deflateRawSync(text), CONTEXT)
}

function openToken(secret: KeyObject, token: string): RoleSession | undefined {
  if (token.length > TOKEN_CHARACTERS_MAX) return undefined
  const content = openBytes(secret, token, CONTEXT)
  if (content === undefined) return undefined
  // Authentic, so it is what sealToken wrote.
  const session = JSON.parse(inflateRawSync(content).toString()) as SealedSession
  return { ...session, tags: new Map(session.tags) }
}
