// The live side of the server: takes upgrades of `/connect`, keeps the sessions, and drains them.
// Put together here, and nowhere else in this folder.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Clock } from '../base/clock.ts'
import { newUuid } from '../base/ids.ts'
import type { Logger } from '../base/logger.ts'
import type { Metrics } from '../observability/metrics.ts'
import type { CredentialSource } from '../ports/credential-source.ts'
import type { EventBus, Subscription } from '../ports/event-bus.ts'
import type { StoreReader } from '../ports/store.ts'
import type { RawRequest } from '../protocol/sigv4/raw-request.ts'
import type { SignatureChecker } from '../protocol/sigv4/signature-checker.ts'
import { createConnectAuthenticator } from './authenticate-connect.ts'
import { CLOSE_CODES, type CloseCode } from './close-codes.ts'
import { Hub } from './hub.ts'
import { CLIENT_MESSAGE_BYTES_MAX, Session, SessionWebSocket } from './session.ts'
import { openSession, type SessionOpenerOptions } from './session-opener.ts'
import { SessionWatch } from './session-watch.ts'

const CONNECT_PATH = '/connect'

/** Connections of one user at the same time, unless set otherwise. */
// evidence: docs quotas
export const SOCKETS_PER_USER_MAX = 10

/** Sessions that are being opened at the same time; more are turned away before the upgrade. */
// evidence: inferred (some seconds of a reconnect storm)
export const OPENING_SESSIONS_MAX = 4_096

/** How long a drain waits for clients to answer before it cuts them off. */
// evidence: inferred; the process promises to exit within 10 s of SIGTERM
export const DRAIN_DEADLINE_MS = 5_000
/** Sessions that are ended in one turn of the event loop: some 10 ms of work. */
const END_SLICE = 500

export interface GatewayOptions {
  readonly store: Pick<StoreReader, 'members' | 'memberships'>
  readonly bus: Pick<
    EventBus,
    'subscribeToChannel' | 'subscribeToMember' | 'subscribeToAppInstanceRemovals'
  >
  readonly credentials: CredentialSource
  readonly signatures: Pick<SignatureChecker, 'verifyQuery'>
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Pick<Metrics, 'sessionOpened' | 'sessionClosed' | 'framesDelivered' | 'gauge'>
  readonly socketsPerUserMax?: number
}

export interface Gateway {
  /** For the `upgrade` event of every listener. Takes `/connect`, answers 404 to anything else. */
  readonly handleUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  start(): Promise<void>
  /**
   * Takes no more sessions and ends all with 1012; resolves when they are gone, in bounded time.
   */
  close(): Promise<void>
  /** Resolves when sessions being opened are, and every event so far was handed to its sockets. */
  settled(): Promise<void>
}

export function createGateway(options: GatewayOptions): Gateway {
  return new WebSocketGateway(options)
}

class WebSocketGateway implements Gateway {
  readonly #options: GatewayOptions
  readonly #hub: Hub
  readonly #watch: SessionWatch
  readonly #opener: SessionOpenerOptions
  readonly #opening = new Set<Promise<void>>()
  readonly #webSocketServer = new WebSocketServer({
    noServer: true,
    // No list of clients and no closures per client: `SessionWatch` keeps the sessions.
    clientTracking: false,
    // Costs 300 KB a connection and would make every frame a receiver's own.
    perMessageDeflate: false,
    maxPayload: CLIENT_MESSAGE_BYTES_MAX,
    // Pongs go through the bounded writer instead.
    autoPong: false,
    WebSocket: SessionWebSocket,
  })
  #removals: Subscription | undefined
  #isDraining = false

  constructor(options: GatewayOptions) {
    const { clock, logger, metrics, store } = options
    this.#options = options
    this.#hub = new Hub(options.bus, (count) => metrics.framesDelivered(count))
    this.#watch = new SessionWatch(clock)
    this.#opener = {
      authenticate: createConnectAuthenticator({
        members: store.members,
        credentials: options.credentials,
        signatures: options.signatures,
        now: () => clock.now(),
      }),
      members: store.members,
      memberships: store.memberships,
      hub: this.#hub,
      watch: this.#watch,
      socketsPerUserMax: options.socketsPerUserMax ?? SOCKETS_PER_USER_MAX,
      clock,
      logger,
    }
    metrics.gauge('carillon_hub_backlog_bytes', 'Event frames that wait for their turn', () => {
      return this.#hub.backlogBytes
    })
    metrics.gauge('carillon_session_queued_bytes', 'Bytes that wait for slow sockets', () => {
      let bytes = 0
      for (const session of this.#watch.sessions()) bytes += session.queuedBytes
      return bytes
    })
  }

  readonly handleUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const rawRequest = rawRequestOf(request)
    if (rawRequest.rawPath !== CONNECT_PATH) {
      refuseUpgrade(socket, '404 Not Found')
    } else if (this.#isDraining || this.#opening.size >= OPENING_SESSIONS_MAX) {
      refuseUpgrade(socket, '503 Service Unavailable')
    } else {
      this.#webSocketServer.handleUpgrade(request, socket, head, (websocket) => {
        this.#accept(websocket, rawRequest)
      })
    }
  }

  async start(): Promise<void> {
    this.#watch.start()
    this.#removals = this.#options.bus.subscribeToAppInstanceRemovals((appInstanceArn) => {
      const within = `${appInstanceArn}/`
      void this.#endAll(CLOSE_CODES.forbidden, 'The app instance was deleted', (session) =>
        session.memberArn.startsWith(within),
      )
    })
  }

  async close(): Promise<void> {
    this.#isDraining = true
    this.#removals?.close()
    await this.#endAll(CLOSE_CODES.restart, CLOSE_CODES.restart.reason, () => true)
    // Sessions that were authenticated meanwhile are among those ended: they are in the watch.
    await this.#gone()
    await this.#hub.settled()
    this.#watch.stop()
  }

  async settled(): Promise<void> {
    await Promise.all(this.#opening)
    await this.#hub.settled()
  }

  #accept(websocket: SessionWebSocket, request: RawRequest): void {
    const { logger, metrics } = this.#options
    const surroundings = { hub: this.#hub, watch: this.#watch, metrics, logger }
    const session = new Session(websocket, newUuid(), surroundings)
    this.#watch.opened(session)
    metrics.sessionOpened()
    const opening = openSession(session, request, this.#opener).finally(() => {
      this.#opening.delete(opening)
    })
    this.#opening.add(opening)
  }

  async #endAll(
    closeCode: CloseCode,
    reason: string,
    isAffected: (session: Session) => boolean,
  ): Promise<void> {
    let inSlice = 0
    for (const session of this.#watch.sessions()) {
      if (isAffected(session)) session.end(closeCode, reason)
      inSlice += 1
      if (inSlice % END_SLICE === 0) await nextTurn()
    }
  }

  async #gone(): Promise<void> {
    const timer = this.#options.clock.after(DRAIN_DEADLINE_MS, () => {
      for (const session of this.#watch.sessions()) session.cutOff()
    })
    await this.#watch.empty()
    timer.cancel()
  }
}

function rawRequestOf(request: IncomingMessage): RawRequest {
  const url = request.url ?? '/'
  const mark = url.indexOf('?')
  return {
    method: request.method ?? 'GET',
    rawPath: mark < 0 ? url : url.slice(0, mark),
    rawQuery: mark < 0 ? '' : url.slice(mark + 1),
    rawHeaders: request.rawHeaders,
    body: Buffer.alloc(0),
  }
}

function refuseUpgrade(socket: Duplex, status: string): void {
  // A peer that resets meanwhile must not become an uncaught error.
  socket.on('error', () => socket.destroy())
  socket.once('finish', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
