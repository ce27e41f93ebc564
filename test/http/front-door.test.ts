// The front door under bad input, over raw sockets: each offence gets its exact answer, and the
// next good request is served. Well-formed requests to operations are the conformance tests'
// matter.
import { connect } from 'node:net'
import { array, assert, asyncProperty, nat, tuple, uint8Array } from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer } from '../harness/start-server.ts'
import type { TestServer } from '../harness/start-server.ts'
import { rawFetch, signRequest, signedFetch } from '../harness/signed-fetch.ts'
import type { RawAnswer, SignedRequest } from '../harness/signed-fetch.ts'

const HEADER_BYTES_MAX = 32 * 1024
const BODY_BYTES_MAX = 64 * 1024
const CREATE: SignedRequest = {
  method: 'POST',
  path: '/app-instances',
  body: { Name: 'front door', ClientRequestToken: 'front-door' },
}

let server: TestServer

beforeAll(async () => {
  server = await startServer({
    overrides: {
      httpLimits: {
        bodyBytesMax: BODY_BYTES_MAX,
        headerTimeoutMs: 200,
        requestTimeoutMs: 400,
        timeoutCheckMs: 50,
      },
    },
  })
})

afterAll(() => server.stop())

/** Sends bytes and collects whatever comes until the server closes the connection. */
function exchange(bytes: string | Uint8Array, after?: { end?: boolean }): Promise<string> {
  const { hostname, port } = new URL(server.httpUrl)
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) })
    let text = ''
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk))
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(text))
    if (after?.end === true) socket.end(bytes)
    else socket.write(bytes)
  })
}

async function expectStillServing(): Promise<void> {
  const answer = await signedFetch(server, { method: 'GET', path: '/app-instances' })
  expect(answer.status).toBe(200)
}

/** Status and name of a front-door error, after a look at what all of them have in common. */
function frontDoorOf(answer: RawAnswer): [number, string | string[] | undefined] {
  expect(answer.headers['content-type']).toBe('application/json')
  expect(answer.headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/)
  expect(Object.keys(JSON.parse(answer.body) as object)).toEqual(['message'])
  return [answer.status, answer.headers['x-amzn-errortype']]
}

describe('what is no HTTP', () => {
  it.each([
    ['a line of nonsense', 'nonsense\r\n\r\n', 400],
    ['a header without a colon', 'GET / HTTP/1.1\r\nnonsense\r\n\r\n', 400],
    [
      'two different lengths',
      'POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      400,
    ],
    ['a negative length', 'POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n', 400],
    [
      'length and chunks at once',
      'POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    [
      'a chunk size that is none',
      'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      400,
    ],
    [
      'headers beyond the limit',
      `GET / HTTP/1.1\r\nX: ${'x'.repeat(HEADER_BYTES_MAX)}\r\n\r\n`,
      431,
    ],
    ['a path beyond the limit', `GET /${'x'.repeat(HEADER_BYTES_MAX)} HTTP/1.1\r\n\r\n`, 431],
  ])('%s gets a clean answer', async (_title, bytes, status) => {
    const text = await exchange(bytes)
    expect(text.split('\r\n')[0]).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(text).toMatch(/^x-amzn-ErrorType: MalformedHttpRequestException\r$/m)
    expect(text).toMatch(/\r\n\r\n\{"message":"[^"]+"\}$/)
    await expectStillServing()
  })

  it('a head that never ends is timed out', async () => {
    expect(await exchange('GET / HTTP/1.1\r\nHost: x\r\n')).toMatch(/^HTTP\/1\.1 408 /)
    await expectStillServing()
  })

  it('a body that never ends is timed out', async () => {
    const text = await exchange('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc')
    expect(text).toMatch(/^HTTP\/1\.1 408 /)
    await expectStillServing()
  })

  it('nonsense behind a good request is not told as the answer to that request', async () => {
    const { headers } = await signRequest(server, { method: 'GET', path: '/app-instances' })
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    const good = `GET /app-instances HTTP/1.1\r\n${lines.join('')}\r\n`
    for (const requests of [good, good + good]) {
      expect(await exchange(`${requests}nonsense\r\n\r\n`)).not.toMatch(/^HTTP\/1\.1 400 /m)
    }
    await expectStillServing()
  })

  it('a client that leaves in the middle of its body harms nobody', async () => {
    const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc'
    expect(await exchange(head, { end: true })).not.toMatch(/^HTTP\/1\.1 [25]/)
    await expectStillServing()
  })

  it('random bytes never stop the server', async () => {
    await assert(
      asyncProperty(uint8Array({ minLength: 1, maxLength: 600 }), async (bytes) => {
        await exchange(bytes, { end: true })
      }),
      { numRuns: 100 },
    )
    await expectStillServing()
  })

  it('random changes of a good request never stop the server', async () => {
    const { headers, body } = await signRequest(server, CREATE)
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    const good = Buffer.from(
      `POST /app-instances HTTP/1.1\r\n${lines.join('')}content-length: ${body?.length}\r\n` +
        `connection: close\r\n\r\n${body}`,
    )
    await assert(
      asyncProperty(
        array(tuple(nat(good.length - 1), nat(255)), { minLength: 1, maxLength: 4 }),
        async (changes) => {
          const bytes = Uint8Array.from(good)
          for (const [place, byte] of changes) bytes[place] = byte
          const text = await exchange(bytes, { end: true })
          expect(text).not.toMatch(/^HTTP\/1\.1 5/)
        },
      ),
      { numRuns: 100 },
    )
    await expectStillServing()
  })
})

describe('what is no request of ours', () => {
  it.each([
    ['an unknown path', 'GET', '/nothing/here'],
    ['a wrong method', 'PATCH', '/app-instances'],
    ['a literal that no operation has', 'POST', '/channels?operation=nothing'],
    ['the console, which is not part of this version', 'GET', '/console/'],
    ['the session path without an upgrade', 'GET', '/connect'],
  ])('%s is UnknownOperationException', async (_title, method, path) => {
    expect(frontDoorOf(await signedFetch(server, { method, path }))).toEqual([
      404,
      'UnknownOperationException',
    ])
  })

  it('the session path without an upgrade says what is missing, as behind a proxy that drops it', async () => {
    const path = '/connect?userArn=x'
    const answer = await rawFetch(server, { method: 'GET', path, headers: { connection: 'close' } })
    expect(frontDoorOf(answer)).toEqual([404, 'UnknownOperationException'])
    expect(answer.body).toMatch(/WebSocket upgrade.*proxy.*Upgrade/)
  })

  it('an upgrade elsewhere is not taken', async () => {
    const headers = { connection: 'upgrade', upgrade: 'websocket' }
    const answer = await rawFetch(server, { method: 'GET', path: '/elsewhere', headers })
    expect(frontDoorOf(answer)).toEqual([404, 'UnknownOperationException'])
  })

  it('a body beyond the limit is refused by its length, and the connection lives on', async () => {
    const tooLong = BODY_BYTES_MAX + 1
    const text = await exchange(
      `POST /app-instances HTTP/1.1\r\nHost: x\r\nContent-Length: ${tooLong}\r\n\r\n` +
        `${'x'.repeat(tooLong)}GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    )
    expect(text).toMatch(/^HTTP\/1\.1 413 /)
    expect(text).toMatch(/^x-amzn-ErrorType: RequestEntityTooLargeException\r$/m)
    expect(text).toMatch(/HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nok\n$/)
    await expectStillServing()
  })

  it('a chunked body beyond the limit is refused when it passes it', async () => {
    const chunk = `${BODY_BYTES_MAX.toString(16)}\r\n${'x'.repeat(BODY_BYTES_MAX)}\r\n`
    const text = await exchange(
      `POST /app-instances HTTP/1.1\r\nHost: x\r\nConnection: close\r\n` +
        `Transfer-Encoding: chunked\r\n\r\n${chunk}1\r\nx\r\n0\r\n\r\n`,
    )
    expect(text).toMatch(/^HTTP\/1\.1 413 /)
    await expectStillServing()
  })

  it('a client that asks before it sends is told of the limit instead of "continue"', async () => {
    const text = await exchange(
      'POST /app-instances HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\n' +
        `Content-Length: ${BODY_BYTES_MAX + 1}\r\n\r\n`,
    )
    expect(text).toMatch(/^HTTP\/1\.1 413 /)
  })

  it('an expectation that nobody knows is 417', async () => {
    const text = await exchange('GET / HTTP/1.1\r\nHost: x\r\nExpect: a-miracle\r\n\r\n')
    expect(text).toMatch(/^HTTP\/1\.1 417 /)
  })
})

describe('who asks', () => {
  it('no signature', async () => {
    const answer = await rawFetch(server, { method: 'GET', path: '/app-instances' })
    expect(frontDoorOf(answer)).toEqual([403, 'MissingAuthenticationTokenException'])
    expect(answer.headers['x-amzn-errormessage']).toBe('Missing Authentication Token')
  })

  it('a key that nobody has', async () => {
    const credentials = { accessKeyId: 'AKIAUNKNOWNUNKNOWN00', secretAccessKey: 'x'.repeat(40) }
    const answer = await signedFetch(server, { ...CREATE, credentials })
    expect(frontDoorOf(answer)).toEqual([403, 'UnrecognizedClientException'])
  })

  it('a wrong secret', async () => {
    const credentials = { ...server.credentials, secretAccessKey: 'x'.repeat(40) }
    const answer = await signedFetch(server, { ...CREATE, credentials })
    expect(frontDoorOf(answer)).toEqual([403, 'InvalidSignatureException'])
  })

  it('another body than the signed one', async () => {
    const { headers } = await signRequest(server, CREATE)
    const body = JSON.stringify({ Name: 'replaced' })
    const answer = await rawFetch(server, { ...CREATE, headers, body })
    expect(frontDoorOf(answer)).toEqual([403, 'InvalidSignatureException'])
  })

  it('behind a proxy that writes the Host anew, the name of the public endpoint is signed', async () => {
    await using proxied = await startServer({
      settings: { publicEndpoint: 'chat.example.com:443' },
    })
    const forms = { 'content-type': 'application/x-www-form-urlencoded' }
    for (const host of ['chat.example.com:443', 'chat.example.com', 'chat.example.org']) {
      const calls: SignedRequest[] = [
        { method: 'GET', path: '/app-instances', headers: { host } },
        {
          method: 'POST',
          path: '/',
          service: 'sts',
          headers: { ...forms, host },
          body: 'Action=GetCallerIdentity&Version=2011-06-15',
        },
      ]
      for (const call of calls) {
        const { method, path } = call
        const { headers, body } = await signRequest(proxied, call)
        const sent = { method, path, headers: { ...headers, host: 'upstream' } }
        const answer = await rawFetch(proxied, body === undefined ? sent : { ...sent, body })
        expect([host, answer.status]).toEqual([host, host.endsWith('.org') ? 403 : 200])
      }
    }
  })

  it('POST / is signed for sts, and answered in XML', async () => {
    const answer = await signedFetch(server, {
      method: 'POST',
      path: '/',
      service: 'sts',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
    })
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/xml'])
    expect(answer.body).toContain(`<Arn>arn:aws:iam::${server.accountId}:root</Arn>`)
  })
})

describe('what is said', () => {
  it.each([
    ['JSON that breaks off', '{"Name":'],
    ['a body that is no object', '[]'],
    ['a member of the wrong type', '{"Name":1}'],
  ])('%s is SerializationException', async (_title, body) => {
    const answer = await signedFetch(server, { ...CREATE, body })
    expect(frontDoorOf(answer)).toEqual([400, 'SerializationException'])
    await expectStillServing()
  })

  it('every constraint that is broken is told at once', async () => {
    const body = { Name: '', Metadata: 'x'.repeat(1025), ClientRequestToken: 'x' }
    const answer = await signedFetch(server, { ...CREATE, body })
    expect([answer.status, answer.headers['x-amzn-errortype']]).toEqual([
      400,
      'BadRequestException',
    ])
    expect(answer.body).toMatch(/^\{"Code":"BadRequest","Message":"3 validation errors detected: /)
  })

  it('the bearer is told before anything in the body', async () => {
    const channelArn = `arn:aws:chime:us-east-1:000000000000:app-instance/a/channel/b`
    const request = {
      method: 'POST',
      path: `/channels/${encodeURIComponent(channelArn)}/messages`,
      body: '{"Content":',
    }
    for (const [bearer, reason] of [
      [undefined, 'the header is missing'],
      ['nonsense', 'it is not the ARN'],
      [channelArn, 'it is not the ARN'],
      ['arn:aws:chime:us-east-1:000000000000:app-instance/a/user/b', 'there is no such'],
    ] as const) {
      const answer = await signedFetch(server, { ...request, ...(bearer && { bearer }) })
      expect([answer.status, answer.headers['x-amzn-errortype']]).toEqual([
        401,
        'UnauthorizedClientException',
      ])
      const { Code, Message } = JSON.parse(answer.body) as { Code: string; Message: string }
      expect(Code).toBe('Unauthorized')
      expect(Message).toContain('x-amz-chime-bearer')
      expect(Message).toContain(reason)
    }
  })
})

describe('browsers and probes', () => {
  it('a preflight needs no signature and gets what it asks for', async () => {
    const asked = 'authorization,x-amz-chime-bearer,x-amz-date,content-type,amz-sdk-request'
    const answer = await rawFetch(server, {
      method: 'OPTIONS',
      path: '/channels',
      headers: {
        origin: 'https://app.example.org',
        'access-control-request-method': 'PUT',
        'access-control-request-headers': asked,
      },
    })
    expect(answer.status).toBe(204)
    expect(answer.headers['access-control-allow-origin']).toBe('*')
    expect(answer.headers['access-control-allow-headers']).toBe(asked)
    expect(answer.headers['access-control-allow-methods']).toContain('PUT')
    expect(Number(answer.headers['access-control-max-age'])).toBeGreaterThanOrEqual(3600)
  })

  it.each([
    ['a success', {}],
    ['an error', { credentials: { accessKeyId: 'AKIAUNKNOWNUNKNOWN00', secretAccessKey: 'x' } }],
  ])('%s can be read by a page', async (_title, extra) => {
    const headers = { origin: 'https://app.example.org' }
    const request = { method: 'GET', path: '/app-instances', headers, ...extra }
    const answer = await signedFetch(server, request)
    expect(answer.headers['access-control-allow-origin']).toBe('*')
    expect(answer.headers['access-control-expose-headers']).toBe(
      'x-amzn-ErrorType, x-amzn-RequestId, x-amzn-ErrorMessage, Date',
    )
    expect(answer.headers.date).toBeDefined()
  })

  it('probes and metrics answer without a signature', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics']) {
      const answer = await rawFetch(server, { method: 'GET', path })
      expect([path, answer.status]).toEqual([path, 200])
    }
    const metrics = await rawFetch(server, { method: 'GET', path: '/metrics' })
    for (const name of [
      'request_duration_seconds_bucket{le="1",operation="ListAppInstances",status="200"}',
      'sessions 0',
      'frames_delivered_total',
      'commit_duration_seconds_count',
      'commit_rows_sum',
      'store_queue_length',
      'hub_backlog_bytes',
      'session_queued_bytes',
      'requests_in_flight',
    ]) {
      expect(metrics.body).toContain(`\ncarillon_${name}`)
    }
  })
})
