// A real OpenID Connect issuer in this process, on loopback: discovery document, published keys and
// signed tokens. A test may make it slow, wrong or silent.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose'

export interface IssuerKey {
  readonly kid: string
  readonly algorithm: string
  readonly privateKey: CryptoKey
  readonly publicJwk: JWK
}

export interface OpenIdIssuer extends AsyncDisposable {
  /** `http://127.0.0.1:port`, the claim `iss`. */
  readonly issuer: string
  /** The issuer without its scheme, as IAM shows a provider. */
  readonly url: string
  /** Paths that were asked for, in order. */
  readonly requests: string[]
  /** What is published; the first one signs. */
  keys: IssuerKey[]
  /** Added to the answer that holds the keys. */
  keysHeaders: Record<string, string>
  /** Answers instead of the issuer, when it returns true. */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean
  /** A token of `claims` over good ones: for an hour, of `sub` `ana`, for `app`. */
  token(claims?: Readonly<Record<string, unknown>>, key?: IssuerKey): Promise<string>
}

export async function makeIssuerKey(kid: string, algorithm = 'ES256'): Promise<IssuerKey> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true })
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig' }
  return { kid, algorithm, privateKey, publicJwk }
}

export async function startOpenIdIssuer(): Promise<OpenIdIssuer> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(request.url ?? '')
    if (live.intercept(request, response)) return
    if (request.url === '/.well-known/openid-configuration') {
      answer(response, { issuer, jwks_uri: `${issuer}/keys` })
    } else if (request.url === '/keys') {
      answer(response, { keys: live.keys.map((key) => key.publicJwk) }, live.keysHeaders)
    } else {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const issuer = `http://${url}`
  const live: OpenIdIssuer = {
    issuer,
    url,
    requests,
    keys: [await makeIssuerKey('first')],
    keysHeaders: {},
    intercept: () => false,
    token(claims = {}, key = live.keys[0]) {
      if (key === undefined) throw new Error('the issuer has no key')
      const nowS = Math.floor(Date.now() / 1000)
      const good = { iss: issuer, sub: 'ana', aud: 'app', iat: nowS, exp: nowS + 3_600 }
      return new SignJWT({ ...good, ...claims })
        .setProtectedHeader({ alg: key.algorithm, kid: key.kid })
        .sign(key.privateKey)
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return live
}

/** Answers with JSON. */
export function answer(
  response: ServerResponse,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(200, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(value))
}
