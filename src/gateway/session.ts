// One messaging session: a socket, whose it is, and what it has been promised. Not for how it is
// accepted (session-opener.ts) or watched (session-watch.ts).
import { WebSocket } from 'ws'
import type { ChannelArn, MemberArn } from '../base/arn.ts'
import type { Logger } from '../base/logger.ts'
import type { Metrics } from '../observability/metrics.ts'
import { conversationKey, type ConversationReference } from '../ports/conversation-reference.ts'
import { CLOSE_CODES, closeReasonOf, type CloseCode } from './close-codes.ts'
import type { ConversationDelivery } from './conversation-delivery.ts'
import { SESSION_ESTABLISHED_FRAME, pongFrame } from './frame.ts'
import { NO_CONVERSATIONS, type Hub, type HubSession } from './hub.ts'
import {
  QUEUED_BYTES_MAX,
  callWhenTaken,
  queuedBytesOf,
  writeControlFrame,
  writeFrames,
  type WriteOutcome,
} from './session-writer.ts'

/** Largest message of a client that is ignored; a larger one ends the session with 1009. */
// evidence: behaviour 1.4 (stock clients send none)
export const CLIENT_MESSAGE_BYTES_MAX = 4 * 1024

/** Frames of a client between two of our pings; a client that pings itself sends a handful. */
// evidence: inferred (stock clients answer pings, Android's sends one every 60 s)
const CLIENT_FRAMES_PER_PING_MAX = 1_000

/** Close code of a connection that was cut without a close frame. */
// evidence: docs RFC 6455 7.4.1
const ABNORMAL_CLOSE = 1006

/** Ends in this order; a session may end from each. */
type Phase = 'opening' | 'established' | 'ending' | 'gone'

/** What all sessions of a node share. */
export interface SessionSurroundings {
  /** Begins the ids of all of them. */
  readonly idPrefix: string
  readonly hub: Hub
  /** Told of each phase that begins. */
  readonly watch: Record<'established' | 'ending' | 'gone', (session: Session) => void>
  readonly metrics: Pick<Metrics, 'sessionClosed'>
  readonly logger: Logger
}

/**
 * The socket of a session. What happens to it goes straight there: listeners would cost some 300
 * bytes for each connected member.
 */
export class SessionWebSocket extends WebSocket {
  session: Session | undefined

  override emit(event: string | symbol, ...values: readonly unknown[]): boolean {
    const { session } = this
    if (session === undefined) return super.emit(event, ...values)
    switch (event) {
      case 'close':
        session.gone(values[0] as number)
        return true
      case 'error':
        // `ws` has already begun to close with the code that fits: 1002, 1007 or 1009.
        session.failed(values[0] as Error)
        return true
      case 'message':
        session.clientFrame()
        return true
      case 'ping':
        session.answerPing(values[0] as Buffer)
        return true
      case 'pong':
        session.pongReceived()
        return true
      default:
        return super.emit(event, ...values)
    }
  }
}

export class Session implements HubSession {
  readonly websocket: SessionWebSocket
  readonly #number: number
  readonly #surroundings: SessionSurroundings
  conversations: readonly ConversationDelivery[] = NO_CONVERSATIONS
  /** Empty until the connect request has been checked. */
  memberArn = '' as MemberArn
  sessionId: string | undefined
  /** When the credential ends, epoch milliseconds. */
  expiresAt: number | undefined
  /** Which slice of the watch it is in. */
  watchSlice = 0
  /** Pings that were not answered yet. */
  unansweredPings = 0
  /**
   * Monotonic, whole milliseconds: when a session that is being opened is ended, and one that ends
   * is cut off.
   */
  deadlineMs = 0
  #clientFrames = 0
  #phase: Phase = 'opening'
  /** What was delivered before the session is established. */
  #held: Buffer[] | undefined
  #heldBytes = 0
  #isReading = false
  /** Keys of the conversations that the member joined or left since `beginRead`, ended channels. */
  #changedSinceRead: Set<string> | undefined
  #endCode: number | undefined

  /** `number` tells the sessions of these surroundings apart. */
  constructor(websocket: SessionWebSocket, number: number, surroundings: SessionSurroundings) {
    this.websocket = websocket
    this.#number = number
    this.#surroundings = surroundings
    websocket.session = this
  }

  /** Names it in the log. */
  get requestId(): string {
    return `${this.#surroundings.idPrefix}/${this.#number}`
  }

  get isOpen(): boolean {
    return this.#phase === 'opening' || this.#phase === 'established'
  }

  get isEstablished(): boolean {
    return this.#phase === 'established'
  }

  get queuedBytes(): number {
    return this.#heldBytes + queuedBytesOf(this.websocket)
  }

  deliver(frames: Buffer): void {
    if (this.#phase === 'established') {
      this.#couldNotWrite(writeFrames(this.websocket, frames))
      return
    }
    if (this.#phase !== 'opening') return
    this.#heldBytes += frames.length
    if (this.#heldBytes > QUEUED_BYTES_MAX) this.end(CLOSE_CODES.overload)
    else (this.#held ??= []).push(frames)
  }

  /** Calls `action` once the socket has taken everything that waits now, or has failed to. */
  whenTaken(action: () => void): void {
    callWhenTaken(this.websocket, action)
  }

  /** Starts to note changes of membership, so that a list that is read meanwhile can be trusted. */
  beginRead(): void {
    this.#isReading = true
  }

  /**
   * Whether the member joined or left the conversation since `beginRead`, or its channel ended: the
   * list read may be older.
   */
  hasChangedSinceRead(conversation: ConversationReference): boolean {
    const changed = this.#changedSinceRead
    if (changed === undefined) return false
    return changed.has(conversationKey(conversation)) || changed.has(conversation.channelArn)
  }

  membershipChanged(conversation: ConversationReference): void {
    this.#noteChange(conversationKey(conversation))
  }

  channelRemoved(channelArn: ChannelArn): void {
    this.#noteChange(channelArn)
  }

  #noteChange(key: string): void {
    if (this.#isReading) (this.#changedSinceRead ??= new Set()).add(key)
  }

  /** Tells the client, then hands over what arrived since the session began to listen. */
  establish(): void {
    this.#phase = 'established'
    this.#isReading = false
    this.#changedSinceRead = undefined
    this.#surroundings.watch.established(this)
    const held = this.#held ?? []
    this.#held = undefined
    this.#heldBytes = 0
    const isFirst = held.length === 0
    this.deliver(
      isFirst ? SESSION_ESTABLISHED_FRAME : Buffer.concat([SESSION_ESTABLISHED_FRAME, ...held]),
    )
  }

  /** Writes a ping; a client that cannot even take that is too slow. */
  ping(frame: Buffer): void {
    this.unansweredPings += 1
    this.#clientFrames = 0
    this.#couldNotWrite(writeControlFrame(this.websocket, frame))
  }

  /**
   * Ends the session with a close frame behind everything that is queued, and without delay for
   * everybody else. A client that does not take it in time is cut off.
   */
  end(closeCode: CloseCode, reason: string = closeCode.reason): void {
    if (!this.isOpen) return
    this.#phase = 'ending'
    this.#endCode = closeCode.code
    this.#held = undefined
    const { hub, watch, logger } = this.#surroundings
    hub.remove(this)
    const text = closeReasonOf(reason)
    logger.debug({ requestId: this.requestId, code: closeCode.code, reason: text }, 'session ends')
    this.websocket.close(closeCode.code, text)
    watch.ending(this)
  }

  /** Cuts the connection without a close frame: the peer is not there, or does not listen. */
  cutOff(): void {
    if (this.#phase === 'gone') return
    this.#endCode ??= ABNORMAL_CLOSE
    if (this.isOpen) this.#surroundings.hub.remove(this)
    if (this.isOpen) this.#phase = 'ending'
    this.websocket.terminate()
  }

  clientFrame(): void {
    this.#clientFrames += 1
    if (this.#clientFrames > CLIENT_FRAMES_PER_PING_MAX) this.end(CLOSE_CODES.flood)
  }

  pongReceived(): void {
    this.unansweredPings = 0
    this.clientFrame()
  }

  answerPing(payload: Buffer): void {
    this.clientFrame()
    if (this.isOpen) this.#couldNotWrite(writeControlFrame(this.websocket, pongFrame(payload)))
  }

  /** The socket is closed, whoever closed it; `code` is what the client said last. */
  gone(code: number): void {
    if (this.#phase === 'gone') return
    this.#phase = 'gone'
    this.#held = undefined
    const { hub, watch, metrics, logger } = this.#surroundings
    hub.remove(this)
    watch.gone(this)
    const endCode = this.#endCode ?? code
    metrics.sessionClosed(endCode)
    logger.debug({ requestId: this.requestId, code: endCode }, 'session closed')
  }

  failed(error: Error): void {
    const { logger } = this.#surroundings
    logger.debug({ requestId: this.requestId, error: error.message }, 'session socket failed')
  }

  #couldNotWrite(outcome: WriteOutcome): void {
    if (outcome === 'full') this.end(CLOSE_CODES.slowReader)
  }
}
