// How many sessions a user may have and how fast it may open them, and that whatever is refused is
// counted.
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { awsLimits } from '../../src/domain/limits.ts'
import { startLiveGateway, userArn, type LiveGateway } from './live-gateway.ts'

let live: LiveGateway
afterEach(() => live[Symbol.asyncDispose]())

async function closeOf(name: string, options?: Parameters<LiveGateway['open']>[1]) {
  return (await live.open(userArn(name), options)).closed
}

async function counted(metric: string): Promise<string | undefined> {
  const text = await live.metrics.render()
  return text.split('\n').find((line) => line.startsWith(metric))
}

async function statusOf(head: string): Promise<string> {
  const socket = connect(Number(new URL(live.endpoint.httpUrl).port), '127.0.0.1')
  socket.write(head)
  let answer = ''
  socket.on('data', (bytes: Buffer) => (answer += bytes.toString()))
  await once(socket, 'close')
  return answer
}

describe('the connections of a user', () => {
  it('are as many as the limits say; one that supersedes another takes its place', async () => {
    live = await startLiveGateway({ limits: { ...awsLimits, connectionsPerUser: 3 } })
    live.users.add(userArn('ana')).add(userArn('bo'))
    const sessionIds = ['one', 'two', 'three']
    const three = []
    for (const sessionId of sessionIds) three.push(await live.connect('ana', { sessionId }))
    expect(await closeOf('ana')).toMatchObject({
      code: 4429,
      reason: 'This user has 3 connections already',
    })
    await live.connect('ana', { sessionId: 'two' })
    expect((await three[1]!.closed).code).toBe(4002)
    expect([three[0]!, three[2]!].map(({ socket }) => socket.readyState)).toEqual([1, 1])
    await live.connect('bo')
    await three[0]!.close()
    await live.connect('ana')
    expect(await counted('carillon_connects_refused_total')).toBe(
      'carillon_connects_refused_total{code="4429"} 1',
    )
  })

  it('with the same session id of different users do not touch each other', async () => {
    live = await startLiveGateway()
    live.users.add(userArn('ana')).add(userArn('bo'))
    const ana = await live.connect('ana', { sessionId: 'same' })
    const bo = await live.connect('bo', { sessionId: 'same' })
    expect([ana, bo].map(({ socket }) => socket.readyState)).toEqual([1, 1])
  })
})

describe('the rate of connects', () => {
  it('is one a second for each user, whatever the session id, and refuses with 4429', async () => {
    live = await startLiveGateway({ connectsPerUserPerSecond: 1 })
    live.users.add(userArn('ana')).add(userArn('bo'))
    const first = await live.connect('ana', { sessionId: 'same' })
    expect((await closeOf('ana')).code).toBe(4429)
    // Refused before it takes anybody's place.
    expect((await closeOf('ana', { sessionId: 'same' })).code).toBe(4429)
    expect(first.socket.readyState).toBe(1)
    await live.connect('bo')
    live.clock.advance(999)
    expect((await closeOf('ana')).code).toBe(4429)
    live.clock.advance(1)
    await live.connect('ana')
  })

  it('is used up only by those who may connect', async () => {
    live = await startLiveGateway({ connectsPerUserPerSecond: 1 })
    live.users.add(userArn('ana'))
    const credentials = { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' }
    expect((await closeOf('ana', { credentials })).code).toBe(4401)
    live.mayConnect = () => false
    expect((await closeOf('ana')).code).toBe(4003)
    live.mayConnect = () => true
    await live.connect('ana')
    expect(await counted('carillon_connects_refused_total{code="4401"}')).toMatch(/ 1$/)
    expect(await counted('carillon_connects_refused_total{code="4003"}')).toMatch(/ 1$/)
  })

  it('does not exist unless it is set', async () => {
    live = await startLiveGateway()
    live.users.add(userArn('ana'))
    const ten = Array.from({ length: 10 }, () => live.connect('ana'))
    expect((await Promise.all(ten)).length).toBe(10)
  })
})

describe('an upgrade that is refused', () => {
  const upgrade = 'Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'

  it('is counted by its status', async () => {
    live = await startLiveGateway()
    expect(await statusOf(`GET /other HTTP/1.1\r\n${upgrade}\r\n`)).toContain('404 Not Found')
    const keyless = await statusOf(`GET /connect HTTP/1.1\r\n${upgrade}\r\n`)
    expect(keyless).toContain('400 Bad Request')
    expect(keyless).toContain('Sec-WebSocket-Version: 13')
    await live.gateway.close()
    expect(await statusOf(`GET /connect HTTP/1.1\r\n${upgrade}\r\n`)).toContain('503 Service')
    for (const status of [400, 404, 503]) {
      expect(await counted(`carillon_upgrades_refused_total{status="${status}"}`)).toMatch(/ 1$/)
    }
  })

  it('may name the path in the absolute form, as proxies do', async () => {
    live = await startLiveGateway()
    const head = `GET http://a/connect?x=1 HTTP/1.1\r\n${upgrade}Sec-WebSocket-Version: 13\r\n`
    const socket = connect(Number(new URL(live.endpoint.httpUrl).port), '127.0.0.1')
    socket.write(`${head}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`)
    const [bytes] = (await once(socket, 'data')) as [Buffer]
    expect(bytes.toString()).toContain('101 Switching Protocols')
    socket.destroy()
  })
})
