// Requests signed by the official signer and the check that the server makes of them, for the tests
// of signatures. Boots nothing.
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import { FrontDoorError } from '../../src/base/api-error.ts'
import type { RawRequest } from '../../src/protocol/sigv4/raw-request.ts'
import {
  createSignatureChecker,
  type SignatureChecker,
} from '../../src/protocol/sigv4/signature-checker.ts'
import { parseHeaderSignature } from '../../src/protocol/sigv4/verify-header.ts'
import { parseQuerySignature } from '../../src/protocol/sigv4/verify-query.ts'

export const REGION = 'us-east-1'
export const HOST = 'chat.example.com:8443'
export const CREDENTIALS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
export const NOW_MS = Date.UTC(2026, 4, 4, 7, 8, 9)

/** A request before it is signed; `path` is what goes on the wire. */
export interface Call {
  readonly method?: string
  readonly path?: string
  readonly query?: Record<string, string | string[]>
  readonly headers?: Record<string, string>
  readonly body?: string
  readonly sessionToken?: string
  readonly signedAtMs?: number
  readonly service?: string
  readonly region?: string
  /** How the client writes the query on the wire; default strict, as SDK v3 does. */
  readonly encode?: (text: string) => string
}

/**
 * The signer's hash interface on Node's own hashes, which are much faster than the portable one.
 */
class NodeSha256 {
  readonly #hash: Hash | Hmac
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret))
  }
  update(chunk: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(chunk))
  }
  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.#hash.digest())
  }
  reset(): void {
    throw new Error('the signer never resets a hash')
  }
}

function bytesOf(source: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof source === 'string') return Buffer.from(source, 'utf8')
  if (source instanceof ArrayBuffer) return Buffer.from(source)
  return Buffer.from(source.buffer, source.byteOffset, source.byteLength)
}

export function strictEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

export function queryText(
  query: Record<string, string | string[]>,
  encode: (text: string) => string = strictEncode,
): string {
  return Object.entries(query)
    .flatMap(([key, values]) => [values].flat().map((value) => `${encode(key)}=${encode(value)}`))
    .join('&')
}

function signerOf(call: Call): SignatureV4 {
  return new SignatureV4({
    credentials: {
      ...CREDENTIALS,
      ...(call.sessionToken === undefined ? {} : { sessionToken: call.sessionToken }),
    },
    region: call.region ?? REGION,
    service: call.service ?? 'chime',
    sha256: NodeSha256,
  })
}

function unsignedRequest(call: Call) {
  return {
    method: call.method ?? 'GET',
    protocol: 'https:',
    hostname: 'chat.example.com',
    path: call.path ?? '/',
    query: call.query ?? {},
    headers: { host: HOST, ...call.headers },
    ...(call.body === undefined ? {} : { body: call.body }),
  }
}

function rawRequest(
  call: Call,
  headers: Record<string, string>,
  query: Record<string, string | string[]>,
): RawRequest {
  return {
    method: call.method ?? 'GET',
    rawPath: call.path ?? '/',
    rawQuery: queryText(query, call.encode),
    rawHeaders: Object.entries(headers).flat(),
    body: Buffer.from(call.body ?? ''),
  }
}

/** Signs into the Authorization header. */
export async function signHeader(call: Call): Promise<RawRequest> {
  const signed = await signerOf(call).sign(unsignedRequest(call), {
    signingDate: new Date(call.signedAtMs ?? NOW_MS),
  })
  return rawRequest(call, signed.headers, call.query ?? {})
}

/** Presigns into the query, which then holds the signature last. */
export async function presign(call: Call, expiresInSeconds = 10): Promise<RawRequest> {
  const signed = await signerOf(call).presign(unsignedRequest(call), {
    signingDate: new Date(call.signedAtMs ?? NOW_MS),
    expiresIn: expiresInSeconds,
  })
  return rawRequest(call, signed.headers, (signed.query ?? {}) as Record<string, string>)
}

const chimeChecker = createSignatureChecker({ region: REGION, services: ['chime'] })

/** What the server does with a signed request; throws what it would answer. */
export function checkHeader(
  request: RawRequest,
  nowMs = NOW_MS,
  checker: SignatureChecker = chimeChecker,
): void {
  const presented = parseHeaderSignature(request)
  expectKnown(presented.accessKeyId)
  checker.verifyHeader(request, presented, CREDENTIALS.secretAccessKey, nowMs)
}

/** The same for a presigned one. */
export function checkQuery(
  request: RawRequest,
  nowMs = NOW_MS,
  checker: SignatureChecker = chimeChecker,
): void {
  const presented = parseQuerySignature(request)
  expectKnown(presented.accessKeyId)
  checker.verifyQuery(request, presented, CREDENTIALS.secretAccessKey, nowMs)
}

/** The credential look-up, which stands between parsing and verifying. */
function expectKnown(accessKeyId: string): void {
  if (accessKeyId === CREDENTIALS.accessKeyId) return
  throw new FrontDoorError('UnrecognizedClientException', 403, 'no such key')
}

/** The value of one header of a raw request. */
export function headerOf(request: RawRequest, name: string): string {
  const index = request.rawHeaders.findIndex(
    (text, at) => at % 2 === 0 && text.toLowerCase() === name,
  )
  if (index < 0) throw new Error(`no header ${name}`)
  return request.rawHeaders[index + 1] ?? ''
}

/** The request with one header's value replaced, or taken away. */
export function withHeader(
  request: RawRequest,
  name: string,
  value: string | undefined,
): RawRequest {
  const others = request.rawHeaders.filter(
    (_, at) => request.rawHeaders[at - (at % 2)]?.toLowerCase() !== name.toLowerCase(),
  )
  return { ...request, rawHeaders: value === undefined ? others : [...others, name, value] }
}

/** The request with one more header, whether or not there is one of that name. */
export function withMoreHeader(request: RawRequest, name: string, value: string): RawRequest {
  return { ...request, rawHeaders: [...request.rawHeaders, name, value] }
}
