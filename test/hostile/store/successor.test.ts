// A user that was removed and made again under the same id is somebody else: it inherits nothing,
// neither what its predecessor wrote nor what was meant for that one alone.
import { randomUUID } from 'node:crypto'
import { ChimeSDKIdentity } from '@aws-sdk/client-chime-sdk-identity'
import { ChimeSDKMessaging } from '@aws-sdk/client-chime-sdk-messaging'
import { expect, test } from 'vitest'
import { connectSession } from '../../harness/messaging-session.ts'
import { hasPostgres, openTestDatabase } from '../../harness/postgres.ts'
import { createScenario, unique } from '../../harness/scenario.ts'
import { createSdkClients } from '../../harness/sdk-clients.ts'
import { startServer } from '../../harness/start-server.ts'

const STORES = hasPostgres() ? (['sqlite', 'postgres'] as const) : (['sqlite'] as const)

for (const store of STORES) {
  test(`the successor of a removed user has none of its messages (${store})`, async () => {
    const database = store === 'postgres' ? await openTestDatabase(randomUUID()) : undefined
    await using server = await startServer({ settings: { store: database?.url ?? 'sqlite' } })
    using clients = createSdkClients(server)
    const settings = {
      endpoint: server.httpUrl,
      region: server.region,
      credentials: server.credentials,
    }
    const messaging = new ChimeSDKMessaging(settings)
    const identity = new ChimeSDKIdentity(settings)
    const scenario = await createScenario(clients)
    const ann = await scenario.user('ann')
    const bob = await scenario.user('bob')
    const ChannelArn = await scenario.channel(ann, { MemberArns: [bob] })
    const byBob = await scenario.send(ChannelArn, bob, 'by the first bob')
    const forBob = await scenario.send(ChannelArn, ann, 'for the first bob', {
      Target: [{ MemberArn: bob }],
    })

    await identity.deleteAppInstanceUser({ AppInstanceUserArn: bob })
    await identity.createAppInstanceUser({
      AppInstanceArn: scenario.appInstanceArn,
      AppInstanceUserId: bob.slice(bob.lastIndexOf('/') + 1),
      Name: 'The second bob',
      ClientRequestToken: unique(),
    })
    await scenario.member(ChannelArn, ann, bob)
    using session = await connectSession(server, bob)

    const asBob = { ChannelArn, ChimeBearer: bob }
    const { ChannelMessages = [] } = await messaging.listChannelMessages(asBob)
    expect(ChannelMessages.map(({ MessageId }) => MessageId)).toEqual([byBob])
    await expect(messaging.getChannelMessage({ ...asBob, MessageId: forBob })).rejects.toThrow(
      'MessageId names no message of this channel that you may see',
    )
    const ofFirst = { ...asBob, MessageId: byBob }
    const refused = { name: 'ForbiddenException' }
    await expect(
      messaging.updateChannelMessage({ ...ofFirst, Content: 'by the second' }),
    ).rejects.toMatchObject(refused)
    await expect(messaging.redactChannelMessage(ofFirst)).rejects.toMatchObject(refused)
    await expect(messaging.getChannelMessageStatus(ofFirst)).rejects.toMatchObject(refused)

    const asAnn = { ChannelArn, ChimeBearer: ann }
    await messaging.updateChannelMessage({ ...asAnn, MessageId: forBob, Content: 'still' })
    const { ChannelMessage } = await messaging.getChannelMessage({ ...asAnn, MessageId: byBob })
    expect(ChannelMessage).toMatchObject({ Content: 'by the first bob', Redacted: false })
    const last = await scenario.send(ChannelArn, ann, 'for all')
    await session.waitForType('CREATE_CHANNEL_MESSAGE', { MessageId: last })
    expect(session.events.map(({ payload }) => payload?.['MessageId'])).not.toContain(forBob)
    messaging.destroy()
    identity.destroy()
    await server.stop()
    await database?.remove()
  })
}
