// Writes prebuilt frames to a session's socket, bounded. The only module that uses the undocumented
// door of `ws`, its `_socket`: a frame is built once for all receivers instead of once for each.
import type { Socket } from 'node:net'
import { WebSocket } from 'ws'
import { textsOf } from './frame.ts'

/**
 * Most bytes that wait for one client, in the server's memory; the kernel's buffers come on top.
 * Room for some 70 of the largest messages or 2,000 short ones: a client that is further behind
 * than that is not reading. The bytes are shared with the other receivers.
 */
// evidence: inferred (the service closes slow readers at a bound it does not publish)
export const QUEUED_BYTES_MAX = 1024 * 1024

/** `full`: nothing was written, and the client is too slow. `closed`: nobody to write to. */
export type WriteOutcome = 'written' | 'full' | 'closed'

/** `ws` keeps the socket here while a WebSocket is open. */
interface Door {
  readonly _socket?: Partial<Pick<Socket, 'write' | 'writableLength'>> | null
}

/**
 * Hands `frames`, whole text frames as `frame.ts` builds them, to the socket in one write. The
 * buffer may be shared and must not be changed afterwards.
 */
export function writeFrames(websocket: WebSocket, frames: Buffer): WriteOutcome {
  if (websocket.readyState !== WebSocket.OPEN) return 'closed'
  const socket = (websocket as unknown as Door)._socket
  const queuedBytes = socket?.writableLength ?? websocket.bufferedAmount
  // A socket that has taken all before takes this, however long.
  if (queuedBytes > 0 && queuedBytes + frames.length > QUEUED_BYTES_MAX) return 'full'
  if (socket?.write !== undefined) socket.write(frames)
  else for (const text of textsOf(frames)) websocket.send(text, { binary: false })
  return 'written'
}

/** Writes one prebuilt control frame. Same bound and outcome. */
export function writeControlFrame(websocket: WebSocket, frame: Buffer): WriteOutcome {
  if (websocket.readyState !== WebSocket.OPEN) return 'closed'
  const socket = (websocket as unknown as Door)._socket
  const queuedBytes = socket?.writableLength ?? websocket.bufferedAmount
  if (queuedBytes > 0 && queuedBytes + frame.length > QUEUED_BYTES_MAX) return 'full'
  if (socket?.write !== undefined) socket.write(frame)
  else if (frame[0] === 0x89) websocket.ping()
  else websocket.pong(frame.subarray(2))
  return 'written'
}

/**
 * Calls `action` once everything written so far has left the server's memory, or the socket is
 * closed. A ping marks the place, as a WebSocket has no other frame that says nothing.
 */
export function callWhenTaken(websocket: WebSocket, action: () => void): void {
  if (websocket.readyState === WebSocket.OPEN) websocket.ping('', false, () => action())
  else setImmediate(action)
}

/** Bytes that wait in the server's memory for this client. */
export function queuedBytesOf(websocket: WebSocket): number {
  return (websocket as unknown as Door)._socket?.writableLength ?? websocket.bufferedAmount
}
