// What the front door does when it is asked for too much, or cannot keep what it is told: it says
// so with an answer on which SDKs try again, and it is back as soon as it can be.
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { signedFetch } from '../harness/signed-fetch.ts'
import { startServer } from '../harness/start-server.ts'

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
