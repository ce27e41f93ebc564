// What the log of a running server never holds, even at the level that says most: what people
// wrote, wherever in a request it stands and however the request is answered.
import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { connectSession } from '../harness/messaging-session.ts'
import { createScenario } from '../harness/scenario.ts'
import { createSdkClients } from '../harness/sdk-clients.ts'
import { signedFetch } from '../harness/signed-fetch.ts'
import { startServer } from '../harness/start-server.ts'

const WRITTEN = 'Written-by-a-person'

it('holds nothing that people wrote', async () => {
  const lines: string[] = []
  await using server = await startServer({
    settings: { logLevel: 'trace' },
    overrides: { writeLog: (line) => void lines.push(line) },
  })
  const scenario = await createScenario(createSdkClients(server))
  const ann = await scenario.user('ann')
  const channel = await scenario.channel(ann, { Name: WRITTEN, Metadata: WRITTEN })
  const path = `/channels/${encodeURIComponent(channel)}/messages`
  const message = { Content: WRITTEN, Type: 'STANDARD', Persistence: 'PERSISTENT' }
  const statuses: number[] = []
  for (const body of [
    message,
    { ...message, Content: WRITTEN.repeat(300) },
    { ...message, Metadata: { [WRITTEN]: 1 } },
    { ...message, MessageAttributes: { [WRITTEN]: WRITTEN } },
    { ...message, MessageAttributes: { [WRITTEN]: { StringValues: [WRITTEN, ''] } } },
    `{"Content":"${WRITTEN}`,
  ]) {
    statuses.push((await signedFetch(server, { method: 'POST', path, bearer: ann, body })).status)
  }
  const page = `${path}?next-token=${WRITTEN}`
  statuses.push((await signedFetch(server, { method: 'GET', path: page, bearer: ann })).status)
  expect(statuses).toEqual([201, 400, 400, 400, 400, 400, 400])
  expect(lines.filter((line) => line.includes('SendChannelMessage')).length).toBeGreaterThan(5)
  expect(lines.filter((line) => line.includes(WRITTEN))).toEqual([])
})

it('holds no device token', async () => {
  const lines: string[] = []
  await using server = await startServer({
    settings: { logLevel: 'trace' },
    overrides: { writeLog: (line) => void lines.push(line) },
  })
  const ann = await (await createScenario(createSdkClients(server))).user('ann')
  const path = `/app-instance-users/${encodeURIComponent(ann)}/endpoints`
  const ResourceArn = 'arn:aws:mobiletargeting:us-east-1:000000000000:apps/shop'
  const EndpointAttributes = { DeviceToken: WRITTEN, VoipDeviceToken: `${WRITTEN}-voip` }
  const device = { Type: 'APNS', ResourceArn, EndpointAttributes }
  const statuses: number[] = []
  for (const body of [
    device,
    device,
    { ...device, Type: 'GCM' },
    { ...device, EndpointAttributes: { DeviceToken: WRITTEN.repeat(100) } },
    { ...device, EndpointAttributes: { [WRITTEN]: WRITTEN } },
    { ...device, EndpointAttributes: WRITTEN },
  ]) {
    const { status } = await signedFetch(server, { method: 'POST', path, body })
    statuses.push(status)
  }
  expect(statuses).toEqual([201, 409, 400, 400, 400, 400])
  expect(lines.some((line) => line.includes('RegisterAppInstanceUserEndpoint'))).toBe(true)
  expect(lines.filter((line) => line.includes(WRITTEN))).toEqual([])
})

it('names the request in every line that speaks of one', async () => {
  const lines: string[] = []
  await using server = await startServer({
    settings: { logLevel: 'trace' },
    overrides: { writeLog: (line) => void lines.push(line) },
  })
  using clients = createSdkClients(server)
  const ann = await (await createScenario(clients)).user('ann')
  const session = await connectSession(server, ann)
  await session.close()
  const { headers } = await signedFetch(server, { method: 'GET', path: '/nothing' })
  lines.splice(
    0,
    lines.findIndex((line) => line.includes('requestId')),
  )
  const broken = connect(Number(new URL(server.httpUrl).port), '127.0.0.1')
  let answer = ''
  broken.on('data', (bytes: Buffer) => (answer += bytes.toString()))
  broken.end('nonsense\r\n\r\n')
  await once(broken, 'close')
  const idOfBroken = /^x-amzn-RequestId: (\S+)\r$/m.exec(answer)?.[1]
  expect(idOfBroken).toBeDefined()
  const ids = lines.map((line) => (JSON.parse(line) as { requestId?: string }).requestId)
  expect(ids).toEqual(expect.arrayContaining([headers['x-amzn-requestid'], idOfBroken]))
  expect(lines.filter((_line, index) => ids[index] === undefined)).toEqual([])
})
