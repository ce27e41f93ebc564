// Web identity tokens against a real issuer: what is accepted, what each bad token is told, and
// what a slow, wrong or silent provider costs.
import * as fc from 'fast-check'
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FETCH_TIMEOUT_MS } from '../../src/openid/fetch-json.ts'
import {
  FAILURE_AGE_MS,
  KEYS_AGE_MAX_MS,
  KEYS_AGE_MIN_MS,
  KEYS_AGE_MS,
  REFETCH_INTERVAL_MS,
} from '../../src/openid/provider-keys.ts'
import { createWebIdentityVerifier } from '../../src/openid/web-identity-verifier.ts'
import { createFakeClock, type FakeClock } from '../harness/fake-clock.ts'
import {
  answer,
  makeIssuerKey,
  startOpenIdIssuer,
  type OpenIdIssuer,
} from '../harness/openid-issuer.ts'
import { silent } from '../harness/silent-logger.ts'

let issuer: OpenIdIssuer
let clock: FakeClock
let verifier: ReturnType<typeof createWebIdentityVerifier>
beforeEach(async () => {
  issuer = await startOpenIdIssuer()
  clock = createFakeClock(Date.now())
  verifier = createWebIdentityVerifier(clock, silent)
})
afterEach(() => issuer[Symbol.asyncDispose]())

const provider = () => ({ issuer: issuer.issuer, clientIds: ['app', 'other-app'] })
const verify = (token: string) => verifier.verify(token, provider(), clock.now())
const refused = (token: string) => verify(token).catch((error: unknown) => error)
const issuerOrError = (token: string): string => {
  try {
    return verifier.issuerOf(token)
  } catch (error) {
    return (error as { wireName?: string }).wireName ?? String(error)
  }
}
const seconds = (offsetMs: number) => Math.floor((clock.now() + offsetMs) / 1000)
const fetchesOfKeys = () => issuer.requests.filter((path) => path === '/keys').length

describe('a good token', () => {
  it('tells its subject, audience and claims', async () => {
    const token = await issuer.token({ amr: ['authenticated'], email: 'ana@example.com' })
    expect(verifier.issuerOf(token)).toBe(issuer.issuer)
    expect(await verify(token)).toMatchObject({
      subject: 'ana',
      audience: 'app',
      claims: { amr: ['authenticated'], email: 'ana@example.com' },
    })
  })

  it.each(['RS256', 'RS512', 'PS256', 'ES256', 'ES384', 'EdDSA'])(
    'may be %s',
    async (algorithm) => {
      issuer.keys = [await makeIssuerKey('k', algorithm)]
      const token = await issuer.token()
      expect(verifier.issuerOf(token)).toBe(issuer.issuer)
      expect((await verify(token)).subject).toBe('ana')
    },
  )

  it('may be for several audiences, and then the one that is known counts', async () => {
    expect((await verify(await issuer.token({ aud: ['x', 'other-app'] }))).audience).toBe(
      'other-app',
    )
  })

  it('is for azp where it has one', async () => {
    expect((await verify(await issuer.token({ aud: ['x'], azp: 'app' }))).audience).toBe('app')
    await expect(verify(await issuer.token({ aud: 'app', azp: 'x' }))).rejects.toThrow('audience')
  })

  it('may be from a clock that is a little ahead or behind', async () => {
    expect(await verify(await issuer.token({ nbf: seconds(20_000) }))).toBeDefined()
    expect(await verify(await issuer.token({ exp: seconds(-20_000) }))).toBeDefined()
  })
})

describe('a token that is refused before anything is fetched', () => {
  const claims = { iss: 'https://id.example.com', sub: 'ana', aud: 'app' }

  it.each([
    ['no JWT', 'not.a.jwt'],
    ['nothing', ''],
    ['two parts', 'e30.e30'],
    ['a header that is a list', `${Buffer.from('[]').toString('base64url')}.e30.x`],
  ])('%s', (_name, token) => {
    expect(() => verifier.issuerOf(token)).toThrow(
      expect.objectContaining({ wireName: 'InvalidIdentityTokenException' }),
    )
  })

  it('alg none', () => {
    const token = new UnsecuredJWT(claims).setExpirationTime('1h').encode()
    expect(() => verifier.issuerOf(token)).toThrow(/must be signed with one of/)
  })

  it('HMAC, also with the public key as its secret', async () => {
    const secret = Buffer.from(JSON.stringify(issuer.keys[0]?.publicJwk))
    const token = await new SignJWT({ ...claims, iss: issuer.issuer })
      .setProtectedHeader({ alg: 'HS256', kid: 'first' })
      .sign(secret)
    expect(() => verifier.issuerOf(token)).toThrow(/must be signed with one of/)
    await expect(async () => verifier.issuerOf(token)).rejects.toMatchObject({
      wireName: 'InvalidIdentityTokenException',
    })
  })

  it.each([
    'http://id.example.com',
    'ftp://127.0.0.1',
    'id.example.com',
    'https://u:p@example.com',
    '',
  ])('the issuer %j', async (iss) => {
    const token = await issuer.token({ iss })
    expect(() => verifier.issuerOf(token)).toThrow(/issuer \(iss\)/)
  })
})

describe('a token that is refused', () => {
  it('has expired', async () => {
    const error = await refused(await issuer.token({ exp: seconds(-60_000) }))
    expect(error).toMatchObject({ wireName: 'ExpiredTokenException' })
    expect((error as Error).message).toMatch(
      /^Token expired: current date\/time \d+ must be before/,
    )
  })

  it('is not valid yet', async () => {
    const error = await refused(await issuer.token({ nbf: seconds(60_000) }))
    expect(error).toMatchObject({ wireName: 'IDPRejectedClaimException' })
  })

  it.each([
    ['another audience', { aud: 'elsewhere' }, 'Incorrect token audience'],
    ['no known audience', { aud: [] }, 'Incorrect token audience'],
    ['no subject', { sub: undefined }, 'sub'],
    ['an empty subject', { sub: '' }, 'sub'],
    ['a subject that is a number', { sub: 7 }, 'sub'],
    ['a subject of 256 characters', { sub: 'x'.repeat(256) }, 'sub'],
    ['no expiry', { exp: undefined }, 'exp'],
    ['an expiry that is text', { exp: 'tomorrow' }, 'exp'],
    ['another issuer', { iss: 'https://id.example.com' }, 'iss'],
  ])('has %s', async (_name, claims, text) => {
    const error = await refused(await issuer.token(claims))
    expect(error).toMatchObject({ wireName: 'InvalidIdentityTokenException' })
    expect((error as Error).message).toContain(text)
  })

  it('was signed with another key of the same id', async () => {
    const stranger = await makeIssuerKey('first')
    const error = await refused(await issuer.token({}, stranger))
    expect(error).toMatchObject({ wireName: 'InvalidIdentityTokenException' })
    expect((error as Error).message).toContain('signature')
  })

  it('was altered in any part', async () => {
    const [header = '', payload = '', signature = ''] = (await issuer.token()).split('.')
    const other = (await issuer.token({ sub: 'bob' })).split('.')[1] ?? ''
    const flipped = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1)
    for (const token of [`${header}.${other}.${signature}`, `${header}.${payload}.${flipped}`]) {
      expect(await refused(token)).toMatchObject({ wireName: 'InvalidIdentityTokenException' })
    }
  })

  it.each<[string, Record<string, unknown>]>([
    ['brings its own key', { jwk: 'own' }],
    ['says where its key is', { jku: 'https://evil.example.com/keys', x5u: 'https://x.example' }],
    ['has a part that must be understood', { crit: ['exp'], exp: 1 }],
    ['has a very long key id', { kid: 'k'.repeat(10_000) }],
    ['has a key id that objects inherit', { kid: '__proto__' }],
  ])('%s', async (_name, header) => {
    const stranger = await makeIssuerKey('first')
    const { jwk, ...rest } = header
    const token = await new SignJWT({ iss: issuer.issuer, sub: 'ana', aud: 'app' })
      .setProtectedHeader({
        alg: 'ES256',
        kid: 'first',
        ...(jwk === undefined ? {} : { jwk: stranger.publicJwk }),
        ...rest,
      })
      .setExpirationTime('1h')
      .sign(stranger.privateKey, { crit: { exp: true } })
    expect(await refused(token)).toMatchObject({ wireName: 'InvalidIdentityTokenException' })
    expect(issuer.requests.every((path) => /^\/(keys|\.well-known)/.test(path))).toBe(true)
  })

  it('is any text at all: never more than an invalid token', () => {
    const part = fc.oneof(
      fc.string(),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
      fc.constantFrom(
        ...['{"alg":"ES256"}', '{"iss":7}', '{"iss":"https://a"}', '[]'].map((text) =>
          Buffer.from(text).toString('base64url'),
        ),
      ),
    )
    const text = fc.array(part, { maxLength: 6 }).map((parts) => parts.join('.'))
    const allowed = ['https://a', 'InvalidIdentityTokenException']
    const property = fc.property(text, (token) => {
      expect(allowed).toContain(issuerOrError(token))
    })
    fc.assert(property)
  })

  it('names a key of an algorithm that it is not signed with', async () => {
    const { privateKey } = await generateKeyPair('RS256')
    const token = await new SignJWT({ iss: issuer.issuer, sub: 'ana', aud: 'app' })
      .setProtectedHeader({ alg: 'RS256', kid: 'first' })
      .setExpirationTime('1h')
      .sign(privateKey)
    expect(await refused(token)).toMatchObject({ wireName: 'InvalidIdentityTokenException' })
  })
})

describe('keys', () => {
  it('are fetched once for all who wait, and kept for as long as is usual', async () => {
    const token = await issuer.token({ exp: seconds(KEYS_AGE_MAX_MS * 3) })
    await Promise.all(Array.from({ length: 20 }, () => verify(token)))
    clock.advance(KEYS_AGE_MS - 1)
    await verify(token)
    expect(issuer.requests).toEqual(['/.well-known/openid-configuration', '/keys'])
    clock.advance(1)
    await verify(token)
    expect(fetchesOfKeys()).toBe(2)
  })

  it.each([
    ['max-age=600', 600_000],
    ['public, max-age=10', KEYS_AGE_MIN_MS],
    ['no-store', KEYS_AGE_MIN_MS],
    ['max-age=999999999', KEYS_AGE_MAX_MS],
  ])('are kept by cache-control %s within limits', async (cacheControl, ageMs) => {
    issuer.keysHeaders = { 'cache-control': cacheControl }
    const token = await issuer.token({ exp: seconds(KEYS_AGE_MAX_MS * 3) })
    await verify(token)
    clock.advance(ageMs - 1)
    await verify(token)
    expect(fetchesOfKeys()).toBe(1)
    clock.advance(1)
    await verify(token)
    expect(fetchesOfKeys()).toBe(2)
  })

  it('are fetched again for a key id that is new, at once, but not for every forged one', async () => {
    await verify(await issuer.token())
    const second = await makeIssuerKey('second')
    issuer.keys.unshift(second)
    const token = await issuer.token({}, second)
    await Promise.all([verify(token), verify(token)])
    expect(fetchesOfKeys()).toBe(2)
    const forged = await issuer.token({}, await makeIssuerKey('unknown'))
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await expect(verify(forged)).rejects.toThrow('kid')
    }
    expect(fetchesOfKeys()).toBe(2)
    clock.advance(REFETCH_INTERVAL_MS)
    await expect(verify(forged)).rejects.toMatchObject({
      wireName: 'InvalidIdentityTokenException',
    })
    expect(fetchesOfKeys()).toBe(3)
  })

  it('that are withdrawn no longer verify once they are fetched again', async () => {
    const token = await issuer.token({ exp: seconds(KEYS_AGE_MS * 2) })
    await verify(token)
    issuer.keys = [await makeIssuerKey('next')]
    clock.advance(KEYS_AGE_MS)
    await expect(verify(token)).rejects.toMatchObject({ wireName: 'InvalidIdentityTokenException' })
  })

  it('of several without ids are not guessed at', async () => {
    const [one, two] = [await makeIssuerKey('one'), await makeIssuerKey('two')]
    for (const key of [one, two]) delete (key.publicJwk as { kid?: string }).kid
    issuer.keys = [one, two]
    const token = await new SignJWT({ iss: issuer.issuer, sub: 'ana', aud: 'app' })
      .setProtectedHeader({ alg: 'ES256' })
      .setExpirationTime('1h')
      .sign(one.privateKey)
    await expect(verify(token)).rejects.toThrow('which key')
  })
})

describe('a provider', () => {
  const unreachable = { wireName: 'IDPCommunicationErrorException' }

  it.each<[string, OpenIdIssuer['intercept']]>([
    ['answers 500', (_request, response) => (response.writeHead(500).end('{}'), true)],
    [
      'redirects',
      (_request, response) => {
        response.writeHead(302, { location: `${issuer.issuer}/elsewhere` }).end()
        return true
      },
    ],
    ['sends no JSON', (_request, response) => (response.end('<html>'), true)],
    ['sends null', (_request, response) => (answer(response, null), true)],
    [
      'names another issuer',
      (_request, response) => {
        answer(response, { issuer: `${issuer.issuer}/x`, jwks_uri: `${issuer.issuer}/keys` })
        return true
      },
    ],
    [
      'has its keys where it may not',
      (_request, response) => {
        answer(response, { issuer: issuer.issuer, jwks_uri: 'http://192.0.2.1/keys' })
        return true
      },
    ],
    [
      'has no set of keys',
      (request, response) => {
        if (request.url === '/keys') answer(response, { keys: 'none' })
        return request.url === '/keys'
      },
    ],
    [
      'has too many keys',
      (request, response) => {
        if (request.url === '/keys')
          answer(response, { keys: Array.from({ length: 101 }, () => ({ kty: 'EC' })) })
        return request.url === '/keys'
      },
    ],
    [
      'sends more than is taken',
      (_request, response) => {
        response.writeHead(200).end(`"${'x'.repeat(300 * 1024)}"`)
        return true
      },
    ],
    ['hangs up', (request) => (request.socket.destroy(), true)],
  ])('that %s does not communicate, and recovers', async (_name, intercept) => {
    const token = await issuer.token()
    issuer.intercept = intercept
    await expect(verify(token)).rejects.toMatchObject(unreachable)
    const asked = issuer.requests.length
    expect(issuer.requests).not.toContain('/elsewhere')
    await expect(verify(token)).rejects.toMatchObject(unreachable)
    expect(issuer.requests.length).toBe(asked)
    issuer.intercept = () => false
    clock.advance(FAILURE_AGE_MS)
    expect((await verify(token)).subject).toBe('ana')
  })

  it('that hangs is given up in time, and holds up no other provider', async () => {
    await using other = await startOpenIdIssuer()
    const asked = new Promise<void>((resolve) => {
      issuer.intercept = (_request, response) => {
        response.writeHead(200).write('{')
        resolve()
        return true
      }
    })
    const waiting = verify(await issuer.token())
    const outcome = waiting.catch((error: unknown) => error)
    await asked
    const token = await other.token()
    const identity = await verifier.verify(
      token,
      { issuer: other.issuer, clientIds: ['app'] },
      clock.now(),
    )
    expect(identity.subject).toBe('ana')
    clock.advance(FETCH_TIMEOUT_MS)
    expect(await outcome).toMatchObject(unreachable)
  })
})
