// Throttles as clients meet them: the error that SDKs retry, that they recover, and that a refused
// call changed nothing. Which rate counts what: src/services/throttle.test.ts.
import {
  ListChannelMembershipsForAppInstanceUserCommand,
  ListChannelMessagesCommand,
  SendChannelMessageCommand,
  ThrottledClientException,
} from '@aws-sdk/client-chime-sdk-messaging'
import { ListAppInstanceUsersCommand } from '@aws-sdk/client-chime-sdk-identity'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { openSession } from '../harness/messaging-session.ts'
import { createScenario, type Scenario, unique } from '../harness/scenario.ts'
import { createSdkClients, type SdkClients } from '../harness/sdk-clients.ts'
import { rawFetch, signRequest, signedFetch } from '../harness/signed-fetch.ts'
import { startServer, type TestServer } from '../harness/start-server.ts'

/** How much faster time runs for a client that waits in real time. */
const HASTE = 20

let server: TestServer
let clients: SdkClients
let scenario: Scenario
/** Time as the throttles know it: stands still unless `isHasty`, or moved by hand. */
let monotonicMs: number
let isHasty: boolean

async function start(quotas: 'aws' | 'relaxed'): Promise<void> {
  monotonicMs = 0
  isHasty = false
  const clock = {
    ...systemClock,
    monotonicMs: () => (isHasty ? systemClock.monotonicMs() * HASTE : monotonicMs),
  }
  server = await startServer({ settings: { quotas }, overrides: { clock } })
  clients = createSdkClients(server)
  scenario = await createScenario(clients)
}
afterEach(async () => {
  clients[Symbol.dispose]()
  await server.stop()
})

function listOwn(from: SdkClients, userArn: string) {
  const input = { ChimeBearer: userArn, AppInstanceUserArn: userArn }
  return from.messaging.send(new ListChannelMembershipsForAppInstanceUserCommand(input))
}

async function outcomes(calls: readonly Promise<unknown>[]) {
  const settled = await Promise.allSettled(calls)
  const refused = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []))
  return { answered: settled.length - refused.length, refused }
}

function times<Result>(count: number, call: () => Result): Result[] {
  return Array.from({ length: count }, call)
}

async function metric(name: string): Promise<string> {
  const { body } = await rawFetch(server, { method: 'GET', path: '/metrics' })
  return body
    .split('\n')
    .filter((line) => line.startsWith(name))
    .join('\n')
}

async function refusals(): Promise<number> {
  const lines = await metric('carillon_requests_throttled_total')
  return Number(lines.split(' ').at(-1))
}

describe('under the quotas of AWS', () => {
  it('a burst beyond the rate of a bearer is refused with the typed exception', async () => {
    await start('aws')
    const ana = await scenario.user('ana')
    const { answered, refused } = await outcomes(times(60, () => listOwn(clients, ana)))
    expect(answered).toBe(20)
    for (const error of refused) {
      expect(error).toBeInstanceOf(ThrottledClientException)
      expect(error).toMatchObject({ Code: 'Throttled', $metadata: { httpStatusCode: 429 } })
      expect(error.message).toContain('Rate exceeded: 10 requests a second per bearer')
    }
    // Another bearer is not concerned, and after a second there are ten more.
    await listOwn(clients, await scenario.user('bo'))
    monotonicMs += 1_000
    expect((await outcomes(times(20, () => listOwn(clients, ana)))).answered).toBe(10)
    expect(await metric('carillon_requests_throttled_total')).toBe(
      'carillon_requests_throttled_total' +
        '{operation="ListChannelMembershipsForAppInstanceUser",per="bearer"} 50',
    )
  })

  it('a client that retries, as SDKs do, gets all of a burst done in the end', async () => {
    await start('aws')
    const ana = await scenario.user('ana')
    using patient = createSdkClients(server, { maxAttempts: 10 })
    const burst = outcomes(times(60, () => listOwn(patient, ana)))
    // Time stands still until each call was made once: twenty were answered.
    await expect.poll(refusals, { timeout: 10_000 }).toBeGreaterThanOrEqual(40)
    isHasty = true
    const { answered, refused } = await burst
    expect({ answered, refused }).toEqual({ answered: 60, refused: [] })
  })

  it('a call that is refused changed nothing', async () => {
    await start('aws')
    const ana = await scenario.user('ana')
    const channelArn = await scenario.channel(ana)
    const { answered, refused } = await outcomes(
      times(40, () => {
        const input = { ChannelArn: channelArn, Content: unique(), ChimeBearer: ana }
        return clients.messaging.send(
          new SendChannelMessageCommand({
            ...input,
            Type: 'STANDARD',
            Persistence: 'PERSISTENT',
            ClientRequestToken: unique(),
          }),
        )
      }),
    )
    // One of the bearer's twenty was the channel.
    expect([answered, refused.length]).toEqual([19, 21])
    monotonicMs += 5_000
    const { ChannelMessages } = await clients.messaging.send(
      new ListChannelMessagesCommand({ ChannelArn: channelArn, ChimeBearer: ana, MaxResults: 50 }),
    )
    expect(ChannelMessages).toHaveLength(answered)
  })

  it('the answer has status, type and code on the wire, and comes before bad input', async () => {
    await start('aws')
    const ana = await scenario.user('ana')
    const bad = {
      method: 'POST',
      path: '/channels',
      bearer: ana,
      body: { Name: 'no AppInstanceArn' },
    }
    expect((await signedFetch(server, bad)).status).toBe(400)
    await outcomes(times(30, () => listOwn(clients, ana)))
    const answer = await signedFetch(server, bad)
    expect(answer.status).toBe(429)
    expect(answer.headers['x-amzn-errortype']).toBe('ThrottledClientException')
    expect(JSON.parse(answer.body)).toEqual({
      Code: 'Throttled',
      Message: expect.stringContaining('Rate exceeded') as string,
    })
  })

  it('the identity API has its rates, too', async () => {
    await start('aws')
    const input = { AppInstanceArn: scenario.appInstanceArn }
    const calls = times(40, () => clients.identity.send(new ListAppInstanceUsersCommand(input)))
    const { answered, refused } = await outcomes(calls)
    expect(answered).toBe(20)
    expect(refused[0]?.name).toBe('ThrottledClientException')
    expect(refused[0]?.message).toContain('10 requests a second per AppInstance')
  })

  it('STS is told in the words of the query protocol, which its SDKs retry', async () => {
    await start('aws')
    const ask = {
      method: 'POST',
      path: '/',
      service: 'sts',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
    }
    const { headers } = await signRequest(server, ask)
    const statuses = new Set<number>()
    // Two seconds' worth of 600; the same signed request again, as signing takes longest.
    for (let left = 1_200; left > 0; left -= 100) {
      for (const { status } of await Promise.all(
        times(100, () => rawFetch(server, { ...ask, headers })),
      )) {
        statuses.add(status)
      }
    }
    expect([...statuses]).toEqual([200])
    const answer = await rawFetch(server, { ...ask, headers })
    expect(answer.status).toBe(400)
    expect(answer.body).toContain('<Code>Throttling</Code>')
    expect(answer.body).toContain('Rate exceeded: 600 requests a second per account')
    const { httpUrl: endpoint, region, credentials } = server
    const once = new STSClient({ endpoint, region, credentials, maxAttempts: 1 })
    await expect(once.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: 'Throttling',
    })
    isHasty = true
    const patient = new STSClient({ endpoint, region, credentials })
    await patient.send(new GetCallerIdentityCommand({}))
  })

  it('a user opens one session a second; the next is closed with 4429', async () => {
    await start('aws')
    const ana = await scenario.user('ana')
    using first = await openSession(server, ana)
    await first.waitForType('SESSION_ESTABLISHED')
    using second = await openSession(server, ana)
    expect((await second.closed).code).toBe(4429)
    monotonicMs += 1_000
    using third = await openSession(server, ana)
    await third.waitForType('SESSION_ESTABLISHED')
  })
})

describe('under relaxed quotas', () => {
  it('nothing is throttled', async () => {
    await start('relaxed')
    const ana = await scenario.user('ana')
    expect((await outcomes(times(100, () => listOwn(clients, ana)))).answered).toBe(100)
  })
})
