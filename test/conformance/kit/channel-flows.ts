// Messages in flows: a server whose processors are webhooks of the test, channels behind flows of
// them, and short ways to send and to answer.
import type {
  ChannelMessageCallback,
  CreateChannelRequest,
} from '@aws-sdk/client-chime-sdk-messaging'
import { afterAll, beforeAll } from 'vitest'
import { createImpatientClock, type ImpatientClock } from '../../harness/impatient-clock.ts'
import type { SessionEvent, TestSession } from '../../harness/messaging-session.ts'
import {
  startProcessorHost,
  type ProcessorHost,
  type Question,
} from '../../harness/processor-host.ts'
import { succeeds, type Json } from './answers.ts'
import { functionArn } from './flows.ts'
import { unique, useWorld, type World } from './world.ts'

/** The region and account of a server that is told neither. */
const SCOPE = { region: 'us-east-1', accountId: '000000000000' }

export const PENDING = { Value: 'PENDING' }
export const SENT = { Value: 'SENT' }
export const DENIED = { Value: 'DENIED', Detail: 'Denied by processor' }
export const FAILED = { Value: 'FAILED', Detail: 'Processor could not be invoked' }
export const WHOLE = ['ChannelArn', 'MessageId', 'Status']

type Fallback = 'ABORT' | 'CONTINUE'
/** The name of a function, which falls back to ABORT unless something else is said. */
export type Step = string | readonly [name: string, fallback: Fallback]

export interface FlowStage {
  /** Moderator and member, as everybody here. */
  readonly owner: string
  readonly member: string
  readonly channelArn: string
  readonly flowArn: string
}

export interface FlowWorld {
  readonly world: World
  readonly host: ProcessorHost
  readonly clock: ImpatientClock
  /** What the server has logged so far, from warnings on. */
  readonly logLines: readonly string[]
  /** A public channel of owner and member, behind a flow of these functions in this order. */
  readonly stage: (
    steps: readonly Step[],
    input?: Partial<CreateChannelRequest>,
  ) => Promise<FlowStage>
  readonly createFlow: (steps: readonly Step[]) => Promise<string>
  readonly send: (channelArn: string, bearer: string, input?: object) => Promise<Json>
  readonly update: (
    channelArn: string,
    bearer: string,
    messageId: string,
    content?: string,
  ) => Promise<Json>
  /** Answers a question: accepts as it is, unless something else is said. */
  readonly answer: (
    question: Question,
    change?: Partial<ChannelMessageCallback>,
    input?: object,
  ) => Promise<object>
  readonly deny: (question: Question) => Promise<object>
  readonly read: (channelArn: string, bearer: string, messageId: string) => Promise<Json>
  readonly status: (channelArn: string, bearer: string, messageId: string) => Promise<object>
  readonly idsFor: (channelArn: string, bearer: string) => Promise<string[]>
  readonly lastMessageFor: (channelArn: string, bearer: string) => Promise<Date | undefined>
}

/** One for the cases of a file; `names` are those of functions that lead to the host. */
export async function useFlowWorld(names: readonly string[]): Promise<FlowWorld> {
  const host = await startProcessorHost(SCOPE, names)
  const clock = createImpatientClock()
  const logLines: string[] = []
  const writeLog = (line: string) => void logLines.push(line)
  const settings = { outbound: host.outboundFile, logLevel: 'warn' }
  const world = useWorld(settings, { clock, writeLog })
  // Before the server stops, which useWorld does.
  afterAll(() => clock.calm())
  afterAll(() => host.close())
  beforeAll(() => followClock(world, clock))

  async function createFlow(steps: readonly Step[]): Promise<string> {
    const { ChannelFlowArn } = await world.messaging.createChannelFlow({
      AppInstanceArn: world.appInstanceArn,
      Name: 'Flow',
      Processors: steps.map((step, index) => {
        const [name, FallbackAction] = typeof step === 'string' ? ([step, 'ABORT'] as const) : step
        const Lambda = { ResourceArn: functionArn(world, name), InvocationType: 'ASYNC' } as const
        return { Name: name, Configuration: { Lambda }, ExecutionOrder: index + 1, FallbackAction }
      }),
      ClientRequestToken: unique(),
    })
    return ChannelFlowArn!
  }

  return {
    world,
    host,
    clock,
    logLines,
    createFlow,
    async stage(steps, input = {}) {
      const [owner, member] = [await world.user('Ana'), await world.user('Mel')]
      const channelArn = await world.channel(owner, {
        Privacy: 'PUBLIC',
        MemberArns: [member],
        ...input,
      })
      const flowArn = await createFlow(steps)
      await world.messaging.associateChannelFlow({
        ChannelArn: channelArn,
        ChannelFlowArn: flowArn,
        ChimeBearer: owner,
      })
      return { owner, member, channelArn, flowArn }
    },
    async send(ChannelArn, ChimeBearer, input = {}) {
      const sent = world.messaging.sendChannelMessage({
        ChannelArn,
        ChimeBearer,
        Content: 'Hello',
        Type: 'STANDARD',
        Persistence: 'PERSISTENT',
        ClientRequestToken: unique(),
        ...input,
      })
      return succeeds(sent, 201, 'SubChannelId' in input ? [...WHOLE, 'SubChannelId'] : WHOLE)
    },
    update: (ChannelArn, ChimeBearer, MessageId, Content = 'New') =>
      succeeds(
        world.messaging.updateChannelMessage({ ChannelArn, ChimeBearer, MessageId, Content }),
        200,
        WHOLE,
      ),
    answer: ({ CallbackId, ChannelMessage }, change = {}, input = {}) =>
      world.messaging.channelFlowCallback({
        ChannelArn: String(ChannelMessage['ChannelArn']),
        CallbackId,
        ChannelMessage: { MessageId: ChannelMessage.MessageId, ...change },
        ...input,
      }),
    deny: ({ CallbackId, ChannelMessage }) =>
      world.messaging.channelFlowCallback({
        ChannelArn: String(ChannelMessage['ChannelArn']),
        CallbackId,
        DeleteResource: true,
        ChannelMessage: { MessageId: ChannelMessage.MessageId },
      }),
    async read(ChannelArn, ChimeBearer, MessageId) {
      const got = world.messaging.getChannelMessage({ ChannelArn, ChimeBearer, MessageId })
      return (await succeeds(got, 200, ['ChannelMessage']))['ChannelMessage'] as Json
    },
    status: (ChannelArn, ChimeBearer, MessageId) =>
      world.messaging.getChannelMessageStatus({ ChannelArn, ChimeBearer, MessageId }),
    async idsFor(ChannelArn, ChimeBearer) {
      const { ChannelMessages = [] } = await world.messaging.listChannelMessages({
        ChannelArn,
        ChimeBearer,
      })
      return ChannelMessages.map((item) => item.MessageId!)
    },
    async lastMessageFor(ChannelArn, ChimeBearer) {
      const { Channel } = await world.messaging.describeChannel({ ChannelArn, ChimeBearer })
      return Channel?.LastMessageTimestamp
    },
  }
}

/** Clients sign with the server's time, and not with what they make of the date of its answers. */
function followClock({ identity, messaging }: World, clock: ImpatientClock): void {
  for (const { config } of [identity, messaging]) {
    const offset = { get: () => clock.offsetMs, set: () => undefined }
    Object.defineProperty(config, 'systemClockOffset', offset)
  }
}

export const typesOf = (events: readonly { readonly type: string }[]) =>
  events.map(({ type }) => type)

/** The event of this type about a message, once it has come. */
export function eventOf(
  session: TestSession,
  type: string,
  messageId: unknown,
): Promise<SessionEvent> {
  return session.waitForType(type, { MessageId: messageId })
}
