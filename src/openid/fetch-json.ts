// One bounded GET of a JSON document from an OpenID Connect provider: no redirects, no shared
// connections, a limit to its size and its time.
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isAllowedUrl } from '../base/allowed-url.ts'
import type { Clock } from '../base/clock.ts'

/** Longest document taken; published key sets have some kilobytes. */
// evidence: inferred
const DOCUMENT_BYTES_MAX = 256 * 1024
/** From the look-up of the host's name to the last byte. */
// evidence: inferred (SDKs try again after the error)
export const FETCH_TIMEOUT_MS = 5_000

/** A document with how long its sender says that it may be kept. */
export interface FetchedDocument {
  readonly value: unknown
  /** `max-age` of Cache-Control; 0 for no-store and no-cache, undefined when nothing is said. */
  readonly maxAgeMs: number | undefined
}

/** Rejects with an Error whose message names the reason, for the log and the caller. */
export async function fetchJson(url: string, clock: Clock): Promise<FetchedDocument> {
  if (!isAllowedUrl(url)) throw new Error('neither https nor http within this machine')
  const controller = new AbortController()
  const timer = clock.after(FETCH_TIMEOUT_MS, () => {
    controller.abort(new Error(`no complete answer within ${FETCH_TIMEOUT_MS} ms`))
  })
  const { signal } = controller
  try {
    const response = await get(url, signal)
    const text = await readText(response)
    return { value: JSON.parse(text), maxAgeMs: maxAgeOf(response.headers['cache-control']) }
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  } finally {
    timer.cancel()
    // Nothing of a refused answer is read on.
    controller.abort()
  }
}

function get(url: string, signal: AbortSignal): Promise<IncomingMessage> {
  const request = url.startsWith('https:') ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const headers = { accept: 'application/json', 'user-agent': 'carillon' }
    const outgoing = request(url, { agent: false, headers, signal })
    outgoing.on('error', reject)
    outgoing.on('response', (response) => {
      // The same signal ends the body; its error is told by whoever reads.
      response.on('error', () => undefined)
      if (response.statusCode === 200) resolve(response)
      else reject(new Error(`status ${response.statusCode}`))
    })
    outgoing.end()
  })
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > DOCUMENT_BYTES_MAX) throw new Error(`more than ${DOCUMENT_BYTES_MAX} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

// evidence: docs RFC 9111 5.2.2
function maxAgeOf(cacheControl: string | undefined): number | undefined {
  if (cacheControl === undefined) return undefined
  if (/(^|[\s,])no-(store|cache)\b/i.test(cacheControl)) return 0
  const seconds = /(?:^|[\s,])max-age="?(\d{1,9})/i.exec(cacheControl)?.[1]
  return seconds === undefined ? undefined : Number(seconds) * 1000
}
