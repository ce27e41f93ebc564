// Session tokens: only what was sealed under the key opens, and everything else is unknown.
import { describe, expect, it } from 'vitest'
import type { RoleSession } from '../../domain/role-session.ts'
import { createSessionTokens, packedSizePercent, PACKED_BYTES_MAX } from './session-tokens.ts'

const key = Buffer.alloc(32, 7)
const session: RoleSession = {
  accessKeyId: 'ASIA2222222222222222',
  secretAccessKey: 'secret/of+the/session',
  accountId: '000000000000',
  roleName: 'chat',
  roleId: 'AROA2222222222222222',
  sessionName: 'ana@example.com',
  tags: new Map([
    ['user', 'ana ☂'],
    ['team', ''],
  ]),
  transitiveTagKeys: ['user'],
  sessionPolicy: '{"Version":"2012-10-17","Statement":[]}',
  sourceIdentity: 'ana',
  issuedAt: 1_000,
  expiresAt: 901_000,
}

describe('a token', () => {
  it('opens to the session that was sealed, on any node with the key, again and again', () => {
    const token = createSessionTokens(key).seal(session)
    const other = createSessionTokens(Buffer.from(key))
    expect(other.open(token)).toEqual(session)
    expect(other.open(token)).toBe(other.open(token))
  })

  it('opens to a session that has little in it', () => {
    const tokens = createSessionTokens(key)
    const { sessionPolicy: _policy, sourceIdentity: _source, ...plain } = session
    const small = { ...plain, tags: new Map(), transitiveTagKeys: [] }
    expect(tokens.open(tokens.seal(small))).toEqual(small)
  })

  it('is safe in URLs and headers, tells nothing, and is never the same twice', () => {
    const tokens = createSessionTokens(key)
    const token = tokens.seal(session)
    expect(token).toMatch(/^[A-Za-z0-9_-]+$/)
    expect(Buffer.from(token, 'base64url').toString('latin1')).not.toContain('chat')
    expect(tokens.seal(session)).not.toBe(token)
  })

  it('does not open under another key', () => {
    const token = createSessionTokens(Buffer.alloc(32, 8)).seal(session)
    expect(createSessionTokens(key).open(token)).toBeUndefined()
  })

  it('does not open once any one of its characters is changed', () => {
    const tokens = createSessionTokens(key)
    const token = tokens.seal(session)
    for (let at = 0; at < token.length; at += 1) {
      const changed = token[at] === 'A' ? 'B' : 'A'
      expect(tokens.open(token.slice(0, at) + changed + token.slice(at + 1)), `${at}`).toBe(
        undefined,
      )
    }
    expect(tokens.open(token)).toEqual(session)
  })

  it('does not open when it is cut anywhere, or longer', () => {
    const tokens = createSessionTokens(key)
    const token = tokens.seal(session)
    for (let length = 0; length < token.length; length += 1) {
      expect(tokens.open(token.slice(0, length)), `${length}`).toBeUndefined()
    }
    for (const more of ['A', '=', '\n', ' ', 'AAAA', 'A'.repeat(10_000)]) {
      expect(tokens.open(token + more)).toBeUndefined()
    }
  })

  it.each(['', '=', 'FwoGZXIvYXdzE', '☂☂☂', 'A'.repeat(100)])('%j does not open', (text) => {
    expect(createSessionTokens(key).open(text)).toBeUndefined()
  })
})

describe('opened tokens', () => {
  it('are remembered while there is room, and open again when they are forgotten', () => {
    const sealed = Array.from({ length: 5 }, () => createSessionTokens(key).seal(session))
    const length = sealed[0]?.length ?? 0
    const tokens = createSessionTokens(key, length * 3)
    const first = sealed.map((token) => tokens.open(token))
    expect(first).toEqual(sealed.map(() => session))
    expect(tokens.open(sealed[4]!)).toBe(first[4])
    expect(tokens.open(sealed[2]!)).toBe(first[2])
    const again = tokens.open(sealed[0]!)
    expect(again).toEqual(session)
    expect(again).not.toBe(first[0])
    expect(createSessionTokens(key, 0).open(sealed[0]!)).toEqual(session)
  })
})

describe('the packed size', () => {
  it('is none without session policy and tags', () => {
    expect(packedSizePercent({ tags: new Map() })).toBeUndefined()
  })

  it('grows with both', () => {
    const one = packedSizePercent({ tags: new Map([['user', 'ana']]) })
    const both = packedSizePercent({ tags: new Map([['user', 'ana']]), sessionPolicy: noise(800) })
    expect(one).toBeGreaterThan(0)
    expect(both).toBeGreaterThan(one ?? 100)
  })

  it('keeps the token within 6,500 characters up to 100 percent', () => {
    const tags = new Map<string, string>()
    let percent = 0
    while (percent < 98) {
      tags.set(`key${tags.size}`, noise(60))
      percent = packedSizePercent({ tags }) ?? 0
    }
    expect(percent).toBeLessThanOrEqual(100)
    const token = createSessionTokens(key).seal({ ...session, tags, sessionPolicy: undefined })
    expect(token.length).toBeGreaterThan(PACKED_BYTES_MAX)
    expect(token.length).toBeLessThan(6_500)
  })
})

/** Text that does not compress, the same in every run. */
function noise(length: number): string {
  let state = 12_345 + length
  return Array.from({ length }, () => {
    state = (state * 1_103_515_245 + 12_345 + length) % 2_147_483_648
    return String.fromCharCode(33 + ((state >> 8) % 90))
  }).join('')
}
