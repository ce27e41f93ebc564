// Writes the files that http-load sends: complete HTTP/1.1 requests, signed beforehand so that
// signing costs the load side nothing during a run. Signatures are good for five minutes.
import { createHash, createHmac } from 'node:crypto'
import type { Hash, Hmac } from 'node:crypto'
import { closeSync, openSync, writeSync } from 'node:fs'
import { SignatureV4 } from '@smithy/signature-v4'
import type { Endpoint } from '../../test/harness/start-server.ts'

export interface PreparedRequest {
  readonly method: 'GET' | 'POST'
  /** Percent-encoded as it goes on the wire, without the query. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  /** Absent for what a credential does in its own name. */
  readonly bearer?: string
  /** JSON. */
  readonly body?: string
}

type SourceData = string | ArrayBuffer | ArrayBufferView

/**
 * The official signer takes its hash from outside; node's is twenty times as fast as its default.
 */
export class NativeSha256 {
  readonly #secret: Buffer | undefined
  #hash: Hash | Hmac

  constructor(secret?: SourceData) {
    this.#secret = secret === undefined ? undefined : bufferOf(secret)
    this.#hash = this.#fresh()
  }

  update(chunk: SourceData): void {
    this.#hash.update(bufferOf(chunk))
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest())
  }

  reset(): void {
    this.#hash = this.#fresh()
  }

  #fresh(): Hash | Hmac {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret)
  }
}

function bufferOf(source: SourceData): Buffer {
  if (typeof source === 'string') return Buffer.from(source)
  if (source instanceof ArrayBuffer) return Buffer.from(source)
  return Buffer.from(source.buffer, source.byteOffset, source.byteLength)
}

/** Signs each of `requests` for `server` and writes them to `file` in the form of http-load.c. */
export async function writeRequestFile(
  file: string,
  server: Endpoint,
  requests: Iterable<PreparedRequest>,
): Promise<void> {
  const signer = new SignatureV4({
    credentials: server.credentials,
    region: server.region,
    service: 'chime',
    sha256: NativeSha256,
  })
  const out = openSync(file, 'w')
  for (const request of requests) {
    const bytes = await wireBytes(signer, new URL(server.httpUrl), request)
    const length = Buffer.alloc(4)
    length.writeUInt32LE(bytes.length)
    writeSync(out, length)
    writeSync(out, bytes)
  }
  closeSync(out)
}

/** Undoes writeRequestFile. */
export function requestsIn(file: Buffer): Buffer[] {
  const requests: Buffer[] = []
  for (let at = 0; at < file.length;) {
    const length = file.readUInt32LE(at)
    requests.push(file.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  return requests
}

async function wireBytes(signer: SignatureV4, url: URL, request: PreparedRequest): Promise<Buffer> {
  const { method, path, query = {}, bearer, body } = request
  const { headers } = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    port: Number(url.port),
    path,
    query: { ...query },
    headers: {
      host: url.host,
      ...(body !== undefined && {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
      }),
      ...(bearer !== undefined && { 'x-amz-chime-bearer': bearer }),
    },
    ...(body !== undefined && { body }),
  })
  const search = new URLSearchParams(query).toString()
  const target = search === '' ? path : `${path}?${search}`
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`${method} ${target} HTTP/1.1\r\n${head.join('')}\r\n${body ?? ''}`)
}
