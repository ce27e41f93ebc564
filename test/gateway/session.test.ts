// The life of a messaging session on real sockets: bytes, pings, slow readers, bad frames, expiry,
// deletion and the drain.
import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { AppInstanceArn } from '../../src/base/arn.ts'
import { SESSION_ESTABLISHED_FRAME, textFrame } from '../../src/gateway/frame.ts'
import { writeFrames } from '../../src/gateway/session-writer.ts'
import { signConnectUrl } from '../harness/messaging-session.ts'
import {
  contentsOf,
  conversation,
  instanceArn,
  startLiveGateway,
  userArn,
  type LiveGateway,
} from './live-gateway.ts'

const lobby = conversation('lobby')
let live: LiveGateway
beforeEach(async () => {
  live = await startLiveGateway()
})
afterEach(() => live[Symbol.asyncDispose]())

/** A client that speaks bytes, and reads only when it is told to. */
async function rawClient(name: string): Promise<Socket> {
  live.users.add(userArn(name))
  const url = new URL(
    await signConnectUrl(live.endpoint, userArn(name), { signingDate: new Date(live.clock.now()) }),
  )
  const socket = connect(Number(url.port), '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(
    `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nConnection: Upgrade\r\n` +
      'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  let received = Buffer.alloc(0)
  while (!received.includes(SESSION_ESTABLISHED_FRAME)) {
    const [bytes] = (await once(socket, 'data')) as [Buffer]
    received = Buffer.concat([received, bytes])
  }
  return socket
}

/** Everything until the end. */
async function readAll(socket: Socket): Promise<Buffer> {
  const parts: Buffer[] = []
  socket.on('data', (bytes: Buffer) => parts.push(bytes))
  if (!socket.closed) await once(socket, 'close')
  return Buffer.concat(parts)
}

function masked(firstByte: number, payload: Buffer): Buffer {
  const length = Buffer.alloc(payload.length < 126 ? 1 : 3)
  if (payload.length < 126) length[0] = 0x80 | payload.length
  else length.writeUIntBE(((0x80 | 126) << 16) | payload.length, 0, 3)
  return Buffer.concat([Buffer.from([firstByte]), length, Buffer.alloc(4), payload])
}

function closeFrame(code: number): Buffer {
  return Buffer.from([code >> 8, code & 0xff])
}

async function sessionsGauge(): Promise<string> {
  return /^carillon_sessions (\d+)$/m.exec(await live.metrics.render())?.[1] ?? ''
}

describe('what is written', () => {
  it.each([0, 125, 126, 65_535, 65_536])('equals what ws writes: %i bytes', async (length) => {
    const text = 'ä'.repeat(length / 2) + 'x'.repeat(length % 2)
    const server = new WebSocketServer({ port: 0, perMessageDeflate: false })
    const accepted = once(server, 'connection') as Promise<[WebSocket]>
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
    client.write(
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    )
    const [websocket] = await accepted
    websocket.send(text)
    expect(writeFrames(websocket, textFrame(text))).toBe('written')
    websocket.terminate()
    const bytes = await readAll(client)
    const frames = bytes.subarray(bytes.indexOf('\r\n\r\n') + 4)
    const half = frames.length / 2
    expect(frames.subarray(0, half).equals(frames.subarray(half))).toBe(true)
    server.close()
  })

  it('goes through ws itself when its door is missing', () => {
    const sent: string[] = []
    const withoutDoor = {
      readyState: WebSocket.OPEN,
      bufferedAmount: 0,
      send: (text: Buffer, options: object) =>
        sent.push(`${text.toString()} ${JSON.stringify(options)}`),
    }
    const joined = Buffer.concat([textFrame('one'), textFrame('two')])
    expect(writeFrames(withoutDoor as unknown as WebSocket, joined)).toBe('written')
    expect(sent).toEqual(['one {"binary":false}', 'two {"binary":false}'])
  })
})

describe('a client that does not read', () => {
  it('is closed with 4008, cut off in the end, and the others get everything', async () => {
    live.memberships.set(userArn('slow'), [])
    const slow = await rawClient('slow')
    slow.pause()
    live.bus.publishToMember(userArn('slow'), { kind: 'joined', ...lobby })
    const ana = await live.join('ana', 'lobby')
    const content = 'x'.repeat(64 * 1024)
    const count = 300
    for (let number = 0; number < count; number += 1) {
      live.publish('lobby', `${number} ${content}`)
      await ana.waitForType('CREATE_CHANNEL_MESSAGE', { Content: `${number} ${content}` })
    }
    expect(contentsOf(ana)).toHaveLength(count)
    expect(await sessionsGauge()).toBe('2')
    live.clock.advance(4_000)
    slow.resume()
    if (!slow.closed) await once(slow, 'close')
    await expect.poll(sessionsGauge).toBe('1')
    expect(await live.metrics.render()).toContain('carillon_sessions_closed_total{code="4008"} 1')
  })
})

describe('pings', () => {
  it('keep a session that answers and cut one that does not', async () => {
    const ana = await live.join('ana')
    const mute = await rawClient('mute')
    const ended = readAll(mute)
    for (let round = 0; round < 2; round += 1) {
      const pinged = once(ana.socket, 'ping')
      live.clock.advance(30_000)
      await pinged
      // The answer to a ping of our own comes behind the one to the server's.
      const answered = once(ana.socket, 'pong')
      ana.socket.ping()
      await answered
    }
    live.clock.advance(30_000)
    const bytes = await ended
    expect(bytes.toString('hex')).toBe('89008900')
    expect(ana.socket.readyState).toBe(WebSocket.OPEN)
  })
})

describe('frames from a client', () => {
  it('are ignored when small', async () => {
    const ana = await live.join('ana', 'lobby')
    ana.socket.send('hello')
    ana.socket.send(Buffer.alloc(4_096))
    ana.socket.ping('still there?')
    const [payload] = (await once(ana.socket, 'pong')) as [Buffer]
    expect(payload.toString()).toBe('still there?')
    live.publish('lobby', 'yes')
    await ana.waitForType('CREATE_CHANNEL_MESSAGE', { Content: 'yes' })
  })

  it.each([
    ['a message over 4 KB', masked(0x82, Buffer.alloc(4_097)), 1009],
    ['a frame without a mask', Buffer.from([0x81, 0x01, 0x61]), 1002],
    ['a reserved opcode', masked(0x83, Buffer.alloc(1)), 1002],
    ['a text that is not UTF-8', masked(0x81, Buffer.from([0xff])), 1007],
    ['a flood of frames', Buffer.concat(Array(1_001).fill(masked(0x81, Buffer.alloc(0)))), 1008],
  ])('end the session: %s', async (_, bytes, code) => {
    const ana = await live.join('ana', 'lobby')
    const bad = await rawClient('bad')
    const ended = readAll(bad)
    bad.write(bytes)
    bad.write(masked(0x88, closeFrame(1000)))
    const received = await ended
    expect(received[0]).toBe(0x88)
    expect(received.readUInt16BE(2)).toBe(code)
    live.publish('lobby', 'unharmed')
    await ana.waitForType('CREATE_CHANNEL_MESSAGE', { Content: 'unharmed' })
  })
})

describe('the end of a session', () => {
  it('comes with 4003 when the user is deleted', async () => {
    const ana = await live.join('ana')
    live.bus.publishToMember(userArn('ana'), { kind: 'deleted' })
    expect((await ana.closed).code).toBe(4003)
  })

  it('comes with 4003 for everybody in an app instance that is deleted, and nobody else', async () => {
    const ana = await live.join('ana', 'lobby')
    live.bus.publishAppInstanceRemoved(`${instanceArn}-too` as AppInstanceArn)
    live.publish('lobby', 'still here')
    await ana.waitForType('CREATE_CHANNEL_MESSAGE', { Content: 'still here' })
    live.bus.publishAppInstanceRemoved(instanceArn as AppInstanceArn)
    expect(await ana.closed).toMatchObject({ code: 4003, reason: 'The app instance was deleted' })
  })

  it('comes with 4001 when the credential expires, not earlier', async () => {
    const credentials = { accessKeyId: 'ASIATEMP', secretAccessKey: 'temp' }
    const expiresAt = live.clock.now() + 5_000
    live.credentials.set('ASIATEMP', {
      ...credentials,
      accountId: '0',
      principal: { kind: 'root', arn: 'arn:aws:iam::0:root', accountId: '0' } as const,
      expiresAt,
    })
    live.users.add(userArn('ana'))
    const ana = await live.connect('ana', { credentials })
    live.clock.advance(4_000)
    expect(await live.metrics.render()).not.toContain('carillon_sessions_closed_total{')
    live.clock.advance(1_000)
    expect((await ana.closed).code).toBe(4001)
  })

  it('comes with 1012 for all in a drain, and nobody gets in any more', async () => {
    const sessions = await Promise.all(['ana', 'bo', 'cy'].map((name) => live.join(name)))
    await live.gateway.close()
    const codes = await Promise.all(sessions.map(({ closed }) => closed))
    expect(codes.map(({ code }) => code)).toEqual([1012, 1012, 1012])
    expect((await (await live.open(userArn('ana'))).closed).code).toBe(1006)
    expect(await sessionsGauge()).toBe('0')
  })

  it('is forced by the deadline of a drain when a client does not answer', async () => {
    const mute = await rawClient('mute')
    const ended = readAll(mute)
    const drained = live.gateway.close()
    live.clock.advance(5_000)
    await drained
    expect((await ended).readUInt16BE(2)).toBe(1012)
  })
})
