// What the library that speaks to Apple's push service does not see to in answers: that they are
// bounded in size, for how long they ask to be left alone, and their status when they say no more.
import type { ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2'
import type { Provider, ResponseFailure } from '@parse/node-apn'

/** Characters of an answer: Apple's have some dozens. */
// evidence: docs handling error responses from APNs
const ANSWER_CHARACTERS_MAX = 16 * 1024

/** What a request came to, unless Apple took it; without a status there was no answer. */
export interface ApnsFailure extends ResponseFailure {
  /** The header of the answer, as it came; the library removes what has the header's own name. */
  readonly retryAfterText?: string | undefined
}

/** An answer that is too long. */
class OversizedApnsAnswerError extends Error {
  readonly code = 'the answer is too long'
}

/** The part of a session that the library makes requests with. */
interface Requesting {
  request(headers: IncomingHttpHeaders): ClientHttp2Stream
}

interface LibraryClient {
  request(session: Requesting, ...rest: unknown[]): Promise<unknown>
}

interface SeenAnswer {
  status: number | undefined
  retryAfter: string | undefined
  /** All of it came. */
  isWhole: boolean
}

/**
 * From here on `provider` gives up answers that are too long, and its failures are ApnsFailures.
 *
 * NOTE: The library keeps what it reads of an answer, however long, and drops Retry-After (it looks
 * it up by a name that no header of HTTP/2 has). This stands between it and its sessions by a
 * function of its own that is not part of its types; its version is pinned, and tests need it.
 */
export function watchAnswers(provider: Provider): void {
  const { client } = provider as unknown as { readonly client: LibraryClient }
  const request = client.request.bind(client)
  client.request = async (session, ...rest) => {
    const seen: SeenAnswer = { status: undefined, retryAfter: undefined, isWhole: false }
    const watched: Requesting = {
      request(headers) {
        const stream = session.request(headers)
        watch(stream, seen)
        return stream
      },
    }
    try {
      return await request(watched, ...rest)
    } catch (failure) {
      throw completed(failure as ApnsFailure, seen)
    }
  }
}

function watch(stream: ClientHttp2Stream, seen: SeenAnswer): void {
  stream.on('response', (headers) => {
    seen.status = headers[':status']
    seen.retryAfter = headers['retry-after']
  })
  let charactersCount = 0
  stream.on('data', (text: string) => {
    charactersCount += text.length
    if (charactersCount > ANSWER_CHARACTERS_MAX) stream.destroy(new OversizedApnsAnswerError())
  })
  stream.on('end', () => (seen.isWhole = true))
}

/** The library takes an error without a text, or with one that is no JSON, for no answer at all. */
function completed(failure: ApnsFailure, { status, retryAfter, isWhole }: SeenAnswer): ApnsFailure {
  const isAnswer = isWhole && status !== undefined && status !== 200
  const known = failure.status ?? (isAnswer ? status : undefined)
  return {
    ...failure,
    ...(known === undefined ? {} : { status: known }),
    retryAfterText: retryAfter,
  }
}
