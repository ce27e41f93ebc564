// One raw request, signed by the official signer, and its answer as it came over the wire.
import { request as httpRequest } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import type { Credentials, Endpoint } from './start-server.ts'

export interface RawAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface SignedRequest {
  readonly method: string
  /** Path with query as it stands on the wire, for example `/channels?app-instance-arn=…`. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** A string is sent as it is; anything else as JSON. */
  readonly body?: unknown
  /** Puts `x-amz-chime-bearer` among the signed headers. */
  readonly bearer?: string
  /** Default `chime`. */
  readonly service?: string
  /** Default: the server's root credential. */
  readonly credentials?: Credentials
  readonly signingDate?: Date
}

/** Signs `request` without sending it: the headers that go on the wire and the body. */
export async function signRequest(server: Endpoint, request: SignedRequest) {
  const body = typeof request.body === 'string' ? request.body : JSON.stringify(request.body)
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  const signed = await signerOf(server, request).sign(
    unsigned(server, request, body, type),
    request.signingDate === undefined ? {} : { signingDate: request.signingDate },
  )
  return { headers: signed.headers, body }
}

/**
 * The path and query with which `request` can be sent without an Authorization header for
 * `expiresIn` seconds. The bearer is signed as a header, which is to be sent along, or stands in
 * the query, `hoisted` there as the signer does it of itself.
 */
export async function presignPath(
  server: Endpoint,
  request: SignedRequest,
  expiresIn: number,
  bearerIs: 'header' | 'hoisted' = 'header',
): Promise<string> {
  const { path } = splitPath(request)
  const body = typeof request.body === 'string' ? request.body : undefined
  const signed = await signerOf(server, request).presign(unsigned(server, request, body), {
    expiresIn,
    unhoistableHeaders: new Set(bearerIs === 'header' ? ['x-amz-chime-bearer'] : []),
    ...(request.signingDate === undefined ? {} : { signingDate: request.signingDate }),
  })
  const pairs = Object.entries(signed.query ?? {}).flatMap(([name, values]) =>
    [values ?? ''].flat().map((value) => [name, value].map(encodeURIComponent).join('=')),
  )
  return `${path}?${pairs.join('&')}`
}

function splitPath(request: SignedRequest): { readonly path: string; readonly query: string } {
  const [path = '/', query = ''] = request.path.split(/\?(.*)/s)
  return { path, query }
}

/** The request as signers take it. */
function unsigned(
  { httpUrl }: Endpoint,
  request: SignedRequest,
  body: string | undefined,
  more: Readonly<Record<string, string>> = {},
) {
  const url = new URL(httpUrl)
  const { path, query } = splitPath(request)
  const { method, bearer, headers } = request
  return {
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    port: Number(url.port),
    path,
    query: queryOf(query),
    headers: {
      host: url.host,
      ...more,
      ...(bearer === undefined ? {} : { 'x-amz-chime-bearer': bearer }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  }
}

function signerOf(server: Endpoint, { credentials, service }: SignedRequest): SignatureV4 {
  return new SignatureV4({
    credentials: credentials ?? server.credentials,
    region: server.region,
    service: service ?? 'chime',
    sha256: Sha256,
  })
}

/** Sends a signed request over plain HTTP on a connection of its own. */
export async function signedFetch(server: Endpoint, request: SignedRequest): Promise<RawAnswer> {
  const { headers, body } = await signRequest(server, request)
  const { method, path } = request
  return rawFetch(server, { method, path, headers, ...(body === undefined ? {} : { body }) })
}

/** Sends a request as it is, without a signature. */
export function rawFetch(
  server: Endpoint,
  request: {
    readonly method: string
    readonly path: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: string | Uint8Array
  },
): Promise<RawAnswer> {
  const { hostname, port } = new URL(server.httpUrl)
  const { method, path, headers = {}, body } = request
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ hostname, port, method, path, headers, agent: false })
    outgoing.on('error', reject)
    outgoing.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('error', reject)
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text })
      })
    })
    outgoing.end(body)
  })
}

function queryOf(query: string): Record<string, string | string[]> {
  const parameters: Record<string, string | string[]> = {}
  for (const [name, value] of new URLSearchParams(query)) {
    const earlier = parameters[name]
    parameters[name] = earlier === undefined ? value : [earlier, value].flat()
  }
  return parameters
}
