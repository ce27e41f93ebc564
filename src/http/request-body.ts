// Reads the body of a request into one buffer, within bounds. Knows nothing of its content.
import type { IncomingMessage } from 'node:http'
import { FrontDoorError } from '../base/api-error.ts'

/**
 * Bytes of one body. The largest valid one is BatchCreateChannelMembership with 100 ARNs of 1,600
 * characters, about 160 KB; escapes in JSON may make it six times as long.
 */
export const BODY_BYTES_MAX = 1024 * 1024
/**
 * Bytes of all bodies that are held at the same time. Our choice: what a small machine has free.
 */
const BODIES_BYTES_MAX = 256 * 1024 * 1024
/** Bytes of a refused body that are read and thrown away, so that the client sees the refusal. */
const DISCARDED_BYTES_MAX = 16 * 1024 * 1024

const EMPTY = Buffer.alloc(0)

/** Thrown when the client is gone before its request was complete: nobody is left to answer. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError'
}

/** Reads bodies and counts the bytes that are being held. One per server. */
export interface BodyReader {
  /**
   * The whole body. Throws FrontDoorError 413 when it is (or says it is) too long, 503 when all
   * bodies together are, and ClientGoneError. The bytes count as held until `release`.
   */
  read(request: IncomingMessage): Promise<Buffer>
  /** To be called once for every body that was read, when its request is answered. */
  release(body: Buffer): void
}

export function createBodyReader(
  bodyBytesMax = BODY_BYTES_MAX,
  bodiesBytesMax = BODIES_BYTES_MAX,
): BodyReader {
  let heldBytes = 0

  function collect(request: IncomingMessage): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = []
      let bytes = 0
      const stop = (error: Error) => {
        heldBytes -= bytes
        request.off('data', take).off('end', finish).off('close', abandon)
        reject(error)
      }
      const take = (chunk: Buffer) => {
        bytes += chunk.length
        heldBytes += chunk.length
        chunks.push(chunk)
        if (bytes <= bodyBytesMax && heldBytes <= bodiesBytesMax) return
        stop(bytes > bodyBytesMax ? tooLarge(bodyBytesMax) : tooBusy())
        discardRest(request)
      }
      const finish = () => {
        request.off('close', abandon)
        resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks))
      }
      const abandon = () => stop(new ClientGoneError('the client closed the connection'))
      request.on('data', take).on('end', finish).on('close', abandon)
      // A connection that breaks is told by 'close', which always follows.
      request.on('error', () => undefined)
    })
  }

  return {
    async read(request) {
      const { headers } = request
      const declared = headers['content-length']
      if (headers['transfer-encoding'] === undefined) {
        // Node's parser has refused what is no plain number.
        const declaredBytes = declared === undefined ? 0 : Number(declared)
        if (declaredBytes === 0) return EMPTY
        if (declaredBytes > bodyBytesMax) {
          discardRest(request)
          throw tooLarge(bodyBytesMax)
        }
      }
      return collect(request)
    },
    release(body) {
      heldBytes -= body.length
    },
  }
}

/** The refusal of a body that is longer than `bytesMax`. */
// evidence: docs CommonErrors (413) | inferred (the name)
function tooLarge(bytesMax: number): FrontDoorError {
  return new FrontDoorError(
    'RequestEntityTooLargeException',
    413,
    `The body is longer than ${bytesMax} bytes`,
  )
}

function tooBusy(): FrontDoorError {
  return new FrontDoorError(
    'ServiceUnavailableException',
    503,
    'The server holds too many requests at the moment; try again',
  )
}

/** Closing at once would reset the connection and lose the answer on its way to the client. */
function discardRest(request: IncomingMessage): void {
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > DISCARDED_BYTES_MAX) request.socket.destroy()
  })
  request.on('error', () => undefined)
}
