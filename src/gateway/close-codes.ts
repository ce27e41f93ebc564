// Every code with which the server ends a messaging session: the one table. What a client does with
// a code is the stock client's business; `reconnects` says what that is.

/** How a session is ended. */
export interface CloseCode {
  readonly code: number
  /** Sent with the code; a refusal may send a more exact text instead. At most 123 bytes. */
  readonly reason: string
  /** Whether the stock client opens a new session by itself. */
  readonly reconnects: boolean
}

/** Longest close reason: a control frame's 125 bytes less the two of the code. */
// evidence: docs RFC 6455 5.5
export const CLOSE_REASON_BYTES_MAX = 123

// evidence: sdk DefaultMessagingSession.canReconnect; docs websockets; behaviour 1.5
export const CLOSE_CODES = {
  /** The client floods the server with frames, which no stock client does: it shall not return. */
  flood: { code: 1008, reason: 'Too many frames from the client', reconnects: false },
  /** Something failed that should not: a new attempt may well succeed. */
  internalError: { code: 1011, reason: 'Internal error', reconnects: true },
  /** This node drains. Another node, or this one when it is back, takes the session over. */
  restart: { code: 1012, reason: 'Service restart', reconnects: true },
  /** The session could not be established in time, or a channel's queue of events was given up. */
  overload: { code: 1013, reason: 'Try again later', reconnects: true },
  /** The credential that signed the connect request has expired; a fresh one is welcome. */
  credentialExpired: { code: 4001, reason: 'Credentials expired', reconnects: true },
  /** The same user opened a session with the same session id; this older one makes room. */
  superseded: { code: 4002, reason: 'Superseded by a newer connection', reconnects: false },
  /** Not allowed to connect as this user, or the user was deleted. */
  forbidden: { code: 4003, reason: 'Forbidden', reconnects: false },
  /**
   * The client does not read what it is sent, and its queue is full. It must list what it missed.
   */
  slowReader: { code: 4008, reason: 'Reads too slowly', reconnects: true },
  /** The connect request is not signed as it should be. */
  unauthorized: { code: 4401, reason: 'Unauthorized', reconnects: false },
  /** The user has as many connections as it may have, or opens them too fast. */
  tooManyConnections: { code: 4429, reason: 'Too many connections', reconnects: true },
} as const satisfies Record<string, CloseCode>

/** `text`, cut at a character so that it fits a close frame. */
export function closeReasonOf(text: string): string {
  if (Buffer.byteLength(text) <= CLOSE_REASON_BYTES_MAX) return text
  const cut = Buffer.from(text).subarray(0, CLOSE_REASON_BYTES_MAX).toString()
  // A character that was cut in two comes out as the replacement character.
  return cut.replace(/\uFFFD+$/u, '')
}
