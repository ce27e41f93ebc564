// Whoever keeps its picture of a channel up to date by events alone has the picture that a fresh
// read gives, whatever happens at once: joining, leaving, bans, users removed and made again,
// messages edited and taken away. CARILLON_STORM_SEED repeats a storm.
import { randomUUID } from 'node:crypto'
import { ChimeSDKIdentity } from '@aws-sdk/client-chime-sdk-identity'
import { ChimeSDKMessaging } from '@aws-sdk/client-chime-sdk-messaging'
import { expect, test } from 'vitest'
import { connectSession, type SessionEvent } from '../../harness/messaging-session.ts'
import { hasPostgres, openTestDatabase } from '../../harness/postgres.ts'
import { createScenario, unique } from '../../harness/scenario.ts'
import { createSdkClients } from '../../harness/sdk-clients.ts'
import { startServer } from '../../harness/start-server.ts'
import { mulberry32 } from './random.ts'

const STORES = hasPostgres() ? (['sqlite', 'postgres'] as const) : (['sqlite'] as const)
const seed = Number(process.env['CARILLON_STORM_SEED'] ?? Date.now() % 2 ** 31)

const CALLERS = 16
const CALLS_PER_CALLER = 60
/** Few, so that callers are always after the same ones. */
const USERS = 6

interface Member {
  readonly Arn: string
}

/** What a client knows of a channel. */
interface Picture {
  readonly members: Set<string>
  /** Contents by message id; a redacted one has none. */
  readonly messages: Map<string, string | undefined>
}

for (const store of STORES) {
  test(`events alone give the picture that a read gives (${store}, seed ${seed})`, async () => {
    const database = store === 'postgres' ? await openTestDatabase(randomUUID()) : undefined
    await using server = await startServer({ settings: { store: database?.url ?? 'sqlite' } })
    using clients = createSdkClients(server)
    const settings = {
      endpoint: server.httpUrl,
      region: server.region,
      credentials: server.credentials,
      maxAttempts: 1,
    }
    const messaging = new ChimeSDKMessaging(settings)
    const identity = new ChimeSDKIdentity(settings)
    const scenario = await createScenario(clients)
    const { appInstanceArn: AppInstanceArn } = scenario
    const admin = await scenario.admin('admin')
    const ChannelArn = await scenario.channel(admin)
    using session = await connectSession(server, admin)
    const random = mulberry32(seed)
    const any = (count: number) => Math.floor(random() * count)
    const anyUser = () => `${AppInstanceArn}/user/u${any(USERS)}`
    const inChannel = { ChannelArn, ChimeBearer: admin }
    const ids: string[] = []
    const anyMessage = () => ids[Math.max(0, ids.length - 1 - any(5))] ?? 'none'

    const calls: readonly (() => Promise<unknown>)[] = [
      () =>
        messaging.createChannelMembership({ ...inChannel, MemberArn: anyUser(), Type: 'DEFAULT' }),
      () =>
        messaging.batchCreateChannelMembership({
          ...inChannel,
          MemberArns: [anyUser(), anyUser(), anyUser()],
        }),
      () => messaging.deleteChannelMembership({ ...inChannel, MemberArn: anyUser() }),
      () => messaging.createChannelBan({ ...inChannel, MemberArn: anyUser() }),
      () => messaging.deleteChannelBan({ ...inChannel, MemberArn: anyUser() }),
      () => messaging.deleteChannelBan({ ...inChannel, MemberArn: anyUser() }),
      () => identity.deleteAppInstanceUser({ AppInstanceUserArn: anyUser() }),
      ...Array.from(
        { length: 3 },
        () => () =>
          identity.createAppInstanceUser({
            AppInstanceArn,
            AppInstanceUserId: `u${any(USERS)}`,
            Name: 'u',
            ClientRequestToken: unique(),
          }),
      ),
      async () => ids.push(await scenario.send(ChannelArn, admin, unique())),
      async () => ids.push(await scenario.send(ChannelArn, anyUser(), unique())),
      () =>
        messaging.updateChannelMessage({
          ...inChannel,
          MessageId: anyMessage(),
          Content: unique(),
        }),
      () => messaging.redactChannelMessage({ ...inChannel, MessageId: anyMessage() }),
      () => messaging.deleteChannelMessage({ ...inChannel, MessageId: anyMessage() }),
    ]
    let refused = 0
    const surprises: string[] = []
    const call = async () => {
      for (let left = CALLS_PER_CALLER; left > 0; left--) {
        try {
          await calls[any(calls.length)]?.()
        } catch (error) {
          const { name, message } = error as Error & { $fault?: string }
          refused++
          if (/Failure|Unavailable|Error$/.test(name)) surprises.push(`${name}: ${message}`)
        }
      }
    }
    await Promise.all(Array.from({ length: CALLERS }, call))
    // All that was caused before has been sent before this one is.
    const lastId = await scenario.send(ChannelArn, admin, 'the end')
    await session.waitForType('CREATE_CHANNEL_MESSAGE', { MessageId: lastId })

    expect(surprises).toEqual([])
    expect(refused).toBeLessThan(CALLERS * CALLS_PER_CALLER)
    const picture = pictureOf(session.events, admin)
    const read = await readPicture(messaging, inChannel)
    expect(picture.members).toEqual(read.members)
    expect(picture.messages).toEqual(read.messages)
    expect(picture.messages.size).toBeGreaterThan(CALLERS)
    messaging.destroy()
    identity.destroy()
    await server.stop()
    await database?.remove()
  })
}

/** As a chat app does: each event changes what is known, in the order in which they come. */
function pictureOf(events: readonly SessionEvent[], self: string): Picture {
  const members = new Set([self])
  const messages = new Map<string, string | undefined>()
  for (const { type, payload = {} } of events) {
    const member = (payload['Member'] as Member | undefined)?.Arn ?? ''
    const messageId = payload['MessageId'] as string
    if (type === 'CREATE_CHANNEL_MEMBERSHIP') members.add(member)
    if (type === 'DELETE_CHANNEL_MEMBERSHIP') members.delete(member)
    if (type === 'BATCH_CREATE_CHANNEL_MEMBERSHIP')
      for (const { Arn } of payload['Members'] as Member[]) members.add(Arn)
    if (type === 'DELETE_CHANNEL_MESSAGE') messages.delete(messageId)
    if (/^(?:CREATE|UPDATE|REDACT)_CHANNEL_MESSAGE$/.test(type))
      messages.set(messageId, payload['Content'] as string | undefined)
  }
  return { members, messages }
}

async function readPicture(
  messaging: ChimeSDKMessaging,
  inChannel: { readonly ChannelArn: string; readonly ChimeBearer: string },
): Promise<Picture> {
  const { ChannelMemberships = [] } = await messaging.listChannelMemberships(inChannel)
  const messages = new Map<string, string | undefined>()
  let NextToken: string | undefined
  do {
    const page = await messaging.listChannelMessages({ ...inChannel, NextToken })
    for (const { MessageId = '', Content } of page.ChannelMessages ?? [])
      messages.set(MessageId, Content)
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  return { members: new Set(ChannelMemberships.map(({ Member }) => Member?.Arn ?? '')), messages }
}
