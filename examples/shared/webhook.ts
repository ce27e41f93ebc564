// An HTTP server that takes Carillon's webhooks: it checks who speaks, and when, before it believes.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Older requests may be repetitions by somebody who listened. */
const AGE_SECONDS_MAX = 300
const BODY_BYTES_MAX = 1024 * 1024

export interface Webhook extends AsyncDisposable {
  readonly url: string
}

/** What a webhook answers; nothing for an empty body. */
export type Receive = (body: unknown, id: string) => unknown

/** Listens on this machine; every request that is signed with `secret` reaches `receive`. */
export async function startWebhook(secret: string, receive: Receive): Promise<Webhook> {
  const server = createServer((request, response) => {
    async function respond(): Promise<void> {
      const { status, body } = await answer(request, secret, receive)
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(body === undefined ? '' : JSON.stringify(body))
    }
    // Tried again by the server.
    respond().catch(() => response.writeHead(500).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function answer(request: IncomingMessage, secret: string, receive: Receive) {
  const body = await textOf(request)
  if (body === undefined) return { status: 413, body: undefined }
  if (!isSigned(request, body, secret)) return { status: 401, body: undefined }
  const id = String(request.headers['x-carillon-id'])
  return { status: 200, body: await receive(JSON.parse(body), id) }
}

/** Whether the request was made, not long ago, by somebody who knows the secret. */
export function isSigned(request: IncomingMessage, body: string, secret: string): boolean {
  const timestamp = String(request.headers['x-carillon-timestamp'])
  const given = Buffer.from(String(request.headers['x-carillon-signature']))
  const code = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
  const expected = Buffer.from(`v1=${code}`)
  const ageSeconds = Math.abs(Date.now() / 1000 - Number(timestamp))
  return (
    ageSeconds <= AGE_SECONDS_MAX &&
    given.length === expected.length &&
    timingSafeEqual(given, expected)
  )
}

async function textOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > BODY_BYTES_MAX) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
