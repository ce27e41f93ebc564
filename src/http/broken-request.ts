// Answers on a bare socket: to what Node's parser could not make a request of, and to upgrades that
// go nowhere. Everything else is answered through a response object.
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { FrontDoorError } from '../base/api-error.ts'
import { renderError } from '../protocol/wire-error.ts'

/** Writes `error` as a whole HTTP answer and closes the socket. */
export function answerOnSocket(socket: Duplex, error: FrontDoorError, requestId: string): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const { status, headers, body } = renderError(error, undefined, requestId, 'rest-json')
  const lines = Object.entries({
    ...headers,
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  const statusLine = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`
  socket.end(`${statusLine}${lines.join('')}\r\n${body}`, () => socket.destroy())
}

/** What to tell a client whose bytes the parser refused with `code`. */
// evidence: inferred (AWS answers such requests before any service sees them)
export function errorOfParser(code = 'unknown'): FrontDoorError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return malformedRequest(431, 'The request line and headers are too long')
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return malformedRequest(413, 'The chunk extensions are too long')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new FrontDoorError(
        'RequestTimeoutException',
        408,
        'The request was not complete in time',
      )
    default:
      return malformedRequest(400, 'The request is not valid HTTP/1.1')
  }
}

function malformedRequest(status: number, message: string): FrontDoorError {
  return new FrontDoorError('MalformedHttpRequestException', status, message)
}
