// A gateway behind a real listener, with a clock that tests move and memberships that they write
// down, so that delivery is tested without a database.
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { ChannelArn, MemberArn } from '../../src/base/arn.ts'
import { createInProcessBus } from '../../src/bus/in-process.ts'
import { channelEvent, type ChannelEvent } from '../../src/domain/channel-event.ts'
import { createGateway, type Gateway, type GatewayOptions } from '../../src/gateway/gateway.ts'
import { createMetrics, type Metrics } from '../../src/observability/metrics.ts'
import type { ConversationReference } from '../../src/ports/conversation-reference.ts'
import type { EventBus } from '../../src/ports/event-bus.ts'
import type { Credential } from '../../src/ports/credential-source.ts'
import type { StoreReader } from '../../src/ports/store.ts'
import { createSignatureChecker } from '../../src/protocol/sigv4/signature-checker.ts'
import type { ConnectToAuthorize } from '../../src/services/access/authorizer.ts'
import { createFakeClock, type FakeClock } from '../harness/fake-clock.ts'
import {
  connectSession,
  openSession,
  type ConnectOptions,
  type TestSession,
} from '../harness/messaging-session.ts'
import { ROOT_CREDENTIALS, type Endpoint } from '../harness/start-server.ts'
import { silent } from '../harness/silent-logger.ts'

const region = 'us-east-1'
const accountId = '000000000000'
export const instanceArn = `arn:aws:chime:${region}:${accountId}:app-instance/live`

export function userArn(name: string): MemberArn {
  return `${instanceArn}/user/${name}` as MemberArn
}

export function channelArn(name: string): ChannelArn {
  return `${instanceArn}/channel/${name}` as ChannelArn
}

/** The conversation named `channel`, or `channel#sub-channel`. */
export function conversation(name: string): ConversationReference {
  const [channel = '', subChannelId = ''] = name.split('#')
  return { channelArn: channelArn(channel), subChannelId }
}

export interface LiveGateway extends AsyncDisposable {
  readonly gateway: Gateway
  readonly bus: EventBus
  readonly clock: FakeClock
  readonly metrics: Metrics
  readonly endpoint: Endpoint
  /** By access key id; the root credential is there from the start. */
  readonly credentials: Map<string, Credential>
  readonly users: Set<MemberArn>
  readonly memberships: Map<MemberArn, ConversationReference[]>
  /** Called while the memberships are being read, after the first list was taken. */
  whileReading: (memberArn: MemberArn) => void
  /** What the policies of a connecting credential say; at first, that anyone may connect. */
  mayConnect: (connect: ConnectToAuthorize) => boolean
  /** Makes the user, a member of `conversations`, and opens a session for it. */
  join(name: string, ...conversations: string[]): Promise<TestSession>
  connect(name: string, options?: ConnectOptions): Promise<TestSession>
  /** Opens a socket without waiting for a session. */
  open(arn: string, options?: ConnectOptions): Promise<TestSession>
  /** To a channel, or a sub-channel, named as by `conversation`. */
  publish(to: string, content: string, audience?: ChannelEvent['audience']): void
  /** A member joins or leaves a conversation, and nothing is said about it. */
  tell(memberArn: MemberArn, kind: 'joined' | 'left', name: string): void
  endChannel(channel: string): void
}

export interface LiveGatewayOptions extends Pick<
  GatewayOptions,
  'limits' | 'connectsPerUserPerSecond'
> {
  /** Stands in for parts of the store; without them, nobody is shown anything by prefetch. */
  readonly store?: Partial<GatewayOptions['store']>
}

export async function startLiveGateway(given: LiveGatewayOptions = {}): Promise<LiveGateway> {
  const clock = createFakeClock()
  const bus = createInProcessBus()
  const metrics = createMetrics()
  const users = new Set<MemberArn>()
  const memberships = new Map<MemberArn, ConversationReference[]>()
  const credentials = new Map<string, Credential>([
    [
      ROOT_CREDENTIALS.accessKeyId,
      {
        ...ROOT_CREDENTIALS,
        accountId,
        principal: { kind: 'root', arn: 'arn:aws:iam::0:root', accountId: '0' } as const,
      },
    ],
  ])
  const reader = {
    members: {
      findIdentity: async (arn: MemberArn) => (users.has(arn) ? { arn, name: arn } : undefined),
    },
    memberships: {
      listConversations: async (arn: MemberArn) => {
        const listed = [...(memberships.get(arn) ?? [])]
        live.whileReading(arn)
        return listed
      },
    },
    ownMemberships: { listForPrefetch: async () => [] },
    ...given.store,
  } as unknown as StoreReader
  const gateway = createGateway({
    ...given,
    store: reader,
    bus,
    credentials: { find: async (accessKeyId) => credentials.get(accessKeyId) },
    authorizer: { mayConnect: async (connect) => live.mayConnect(connect) },
    signatures: createSignatureChecker({ region, services: ['chime'] }),
    clock,
    logger: silent,
    metrics,
  })
  const sockets = new Set<Socket>()
  const server = createServer()
  server.on('upgrade', gateway.handleUpgrade)
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await gateway.start()
  const endpoint: Endpoint = {
    httpUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    httpsUrl: '',
    region,
    accountId,
    credentials: ROOT_CREDENTIALS,
    dataDirectory: '',
  }
  const dated = (options?: ConnectOptions) => ({ signingDate: new Date(clock.now()), ...options })
  const live: LiveGateway = {
    gateway,
    bus,
    clock,
    metrics,
    endpoint,
    credentials,
    users,
    memberships,
    whileReading: () => undefined,
    mayConnect: () => true,
    join(name, ...conversations) {
      users.add(userArn(name))
      memberships.set(userArn(name), conversations.map(conversation))
      return live.connect(name)
    },
    connect: (name, options) => connectSession(endpoint, userArn(name), dated(options)),
    open: (arn, options) => openSession(endpoint, arn, dated(options)),
    publish(to, content, audience = 'members') {
      bus.publishToConversation({
        type: 'CREATE_CHANNEL_MESSAGE',
        messageType: 'STANDARD',
        ...conversation(to),
        audience,
        payload: { Content: content },
        membershipChanges: [],
        endsChannel: false,
      })
    },
    tell(memberArn, kind, name) {
      bus.publishToMember(memberArn, { kind, ...conversation(name) })
    },
    endChannel(channel) {
      bus.publishToConversation(channelEvent('DELETE_CHANNEL', channelArn(channel), {}))
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await gateway.close()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return live
}

/** The contents that a session was sent so far. */
export function contentsOf(session: TestSession): unknown[] {
  return session.events.flatMap(({ payload }) =>
    payload === undefined ? [] : [payload['Content']],
  )
}
