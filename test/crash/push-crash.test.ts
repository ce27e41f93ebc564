// Pushes survive: messages that are pushed to a channel of devices, `kill -9` at a random moment,
// the same directory started again. Every device is shown every acknowledged message; what comes
// twice has the same id. CARILLON_CRASH_ROUNDS and
// CARILLON_CRASH_SEED as in crash-rounds.ts.
import { expect, test } from 'vitest'
import { RegisterAppInstanceUserEndpointCommand } from '@aws-sdk/client-chime-sdk-identity'
import { SendChannelMessageCommand } from '@aws-sdk/client-chime-sdk-messaging'
import { crashRounds, openCrashStore, passing } from '../harness/crash-rounds.ts'
import type { ReceivedApnsPush } from '../harness/apns-server.ts'
import { appleToken, pushAppArn, startPushProviders } from '../harness/push-providers.ts'
import { createScenario, unique } from '../harness/scenario.ts'
import { createSdkClients } from '../harness/sdk-clients.ts'
import { startServerProcess } from '../harness/start-server.ts'

const ROUNDS_DEFAULT = 1
const DEVICES = 40
/** More than the server can push before it is killed. */
const MESSAGES_MAX = 150
/** The server is killed this long after the first push, at a moment drawn at random. */
const KILL_AFTER_MS_MAX = 400

for (const { store, seed } of crashRounds(ROUNDS_DEFAULT)) {
  test(`every device is pushed what was acknowledged (${store}, seed ${seed})`, async () => {
    await using providers = await startPushProviders()
    await using database = await openCrashStore(store)
    const { outbound, ...settings } = providers.settings
    await using server = await startServerProcess(
      { ...settings, store: database.setting },
      { CARILLON_OUTBOUND: outbound },
    )
    using clients = createSdkClients(server)
    const scenario = await createScenario(clients)
    const owner = await scenario.user('owner')
    const channelArn = await scenario.channel(owner)
    const tokens: string[] = []
    for (let count = 0; count < DEVICES; count++) {
      const member = await scenario.user('member')
      const DeviceToken = appleToken()
      await clients.identity.send(
        new RegisterAppInstanceUserEndpointCommand({
          AppInstanceUserArn: member,
          Type: 'APNS',
          ResourceArn: pushAppArn('shop'),
          EndpointAttributes: { DeviceToken },
          ClientRequestToken: unique(),
        }),
      )
      await scenario.member(channelArn, owner, member)
      tokens.push(DeviceToken)
    }

    const { received } = providers.apple
    const state = { isDead: false }
    const acknowledged: string[] = []
    const sender = (async () => {
      for (let count = 0; count < MESSAGES_MAX && !state.isDead; count++) {
        const Title = `message ${count}`
        const sent = await clients.messaging
          .send(
            new SendChannelMessageCommand({
              ChannelArn: channelArn,
              Content: 'Hello',
              Type: 'STANDARD',
              Persistence: 'PERSISTENT',
              PushNotification: { Type: 'DEFAULT', Title },
              ClientRequestToken: unique(),
              ChimeBearer: owner,
            }),
          )
          .catch(() => undefined)
        if (sent?.MessageId === undefined) return
        acknowledged.push(Title)
      }
    })()
    await received.holds(1)
    await passing(momentOf(seed))
    state.isDead = true
    await server.kill9()
    await sender
    const beforeRestart = received.items.length
    await server.restart()

    const missing = new Set(
      acknowledged.flatMap((title) => tokens.map((token) => `${token} ${title}`)),
    )
    for (let seen = 0; missing.size > 0;) {
      for (const push of (await received.holds(seen + 1)).slice(seen)) {
        missing.delete(`${push.deviceToken} ${titleOf(push)}`)
        seen++
      }
    }
    const ids = new Map<string, Set<string>>()
    for (const push of received.items) {
      const name = `${push.deviceToken} ${titleOf(push)}`
      ids.set(name, (ids.get(name) ?? new Set()).add(push.id))
    }
    expect([...ids.values()].every((each) => each.size === 1)).toBe(true)
    expect(acknowledged.length).toBeGreaterThan(0)
    expect(received.items.length).toBeGreaterThanOrEqual(beforeRestart)
  })
}

function titleOf({ payload }: ReceivedApnsPush): string {
  return String(payload['pinpoint.notification.title'])
}

/** When the server is killed. */
function momentOf(number: number): number {
  return (Math.imul(number, 0x9e3779b1) >>> 0) % KILL_AFTER_MS_MAX
}
