// An HTTP server for tests that fails in all the ways in which a destination fails, when it is told
// to, and otherwise answers as it was made to.
import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** How long anything is waited for; only a failing test ever waits this long. */
export const WAIT_MS_MAX = 40_000

/** No listener, no answer, a torn connection, or an answer that is an error. */
export type Fault = 'refuses' | 'hangs' | 'resets' | Answer

export interface Answer {
  readonly status: number
  readonly text?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface FaultyServer extends AsyncDisposable {
  readonly url: string
  /** What every request meets from now on; undefined: it is answered. */
  fail(fault: Fault | undefined): Promise<void>
  /** Resolves when `count` more requests have come, whatever became of them. */
  asked(count: number): Promise<void>
  /** Resolves at the end of the next request that was answered. */
  answered(): Promise<void>
}

/** `respond` makes the answer to a request that does not fail. */
export async function startFaultyServer(
  respond: (headers: IncomingHttpHeaders, body: string) => Promise<Answer> | Answer,
): Promise<FaultyServer> {
  const events = new EventEmitter()
  const sockets = new Set<Socket>()
  let fault: Fault | undefined
  const server = createServer((incoming, response) => {
    void answer(incoming, response).catch(() => response.destroy())
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  const port = await listen(server, 0)

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(incoming)
    const meets = fault
    events.emit('asked')
    if (meets === 'hangs') return
    if (typeof meets === 'string') {
      incoming.socket.resetAndDestroy()
      return
    }
    const { status, text = '', headers = {} } = meets ?? (await respond(incoming.headers, body))
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text)
    if (meets === undefined) events.emit('answered')
  }

  async function close(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }

  return {
    url: `http://127.0.0.1:${port}`,
    async fail(next) {
      const wasAway = fault === 'refuses'
      fault = next
      if (next === 'refuses' && !wasAway) await close()
      if (next !== 'refuses' && wasAway) await listen(server, port)
    },
    async asked(count) {
      const signal = AbortSignal.timeout(WAIT_MS_MAX)
      for (let requests = 0; requests < count; requests++) await once(events, 'asked', { signal })
    },
    async answered() {
      await once(events, 'answered', { signal: AbortSignal.timeout(WAIT_MS_MAX) })
    },
    [Symbol.asyncDispose]: close,
  }
}

/** Listens on this machine; resolves with the port. */
export async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** A whole body. */
export async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
