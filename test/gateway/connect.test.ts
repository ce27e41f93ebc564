// Opening a messaging session on real sockets: who gets in, how the others are told, and what a
// session hears that is being opened while things change.
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { MemberArn } from '../../src/base/arn.ts'
import {
  contentsOf,
  conversation,
  instanceArn,
  startLiveGateway,
  userArn,
  type LiveGateway,
} from './live-gateway.ts'

let live: LiveGateway
beforeEach(async () => {
  live = await startLiveGateway()
  live.users.add(userArn('ana'))
})
afterEach(() => live[Symbol.asyncDispose]())

async function refusal(arn: string, options?: Parameters<LiveGateway['open']>[1]) {
  const session = await live.open(arn, options)
  return { ...(await session.closed), events: session.events.length }
}

async function answerTo(head: string): Promise<string> {
  const socket = connect(Number(new URL(live.endpoint.httpUrl).port), '127.0.0.1')
  socket.write(head)
  let answer = ''
  socket.on('data', (bytes: Buffer) => (answer += bytes.toString()))
  await once(socket, 'close')
  return answer.split('\r\n')[0] ?? ''
}

describe('a session that is granted', () => {
  it('begins with SESSION_ESTABLISHED and then has the events of its channels', async () => {
    const ana = await live.join('ana', 'lobby')
    live.publish('lobby', 'hello')
    live.publish('corner', 'not for ana')
    live.publish('lobby', 'bye')
    await ana.waitForType('CREATE_CHANNEL_MESSAGE', { Content: 'bye' })
    expect(ana.events.map(({ type }) => type)).toEqual([
      'SESSION_ESTABLISHED',
      'CREATE_CHANNEL_MESSAGE',
      'CREATE_CHANNEL_MESSAGE',
    ])
    expect(contentsOf(ana)).toEqual(['hello', 'bye'])
  })

  it('takes parameters that it does not know, prefetch among them', async () => {
    const query = { 'prefetch-on': 'connect', 'prefetch-sort-by': 'unread', other: '1' }
    const ana = await live.connect('ana', { query })
    expect(ana.events.map(({ type }) => type)).toEqual(['SESSION_ESTABLISHED'])
  })
})

describe('a session that is refused', () => {
  it.each([
    ['a signature that is not ours', { tamper: (url: string) => url.replace(/.$/, 'g') }],
    ['a changed signature', { tamper: (url: string) => url.replace(/.{4}$/, '0000') }],
    ['no signature at all', { tamper: (url: string) => url.replace(/\?.*/, '') }],
    ['an unknown key', { credentials: { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' } }],
    ['an expired URL', { signingDate: new Date(Date.UTC(2025, 11, 31)) }],
  ])('is closed with 4401 after the upgrade: %s', async (_, options) => {
    const { code, reason, events } = await refusal(userArn('ana'), options)
    expect({ code, events }).toEqual({ code: 4401, events: 0 })
    expect(reason).not.toBe('')
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123)
  })

  it('is closed with 4401 when its temporary credential has expired', async () => {
    const credentials = { accessKeyId: 'ASIAOLD', secretAccessKey: 'old' }
    const expiresAt = live.clock.now()
    live.credentials.set('ASIAOLD', {
      ...credentials,
      accountId: '0',
      principal: { kind: 'root', arn: 'arn:aws:iam::0:root', accountId: '0' } as const,
      expiresAt,
    })
    expect((await refusal(userArn('ana'), { credentials })).code).toBe(4401)
  })

  it.each([
    ['an unknown user', `${instanceArn}/user/nobody`, 'userArn names no'],
    ['a bot', `${instanceArn}/bot/clerk`, 'Only an AppInstanceUser'],
    ['another account', 'arn:aws:chime:us-east-1:1:app-instance/live/user/ana', 'userArn names no'],
    ['something else', 'ana', 'not an ARN'],
    ['nothing', '', 'not an ARN'],
  ])('is closed with 4003: userArn names %s', async (_, arn, text) => {
    const { code, reason, events } = await refusal(arn)
    expect({ code, events }).toEqual({ code: 4003, events: 0 })
    expect(reason).toContain(text)
  })

  it('is closed with 4003 when the credential may not connect as the user', async () => {
    const asked: unknown[] = []
    live.mayConnect = ({ userArn: arn, principal, remoteAddress, now }) => {
      asked.push([arn, principal.kind, remoteAddress, now])
      return arn !== userArn('ana')
    }
    const now = live.clock.now()
    expect((await refusal(userArn('ana'))).code).toBe(4003)
    expect(asked).toEqual([[userArn('ana'), 'root', '127.0.0.1', now]])
    live.users.add(userArn('bob'))
    await live.connect('bob')
  })

  it('is the eleventh of a user, with 4429, and the ten stay', async () => {
    const ten = await Promise.all(Array.from({ length: 10 }, () => live.connect('ana')))
    expect((await refusal(userArn('ana'))).code).toBe(4429)
    expect(ten.map(({ socket }) => socket.readyState)).toEqual(ten.map(() => 1))
  })

  it('is the older of two with the same session id, with 4002', async () => {
    const sessionId = 'the-same'
    const older = await live.connect('ana', { sessionId })
    const newer = await live.connect('ana', { sessionId })
    expect((await older.closed).code).toBe(4002)
    expect(newer.socket.readyState).toBe(1)
  })

  it('is told so in time when opening takes too long, with 1013', async () => {
    const forever = new Promise<never>(() => undefined)
    const find = live.credentials.get.bind(live.credentials)
    live.credentials.get = (key) => (key === 'AKIASLOW' ? (forever as never) : find(key))
    const credentials = { accessKeyId: 'AKIASLOW', secretAccessKey: 'slow' }
    const session = await live.open(userArn('ana'), { credentials })
    live.clock.advance(8_000)
    expect((await session.closed).code).toBe(1013)
  })

  it('is closed with 1011 when the store fails', async () => {
    live.whileReading = () => {
      throw new Error('no store')
    }
    expect((await refusal(userArn('ana'))).code).toBe(1011)
  })
})

describe('while a session is being opened', () => {
  it('what its member receives in a channel just joined is kept until it is established', async () => {
    live.whileReading = (arn) => {
      live.tell(arn, 'joined', 'lobby')
      live.publish('lobby', 'welcome')
    }
    live.memberships.set(userArn('ana'), [])
    const ana = await live.connect('ana')
    live.publish('lobby', 'next')
    await ana.waitForType('CREATE_CHANNEL_MESSAGE', { Content: 'next' })
    expect(ana.events[0]?.type).toBe('SESSION_ESTABLISHED')
    expect(contentsOf(ana)).toEqual(['welcome', 'next'])
  })

  it.each([
    ['left', (arn: MemberArn) => live.tell(arn, 'left', 'lobby')],
    ['deleted', () => live.endChannel('lobby')],
  ])('a channel on a list that was read before is dropped: %s', async (_, change) => {
    live.whileReading = (arn) => {
      live.memberships.set(arn, [conversation('corner')])
      change(arn)
    }
    const ana = await live.join('ana', 'lobby', 'corner')
    live.publish('lobby', 'not for ana any more')
    live.publish('corner', 'for ana')
    await ana.waitForType('CREATE_CHANNEL_MESSAGE', { Content: 'for ana' })
    expect(contentsOf(ana)).toEqual(['for ana'])
  })

  it('a sub-channel that its member is transferred from is dropped, the new one is heard', async () => {
    live.whileReading = (arn) => {
      live.tell(arn, 'joined', 'stadium#south')
      live.tell(arn, 'left', 'stadium#north')
    }
    const ana = await live.join('ana', 'stadium#north')
    live.publish('stadium#north', 'not for ana any more')
    live.publish('stadium#south', 'for ana')
    live.publish('stadium', 'for all')
    await ana.waitForType('CREATE_CHANNEL_MESSAGE', { Content: 'for all' })
    expect(contentsOf(ana)).toEqual(['for ana', 'for all'])
  })

  it('the sub-channels of a channel that is deleted are dropped, one of its name is joined', async () => {
    live.whileReading = (arn) => {
      live.endChannel('stadium')
      live.tell(arn, 'joined', 'stadium#new')
    }
    const ana = await live.join('ana', 'stadium#north', 'stadium#south')
    live.publish('stadium#north', 'not for ana any more')
    live.publish('stadium#new', 'for ana')
    await ana.waitForType('CREATE_CHANNEL_MESSAGE', { Content: 'for ana' })
    expect(contentsOf(ana)).toEqual(['for ana'])
  })

  it('a user who is deleted gets 4003, heard of or not', async () => {
    live.whileReading = (arn) => live.users.delete(arn)
    expect((await refusal(userArn('ana'))).code).toBe(4003)
    live.users.add(userArn('ana'))
    live.whileReading = (arn) => live.bus.publishToMember(arn, { kind: 'deleted' })
    expect((await refusal(userArn('ana'))).code).toBe(4003)
  })
})

describe('an upgrade that is none of ours', () => {
  const upgrade = 'Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'

  it('gets 404 on another path', async () => {
    expect(await answerTo(`GET /other HTTP/1.1\r\n${upgrade}\r\n`)).toContain('404')
  })

  it('gets 400 without a WebSocket key', async () => {
    expect(await answerTo(`GET /connect HTTP/1.1\r\n${upgrade}\r\n`)).toContain('400')
  })
})
