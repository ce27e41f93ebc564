// What the client of the overview makes of whatever answers, or does not.
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { createOverviewClient, type OverviewAnswer } from '../../src/top/overview-client.ts'
import { createFakeClock, type FakeClock } from '../harness/fake-clock.ts'
import { sampleOverview } from '../harness/sample-overview.ts'
import { ROOT_CREDENTIALS } from '../harness/start-server.ts'

/** The answers of `count` polls to a server that treats each like this. */
async function ask(
  listener: RequestListener,
  count = 1,
  clock: FakeClock = createFakeClock(),
): Promise<readonly OverviewAnswer[]> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const client = createOverviewClient({
    endpoint: new URL(`http://127.0.0.1:${port}`),
    region: 'us-east-1',
    credential: ROOT_CREDENTIALS,
    authority: undefined,
    clock,
  })
  const answers: OverviewAnswer[] = []
  try {
    const query = { channelArn: undefined, nextToken: undefined }
    for (let poll = 0; poll < count; poll += 1) answers.push(await client.ask(query))
  } finally {
    client.close()
    server.closeAllConnections()
    server.close()
  }
  return answers
}

it.each([
  [200, 'no JSON', 'a form that this program does not know'],
  [200, '{"version":2}', 'a form that this program does not know'],
  [200, '{"version":1}', 'a form that this program does not know'],
  [
    200,
    '{"version":1,"elasticChannels":5,"totals":null}',
    'a form that this program does not know',
  ],
  [200, JSON.stringify({ ...sampleOverview(), outbox: null }), 'a form that this program does not'],
  [200, 'null', 'a form that this program does not know'],
  [502, '<html>', 'The server refuses: status 502'],
  [403, '{"message":"Not you."}', 'The server refuses: Not you'],
  [200, `{"version":1,"pad":"${'x'.repeat(5_000_000)}"}`, 'its answer is too long'],
])('%d %.30s', async (status, body, why) => {
  const [answer] = await ask((_request, response) => response.writeHead(status).end(body))
  expect(answer).toEqual({ trouble: expect.stringContaining(why) as string })
})

it('an answer that breaks off', async () => {
  const [answer] = await ask((_request, response) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('{', () => response.destroy())
  })
  expect(answer).toEqual({ trouble: expect.stringContaining('is away') as string })
})

it('no answer in time', async () => {
  const clock = createFakeClock()
  const [answer] = await ask(() => clock.advance(5_000), 1, clock)
  expect(answer).toEqual({ trouble: 'The server is away: no answer within 5 seconds' })
})

it('keeps one connection from poll to poll', async () => {
  const ports = new Set<number | undefined>()
  const overview = sampleOverview()
  const answers = await ask((request, response) => {
    ports.add(request.socket.remotePort)
    response.end(JSON.stringify(overview))
  }, 5)
  expect(answers).toEqual(Array.from({ length: 5 }, () => ({ overview })))
  expect(ports.size).toBe(1)
})
