// Everything malformed at once and at random: requests that are broken after or before they were
// signed, bytes that are no HTTP, connect URLs and frames that no client sends. Each gets an answer
// of the 4xx kind, or its close code, and changes nothing; the good requests between are served.
import { once } from 'node:events'
import { connect } from 'node:net'
import { ListChannelMessagesCommand } from '@aws-sdk/client-chime-sdk-messaging'
import {
  assert,
  asyncProperty,
  constantFrom,
  nat,
  oneof,
  record,
  string,
  uint8Array,
} from 'fast-check'
import type { Arbitrary } from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openSession } from '../harness/messaging-session.ts'
import { createScenario } from '../harness/scenario.ts'
import { createSdkClients } from '../harness/sdk-clients.ts'
import { rawFetch, signRequest, signedFetch } from '../harness/signed-fetch.ts'
import { startServer } from '../harness/start-server.ts'
import type { TestServer } from '../harness/start-server.ts'

/** What stops the storm, whatever of its blows are still to come. */
const STORM_MS_MAX = 20_000
const BLOWS_COUNT = 1_500
/** What a session is closed with for how it was asked for: whom it names, or how it is signed. */
const REFUSAL_CODES = [4003, 4401]

let server: TestServer
let ann: string
let channelArn: string
let messagesPath: string

beforeAll(async () => {
  server = await startServer()
  using clients = createSdkClients(server)
  const scenario = await createScenario(clients)
  ann = await scenario.user('ann')
  channelArn = await scenario.channel(ann)
  messagesPath = `/channels/${encodeURIComponent(channelArn)}/messages`
})

afterAll(() => server.stop())

/** One offence; resolves when it was answered or cut off, and fails when it was let through. */
type Blow = () => Promise<void>

const nonsense = oneof(
  string({ unit: 'binary', maxLength: 200 }),
  string({ unit: 'grapheme', maxLength: 2000 }),
  constantFrom('', '{', '[]', 'null', '"text"', '1e999', '{"Content":1}', '{"Content":null}'),
  constantFrom('{"__proto__":{"Content":"x"}}', '['.repeat(5000), '{"a":'.repeat(5000)),
)
const latinWord = string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 60 })

/** Signed as it should be, so that everything behind the signature is reached. */
const signedBodies: Arbitrary<Blow> = nonsense.map((body) => async () => {
  const request = { method: 'POST', path: messagesPath, bearer: ann, body }
  expectRefused((await signedFetch(server, request)).status)
})
const signedBytes: Arbitrary<Blow> = uint8Array({ minLength: 1, maxLength: 300 }).map(
  (bytes) => async () => {
    // The signature covers "", so that only the hash of the body is wrong.
    const request = { method: 'POST', path: messagesPath, bearer: ann }
    const { headers } = await signRequest(server, { ...request, body: '' })
    expectRefused((await rawFetch(server, { ...request, headers, body: bytes })).status)
  },
)
const signedPaths: Arbitrary<Blow> = record({
  prefix: constantFrom(
    '/channels/',
    '/app-instances/',
    '/app-instance-users/',
    '/',
    '/channels/a/',
  ),
  id: latinWord,
  query: constantFrom('', '?operation=', '?scope=', '?max-results=-1', '?next-token=', '?a&a&=&'),
  method: constantFrom('GET', 'PUT', 'DELETE', 'POST'),
}).map(({ prefix, id, query, method }) => async () => {
  const path = `${prefix}${encodeURIComponent(id)}${query}`
  expectRefused((await signedFetch(server, { method, path, bearer: ann })).status)
})
const bearers: Arbitrary<Blow> = latinWord.map((word) => async () => {
  const bearer = encodeURIComponent(word)
  expectRefused((await signedFetch(server, { method: 'GET', path: messagesPath, bearer })).status)
})
const tokens: Arbitrary<Blow> = latinWord.map((word) => async () => {
  const path = `${messagesPath}?next-token=${encodeURIComponent(word)}`
  expectRefused((await signedFetch(server, { method: 'GET', path, bearer: ann })).status)
})
const signatures: Arbitrary<Blow> = record({
  header: constantFrom('authorization', 'x-amz-date', 'host', 'x-amz-content-sha256'),
  word: latinWord,
}).map(({ header, word }) => async () => {
  const request = { method: 'POST', path: messagesPath, bearer: ann }
  const { headers, body } = await signRequest(server, { ...request, body: good() })
  const changed = { ...headers, [header]: encodeURIComponent(word) }
  expectRefused((await rawFetch(server, { ...request, headers: changed, body })).status)
})
const rawBytes: Arbitrary<Blow> = uint8Array({ minLength: 1, maxLength: 600 }).map(
  (bytes) => () => exchange(bytes),
)
/** Upgrades that are no handshake, and bytes after one. */
const rawUpgrades: Arbitrary<Blow> = record({
  query: latinWord,
  key: constantFrom(
    '',
    'Sec-WebSocket-Key: x\r\n',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n',
  ),
  version: constantFrom('', '13', '8', 'x'),
  tail: uint8Array({ maxLength: 200 }),
}).map(
  ({ query, key, version, tail }) =>
    () =>
      exchange(
        Buffer.concat([
          Buffer.from(
            `GET /connect?${encodeURIComponent(query)} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n` +
              `Connection: Upgrade\r\nSec-WebSocket-Version: ${version}\r\n${key}\r\n`,
          ),
          tail,
        ]),
      ),
)
const connectUrls: Arbitrary<Blow> = record({ word: latinWord, place: nat() }).map(
  ({ word, place }) =>
    async () => {
      using session = await openSession(server, ann, {
        tamper: (url) => {
          const from = url.indexOf('?') + 1
          const at = from + (place % (url.length - from))
          // Whatever is put in is covered by the signature, or breaks the parameter that it is in.
          return `${url.slice(0, at)}${encodeURIComponent(word)}q${url.slice(at)}`
        },
      })
      expectRefusalCode((await session.closed).code)
    },
)
/** Bytes that are no frame, or a frame that no client sends, on a session that was accepted. */
const frames: Arbitrary<Blow> = uint8Array({ minLength: 2, maxLength: 300 }).map(
  (bytes) => async () => {
    using session = await openSession(server, ann)
    await session.waitForType('SESSION_ESTABLISHED')
    const { _socket: socket } = session.socket as unknown as { _socket: NodeJS.WritableStream }
    // Behind them a frame without a mask, which every server has to refuse, and the end.
    socket.end(Buffer.concat([bytes, Buffer.from([0x81, 0x01, 0x61])]))
    await session.closed
  },
)

/** Writes `bytes`, then ends; resolves when the server closed, too. */
async function exchange(bytes: Uint8Array): Promise<void> {
  const { hostname, port } = new URL(server.httpUrl)
  const socket = connect({ host: hostname, port: Number(port) })
  let text = ''
  socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk))
  // A reset is an answer, too.
  socket.on('error', () => undefined)
  socket.end(bytes)
  if (!socket.closed) await once(socket, 'close')
  expect(text).not.toMatch(/^HTTP\/1\.1 (2|5)/)
}

function expectRefused(status: number): void {
  // 501: an operation that is not done yet.
  if (status !== 501) expect([status, Math.floor(status / 100)]).toEqual([status, 4])
}

function expectRefusalCode(code: number): void {
  expect(REFUSAL_CODES).toContain(code)
}

function good(): object {
  return { Content: 'good', Type: 'STANDARD', Persistence: 'PERSISTENT' }
}

it('what is malformed is refused and changes nothing; what is good is served', async () => {
  const blows = oneof(
    signedBodies,
    signedBytes,
    signedPaths,
    bearers,
    tokens,
    signatures,
    rawBytes,
    rawUpgrades,
    connectUrls,
    frames,
  )
  let sentCount = 0
  const strike = async (blow: Blow) => {
    await blow()
    const request = { method: 'POST', path: messagesPath, bearer: ann, body: good() }
    expect((await signedFetch(server, request)).status).toBe(201)
    sentCount += 1
  }
  let latest = Promise.resolve()
  // fast-check prints seed and smallest offence when one fails.
  await assert(
    asyncProperty(blows, (blow) => (latest = strike(blow))),
    { numRuns: BLOWS_COUNT, interruptAfterTimeLimit: STORM_MS_MAX },
  )
  // One that the time limit has cut off goes on.
  await latest
  expect(sentCount).toBeGreaterThan(0)
  // Only the good messages are there.
  using clients = createSdkClients(server)
  const contents: (string | undefined)[] = []
  let NextToken: string | undefined
  do {
    const input = { ChannelArn: channelArn, ChimeBearer: ann, MaxResults: 50, NextToken }
    const page = await clients.messaging.send(new ListChannelMessagesCommand(input))
    contents.push(...(page.ChannelMessages ?? []).map(({ Content }) => Content))
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  expect(contents).toEqual(Array.from({ length: sentCount }, () => 'good'))
})
