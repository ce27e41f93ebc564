// What the front door does when it is asked for too much, or cannot keep what it is told: it says
// so with an answer on which SDKs try again, and it is back as soon as it can be.
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { rawFetch, signedFetch } from '../harness/signed-fetch.ts'
import { startServer } from '../harness/start-server.ts'
import type { TestServer } from '../harness/start-server.ts'

const PLACES = 4

it('clients that are slow to send their bodies do not keep others out', async () => {
  await using server = await startServer({
    overrides: { httpLimits: { requestsInFlightMax: PLACES } },
  })
  const { hostname, port } = new URL(server.httpUrl)
  const slow: Socket[] = []
  for (let n = 0; n < 2 * PLACES; n++) {
    const socket = connect({ host: hostname, port: Number(port) })
    slow.push(socket)
    // The server has read the head once it asks for the rest.
    socket.write(
      'POST /app-instances HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n' +
        'Expect: 100-continue\r\n\r\n',
    )
    const [bytes] = (await once(socket, 'data')) as [Buffer]
    expect(bytes.toString()).toMatch(/^HTTP\/1\.1 100 /)
  }
  const answer = await signedFetch(server, { method: 'GET', path: '/app-instances' })
  expect(answer.status).toBe(200)
  for (const socket of slow) socket.destroy()
})

it('a database that cannot be written is 503, and the same request works once it can', async () => {
  await using server = await startServer()
  const request = {
    method: 'POST',
    path: '/app-instances',
    body: { Name: 'later', ClientRequestToken: 'later' },
  }
  const holder = new DatabaseSync(join(server.dataDirectory, 'carillon.sqlite'))
  holder.exec('BEGIN IMMEDIATE')
  const refused = await signedFetch(server, request)
  holder.close()
  expect(refused.status).toBe(503)
  expect(refused.headers['x-amzn-errortype']).toBe('ServiceUnavailableException')
  expect(JSON.parse(refused.body)).toMatchObject({ Code: 'ServiceUnavailable' })
  expect((await signedFetch(server, request)).status).toBe(201)
}, 20_000)

it('a client that sends on and takes no answer is answered one request at a time', async () => {
  const requestsCount = 1_000
  await using server = await startServer({
    overrides: { httpLimits: { requestsAheadMax: requestsCount } },
  })
  const { hostname, port } = new URL(server.httpUrl)
  const socket = connect({ host: hostname, port: Number(port) }).pause()
  // Together far more than the buffers of the connection take.
  const request = 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'
  socket.write(request.repeat(requestsCount))
  await expect.poll(async () => requestsInFlightOf(server)).toBeGreaterThan(requestsCount / 4)
  let text = ''
  socket
    .setEncoding('latin1')
    .on('data', (chunk: string) => (text += chunk))
    .resume()
  const answersCount = () => text.match(/^HTTP\/1\.1 200 OK\r$/gm)?.length
  await expect.poll(answersCount, { timeout: 20_000 }).toBe(requestsCount)
  expect(await requestsInFlightOf(server)).toBe(1)
  socket.destroy()
}, 30_000)

it('a client that sends ever more without taking an answer is cut off', async () => {
  await using server = await startServer({ overrides: { httpLimits: { requestsAheadMax: 8 } } })
  const { hostname, port } = new URL(server.httpUrl)
  const socket = connect({ host: hostname, port: Number(port) })
  socket.on('error', () => undefined).resume()
  socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(1_000))
  await once(socket, 'close')
  expect(await requestsInFlightOf(server)).toBe(1)
})

/** As the server counts them: the one that asks is among them. */
async function requestsInFlightOf(server: TestServer): Promise<number> {
  const { body } = await rawFetch(server, { method: 'GET', path: '/metrics' })
  return Number(/^carillon_requests_in_flight (\d+)$/m.exec(body)?.[1])
}
