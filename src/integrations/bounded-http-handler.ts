// How clients of AWS's services talk HTTP here: connections with limits to their number, to the
// time until one is there, and to the size of an answer. The time of a whole request is bounded by
// the signal that it is sent with.
import { pipeline, Transform, type Readable } from 'node:stream'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { createSharedLookup } from './shared-lookup.ts'

/** Until a connection is there; an address that swallows packets would otherwise take minutes. */
// evidence: inferred
const CONNECTION_TIMEOUT_MS = 3_000
/** Connections kept to one host, as the SDK does by itself. */
const SOCKETS_PER_HOST_MAX = 50
/** Bytes of an answer that are read: answers of bots are the longest, with some kilobytes. */
// evidence: inferred
const ANSWER_BYTES_MAX = 1024 * 1024

/** Whatever the answer says, it is too long to be one. */
export class OversizedAnswerError extends Error {
  override readonly name = 'OversizedAnswerError'
}

/** Follows no redirects, as the SDK's own does. */
export class BoundedHttpHandler extends NodeHttpHandler {
  constructor() {
    const lookup = createSharedLookup()
    const agent = { keepAlive: true, maxSockets: SOCKETS_PER_HOST_MAX, lookup }
    super({ connectionTimeout: CONNECTION_TIMEOUT_MS, httpAgent: agent, httpsAgent: agent })
  }

  override async handle(...request: Parameters<NodeHttpHandler['handle']>) {
    const { response } = await super.handle(...request)
    response.body = bounded(response.body as Readable)
    return { response }
  }
}

/** The same stream, which fails where it becomes too long. */
function bounded(body: Readable): Readable {
  let bytes = 0
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      if (bytes <= ANSWER_BYTES_MAX) done(null, chunk)
      else done(new OversizedAnswerError(`more than ${ANSWER_BYTES_MAX} bytes`))
    },
  })
  // Whoever reads is told of errors of either.
  pipeline(body, counted, () => undefined)
  return counted
}
