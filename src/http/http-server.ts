// The listeners: from sockets to the request chain and the gateway, with every limit and timeout of
// HTTP. Knows nothing of AWS beyond the form of an error.
import { createServer as createPlainServer } from 'node:http'
import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { FrontDoorError } from '../base/api-error.ts'
import { assert } from '../base/assert.ts'
import type { Clock } from '../base/clock.ts'
import { newUuid } from '../base/ids.ts'
import type { Logger } from '../base/logger.ts'
import { splitRequestTarget } from '../base/request-target.ts'
import { CONNECT_PATH } from '../domain/messaging-session.ts'
import { answerOnSocket, errorOfParser } from './broken-request.ts'
import { HTTP_LIMITS } from './http-limits.ts'
import type { HttpLimits } from './http-limits.ts'
import type { RequestChain } from './request-chain.ts'
import { createTraffic } from './traffic.ts'
import type { Traffic } from './traffic.ts'

export interface ListenerOptions {
  readonly host: string
  /** 0 for any free port. */
  readonly port: number
  /** PEM; makes this an https listener. */
  readonly tls?: { readonly certificate: string; readonly key: string } | undefined
}

export interface HttpServerOptions {
  readonly listeners: readonly ListenerOptions[]
  readonly chain: RequestChain
  /** Takes over the sockets that ask for a WebSocket at `/connect`, with their errors. */
  readonly handleUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  readonly logger: Logger
  readonly clock: Clock
  readonly limits?: Partial<HttpLimits> | undefined
}

export interface HttpServer {
  /** Resolves when every listener accepts. Rejects, naming the address, when one cannot. */
  start(): Promise<void>
  /** In the order of the options once started, with the real ports. */
  readonly addresses: readonly { readonly host: string; readonly port: number }[]
  /** Requests that are being read or answered. */
  readonly requestsInFlight: number
  /**
   * Stops accepting, lets requests in flight finish until the drain timeout, then cuts what is
   * left. Resolves when the gateway has closed the sockets that were handed to it, too.
   */
  close(): Promise<void>
}

/**
 * Connections that may wait to be accepted; the system allows as many as `net.core.somaxconn` says.
 * A client that finds no room repeats its attempt after a second, then three, then seven: in a
 * reconnect storm that is far longer than the wait.
 */
const BACKLOG = 65_535

export function createHttpServer(options: HttpServerOptions): HttpServer {
  const limits = { ...HTTP_LIMITS, ...options.limits }
  const traffic = createTraffic(options.chain, options.logger, options.clock, limits)
  const addresses: { host: string; port: number }[] = []
  const servers = options.listeners.map(({ tls }) => {
    const server = createServer(tls, limits)
    attach(server, traffic, options, limits)
    return server
  })
  return {
    addresses,
    get requestsInFlight() {
      return traffic.requestsInFlight
    },
    async start() {
      for (const [index, { host, port }] of options.listeners.entries()) {
        const server = servers[index]
        assert(server !== undefined, 'each listener has a server')
        await listen(server, host, port)
        addresses.push({ host, port: (server.address() as AddressInfo).port })
      }
    },
    async close() {
      const closed = servers.filter((server) => server.listening).map(closeServer)
      await traffic.drain()
      for (const server of servers) server.closeAllConnections()
      await Promise.all(closed)
    },
  }
}

function createServer(tls: ListenerOptions['tls'], limits: HttpLimits): Server {
  const settings: ServerOptions = {
    maxHeaderSize: limits.headerBytesMax,
    headersTimeout: limits.headerTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: limits.timeoutCheckMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    noDelay: true,
    // A missing Host is refused by the signature, with a body that says so.
    requireHostHeader: false,
    // Other upgrades, such as curl's h2c, are answered as if they had not been asked for.
    shouldUpgradeCallback: ({ method, url, headers }) =>
      method === 'GET' &&
      headers.upgrade?.toLowerCase() === 'websocket' &&
      splitRequestTarget(url ?? '').rawPath === CONNECT_PATH,
  }
  const server =
    tls === undefined
      ? createPlainServer(settings)
      : createTlsServer({
          ...settings,
          cert: tls.certificate,
          key: tls.key,
          minVersion: 'TLSv1.2',
          handshakeTimeout: limits.tlsHandshakeTimeoutMs,
        })
  server.maxConnections = limits.connectionsMax
  server.timeout = limits.socketTimeoutMs
  return server
}

function attach(
  server: Server,
  traffic: Traffic,
  { handleUpgrade, logger }: HttpServerOptions,
  limits: HttpLimits,
): void {
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    traffic.accept(request, response)
  })
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    // A body that is refused anyway is not asked for.
    if (Number(request.headers['content-length'] ?? 0) <= limits.bodyBytesMax) {
      response.writeContinue()
    }
    traffic.accept(request, response)
  })
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const refusal = new FrontDoorError('ExpectationFailedException', 417, 'Unknown expectation')
    traffic.refuse(response, refusal)
  })
  server.on('upgrade', handleUpgrade)
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const requestId = newUuid()
    logger.debug({ requestId, code: error.code }, 'a request that could not be read')
    // An answer that is under way would be garbled, or taken for the answer to another request.
    if (error.code === 'ECONNRESET' || traffic.isAnswering(socket)) socket.destroy()
    else answerOnSocket(socket, errorOfParser(error.code), requestId)
  })
  // Without a listener a failed handshake would be a clientError on a socket that speaks no HTTP.
  server.on('tlsClientError', (error: Error, socket: Duplex) => {
    logger.debug({ reason: error.message }, 'a TLS handshake failed')
    socket.destroy()
  })
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'another program listens there' : error.message
      reject(new Error(`cannot listen on ${host}:${port}: ${why}`, { cause: error }))
    }
    server.once('error', fail)
    server.listen({ port, host, backlog: BACKLOG }, () => {
      server.off('error', fail)
      resolve()
    })
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}
