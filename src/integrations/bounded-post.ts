// One bounded POST over kept connections: no redirects, a limit to what is read, and an error that
// says what was wrong without quoting anything that was sent.
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { DeliveryError } from '../domain/delivery-error.ts'

export interface PostLimits {
  /** Bytes of an answer that are read. */
  readonly answerBytesMax: number
  /** Connections kept to one host. */
  readonly socketsPerHostMax: number
}

export interface PostRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly signal: AbortSignal
  /** Who is talked to, for errors. */
  readonly what: string
  /** Whose answers are read, by their status; of all others the status is all that counts. */
  readonly isRead: (status: number) => boolean
}

export interface PostAnswer {
  readonly status: number
  /** Empty unless it is read. */
  readonly text: string
  /** The header, as it came. */
  readonly retryAfter: string | undefined
}

export interface BoundedPost {
  /** Resolves with the answer, whatever its status; throws DeliveryError when there is none. */
  post(request: PostRequest): Promise<PostAnswer>
  close(): void
}

export function createBoundedPost({ answerBytesMax, socketsPerHostMax }: PostLimits): BoundedPost {
  const options = { keepAlive: true, maxSockets: socketsPerHostMax }
  const agents = { http: new HttpAgent(options), https: new HttpsAgent(options) }
  return {
    async post({ url, headers, body, signal, what, isRead }) {
      const isTls = url.startsWith('https:')
      const outgoing = (isTls ? httpsRequest : httpRequest)(url, {
        method: 'POST',
        agent: isTls ? agents.https : agents.http,
        headers: {
          'user-agent': 'carillon',
          ...headers,
          'content-length': Buffer.byteLength(body),
        },
        signal,
      })
      try {
        const response = await answerOf(outgoing, body)
        const { statusCode: status = 0, headers: answered } = response
        const retryAfter = answered['retry-after']
        const reading = textOf(response, answerBytesMax, what)
        if (isRead(status)) return { status, text: await reading, retryAfter }
        // Read all the same, so that the connection can be used again.
        await reading.catch(() => outgoing.destroy())
        return { status, text: '', retryAfter }
      } catch (error) {
        outgoing.destroy()
        throw error instanceof DeliveryError ? error : unreachable(what, error, signal)
      }
    },
    close() {
      agents.http.destroy()
      agents.https.destroy()
    },
  }
}

function answerOf(
  outgoing: ReturnType<typeof httpRequest>,
  body: string,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.on('error', reject)
    // Without an error, when the answer would change the protocol.
    outgoing.on('close', () => reject(new Error('the connection was closed')))
    outgoing.on('response', (response) => {
      // Its error is told by whoever reads.
      response.on('error', () => undefined)
      resolve(response)
    })
    outgoing.end(body)
  })
}

async function textOf(response: IncomingMessage, bytesMax: number, what: string): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > bytesMax) {
      throw new DeliveryError(`${what} answered with more than ${bytesMax} bytes`, {
        isRetryable: false,
        isDestinationDown: false,
      })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function unreachable(what: string, error: unknown, signal: AbortSignal): DeliveryError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer'
  const text = signal.aborted
    ? `${what} did not answer in time`
    : `${what} could not be reached: ${code}`
  return new DeliveryError(text, { isRetryable: true, isDestinationDown: true })
}
