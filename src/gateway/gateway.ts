// The live side of the server: takes upgrades of `/connect`, keeps the sessions, and drains them.
// Put together here, and nowhere else in this folder.
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { WebSocketServer } from 'ws'
import type { MemberArn } from '../base/arn.ts'
import type { Clock } from '../base/clock.ts'
import { newUuid } from '../base/ids.ts'
import type { Logger } from '../base/logger.ts'
import { splitRequestTarget } from '../base/request-target.ts'
import { relaxedLimits, type Limits } from '../domain/limits.ts'
import { CONNECT_PATH } from '../domain/messaging-session.ts'
import { TokenBuckets } from '../domain/token-bucket.ts'
import type { Metrics } from '../observability/metrics.ts'
import type { CredentialSource } from '../ports/credential-source.ts'
import type { ConversationReference } from '../ports/conversation-reference.ts'
import type { EventBus, Subscription } from '../ports/event-bus.ts'
import type { StoreReader } from '../ports/store.ts'
import type { SignatureChecker } from '../protocol/sigv4/signature-checker.ts'
import type { Authorizer } from '../services/access/authorizer.ts'
import { createConnectAuthenticator, type ConnectRequest } from './authenticate-connect.ts'
import { CLOSE_CODES, type CloseCode } from './close-codes.ts'
import { Hub } from './hub.ts'
import { Prefetcher } from './prefetcher.ts'
import { openSession, type SessionOpenerOptions } from './session-opener.ts'
import { SessionWatch } from './session-watch.ts'
import {
  CLIENT_MESSAGE_BYTES_MAX,
  Session,
  SessionWebSocket,
  type SessionSurroundings,
} from './session.ts'

const NO_BODY = Buffer.alloc(0)

/** Sessions that are being opened at the same time; more are turned away before the upgrade. */
// evidence: inferred (some seconds of a reconnect storm)
const OPENING_SESSIONS_MAX = 4_096

/** Users whose last connect is remembered: a second of a reconnect storm, many times over. */
const CONNECT_BUCKETS_MAX = 50_000

/** How long a drain waits for clients to answer before it cuts them off. */
// evidence: inferred; the process promises to exit within 10 s of SIGTERM
const DRAIN_DEADLINE_MS = 5_000
/** Sessions that are ended in one turn of the event loop: some 10 ms of work. */
const END_SLICE = 500

export type GatewayLimits = Pick<
  Limits,
  | 'connectionsPerUser'
  | 'prefetchedChannels'
  | 'prefetchedMessagesPerChannel'
  | 'prefetchedMembershipsPerChannel'
>

export interface GatewayOptions {
  readonly store: Pick<StoreReader, 'members' | 'memberships' | 'messages' | 'ownMemberships'>
  readonly bus: Pick<
    EventBus,
    | 'subscribeToConversation'
    | 'subscribeToMember'
    | 'subscribeToChannelRemovals'
    | 'subscribeToAppInstanceRemovals'
  >
  readonly credentials: CredentialSource
  readonly authorizer: Pick<Authorizer, 'mayConnect'>
  readonly signatures: Pick<SignatureChecker, 'verifyQuery'>
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Pick<
    Metrics,
    | 'sessionOpened'
    | 'sessionClosed'
    | 'framesDelivered'
    | 'upgradeRefused'
    | 'connectRefused'
    | 'gauge'
  >
  /** The relaxed ones unless given. */
  readonly limits?: GatewayLimits
  /** No bound unless given. */
  readonly connectsPerUserPerSecond?: number | undefined
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
  /** See the hub's: every conversation that somebody hears. */
  heardConversations(): Iterable<ConversationReference & { readonly sessionsCount: number }>
}

export function createGateway(options: GatewayOptions): Gateway {
  return new WebSocketGateway(options)
}

class WebSocketGateway implements Gateway {
  readonly #options: GatewayOptions
  readonly #hub: Hub
  readonly #watch: SessionWatch
  readonly #prefetcher: Prefetcher
  readonly #opener: SessionOpenerOptions
  readonly #surroundings: SessionSurroundings
  readonly #opening = new Map<Session, Promise<void>>()
  #sessionsCount = 0
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
  #removals: readonly Subscription[] = []
  #isDraining = false

  constructor(options: GatewayOptions) {
    const { clock, logger, metrics, store, limits = relaxedLimits } = options
    this.#options = options
    this.#hub = new Hub(options.bus, (count) => metrics.framesDelivered(count))
    this.#watch = new SessionWatch(clock)
    this.#surroundings = {
      idPrefix: newUuid(),
      hub: this.#hub,
      watch: this.#watch,
      metrics,
      logger,
    }
    this.#prefetcher = new Prefetcher({
      store,
      hub: this.#hub,
      limits,
      logger,
      delivered: (count) => metrics.framesDelivered(count),
    })
    this.#opener = {
      authenticate: createConnectAuthenticator({
        members: store.members,
        credentials: options.credentials,
        authorizer: options.authorizer,
        signatures: options.signatures,
        now: () => clock.now(),
      }),
      members: store.members,
      memberships: store.memberships,
      hub: this.#hub,
      watch: this.#watch,
      prefetcher: this.#prefetcher,
      connectionsPerUser: limits.connectionsPerUser,
      admitConnect: connectThrottle(options),
      refused: (code) => metrics.connectRefused(code),
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
    const connectRequest = new UpgradeRequest(request)
    if (connectRequest.rawPath !== CONNECT_PATH) {
      this.#refuse(socket, 404)
    } else if (this.#isDraining || this.#opening.size >= OPENING_SESSIONS_MAX) {
      this.#refuse(socket, 503)
    } else {
      // A session that can be established in this turn of the event loop answers the upgrade and
      // says so in one write.
      socket.cork()
      setImmediate(uncork, socket)
      this.#webSocketServer.handleUpgrade(request, socket, head, (websocket) => {
        this.#accept(websocket, connectRequest)
      })
    }
  }

  async start(): Promise<void> {
    // What `ws` finds wrong with the handshake: a missing key, say.
    this.#webSocketServer.on('wsClientError', (_error, socket) => this.#refuse(socket, 400))
    this.#watch.start()
    const { bus } = this.#options
    this.#removals = [
      bus.subscribeToChannelRemovals((channelArn) => {
        for (const session of this.#opening.keys()) session.channelRemoved(channelArn)
      }),
      bus.subscribeToAppInstanceRemovals((appInstanceArn) => {
        const within = `${appInstanceArn}/`
        void this.#endAll(CLOSE_CODES.forbidden, 'The app instance was deleted', (session) =>
          session.memberArn.startsWith(within),
        )
      }),
    ]
  }

  async close(): Promise<void> {
    this.#isDraining = true
    for (const subscription of this.#removals) subscription.close()
    await this.#endAll(CLOSE_CODES.restart, CLOSE_CODES.restart.reason, () => true)
    // Sessions that were authenticated meanwhile are among those ended: they are in the watch.
    await this.#gone()
    await this.#hub.settled()
    await this.#prefetcher.settled()
    this.#watch.stop()
  }

  heardConversations(): ReturnType<Hub['heardConversations']> {
    return this.#hub.heardConversations()
  }

  async settled(): Promise<void> {
    await Promise.all(this.#opening.values())
    await this.#prefetcher.settled()
    await this.#hub.settled()
  }

  #refuse(socket: Duplex, status: 400 | 404 | 503): void {
    this.#options.metrics.upgradeRefused(status)
    this.#options.logger.debug({ status }, 'upgrade refused')
    refuseUpgrade(socket, status)
  }

  #accept(websocket: SessionWebSocket, request: ConnectRequest): void {
    this.#sessionsCount += 1
    const session = new Session(websocket, this.#sessionsCount, this.#surroundings)
    this.#watch.opened(session)
    this.#options.metrics.sessionOpened()
    const opened = openSession(session, request, this.#opener).finally(() => {
      this.#opening.delete(session)
    })
    this.#opening.set(session, opened)
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

class UpgradeRequest implements ConnectRequest {
  readonly method: string
  readonly rawPath: string
  readonly rawQuery: string
  readonly rawHeaders: readonly string[]
  readonly body = NO_BODY
  readonly #socket: Socket

  constructor({ method = 'GET', url = '/', rawHeaders, socket }: IncomingMessage) {
    const { rawPath, rawQuery } = splitRequestTarget(url)
    this.method = method
    this.rawPath = rawPath
    this.rawQuery = rawQuery
    this.rawHeaders = rawHeaders
    this.#socket = socket
  }

  /** Only policies ask: the socket asks the system then, and keeps the answer. */
  get remoteAddress(): string {
    return this.#socket.remoteAddress ?? ''
  }

  get isSecure(): boolean {
    return this.#socket instanceof TLSSocket
  }
}

function uncork(socket: Duplex): void {
  socket.uncork()
}

/**
 * Whether a user may connect now. Only who was granted the connection is counted, so that nobody
 * uses up the rate of another.
 */
// evidence: docs quotas (not adjustable; no burst)
function connectThrottle({
  clock,
  connectsPerUserPerSecond: perSecond,
}: GatewayOptions): (memberArn: MemberArn) => boolean {
  if (perSecond === undefined) return () => true
  const buckets = new TokenBuckets(CONNECT_BUCKETS_MAX)
  return (memberArn) => buckets.take(memberArn, clock.monotonicMs(), { perSecond, burst: 1 })
}

const STATUS_TEXTS = { 400: 'Bad Request', 404: 'Not Found', 503: 'Service Unavailable' } as const

function refuseUpgrade(socket: Duplex, status: keyof typeof STATUS_TEXTS): void {
  // A peer that resets meanwhile must not become an uncaught error.
  socket.on('error', () => socket.destroy())
  socket.once('finish', () => socket.destroy())
  // evidence: docs RFC 6455 4.4 (the version, for clients that speak another)
  const version = status === 400 ? 'Sec-WebSocket-Version: 13\r\n' : ''
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_TEXTS[status]}\r\nConnection: close\r\n${version}` +
      'Content-Length: 0\r\n\r\n',
  )
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
