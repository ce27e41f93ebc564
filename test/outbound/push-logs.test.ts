// What the log says of pushes: which endpoint and why, never tokens, keys or what was said.
import { expect, test } from 'vitest'
import { ChimeSDKIdentity } from '@aws-sdk/client-chime-sdk-identity'
import { ChimeSDKMessaging } from '@aws-sdk/client-chime-sdk-messaging'
import { appleToken, pushAppArn, startPushProviders } from '../harness/push-providers.ts'
import { startServer } from '../harness/start-server.ts'

const TITLE = 'A title that no log is to hold'
const BODY = 'Nor this body'

test('lines name endpoints and reasons, and hold no token, key or text', async () => {
  await using providers = await startPushProviders()
  const lines: string[] = []
  await using server = await startServer({
    settings: { ...providers.settings, logLevel: 'debug' },
    overrides: { writeLog: (line) => void lines.push(line) },
  })
  const { region, credentials, httpUrl: endpoint } = server
  const options = { region, credentials, endpoint }
  const identity = new ChimeSDKIdentity(options)
  const messaging = new ChimeSDKMessaging(options)
  const { AppInstanceArn } = await identity.createAppInstance({ Name: 'App' })
  const { AppInstanceUserArn } = await identity.createAppInstanceUser({
    AppInstanceArn,
    AppInstanceUserId: 'ana',
    Name: 'Ana',
  })
  const [gone, failing, lost] = [appleToken(), appleToken(), appleToken()]
  const unmapped = pushAppArn('shop').replace('shop', 'unmapped')
  const endpointIds: string[] = []
  for (const [ResourceArn, DeviceToken] of [
    [pushAppArn('shop'), gone],
    [pushAppArn('quiet'), failing],
    [unmapped, lost],
  ] as const) {
    const { EndpointId } = await identity.registerAppInstanceUserEndpoint({
      AppInstanceUserArn,
      Type: 'APNS',
      ResourceArn,
      EndpointAttributes: { DeviceToken },
    })
    endpointIds.push(EndpointId!)
  }
  const { AppInstanceUserArn: Bo } = await identity.createAppInstanceUser({
    AppInstanceArn,
    AppInstanceUserId: 'bo',
    Name: 'Bo',
  })
  const { ChannelArn } = await messaging.createChannel({
    AppInstanceArn,
    Name: 'Lobby',
    MemberArns: [AppInstanceUserArn!],
    ChimeBearer: Bo,
  })
  providers.apple.unregistered.add(gone)
  let failuresCount = 0
  providers.apple.answerTo = (token) =>
    token === failing && failuresCount++ < 1
      ? { status: 403, reason: 'InvalidProviderToken' }
      : undefined
  await messaging.sendChannelMessage({
    ChannelArn,
    Content: 'Hello',
    Type: 'STANDARD',
    Persistence: 'PERSISTENT',
    PushNotification: { Type: 'DEFAULT', Title: TITLE, Body: BODY },
    ChimeBearer: Bo,
  })
  await providers.apple.received.first(
    ({ deviceToken, status }) => deviceToken === failing && status === 200,
  )
  await server.stop()

  const about = (text: string) => lines.filter((line) => line.includes(text))
  expect(about('push application leads nowhere')).toHaveLength(1)
  expect(about('push application leads nowhere')[0]).toContain(unmapped)
  const refused = about('refuses the token of a device')
  expect(refused).toHaveLength(1)
  expect(refused[0]).toContain(endpointIds[0])
  const all = lines.join('\n')
  const account = JSON.parse(providers.google.serviceAccount) as Record<string, string>
  const secrets = [gone, failing, lost, TITLE, BODY, providers.apple.key, account['private_key']!]
  for (const secret of secrets) expect(all).not.toContain(secret)
})
