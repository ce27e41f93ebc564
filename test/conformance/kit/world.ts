// The server under test and what cases begin with: an app instance, users, channels. With
// CARILLON_REMOTE=true the same cases run against AWS with the account of the environment
// (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION = us-east-1 or eu-central-1): they create
// one app instance a file and delete it. Expect cases of [inferred] and [proposed] rules to differ
// there; that is what one wants to learn. Throttles of AWS make a remote run slow: use one worker.
import { afterAll, beforeAll } from 'vitest'
import type { CreateChannelRequest } from '@aws-sdk/client-chime-sdk-messaging'
import type { SendChannelMessageRequest } from '@aws-sdk/client-chime-sdk-messaging'
import { connectSession } from '../../harness/messaging-session.ts'
import type { SessionEvent, TestSession } from '../../harness/messaging-session.ts'
import { startServer } from '../../harness/start-server.ts'
import type { Endpoint, StartServerOptions } from '../../harness/start-server.ts'
import { createRecordedClients } from './recorded-clients.ts'
import type { RecordedClients } from './recorded-clients.ts'

/** What a server may be set to. */
type SettingValues = NonNullable<StartServerOptions['settings']>

export interface World extends Omit<RecordedClients, 'destroy'> {
  /** Of this file's own app instance. */
  readonly appInstanceArn: string
  readonly endpoint: Endpoint
  /** A new user called `name`; returns the ARN. */
  user(name?: string): Promise<string>
  /** A new user who is an AppInstanceAdmin. */
  admin(name?: string): Promise<string>
  /** A new bot; returns the ARN. */
  bot(name?: string): Promise<string>
  /** Another app instance and a user of it. */
  stranger(): Promise<{ appInstanceArn: string; userArn: string }>
  /** A new channel: PRIVATE and RESTRICTED unless `input` says otherwise. */
  channel(creatorArn: string, input?: Partial<CreateChannelRequest>): Promise<string>
  /** Adds members in the name of `inviterArn`. */
  join(channelArn: string, inviterArn: string, ...memberArns: string[]): Promise<void>
  joinHidden(channelArn: string, inviterArn: string, memberArn: string): Promise<void>
  /** Bans someone in the name of `moderatorArn`. */
  ban(channelArn: string, moderatorArn: string, memberArn: string): Promise<void>
  /** Sends a persistent STANDARD message; returns its id. */
  post(
    channelArn: string,
    senderArn: string,
    content?: string,
    input?: Partial<SendChannelMessageRequest>,
  ): Promise<string>
  /** Connects `userArn` and collects what it receives until the file ends. */
  listen(userArn: string): Promise<TestSession>
  /**
   * All events that the sessions received in the channels of the test, once it is certain that no
   * more are on their way: an event of a channel of their own passes them first.
   */
  received(...sessions: readonly TestSession[]): Promise<SessionEvent[][]>
}

export const isRemote = process.env['CARILLON_REMOTE'] === 'true'

/** A text that no other call returns, fit for ids, names and request tokens. */
export function unique(): string {
  return crypto.randomUUID()
}

/**
 * One world for the cases of a file; it exists from before the first case on. `settings` are those
 * of the server, where cases need others than the usual, and `overrides` its parts; AWS takes none.
 */
export function useWorld(
  settings: SettingValues = {},
  overrides: StartServerOptions['overrides'] = {},
): World {
  const world = {} as World
  let end = () => Promise.resolve()
  beforeAll(async () => {
    const built = await openWorld({ settings, overrides })
    Object.assign(world, built.world)
    end = () => built.end()
  })
  afterAll(() => end())
  return world
}

async function openSubject(
  options: StartServerOptions,
): Promise<{ endpoint: Endpoint; stop: () => Promise<void> }> {
  if (!isRemote) {
    const server = await startServer(options)
    return { endpoint: server, stop: () => server.stop() }
  }
  const endpoint: Endpoint = {
    httpUrl: '',
    httpsUrl: '',
    region: process.env['AWS_REGION'] ?? 'us-east-1',
    accountId: process.env['AWS_ACCOUNT_ID'] ?? '',
    credentials: {
      accessKeyId: process.env['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: process.env['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
    dataDirectory: '',
  }
  return { endpoint, stop: () => Promise.resolve() }
}

/** A world of one case, where it needs a server of its own: `end` must be called. */
export async function openWorld(
  options: StartServerOptions,
): Promise<{ world: World; end(): Promise<void> }> {
  const { endpoint, stop } = await openSubject(options)
  const { region, credentials, httpUrl } = endpoint
  const clients = createRecordedClients({
    region,
    credentials,
    ...(isRemote ? {} : { endpoint: httpUrl }),
  })
  const { identity, messaging } = clients
  const appInstanceArns: string[] = []
  const sessions: TestSession[] = []

  async function appInstance(): Promise<string> {
    const { AppInstanceArn } = await identity.createAppInstance({
      Name: 'Conformance',
      ClientRequestToken: unique(),
    })
    appInstanceArns.push(AppInstanceArn!)
    return AppInstanceArn!
  }

  async function userOf(appInstanceArn: string, name: string): Promise<string> {
    const { AppInstanceUserArn } = await identity.createAppInstanceUser({
      AppInstanceArn: appInstanceArn,
      AppInstanceUserId: unique(),
      Name: name,
      ClientRequestToken: unique(),
    })
    return AppInstanceUserArn!
  }

  const appInstanceArn = await appInstance()
  const user = (name = 'Ana') => userOf(appInstanceArn, name)

  async function bot(name = 'Botty'): Promise<string> {
    const LexBotAliasArn = `arn:aws:lex:${region}:${endpoint.accountId}:bot-alias/ABCDEFGHIJ/KLMNOPQRST`
    const { AppInstanceBotArn } = await identity.createAppInstanceBot({
      AppInstanceArn: appInstanceArn,
      Name: name,
      ClientRequestToken: unique(),
      Configuration: { Lex: { LexBotAliasArn, LocaleId: 'en_US' } },
    })
    return AppInstanceBotArn!
  }

  async function admin(name = 'Ada'): Promise<string> {
    const arn = await user(name)
    await identity.createAppInstanceAdmin({
      AppInstanceArn: appInstanceArn,
      AppInstanceAdminArn: arn,
    })
    return arn
  }

  async function channel(creatorArn: string, input: Partial<CreateChannelRequest> = {}) {
    const { ChannelArn } = await messaging.createChannel({
      AppInstanceArn: appInstanceArn,
      Name: 'Lobby',
      Mode: 'RESTRICTED',
      Privacy: 'PRIVATE',
      ClientRequestToken: unique(),
      ChimeBearer: creatorArn,
      ...input,
    })
    return ChannelArn!
  }

  async function addMember(
    channelArn: string,
    inviterArn: string,
    memberArn: string,
    type: 'DEFAULT' | 'HIDDEN',
  ) {
    await messaging.createChannelMembership({
      ChannelArn: channelArn,
      MemberArn: memberArn,
      Type: type,
      ChimeBearer: inviterArn,
    })
  }

  async function post(
    channelArn: string,
    senderArn: string,
    content = 'Hello',
    input: Partial<SendChannelMessageRequest> = {},
  ) {
    const { MessageId } = await messaging.sendChannelMessage({
      ChannelArn: channelArn,
      Content: content,
      Type: 'STANDARD',
      Persistence: 'PERSISTENT',
      ClientRequestToken: unique(),
      ChimeBearer: senderArn,
      ...input,
    })
    return MessageId!
  }

  async function listen(userArn: string): Promise<TestSession> {
    const session = isRemote
      ? await connectSession(await remoteSessions(clients, endpoint), userArn, {
          tamper: (url) => url.replace(/^ws:/, 'wss:'),
        })
      : await connectSession(endpoint, userArn, { signingDate: new Date(nowOf(options)) })
    sessions.push(session)
    listeners.set(session, userArn)
    return session
  }
  const listeners = new Map<TestSession, string>()

  async function received(...listening: readonly TestSession[]): Promise<SessionEvent[][]> {
    const memberArns = [...new Set(listening.map((session) => listeners.get(session)!))]
    const host = await user('Fence')
    const fenceArn = await channel(host)
    await join(fenceArn, host, ...memberArns)
    await post(fenceArn, host, 'fence')
    const isFence = { ChannelArn: fenceArn, Content: 'fence' }
    fences.add(fenceArn)
    for (const session of listening) await session.waitForType('CREATE_CHANNEL_MESSAGE', isFence)
    return listening.map((session) =>
      session.events.filter(
        ({ type, payload }) =>
          type !== 'SESSION_ESTABLISHED' && !fences.has(String(payload?.['ChannelArn'])),
      ),
    )
  }
  const fences = new Set<string>()

  async function join(channelArn: string, inviterArn: string, ...memberArns: string[]) {
    for (const memberArn of memberArns)
      await addMember(channelArn, inviterArn, memberArn, 'DEFAULT')
  }

  const world: World = {
    ...clients,
    appInstanceArn,
    endpoint,
    user,
    bot,
    admin,
    async stranger() {
      const other = await appInstance()
      return { appInstanceArn: other, userArn: await userOf(other, 'Stranger') }
    },
    channel,
    join,
    joinHidden: (channelArn, inviterArn, memberArn) =>
      addMember(channelArn, inviterArn, memberArn, 'HIDDEN'),
    async ban(channelArn, moderatorArn, memberArn) {
      const input = { ChannelArn: channelArn, MemberArn: memberArn, ChimeBearer: moderatorArn }
      await messaging.createChannelBan(input)
    },
    post,
    listen,
    received,
  }

  async function end() {
    for (const session of sessions) session[Symbol.dispose]()
    if (isRemote) {
      for (const arn of appInstanceArns) await identity.deleteAppInstance({ AppInstanceArn: arn })
    }
    clients.destroy()
    await stop()
  }

  return { world, end }
}

/** The server's time. */
function nowOf({ overrides }: StartServerOptions): number {
  return overrides?.clock?.now() ?? Date.now()
}

async function remoteSessions(clients: RecordedClients, endpoint: Endpoint): Promise<Endpoint> {
  const { Endpoint: session } = await clients.messaging.getMessagingSessionEndpoint({})
  return { ...endpoint, httpUrl: `https://${session?.Url ?? ''}` }
}
