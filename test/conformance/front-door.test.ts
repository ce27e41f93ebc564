// Conformance of what comes before any operation: signatures, preflights, sizes and names.
import { expect } from 'vitest'
import { presignPath, rawFetch, signedFetch } from '../harness/signed-fetch.ts'
import type { RawAnswer } from '../harness/signed-fetch.ts'
import { expectMembers, failsAtTheDoor } from './kit/answers.ts'
import type { Json } from './kit/answers.ts'
import { casesOf } from './kit/conformance-case.ts'
import { createRecordedClients } from './kit/recorded-clients.ts'
import { isRemote, useWorld } from './kit/world.ts'

const world = useWorld()
const write = casesOf('Front door')

/** Clocks may differ by five minutes. evidence: docs (behaviour 1.3) */
const SKEW_MS_MAX = 300_000
/** Enough for a request to be on its way. */
const SLACK_MS = 20_000

const PATH = '/endpoints/messaging-session'
const ORIGIN = 'https://chat.example.com'

function expectRefusal(answer: RawAnswer, status: number, name: string): void {
  expect([answer.status, answer.headers['x-amzn-errortype']], answer.body).toEqual([status, name])
  expectMembers(JSON.parse(answer.body) as Json, ['message'])
}

const calledWith = async (credentials: { accessKeyId: string; secretAccessKey: string }) => {
  const { region, httpUrl } = world.endpoint
  const clients = createRecordedClients({
    region,
    credentials,
    ...(isRemote ? {} : { endpoint: httpUrl }),
  })
  await clients.messaging.getMessagingSessionEndpoint({}).finally(() => clients.destroy())
  return {}
}

write(
  'wire',
  'doc',
  'Given an unknown key, when any operation is called, then 403 UnrecognizedClientException',
  async () => {
    const credentials = { accessKeyId: 'AKIAUNKNOWNUNKNOWN00', secretAccessKey: 'wrong' }
    await failsAtTheDoor(calledWith(credentials), 403, 'UnrecognizedClientException')
  },
)
write(
  'wire',
  'doc',
  'Given a wrong secret, when any operation is called, then 403 InvalidSignatureException',
  async () => {
    const credentials = { ...world.endpoint.credentials, secretAccessKey: 'wrong' }
    await failsAtTheDoor(calledWith(credentials), 403, 'InvalidSignatureException')
  },
)
write(
  'wire',
  'doc',
  'Given a clock that is off by less than five minutes, when it calls, then it is served; off by more it is refused',
  async () => {
    if (isRemote) return
    const callAt = (offsetMs: number) =>
      signedFetch(world.endpoint, {
        method: 'GET',
        path: PATH,
        signingDate: new Date(Date.now() + offsetMs),
      })
    for (const sign of [-1, 1]) {
      expect((await callAt(sign * (SKEW_MS_MAX - SLACK_MS))).status).toBe(200)
      expectRefusal(await callAt(sign * (SKEW_MS_MAX + SLACK_MS)), 403, 'InvalidSignatureException')
    }
  },
)
write(
  'wire',
  'doc',
  'Given a URL that was signed in advance, when it is fetched without further signature, then it is served until it ends',
  async () => {
    if (isRemote) return
    const user = await world.user()
    const channelArn = await world.channel(user)
    await world.post(channelArn, user, 'presigned')
    const path = `/channels/${encodeURIComponent(channelArn)}/messages?max-results=1`
    const request = { method: 'GET', path, bearer: user }
    const headers = { 'x-amz-chime-bearer': user }
    const fetchIt = async (expiresIn: number, signingDate?: Date, more = '') => {
      const signed = { ...request, ...(signingDate && { signingDate }) }
      const presigned = await presignPath(world.endpoint, signed, expiresIn)
      return rawFetch(world.endpoint, { method: 'GET', path: `${presigned}${more}`, headers })
    }
    const served = await fetchIt(60)
    expect(served.status, served.body).toBe(200)
    expect(served.body).toContain('"Content":"presigned"')
    const ended = new Date(Date.now() - SKEW_MS_MAX - SLACK_MS - 1000)
    expectRefusal(await fetchIt(1, ended), 403, 'InvalidSignatureException')
    expect((await fetchIt(600, ended)).status).toBe(200)
    expectRefusal(await fetchIt(60, undefined, '&max-results=2'), 403, 'InvalidSignatureException')
    // A bearer that the URL was not signed for.
    const bare = await presignPath(world.endpoint, { method: 'GET', path }, 60)
    const unsigned = await rawFetch(world.endpoint, { method: 'GET', path: bare, headers })
    expectRefusal(unsigned, 403, 'InvalidSignatureException')
  },
)
write(
  'wire',
  'inferred',
  'Given a URL that was signed in advance with the bearer in its query, when it is fetched, then that is the bearer',
  async () => {
    if (isRemote) return
    const [user, stranger] = [await world.user(), await world.user()]
    const path = `/channels/${encodeURIComponent(await world.channel(user))}/messages`
    const presigned = async (bearer: string) =>
      presignPath(world.endpoint, { method: 'GET', path, bearer }, 60, 'hoisted')
    const fetchIt = async (target: string) =>
      rawFetch(world.endpoint, { method: 'GET', path: target })
    expect((await fetchIt(await presigned(user))).status).toBe(200)
    expect((await fetchIt(await presigned(stranger))).status).toBe(403)
    const altered = (await presigned(user)).replace(
      encodeURIComponent(user),
      encodeURIComponent(stranger),
    )
    expectRefusal(await fetchIt(altered), 403, 'InvalidSignatureException')
    // Only what was signed in advance may be without the header.
    const inQuery = `${path}?x-amz-chime-bearer=${encodeURIComponent(user)}`
    const answer = await signedFetch(world.endpoint, { method: 'GET', path: inQuery })
    expect(answer.status).toBe(401)
  },
)
write(
  'wire',
  'doc',
  'Given another service in the credential scope, when it calls, then 403',
  async () => {
    if (isRemote) return
    const answer = await signedFetch(world.endpoint, { method: 'GET', path: PATH, service: 's3' })
    expectRefusal(answer, 403, 'InvalidSignatureException')
  },
)
write(
  'wire',
  'doc',
  'Given a path, method or operation that does not exist, when it is called, then 404 UnknownOperationException',
  async () => {
    if (isRemote) return
    const channel = `/channels/${encodeURIComponent(`${world.appInstanceArn}/channel/x`)}`
    for (const [method, path] of [
      ['GET', '/nothing'],
      ['PATCH', channel],
      ['POST', `${channel}?operation=nonsense`],
      ['GET', `/${channel}`],
    ] as const) {
      expectRefusal(
        await signedFetch(world.endpoint, { method, path }),
        404,
        'UnknownOperationException',
      )
    }
  },
)
write(
  'wire',
  'doc',
  'Given a body beyond every limit, when it is sent, then 413 and the next request is answered',
  async () => {
    if (isRemote) return
    const body = JSON.stringify({ Name: 'x'.repeat(4 * 1024 * 1024) })
    const answer = await signedFetch(world.endpoint, {
      method: 'POST',
      path: '/app-instances',
      body,
    })
    expect(answer.status).toBe(413)
    expect((await signedFetch(world.endpoint, { method: 'GET', path: PATH })).status).toBe(200)
  },
)
write(
  'wire',
  'code',
  'Given a preflight of a browser, when it comes without a signature, then what it asks for is allowed',
  async () => {
    if (isRemote) return
    const asked = 'authorization,x-amz-chime-bearer,x-amz-date,amz-sdk-invocation-id,content-type'
    const answer = await rawFetch(world.endpoint, {
      method: 'OPTIONS',
      path: '/channels',
      headers: {
        origin: ORIGIN,
        'access-control-request-method': 'PUT',
        'access-control-request-headers': asked,
      },
    })
    expect([200, 204]).toContain(answer.status)
    expect([ORIGIN, '*']).toContain(answer.headers['access-control-allow-origin'])
    const allowed = String(answer.headers['access-control-allow-headers']).toLowerCase()
    for (const name of asked.split(',')) expect(allowed).toContain(name)
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
      expect(answer.headers['access-control-allow-methods']).toContain(method)
    }
    expect(Number(answer.headers['access-control-max-age'])).toBeGreaterThanOrEqual(600)
  },
)
write(
  'wire',
  'code',
  'Given a request of another origin, when it succeeds or fails, then the page may read the headers that SDKs need',
  async () => {
    if (isRemote) return
    const headers = { origin: ORIGIN }
    const fine = await signedFetch(world.endpoint, { method: 'GET', path: PATH, headers })
    const refused = await signedFetch(world.endpoint, { method: 'GET', path: '/channels', headers })
    const unsigned = await rawFetch(world.endpoint, { method: 'GET', path: PATH, headers })
    expect([fine.status, refused.status, unsigned.status]).toEqual([200, 401, 403])
    for (const answer of [fine, refused, unsigned]) {
      expect([ORIGIN, '*']).toContain(answer.headers['access-control-allow-origin'])
      const exposed = String(answer.headers['access-control-expose-headers']).toLowerCase()
      for (const name of ['x-amzn-errortype', 'x-amzn-requestid', 'x-amzn-errormessage', 'date']) {
        expect(exposed).toContain(name)
      }
    }
  },
)
write(
  'wire',
  'code',
  'Given a refusal at the front door, when an old SDK reads it, then the text stands in x-amzn-ErrorMessage too',
  async () => {
    if (isRemote) return
    const answer = await rawFetch(world.endpoint, { method: 'GET', path: PATH })
    const { message } = JSON.parse(answer.body) as { message: string }
    expect(answer.headers['x-amzn-errormessage']).toBe(message)
  },
)
write(
  'wire',
  'code',
  'Given requests as old clients write them, when they come, then content types and empty bodies do not matter',
  async () => {
    if (isRemote) return
    const user = await world.user()
    const ask = (headers: Record<string, string>, method = 'GET', path = PATH, body?: string) =>
      signedFetch(world.endpoint, {
        method,
        path,
        headers,
        bearer: user,
        ...(body === undefined ? {} : { body }),
      })
    for (const type of ['application/json', 'application/x-amz-json-1.1', 'text/plain']) {
      expect((await ask({ 'content-type': type })).status).toBe(200)
    }
    expect((await ask({ 'content-length': '0' })).status).toBe(200)
    // An empty body is an empty object: what is missing is told by the operation's own rules.
    const empty = await ask({ 'content-length': '0' }, 'POST', '/channels', '')
    expect([empty.status, empty.headers['x-amzn-errortype']]).toEqual([400, 'BadRequestException'])
  },
)
