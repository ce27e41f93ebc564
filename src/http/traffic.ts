// The requests that are under way: hands each to the chain, writes its answer, bounds how many
// there are, and knows when the last is done.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { FrontDoorError } from '../base/api-error.ts'
import type { Clock } from '../base/clock.ts'
import { newUuid } from '../base/ids.ts'
import type { Logger } from '../base/logger.ts'
import { renderError } from '../protocol/wire-error.ts'
import type { Answer } from './answer.ts'
import type { HttpLimits } from './http-limits.ts'
import { ClientGoneError, createBodyReader } from './request-body.ts'
import type { BodyReader } from './request-body.ts'
import type { RequestChain } from './request-chain.ts'

export interface Traffic {
  /** Answers a request; never throws. */
  accept(request: IncomingMessage, response: ServerResponse): void
  /** Answers without the chain. */
  refuse(response: ServerResponse, error: FrontDoorError): void
  /** Whether a whole request of this socket has not been answered yet. */
  isAnswering(socket: Duplex): boolean
  /** Requests that are being read or answered. */
  readonly requestsInFlight: number
  /**
   * From now on every answer closes its connection. Resolves when no request is in flight, or
   * after the drain timeout.
   */
  drain(): Promise<void>
}

export function createTraffic(
  chain: RequestChain,
  logger: Logger,
  clock: Clock,
  limits: HttpLimits,
): Traffic {
  return new BoundedTraffic(chain, logger, clock, limits)
}

/**
 * The requests of one connection. They are answered one after the other: a client that sends many
 * and takes no answer makes the server do, and keep, one.
 */
interface Line {
  /** What was accepted and not answered. */
  readonly unanswered: Set<IncomingMessage>
  /** An answer is being made, or on its way. */
  isBusy: boolean
  readonly waiting: { readonly request: IncomingMessage; readonly response: ServerResponse }[]
}

class BoundedTraffic implements Traffic {
  readonly #chain: RequestChain
  readonly #logger: Logger
  readonly #clock: Clock
  readonly #limits: HttpLimits
  readonly #bodies: BodyReader
  readonly #lines = new WeakMap<Duplex, Line>()
  #requestsInFlight = 0
  #answeringCount = 0
  #isDraining = false
  #whenIdle: (() => void) | undefined

  constructor(chain: RequestChain, logger: Logger, clock: Clock, limits: HttpLimits) {
    this.#chain = chain
    this.#logger = logger
    this.#clock = clock
    this.#limits = limits
    this.#bodies = createBodyReader(limits.bodyBytesMax)
  }

  get requestsInFlight(): number {
    return this.#requestsInFlight
  }

  isAnswering(socket: Duplex): boolean {
    for (const request of this.#lines.get(socket)?.unanswered ?? []) {
      if (request.complete) return true
    }
    return false
  }

  accept(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request
    const line = this.#lines.get(socket) ?? { unanswered: new Set(), isBusy: false, waiting: [] }
    this.#lines.set(socket, line)
    if (line.waiting.length >= this.#limits.requestsAheadMax) {
      socket.destroy()
      return
    }
    this.#requestsInFlight += 1
    // At once, as the next bytes of this socket may be read before anything else is done.
    line.unanswered.add(request)
    if (line.isBusy) line.waiting.push({ request, response })
    else this.#begin(line, request, response)
  }

  refuse(response: ServerResponse, error: FrontDoorError): void {
    write(response, renderRefusal(error), true)
  }

  drain(): Promise<void> {
    this.#isDraining = true
    if (this.#requestsInFlight === 0) return Promise.resolve()
    return new Promise((resolve) => {
      const timeout = this.#clock.after(this.#limits.drainTimeoutMs, resolve)
      this.#whenIdle = () => {
        timeout.cancel()
        resolve()
      }
    })
  }

  #begin(line: Line, request: IncomingMessage, response: ServerResponse): void {
    line.isBusy = true
    // When the client has taken the answer, or is gone.
    response.once('close', () => {
      line.isBusy = false
      const next = line.waiting.shift()
      if (next === undefined) return
      if (next.response.socket !== null && !next.response.destroyed) {
        this.#begin(line, next.request, next.response)
        return
      }
      // Nobody takes the answers to what still waits.
      for (const { request: given } of [next, ...line.waiting.splice(0)]) this.#done(line, given)
    })
    void this.#handle(line, request, response)
  }

  #done(line: Line, request: IncomingMessage): void {
    line.unanswered.delete(request)
    this.#requestsInFlight -= 1
    if (this.#requestsInFlight === 0) this.#whenIdle?.()
  }

  async #handle(line: Line, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = newUuid()
    const { socket } = request
    let body: Buffer | undefined
    let isAnswering = false
    try {
      const answer = await this.#chain({
        requestId,
        method: request.method ?? '',
        url: request.url ?? '',
        rawHeaders: request.rawHeaders,
        remoteAddress: request.socket.remoteAddress ?? '',
        isSecure: request.socket instanceof TLSSocket,
        headers: request.headers,
        readBody: async () => {
          body = await this.#bodies.read(request)
          // Only now: clients that are slow to send their bodies must not take all the places.
          if (this.#answeringCount >= this.#limits.requestsInFlightMax) throw overloaded()
          this.#answeringCount += 1
          isAnswering = true
          return body
        },
      })
      write(response, answer, this.#isDraining)
    } catch (error) {
      // Only a broken chain throws anything else; its client is not left waiting.
      if (!(error instanceof ClientGoneError)) {
        this.#logger.error({ requestId, err: error }, 'request chain failed')
      }
      socket.destroy()
    } finally {
      if (body !== undefined) this.#bodies.release(body)
      if (isAnswering) this.#answeringCount -= 1
      this.#done(line, request)
    }
  }
}

function renderRefusal(error: FrontDoorError): Answer {
  return renderError(error, undefined, newUuid(), 'rest-json')
}

/** Head and body leave in one write: the length is known, and Node joins the two. */
function write(response: ServerResponse, { status, headers, body }: Answer, close: boolean): void {
  if (response.destroyed) return
  response.writeHead(status, {
    ...headers,
    ...(body === '' && status === 204 ? {} : { 'Content-Length': Buffer.byteLength(body) }),
    ...(close ? { Connection: 'close' } : {}),
  })
  response.end(body)
}

function overloaded(): FrontDoorError {
  return new FrontDoorError(
    'ServiceUnavailableException',
    503,
    'The server answers too many requests at the moment; try again',
  )
}
