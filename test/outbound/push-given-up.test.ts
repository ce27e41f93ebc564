// What a provider cannot take in time is given up: a call soon, everything else after an hour. What
// changes meanwhile counts when the device is pushed to. The operator may have it tried again.
import {
  DeregisterAppInstanceUserEndpointCommand,
  RegisterAppInstanceUserEndpointCommand,
  UpdateAppInstanceUserEndpointCommand,
} from '@aws-sdk/client-chime-sdk-identity'
import { SendChannelMessageCommand } from '@aws-sdk/client-chime-sdk-messaging'
import { expect, test } from 'vitest'
import { createImpatientClock } from '../harness/impatient-clock.ts'
import { createInbox } from '../harness/inbox.ts'
import { appleToken, pushAppArn, startPushProviders } from '../harness/push-providers.ts'
import { createScenario, unique } from '../harness/scenario.ts'
import { createSdkClients } from '../harness/sdk-clients.ts'
import { signedFetch } from '../harness/signed-fetch.ts'
import { startServer } from '../harness/start-server.ts'

const MINUTE_MS = 60_000

interface LogLine {
  readonly msg: string
  readonly destination?: string
}
interface DeadLetter {
  readonly entryId: number
}

const isDeath = ({ msg }: LogLine) => msg.includes('dead letter')

test('pushes that nobody takes are dead letters, and arrive when the operator has them tried again', async () => {
  await using providers = await startPushProviders()
  const { apple } = providers
  const clock = createImpatientClock()
  clock.calm()
  const lines = createInbox<LogLine>()
  await using server = await startServer({
    settings: { ...providers.settings, logLevel: 'warn' },
    overrides: { clock, writeLog: (text) => lines.put(JSON.parse(text) as LogLine) },
  })
  using clients = createSdkClients(server)
  const scenario = await createScenario(clients)
  const owner = await scenario.user('ana')
  const channelArn = await scenario.channel(owner)
  const tokens = [appleToken(), appleToken(), appleToken()] as const
  const endpoints: { AppInstanceUserArn: string; EndpointId: string }[] = []
  for (const [index, DeviceToken] of tokens.entries()) {
    const AppInstanceUserArn = await scenario.user(`member${index}`)
    await scenario.member(channelArn, owner, AppInstanceUserArn)
    const { EndpointId } = await clients.identity.send(
      new RegisterAppInstanceUserEndpointCommand({
        AppInstanceUserArn,
        Type: 'APNS',
        ResourceArn: pushAppArn('shop'),
        EndpointAttributes: { DeviceToken },
        ClientRequestToken: unique(),
      }),
    )
    endpoints.push({ AppInstanceUserArn, EndpointId: EndpointId! })
  }
  const push = (Type: 'DEFAULT' | 'VOIP', Title: string) =>
    clients.messaging.send(
      new SendChannelMessageCommand({
        ChannelArn: channelArn,
        Content: 'Hello',
        Type: 'STANDARD',
        Persistence: 'PERSISTENT',
        PushNotification: { Type, Title },
        ClientRequestToken: unique(),
        ChimeBearer: owner,
      }),
    )

  apple.answerTo = () => ({ status: 503, reason: 'ServiceUnavailable' })
  await push('VOIP', 'a call')
  await push('DEFAULT', 'a message')
  await apple.received.holds(2 * tokens.length)
  // Of three devices one is taken away meanwhile, and one wants no messages any more.
  await clients.identity.send(new DeregisterAppInstanceUserEndpointCommand(endpoints[1]!))
  await clients.identity.send(
    new UpdateAppInstanceUserEndpointCommand({ ...endpoints[2]!, AllowMessages: 'NONE' }),
  )
  const deaths = () => lines.items.filter(isDeath)
  const pass = async (spanMs: number, count: number) => {
    while (deaths().length < count) {
      clock.pass(spanMs)
      await lines.holds(lines.items.length + 1)
    }
  }
  await pass(MINUTE_MS, 1)
  await pass(61 * MINUTE_MS, 2)
  const destination = `${pushAppArn('shop')}/apns`
  expect(deaths().map((each) => each.destination)).toEqual([destination, destination])

  const signingDate = new Date(clock.now())
  const listed = await signedFetch(server, { method: 'GET', path: '/outbox', signingDate })
  for (const token of tokens) expect(listed.body).not.toContain(token)
  const { deadLetters } = JSON.parse(listed.body) as { readonly deadLetters: DeadLetter[] }
  expect(deadLetters).toHaveLength(2)

  const firstIds = new Set(apple.received.items.map(({ id }) => id))
  apple.answerTo = () => undefined
  const body = { entryIds: deadLetters.map(({ entryId }) => entryId) }
  const path = '/outbox?operation=retry'
  await signedFetch(server, { method: 'POST', path, body, signingDate })
  const isShown = (title: string) =>
    apple.received.first(
      ({ status, payload }) => status === 200 && payload['pinpoint.notification.title'] === title,
    )
  const shown = [await isShown('a call'), await isShown('a message')]
  for (const { deviceToken, id } of shown) {
    expect(deviceToken).toBe(tokens[0])
    expect(firstIds).toContain(id)
  }
  expect(apple.received.items.filter(({ status }) => status === 200)).toHaveLength(2)
})
