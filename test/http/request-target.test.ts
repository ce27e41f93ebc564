// Requests whose target names scheme and host, as proxies may send them: what was signed is the
// path, so they are answered like any other.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { rawFetch, signRequest, type SignedRequest } from '../harness/signed-fetch.ts'
import { startServer, type TestServer } from '../harness/start-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())

async function statusOf(signed: SignedRequest, path: string): Promise<number> {
  const { headers, body } = await signRequest(server, signed)
  const { method } = signed
  return (
    await rawFetch(server, { method, path, headers, ...(body === undefined ? {} : { body }) })
  ).status
}

it('are routed and verified by their path and query', async () => {
  const list: SignedRequest = { method: 'GET', path: '/app-instances?max-results=5' }
  expect(await statusOf(list, `${server.httpUrl}${list.path}`)).toBe(200)
  expect(await statusOf(list, `HTTP://elsewhere.example${list.path}`)).toBe(200)
  const create = { Name: 'absolute', ClientRequestToken: 'absolute' }
  const post: SignedRequest = { method: 'POST', path: '/app-instances', body: create }
  expect(await statusOf(post, `${server.httpUrl}/app-instances`)).toBe(201)
})

it('are refused when another path or query was signed', async () => {
  const list: SignedRequest = { method: 'GET', path: '/app-instances?max-results=5' }
  expect(await statusOf(list, `${server.httpUrl}/app-instances?max-results=6`)).toBe(403)
  expect(await statusOf(list, `${server.httpUrl}/nowhere`)).toBe(404)
})

it('reach the probes, too', async () => {
  const probe = (path: string) => rawFetch(server, { method: 'GET', path })
  expect((await probe(`${server.httpUrl}/healthz`)).status).toBe((await probe('/healthz')).status)
  expect((await probe(`${server.httpUrl}/metrics`)).status).toBe(200)
})
