// What a webhook is sent, which answers count, and that no receiver can hold up or fill the server.
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createFakeClock } from '../../test/harness/fake-clock.ts'
import { DeliveryError } from '../domain/delivery-error.ts'
import {
  createWebhookClient,
  signatureOf,
  type WebhookClient,
  type WebhookRequest,
} from './webhook-client.ts'

const SECRET = 'a secret of the operator'
const clock = createFakeClock(1_800_000_000_500)

interface Received {
  readonly request: IncomingMessage
  readonly body: string
}

let server: Server
let client: WebhookClient
let received: Received[]
let answer: (response: ServerResponse, request: IncomingMessage) => void

beforeEach(async () => {
  received = []
  client = createWebhookClient(clock)
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({ request, body: Buffer.concat(chunks).toString() })
      answer(response, request)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterEach(async () => {
  client.close()
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

const url = (path = '/hook') => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
const ask = (
  signal = new AbortController().signal,
  to = url(),
  kind: WebhookRequest['kind'] = 'bot',
) =>
  client.post(
    { kind: 'webhook', url: to, secret: SECRET },
    { kind, id: 'call-1', body: '{"a":"ü"}', signal },
  )

async function failure(work: Promise<unknown>): Promise<DeliveryError> {
  const error = await work.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(DeliveryError)
  return error as DeliveryError
}

/** An answer without an end. */
function answerForEver(status: number): Promise<void> {
  const closed = Promise.withResolvers<void>()
  answer = (response) => {
    response.writeHead(status)
    const more = () => {
      while (response.write('x'.repeat(16_384))) {
        // Until the connection is full.
      }
    }
    response.on('drain', more)
    response.on('close', closed.resolve)
    more()
  }
  return closed.promise
}

describe('a request', () => {
  test('carries the body, what it is about, and a signature over time and body', async () => {
    answer = (response) => response.writeHead(202).end('taken')
    expect(await ask()).toBe('taken')
    const [{ request, body } = {} as Received] = received
    expect([request.method, request.url, body]).toEqual(['POST', '/hook', '{"a":"ü"}'])
    expect(request.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': '10',
      'x-carillon-kind': 'bot',
      'x-carillon-id': 'call-1',
      'x-carillon-timestamp': '1800000000',
    })
    const expected = createHmac('sha256', SECRET).update('1800000000.{"a":"ü"}').digest('hex')
    expect(request.headers['x-carillon-signature']).toBe(`v1=${expected}`)
    expect(signatureOf(SECRET, '1800000000', '{"a":"ü"}')).toBe(`v1=${expected}`)
    expect(signatureOf(SECRET, '1800000001', '{"a":"ü"}')).not.toBe(`v1=${expected}`)
  })

  test('may be answered by nothing at all, and uses its connection again', async () => {
    answer = (response) => response.writeHead(204).end()
    expect([await ask(), await ask()]).toEqual(['', ''])
    const [first, second] = received.map(({ request }) => request.socket.remotePort)
    expect(second).toBe(first)
  })
})

describe('an answer', () => {
  test.each([
    [301, false, false],
    [307, false, false],
    [400, false, false],
    [403, false, false],
    [404, false, false],
    [408, true, false],
    [429, true, true],
    [500, true, true],
    [503, true, true],
  ])('of %i is an error: retryable %s, destination down %s', async (status, retry, down) => {
    answer = (response) => response.writeHead(status, { location: url('/elsewhere') }).end('no')
    const error = await failure(ask())
    expect([error.status, error.isRetryable, error.isDestinationDown]).toEqual([
      status,
      retry,
      down,
    ])
    expect(error.message).toBe(`the webhook answered ${status}`)
    // No redirect was followed.
    expect(received.map(({ request }) => request.url)).toEqual(['/hook'])
  })

  test.each([
    [429, '7', 7_000],
    [503, new Date(1_800_000_090_000).toUTCString(), 89_500],
    [500, '7', undefined],
    [503, 'later', undefined],
  ])('of %i may ask to be left alone: %s', async (status, header, retryAfterMs) => {
    answer = (response) => response.writeHead(status, { 'retry-after': header }).end()
    expect((await failure(ask())).retryAfterMs).toBe(retryAfterMs)
  })

  test('is read to a bound, and its sender hung up on', async () => {
    const closed = answerForEver(200)
    const error = await failure(ask())
    expect(error.message).toContain('more than 262144 bytes')
    expect([error.isRetryable, error.isDestinationDown]).toEqual([false, false])
    await closed
  })

  test.each([
    [404, false],
    [503, true],
  ])('of %i says what its status says, however long it is', async (status, retry) => {
    const closed = answerForEver(status)
    const error = await failure(ask())
    expect([error.status, error.isRetryable]).toEqual([status, retry])
    await closed
  })

  test.each(['processor', 'stream', 'push'] as const)(
    'of 2xx to a %s says that it has arrived, whatever becomes of the rest',
    async (kind) => {
      const closed = answerForEver(200)
      expect(await ask(undefined, url(), kind)).toBe('')
      await closed
      answer = (response, request) => {
        response.writeHead(200, { 'content-length': '100' })
        response.write('half')
        request.socket.end()
      }
      expect(await ask(undefined, url(), kind)).toBe('')
    },
  )

  test('that would change the protocol is none', async () => {
    answer = (_response, request) => {
      request.socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
      )
    }
    const error = await failure(ask())
    expect([error.isRetryable, error.isDestinationDown]).toEqual([true, true])
  })
})

describe('a receiver', () => {
  test('that never answers is left when the signal says so', async () => {
    const abort = new AbortController()
    answer = () => abort.abort()
    const error = await failure(ask(abort.signal))
    expect(error.message).toBe('the webhook did not answer in time')
    expect([error.isRetryable, error.isDestinationDown]).toEqual([true, true])
  })

  test('that stops in the middle of its answer is left likewise', async () => {
    const abort = new AbortController()
    answer = (response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half', () => abort.abort())
    }
    expect((await failure(ask(abort.signal))).message).toBe('the webhook did not answer in time')
  })

  test('that resets the connection, before or within its answer, may do better later', async () => {
    answer = (_response, request) => request.socket.resetAndDestroy()
    const before = await failure(ask())
    expect(before.message).toContain('ECONNRESET')
    answer = (response, request) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half', () => request.socket.resetAndDestroy())
    }
    const within = await failure(ask())
    for (const error of [before, within]) {
      expect([error.isRetryable, error.isDestinationDown]).toEqual([true, true])
    }
  })

  test('that has given up a kept connection is asked once more, on a new one', async () => {
    answer = (response) => response.writeHead(200).end('taken')
    expect(await ask()).toBe('taken')
    const kept = received[0]?.request.socket
    answer = (response, request) => {
      if (request.socket === kept) request.socket.resetAndDestroy()
      else response.writeHead(200).end('taken')
    }
    expect(await ask()).toBe('taken')
    expect(received).toHaveLength(3)
    // Whoever does so on a new connection, too, is not there.
    answer = (_response, request) => request.socket.resetAndDestroy()
    expect((await failure(ask())).message).toContain('ECONNRESET')
    expect(received.length).toBeLessThanOrEqual(5)
  })

  test('that answers part of the way on a kept connection is not asked again', async () => {
    answer = (response) => response.writeHead(200).end('taken')
    await ask()
    answer = (response, request) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half', () => request.socket.resetAndDestroy())
    }
    expect((await failure(ask())).message).toContain('ECONNRESET')
    expect(received).toHaveLength(2)
  })

  test('that is not there may come later', async () => {
    const gone = createServer()
    gone.listen(0, '127.0.0.1')
    await once(gone, 'listening')
    const { port } = gone.address() as AddressInfo
    gone.close()
    await once(gone, 'close')
    const error = await failure(ask(undefined, `http://127.0.0.1:${port}/`))
    expect(error.message).toBe('the webhook could not be reached: ECONNREFUSED')
    expect([error.isRetryable, error.isDestinationDown]).toEqual([true, true])
  })

  test('is told nothing when the signal was aborted before', async () => {
    const error = await failure(ask(AbortSignal.abort()))
    expect(error.message).toBe('the webhook did not answer in time')
    expect(received).toEqual([])
  })
})
