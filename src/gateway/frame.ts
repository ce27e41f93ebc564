// What a client reads: the JSON text of an event and the WebSocket frame around it, built once for
// all receivers. Not for frames that clients send.
import type { ChannelEvent, EventReason } from '../domain/channel-event.ts'

/** First byte of an unfragmented text frame: FIN and opcode 1. */
// evidence: docs RFC 6455 5.2
const TEXT_FRAME = 0x81
const PONG_FRAME = 0x8a
/** Largest length that fits the second byte itself; 126 and 127 announce longer fields. */
const SHORT_LENGTH_MAX = 125
const LENGTH_IN_16_BITS = 126
const LENGTH_IN_64_BITS = 127
const LENGTH_16_BITS_MAX = 0xffff

/** A ping without a payload, as the server sends it. */
export const PING_FRAME: Buffer = Buffer.from([0x89, 0])

/** The first frame of every session. It has no `Payload` key at all. */
// evidence: behaviour 1.10, sdk DefaultMessagingSession (reads Payload || null)
export const SESSION_ESTABLISHED_FRAME: Buffer = textFrame(
  '{"Headers":{"x-amz-chime-event-type":"SESSION_ESTABLISHED","x-amz-chime-message-type":"SYSTEM"}}',
)

/** The frame of `event`. `Payload` is a string that holds JSON; `Date`s in it are ISO texts. */
// evidence: docs websockets; sdk DefaultMessagingSession.receiveMessageHandler; the reason: docs
// elastic channels
export function eventFrame(event: ChannelEvent): Buffer {
  return payloadFrame(event.type, event.messageType, event.payload, event.reason)
}

/** What a session with prefetch is shown of one channel. */
// evidence: docs prefetch (behaviour 1.11)
export function channelDetailsFrame(payload: object): Buffer {
  return payloadFrame('CHANNEL_DETAILS', 'SYSTEM', payload)
}

function payloadFrame(
  type: string,
  messageType: string,
  payload: object,
  reason?: EventReason,
): Buffer {
  const text = JSON.stringify(JSON.stringify(payload))
  const why = reason === undefined ? '' : `,"x-amz-chime-event-reason":"${reason}"`
  return textFrame(
    `{"Headers":{"x-amz-chime-event-type":"${type}",` +
      `"x-amz-chime-message-type":"${messageType}"${why}},"Payload":${text}}`,
  )
}

/** One unmasked text frame with `text`. */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text)
  const frame = frameOfLength(TEXT_FRAME, length)
  frame.write(text, frame.length - length)
  return frame
}

/** The answer to a ping that carried `payload` (at most 125 bytes, as the protocol has it). */
export function pongFrame(payload: Buffer): Buffer {
  const frame = frameOfLength(PONG_FRAME, payload.length)
  payload.copy(frame, frame.length - payload.length)
  return frame
}

/** The texts of `frames`, which must be whole text frames made here. */
export function textsOf(frames: Buffer): Buffer[] {
  const texts: Buffer[] = []
  let at = 0
  while (at < frames.length) {
    const short = frames.readUInt8(at + 1)
    let start = at + 2
    let length = short
    if (short === LENGTH_IN_16_BITS) {
      length = frames.readUInt16BE(start)
      start += 2
    } else if (short === LENGTH_IN_64_BITS) {
      length = Number(frames.readBigUInt64BE(start))
      start += 8
    }
    texts.push(frames.subarray(start, start + length))
    at = start + length
  }
  return texts
}

function frameOfLength(firstByte: number, length: number): Buffer {
  const headerLength = length <= SHORT_LENGTH_MAX ? 2 : length <= LENGTH_16_BITS_MAX ? 4 : 10
  const frame = Buffer.allocUnsafe(headerLength + length)
  frame[0] = firstByte
  if (headerLength === 2) {
    frame[1] = length
  } else if (headerLength === 4) {
    frame[1] = LENGTH_IN_16_BITS
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = LENGTH_IN_64_BITS
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  return frame
}
