// The few bytes of the WebSocket protocol that members of a room write.

const TEXT_FRAME = 0x81
const MASKED = 0x80
const SHORT_LENGTH_MAX = 125
const LENGTH_IN_16_BITS = 126

/** Masked with zeros: a valid mask that costs the client nothing, and the server what any costs. */
const MASK = Buffer.alloc(4)

/** A pong that nobody asked for, as a sign of life. */
export const PONG_FRAME: Buffer = Buffer.concat([Buffer.of(0x8a, MASKED), MASK])

/** A text frame from a client; `text` has at most 65,535 bytes. */
export function clientTextFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  const head =
    payload.length <= SHORT_LENGTH_MAX
      ? Buffer.of(TEXT_FRAME, MASKED | payload.length)
      : Buffer.of(
          TEXT_FRAME,
          MASKED | LENGTH_IN_16_BITS,
          payload.length >> 8,
          payload.length & 0xff,
        )
  return Buffer.concat([head, MASK, payload])
}

/** The request that makes an HTTP connection a WebSocket. */
export function upgradeRequest(port: number, target: string): string {
  return (
    `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\n` +
    'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
  )
}
