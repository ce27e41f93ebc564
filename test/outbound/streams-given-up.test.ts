// What a stream cannot take for a day is given up: the operator is told, and may have it tried
// again. A stream that leads nowhere is told of when it is put.
import {
  CreateAppInstanceCommand,
  type ChimeSDKIdentityClient,
} from '@aws-sdk/client-chime-sdk-identity'
import { PutMessagingStreamingConfigurationsCommand } from '@aws-sdk/client-chime-sdk-messaging'
import { expect, test } from 'vitest'
import { createImpatientClock } from '../harness/impatient-clock.ts'
import { createInbox } from '../harness/inbox.ts'
import { startKinesis, useKinesis } from '../harness/kinesis.ts'
import { createScenario, unique } from '../harness/scenario.ts'
import { createSdkClients } from '../harness/sdk-clients.ts'
import { signedFetch } from '../harness/signed-fetch.ts'
import { startServer } from '../harness/start-server.ts'

const NAME = 'chime-messaging-events'
const DAY_MS = 24 * 60 * 60 * 1000

interface LogLine {
  readonly msg: string
  readonly destination?: string
  readonly streamArn?: string
}

const isDeath = ({ msg }: LogLine) => msg.includes('dead letter')

/** What a server writes into its log, line by line. */
function logInbox() {
  const lines = createInbox<LogLine>()
  return { lines, writeLog: (text: string) => lines.put(JSON.parse(text) as LogLine) }
}

test('records that wait for a day are dead letters, of which the log tells, and arrive when the operator has them tried again', async () => {
  await using kinesis = await startKinesis()
  useKinesis(kinesis)
  await kinesis.createStream(NAME)
  const clock = createImpatientClock()
  clock.calm()
  const { lines, writeLog } = logInbox()
  await using server = await startServer({
    settings: { outbound: 'aws', logLevel: 'warn' },
    overrides: { clock, writeLog },
  })
  using clients = createSdkClients(server)
  const scenario = await createScenario(clients)
  const streamArn = `arn:aws:kinesis:${server.region}:${server.accountId}:stream/${NAME}`
  const configuration = { DataType: 'ChannelMessage', ResourceArn: streamArn } as const
  await clients.messaging.send(
    new PutMessagingStreamingConfigurationsCommand({
      AppInstanceArn: scenario.appInstanceArn,
      StreamingConfigurations: [configuration],
    }),
  )
  const owner = await scenario.user('ana')
  const channelArn = await scenario.channel(owner)
  await kinesis.fail('resets')
  const contents = ['first', 'second', 'third']
  for (const content of contents) await scenario.send(channelArn, owner, content)
  while (lines.items.filter(isDeath).length < contents.length) {
    const asked = kinesis.asked(1)
    clock.pass(DAY_MS / 4)
    const death = lines.holds(lines.items.length + 1)
    await Promise.race([asked, death])
    asked.catch(() => undefined)
  }
  const deaths = lines.items.filter(isDeath)
  expect(deaths.map(({ destination }) => destination)).toEqual(contents.map(() => streamArn))
  expect(JSON.stringify(deaths)).not.toContain('first')
  expect(await kinesis.read(NAME)).toEqual([])

  await kinesis.fail(undefined)
  const signingDate = new Date(clock.now())
  const listed = await signedFetch(server, { method: 'GET', path: '/outbox', signingDate })
  const { deadLetters } = JSON.parse(listed.body) as { deadLetters: { entryId: number }[] }
  const entryIds = deadLetters.map(({ entryId }) => entryId)
  expect(entryIds).toHaveLength(contents.length)
  const path = '/outbox?operation=retry'
  const body = { entryIds }
  const retried = await signedFetch(server, { method: 'POST', path, body, signingDate })
  expect(retried.status).toBe(200)
  const arrived = (await kinesis.waitFor(NAME, (records) => records.length >= contents.length)).map(
    ({ Payload }) => Payload['Content'],
  )
  expect(arrived).toEqual(contents)
})

test('a stream that leads nowhere is kept, and the log says so', async () => {
  const { lines, writeLog } = logInbox()
  await using server = await startServer({
    settings: { logLevel: 'warn' },
    overrides: { writeLog },
  })
  using clients = createSdkClients(server)
  const AppInstanceArn = await createAppInstance(clients.identity)
  const ResourceArn = `arn:aws:kinesis:${server.region}:${server.accountId}:stream/${NAME}`
  const put = { AppInstanceArn, StreamingConfigurations: [{ DataType: 'Channel', ResourceArn }] }
  await clients.messaging.send(new PutMessagingStreamingConfigurationsCommand(put as never))
  const warning = await lines.first(({ streamArn }) => streamArn === ResourceArn)
  expect(warning.msg).toContain('CARILLON_OUTBOUND')
})

async function createAppInstance(identity: ChimeSDKIdentityClient): Promise<string> {
  const named = { Name: 'Streams', ClientRequestToken: unique() }
  return (await identity.send(new CreateAppInstanceCommand(named))).AppInstanceArn!
}
