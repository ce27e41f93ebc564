// Watches all sessions of a node with one timer: pings, expiring credentials, and endings that take
// too long. Also the list of what is connected.
import type { Clock, Timer } from '../base/clock.ts'
import { CLOSE_CODES } from './close-codes.ts'
import { PING_FRAME } from './frame.ts'
import type { Session } from './session.ts'

/** How often one session is pinged. */
// evidence: docs websockets (regular pings, interval unstated); behaviour 1.7
const PING_PERIOD_MS = 30_000
/** Pings in a row without an answer after which the peer counts as gone. */
// evidence: behaviour 1.7
const UNANSWERED_PINGS_MAX = 2
/** One tick pings one slice of the sessions, so that a large node does not ping all at once. */
const TICK_MS = 1_000
const SLICES = PING_PERIOD_MS / TICK_MS

/** How long it may take until a session is established; stock clients give up after 10 s. */
// evidence: sdk MessagingSessionConfiguration.reconnectTimeoutMs
const OPENING_TIMEOUT_MS = 8_000

/** How long an ending session may take to read what is queued and to answer the close frame. */
// evidence: inferred (below the 10 s within which the process must exit)
const CLOSE_GRACE_MS = 3_000

export class SessionWatch {
  readonly #clock: Clock
  /** Every session of the node, dealt out to the slices in turn. */
  readonly #slices: readonly Set<Session>[] = Array.from({ length: SLICES }, () => new Set())
  readonly #expiring = new Set<Session>()
  /** Both in the order of their deadlines. */
  readonly #opening = new Set<Session>()
  readonly #ending = new Set<Session>()
  #nextSlice = 0
  #tickedSlice = 0
  #sessionsCount = 0
  #timer: Timer | undefined
  #emptyWaiters: (() => void)[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get sessionsCount(): number {
    return this.#sessionsCount
  }

  *sessions(): Generator<Session> {
    for (const slice of this.#slices) yield* slice
  }

  start(): void {
    this.#timer ??= this.#clock.every(TICK_MS, () => this.#tick())
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  opened(session: Session): void {
    session.watchSlice = this.#nextSlice
    this.#slices[session.watchSlice]?.add(session)
    this.#nextSlice = (this.#nextSlice + 1) % SLICES
    this.#sessionsCount += 1
    this.#expectBy(this.#opening, session, OPENING_TIMEOUT_MS)
  }

  established(session: Session): void {
    this.#opening.delete(session)
  }

  /** Ends the session when its credential does. */
  expires(session: Session): void {
    this.#expiring.add(session)
  }

  ending(session: Session): void {
    this.#opening.delete(session)
    this.#expiring.delete(session)
    this.#expectBy(this.#ending, session, CLOSE_GRACE_MS)
  }

  gone(session: Session): void {
    if (this.#slices[session.watchSlice]?.delete(session) !== true) return
    this.#opening.delete(session)
    this.#expiring.delete(session)
    this.#ending.delete(session)
    this.#sessionsCount -= 1
    if (this.#sessionsCount > 0) return
    const waiters = this.#emptyWaiters
    this.#emptyWaiters = []
    for (const resolve of waiters) resolve()
  }

  /** Resolves when no session is left. */
  empty(): Promise<void> {
    if (this.#sessionsCount === 0) return Promise.resolve()
    return new Promise((resolve) => this.#emptyWaiters.push(resolve))
  }

  #expectBy(phase: Set<Session>, session: Session, timeoutMs: number): void {
    // Whole, as a fraction would be an object of its own for each session.
    session.deadlineMs = Math.ceil(this.#clock.monotonicMs()) + timeoutMs
    phase.add(session)
  }

  #tick(): void {
    const now = this.#clock.now()
    for (const session of this.#expiring) {
      if (session.expiresAt !== undefined && session.expiresAt <= now)
        session.end(CLOSE_CODES.credentialExpired)
    }
    const monotonicMs = this.#clock.monotonicMs()
    for (const session of this.#opening) {
      if (session.deadlineMs > monotonicMs) break
      session.end(CLOSE_CODES.overload)
    }
    for (const session of this.#ending) {
      if (session.deadlineMs > monotonicMs) break
      session.cutOff()
    }
    const slice = this.#slices[this.#tickedSlice]
    this.#tickedSlice = (this.#tickedSlice + 1) % SLICES
    for (const session of slice ?? []) {
      if (!session.isEstablished) continue
      if (session.unansweredPings >= UNANSWERED_PINGS_MAX) session.cutOff()
      else session.ping(PING_FRAME)
    }
  }
}
