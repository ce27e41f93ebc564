// Every bound of the listeners in one place, each with its reason.
import { BODY_BYTES_MAX } from './request-body.ts'

export interface HttpLimits {
  readonly bodyBytesMax: number
  /** Request line and headers together. */
  readonly headerBytesMax: number
  readonly headerTimeoutMs: number
  /** From the first byte of a request to the last of its body. */
  readonly requestTimeoutMs: number
  readonly tlsHandshakeTimeoutMs: number
  readonly keepAliveTimeoutMs: number
  /** For a socket on which nothing moves in either direction, other than while kept alive. */
  readonly socketTimeoutMs: number
  /** How often the two timeouts of a request are looked at. */
  readonly timeoutCheckMs: number
  /** Requests that are answered at once; those whose bodies are still being read do not count. */
  readonly requestsInFlightMax: number
  /** Requests that one client sends ahead, before it has taken the answer to the first. */
  readonly requestsAheadMax: number
  readonly connectionsMax: number
  /** How long requests in flight may take to finish once a drain has begun. */
  readonly drainTimeoutMs: number
}

export const HTTP_LIMITS: HttpLimits = {
  bodyBytesMax: BODY_BYTES_MAX,
  // Two ARNs of 1,600 characters and a paging token of 2,048, percent-encoded, with room for a
  // session token of some 4 KB.
  headerBytesMax: 32 * 1024,
  // A phone on a bad network sends a head within seconds; an attacker holds a socket, no thread.
  headerTimeoutMs: 20_000,
  requestTimeoutMs: 60_000,
  tlsHandshakeTimeoutMs: 10_000,
  // Longer than the idle time of common proxies (nginx 60 s, AWS ALB 60 s): the proxy must be the
  // one that closes, or it sends a request into a closing socket.
  keepAliveTimeoutMs: 75_000,
  socketTimeoutMs: 120_000,
  timeoutCheckMs: 5_000,
  // Beyond this an answer would come later than clients wait (SDKs give up after some seconds).
  requestsInFlightMax: 4_096,
  // No SDK sends any. They wait unread, so more would only fill the memory.
  requestsAheadMax: 128,
  // Above what one process may hold in messaging sessions; open files end it earlier.
  connectionsMax: 200_000,
  // The whole stop has 10 s; requests take milliseconds.
  drainTimeoutMs: 5_000,
}
