// A hub on a bus, with sessions that note what they are handed instead of writing it to sockets.
import type { ChannelArn, MemberArn } from '../../src/base/arn.ts'
import { createInProcessBus } from '../../src/bus/in-process.ts'
import type { ChannelEvent } from '../../src/domain/channel-event.ts'
import type { CloseCode } from '../../src/gateway/close-codes.ts'
import type { ConversationDelivery } from '../../src/gateway/conversation-delivery.ts'
import { textsOf } from '../../src/gateway/frame.ts'
import { Hub, type HubSession } from '../../src/gateway/hub.ts'
import {
  conversationKey,
  type ConversationReference,
} from '../../src/ports/conversation-reference.ts'
import type { EventBus, Subscription } from '../../src/ports/event-bus.ts'
import { createEventPublisher } from '../../src/services/event-publisher.ts'

/** A conversation by its channel, which is not elastic, or by its sub-channel, too. */
export function conversation(channel: string, subChannelId = ''): ConversationReference {
  return { channelArn: channel as ChannelArn, subChannelId }
}

export class FakeSession implements HubSession {
  readonly memberArn: MemberArn
  conversations: readonly ConversationDelivery[] = []
  readonly writes: Buffer[] = []
  /** How often anybody looked whether it is open. */
  looksCount = 0
  endedWith: number | undefined
  onDeliver: () => void = () => undefined
  readonly #hub: Hub

  constructor(hub: Hub, name: string) {
    this.#hub = hub
    this.memberArn = name as MemberArn
  }

  get isOpen(): boolean {
    this.looksCount += 1
    return this.endedWith === undefined
  }

  get contents(): string[] {
    return this.writes.flatMap((frames) =>
      textsOf(frames).map((text) => {
        const { Payload } = JSON.parse(text.toString()) as { Payload: string }
        return (JSON.parse(Payload) as { Content: string }).Content
      }),
    )
  }

  deliver(frames: Buffer): void {
    this.writes.push(frames)
    this.onDeliver()
  }

  membershipChanged(): void {}

  end(closeCode: CloseCode): void {
    this.endedWith = closeCode.code
    this.#hub.remove(this)
  }
}

/** What is published beside its content; by default a message for all members of the lobby. */
export type Sent = Partial<ChannelEvent>

export class LiveHub {
  readonly bus: EventBus = createInProcessBus()
  /** Subjects that were subscribed to and not closed since. */
  readonly subjects: string[] = []
  readonly hub: Hub
  framesDelivered = 0

  constructor() {
    const noted = (subject: string, subscription: Subscription): Subscription => {
      this.subjects.push(subject)
      return {
        close: () => {
          this.subjects.splice(this.subjects.indexOf(subject), 1)
          subscription.close()
        },
      }
    }
    const { bus } = this
    this.hub = new Hub(
      {
        subscribeToConversation: (reference, listener) =>
          noted(conversationKey(reference), bus.subscribeToConversation(reference, listener)),
        subscribeToMember: (memberArn, listener) =>
          noted(memberArn, bus.subscribeToMember(memberArn, listener)),
      },
      (count) => (this.framesDelivered += count),
    )
  }

  connect(name: string, ...conversations: ConversationReference[]): FakeSession {
    const session = new FakeSession(this.hub, name)
    this.hub.add(session)
    for (const each of conversations) this.hub.attach(session, each)
    return session
  }

  crowd(count: number, ...conversations: ConversationReference[]): FakeSession[] {
    return Array.from({ length: count }, (_, index) =>
      this.connect(`member-${index}`, ...conversations),
    )
  }

  /** As a commit would publish it: who joins and leaves with the event is told of it, too. */
  publish(content: string, sent: Sent = {}): void {
    createEventPublisher(this.bus, { appended() {} }).channelEvent({
      type: 'CREATE_CHANNEL_MESSAGE',
      messageType: 'STANDARD',
      channelArn: 'lobby' as ChannelArn,
      subChannelId: '',
      audience: 'members',
      payload: { Content: content },
      membershipChanges: [],
      endsChannel: false,
      ...sent,
    })
  }

  /** `memberArn` joins or leaves, and nothing is said about it. */
  tell(memberArn: MemberArn, kind: 'joined' | 'left', reference: ConversationReference): void {
    this.bus.publishToMember(memberArn, { kind, ...reference })
  }
}
