// The messaging session of amazon-chime-sdk-js in Node, over TLS as in browsers. Only the socket is
// ours: one that trusts the test server's own authority.
import {
  ChimeSDKMessagingClient,
  GetMessagingSessionEndpointCommand,
} from '@aws-sdk/client-chime-sdk-messaging'
import {
  DefaultMessagingSession,
  MessagingSessionConfiguration,
  NoOpLogger,
  PrefetchOn,
  WebSocketReadyState,
} from 'amazon-chime-sdk-js'
import type { Message, PrefetchSortBy, WebSocketAdapter } from 'amazon-chime-sdk-js'
import { WebSocket } from 'ws'
import { readCaCertificate } from '../../harness/start-server.ts'
import type { Credentials, Endpoint } from '../../harness/start-server.ts'

export interface SdkSession extends Disposable {
  /** As the SDK's `start()`: resolves when the session is established. */
  start(): Promise<unknown>
  stop(): void
  /** What observers were handed, in order. */
  readonly messages: readonly Message[]
  /** How many sockets the session opened. */
  readonly socketsCount: number
  /** Resolves with the code when the SDK gives up or is stopped. */
  readonly stopped: Promise<number>
  /** Resolves with the first message, past or future, that is wanted. */
  waitFor(isWanted: (message: Message) => boolean): Promise<Message>
}

/** A session that is not started yet. */
export async function createSdkSession(
  server: Endpoint,
  userArn: string,
  credentials: Credentials | (() => Promise<Credentials>) = server.credentials,
  prefetch?: { readonly sortBy: PrefetchSortBy | undefined },
): Promise<SdkSession> {
  const client = new ChimeSDKMessagingClient({
    endpoint: server.httpUrl,
    region: server.region,
    credentials: server.credentials,
  })
  const { Endpoint: endpoint } = await client.send(new GetMessagingSessionEndpointCommand({}))
  const signing = new ChimeSDKMessagingClient({
    endpoint: server.httpUrl,
    region: server.region,
    credentials,
  })
  const adapter = new TrustingAdapter(await readCaCertificate(server))
  const configuration = new MessagingSessionConfiguration(userArn, null, endpoint?.Url, signing)
  if (prefetch !== undefined) {
    configuration.prefetchOn = PrefetchOn.Connect
    configuration.prefetchSortBy = prefetch.sortBy
  }
  const session = new DefaultMessagingSession(configuration, new NoOpLogger(), adapter)
  const messages: Message[] = []
  const waiting = new Set<() => void>()
  const { promise: stopped, resolve } = Promise.withResolvers<number>()
  session.addObserver({
    messagingSessionDidReceiveMessage(message) {
      messages.push(message)
      for (const check of waiting) check()
    },
    messagingSessionDidStop: ({ code }) => resolve(code),
  })
  return {
    start: () => session.start(),
    stop: () => session.stop(),
    messages,
    get socketsCount() {
      return adapter.socketsCount
    },
    stopped,
    waitFor: (isWanted) =>
      new Promise((found) => {
        const check = () => {
          const message = messages.find(isWanted)
          if (message === undefined) return
          waiting.delete(check)
          found(message)
        }
        waiting.add(check)
        check()
      }),
    [Symbol.dispose]() {
      adapter.terminate()
      client.destroy()
      signing.destroy()
    },
  }
}

class TrustingAdapter implements WebSocketAdapter {
  socketsCount = 0
  readonly #ca: string
  #socket: WebSocket | undefined

  constructor(ca: string) {
    this.#ca = ca
  }

  create(url: string, protocols: string[]): void {
    this.socketsCount++
    this.#socket = new WebSocket(url, protocols, { ca: this.#ca })
    this.#socket.binaryType = 'arraybuffer'
  }

  send(): boolean {
    return false
  }

  close(code?: number, reason?: string): void {
    this.#socket?.close(code, reason)
  }

  terminate(): void {
    this.#socket?.terminate()
  }

  destroy(): void {
    this.#socket = undefined
  }

  addEventListener(name: string, listener: never): void {
    this.#socket?.addEventListener(name as 'open', listener)
  }

  removeEventListener(name: string, listener: never): void {
    this.#socket?.removeEventListener(name as 'open', listener)
  }

  readyState(): WebSocketReadyState {
    if (this.#socket === undefined) return WebSocketReadyState.None
    const states = [
      WebSocketReadyState.Connecting,
      WebSocketReadyState.Open,
      WebSocketReadyState.Closing,
      WebSocketReadyState.Closed,
    ]
    return states[this.#socket.readyState] ?? WebSocketReadyState.None
  }
}
