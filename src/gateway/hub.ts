// The index of connected members: which sessions hear which conversation. Subscribes the node to
// what its sessions need, encodes an event once, and shares the event loop while it delivers. Knows
// nothing of sockets.
import type { ChannelArn, MemberArn } from '../base/arn.ts'
import type { ChannelEvent } from '../domain/channel-event.ts'
import type { EventBus, MemberEvent, Subscription } from '../ports/event-bus.ts'
import { conversationKey, type ConversationReference } from '../ports/conversation-reference.ts'
import { CLOSE_CODES, type CloseCode } from './close-codes.ts'
import {
  CONVERSATION_BACKLOG_BYTES_MAX,
  ConversationDelivery,
  type Copies,
  type Receiver,
} from './conversation-delivery.ts'
import { eventFrame } from './frame.ts'

/**
 * Writes after which the event loop is given back: less than a millisecond, as one write to a
 * socket takes about 5 µs. With fewer in one turn, more of what was committed meanwhile is joined:
 * 16 sends in flight to 1,000 members were delivered 1.3 times as fast with 128 as with 256, while
 * one at a time showed no difference beyond its noise.
 */
// evidence: measured by bench/fan-out.ts
const WRITES_PER_TURN = 128

/** A session as the hub sees it. */
export interface HubSession extends Receiver {
  /** What it hears. Only the hub sets it, to another array: most hold one, and no room for more. */
  conversations: readonly ConversationDelivery[]
  /** Told of each conversation that the member joined or left, after the hub has acted on it. */
  membershipChanged(conversation: ConversationReference): void
  end(closeCode: CloseCode, reason?: string): void
}

interface ConnectedMember {
  /** Replaced, never changed, so that a loop over it sees one state. */
  sessions: readonly HubSession[]
  readonly subscription: Subscription
}

interface ListenedConversation {
  readonly delivery: ConversationDelivery
  readonly subscription: Subscription
}

/** An elastic channel: what is told to the whole of it is told in each of its sub-channels. */
interface ListenedElasticChannel {
  readonly deliveries: Set<ConversationDelivery>
  /** Those of moderators, who are told once all the same. */
  readonly sessionsInSeveral: Set<HubSession>
  readonly subscription: Subscription
}

const NO_SESSIONS: readonly HubSession[] = []
/** What a session hears at first. */
export const NO_CONVERSATIONS: readonly ConversationDelivery[] = []

/** One per node. All of it runs on the event loop; no method waits. */
export class Hub {
  readonly #bus: Pick<EventBus, 'subscribeToConversation' | 'subscribeToMember'>
  readonly #delivered: (framesCount: number) => void
  readonly #members = new Map<MemberArn, ConnectedMember>()
  readonly #conversations = new Map<string, ListenedConversation>()
  readonly #elasticChannels = new Map<ChannelArn, ListenedElasticChannel>()
  /** Conversations with steps to run, each turn beginning with the one that waited longest. */
  readonly #ready = new Set<ConversationDelivery>()
  #isTurnScheduled = false
  #eventsCount = 0
  #settledWaiters: (() => void)[] = []

  /** `delivered` is told once in a turn how many frames were handed to sessions. */
  constructor(
    bus: Pick<EventBus, 'subscribeToConversation' | 'subscribeToMember'>,
    delivered: (framesCount: number) => void,
  ) {
    this.#bus = bus
    this.#delivered = delivered
  }

  /** Bytes of frames that wait to be handed to sessions. */
  get backlogBytes(): number {
    let bytes = 0
    for (const delivery of this.#ready) bytes += delivery.backlogBytes
    return bytes
  }

  /**
   * Every conversation that somebody hears, with the number of sessions; the caller may give the
   * event loop back between two of them.
   */
  *heardConversations(): Generator<ConversationReference & { readonly sessionsCount: number }> {
    for (const { delivery } of this.#conversations.values()) {
      yield { ...delivery.conversation, sessionsCount: delivery.receiversCount }
    }
  }

  /** The sessions of a user, in the order of `add`. */
  sessionsOf(memberArn: MemberArn): readonly HubSession[] {
    return this.#members.get(memberArn)?.sessions ?? NO_SESSIONS
  }

  /** From here on the session follows what its member joins and leaves. */
  add(session: HubSession): void {
    const { memberArn } = session
    const member = this.#members.get(memberArn)
    if (member !== undefined) {
      member.sessions = [...member.sessions, session]
      return
    }
    const subscription = this.#bus.subscribeToMember(memberArn, this.#memberEvent)
    this.#members.set(memberArn, { sessions: [session], subscription })
  }

  /** The session hears every event of the conversation that is published from now on. */
  attach(session: HubSession, conversation: ConversationReference): void {
    this.#attachAll(session, [conversation], this.#owing(session, conversation))
  }

  /** The same for conversations that may be as many as one member is in, at its beginning. */
  attachAll(session: HubSession, conversations: readonly ConversationReference[]): void {
    this.#attachAll(session, conversations, [])
  }

  /** `owing` go first: they still have something for the session. */
  #attachAll(
    session: HubSession,
    conversations: readonly ConversationReference[],
    owing: readonly ConversationDelivery[],
  ): void {
    const heard = new Set(goingOn(session.conversations))
    const before = heard.size
    for (const conversation of conversations) {
      const listened = this.#conversations.get(conversationKey(conversation))
      const { delivery } = listened ?? this.#listen(conversation)
      if (heard.has(delivery)) continue
      heard.add(delivery)
      for (const other of owing) this.#keepBehind(delivery, other)
      delivery.join(session)
    }
    if (heard.size === before) return
    session.conversations = [...heard]
    const channelArns = new Set(conversations.map(({ channelArn }) => channelArn))
    for (const channelArn of channelArns) this.#noteSeveral(session, channelArn)
  }

  /** The session hears what was published to the conversation so far, and nothing after. */
  detach(session: HubSession, conversation: ConversationReference): void {
    const left = this.#heardBy(session, conversation)
    if (left === undefined) return
    session.conversations = goingOn(session.conversations).filter((other) => other !== left)
    left.leave(session)
    this.#noteSeveral(session, conversation.channelArn)
    // One of those where it is told from now on what the whole channel is told: the last of them
    // tells it.
    const other = session.conversations.find((each) => isSameChannel(each, left))
    if (other !== undefined) this.#keepBehind(other, left)
    this.#forgetIfUnused(left)
  }

  /**
   * Names the last event of the conversation that was published: as long as the answer stays the
   * same, nothing was. Undefined when the session does not hear it.
   */
  lastEventHeard(session: HubSession, conversation: ConversationReference): number | undefined {
    return this.#heardBy(session, conversation)?.lastEventNumber
  }

  /** Forgets a session that is ending; it hears nothing more. */
  remove(session: HubSession): void {
    const { conversations } = session
    session.conversations = NO_CONVERSATIONS
    for (const delivery of conversations) {
      delivery.drop(session)
      this.#noteSeveral(session, delivery.conversation.channelArn)
      this.#forgetIfUnused(delivery)
    }
    const member = this.#members.get(session.memberArn)
    if (member === undefined || !member.sessions.includes(session)) return
    member.sessions = member.sessions.filter((other) => other !== session)
    if (member.sessions.length > 0) return
    member.subscription.close()
    this.#members.delete(session.memberArn)
  }

  /** Resolves when every event that was published so far has been handed to its receivers. */
  settled(): Promise<void> {
    if (this.#ready.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#settledWaiters.push(resolve))
  }

  /**
   * Other sub-channels of the channel that still have something for the session: it must not hear
   * last of the one that it left first, nor of what was told to the whole channel.
   */
  #owing(session: HubSession, conversation: ConversationReference): ConversationDelivery[] {
    if (conversation.subChannelId === '') return []
    const owing: ConversationDelivery[] = []
    for (const delivery of this.#ready) {
      if (isSameChannel(delivery, { conversation }) && delivery.owes(session)) owing.push(delivery)
    }
    return owing
  }

  #keepBehind(delivery: ConversationDelivery, other: ConversationDelivery): void {
    if (delivery === other || other.isIdle) return
    delivery.waitFor(other)
    this.#schedule(delivery)
  }

  #heardBy(
    session: HubSession,
    conversation: ConversationReference,
  ): ConversationDelivery | undefined {
    const delivery = this.#conversations.get(conversationKey(conversation))?.delivery
    return delivery && session.conversations.includes(delivery) ? delivery : undefined
  }

  #listen(conversation: ConversationReference): ListenedConversation {
    const delivery = new ConversationDelivery(conversation)
    const subscription = this.#bus.subscribeToConversation(conversation, (event) =>
      this.#event(delivery, event, eventFrame(event)),
    )
    const listened = { delivery, subscription }
    this.#conversations.set(conversationKey(conversation), listened)
    if (conversation.subChannelId !== '') this.#listenToElasticChannel(delivery)
    return listened
  }

  #listenToElasticChannel(delivery: ConversationDelivery): void {
    const { channelArn } = delivery.conversation
    const listened = this.#elasticChannels.get(channelArn)
    if (listened !== undefined) {
      listened.deliveries.add(delivery)
      return
    }
    const deliveries = new Set([delivery])
    const sessionsInSeveral = new Set<HubSession>()
    const whole = { channelArn, subChannelId: '' }
    const subscription = this.#bus.subscribeToConversation(whole, (event) => {
      const frame = eventFrame(event)
      const copies = copiesFor(sessionsInSeveral, deliveries)
      for (const each of deliveries) this.#event(each, event, frame, copies)
    })
    this.#elasticChannels.set(channelArn, { deliveries, sessionsInSeveral, subscription })
  }

  #noteSeveral(session: HubSession, channelArn: ChannelArn): void {
    const elasticChannel = this.#elasticChannels.get(channelArn)
    if (elasticChannel === undefined) return
    const { sessionsInSeveral, deliveries } = elasticChannel
    if (isInSeveral(session, deliveries)) sessionsInSeveral.add(session)
    else sessionsInSeveral.delete(session)
  }

  #forgetIfUnused(delivery: ConversationDelivery): void {
    if (delivery.isUnused) this.#forget(delivery)
  }

  #forget(delivery: ConversationDelivery): void {
    const { conversation } = delivery
    const key = conversationKey(conversation)
    const listened = this.#conversations.get(key)
    if (listened?.delivery !== delivery) return
    listened.subscription.close()
    this.#conversations.delete(key)
    const whole = this.#elasticChannels.get(conversation.channelArn)
    if (whole?.deliveries.delete(delivery) !== true || whole.deliveries.size > 0) return
    whole.subscription.close()
    this.#elasticChannels.delete(conversation.channelArn)
  }

  #event(
    delivery: ConversationDelivery,
    event: ChannelEvent,
    frame: Buffer,
    copies?: Copies,
  ): void {
    delivery.append(frame, event.audience, copies)
    this.#eventsCount += 1
    delivery.lastEventNumber = this.#eventsCount
    if (event.endsChannel) {
      // A channel of the same ARN may be created at once, by a client that chooses its ids. It gets
      // deliveries of its own, so that nobody is carried over.
      delivery.appendEnd()
      this.#forget(delivery)
    }
    if (delivery.backlogBytes > CONVERSATION_BACKLOG_BYTES_MAX) this.#giveUp(delivery)
    else this.#schedule(delivery)
  }

  #giveUp(delivery: ConversationDelivery): void {
    this.#ready.delete(delivery)
    for (const receiver of delivery.abandon()) {
      for (const session of this.sessionsOf(receiver.memberArn)) {
        if (session === receiver) session.end(CLOSE_CODES.overload)
      }
    }
    this.#forgetIfUnused(delivery)
  }

  readonly #memberEvent = (event: MemberEvent, memberArn: MemberArn): void => {
    for (const session of this.sessionsOf(memberArn)) {
      if (event.kind === 'deleted') {
        session.end(CLOSE_CODES.forbidden, 'The user was deleted')
        continue
      }
      if (event.kind === 'joined') this.attach(session, event)
      else this.detach(session, event)
      session.membershipChanged(event)
    }
  }

  #schedule(delivery: ConversationDelivery): void {
    this.#ready.add(delivery)
    if (this.#isTurnScheduled) return
    this.#isTurnScheduled = true
    // Everything that arrives in this turn of the event loop is joined; then it goes out at once.
    setImmediate(this.#turn)
  }

  readonly #turn = (): void => {
    let writesLeft = WRITES_PER_TURN
    let framesDelivered = 0
    for (const delivery of this.#ready) {
      this.#ready.delete(delivery)
      // At least one, so that a turn ends, however many have nobody to write to, or wait.
      writesLeft -= Math.max(1, delivery.run(writesLeft, this.#sessionsOf))
      framesDelivered += delivery.takeFramesDelivered()
      // Behind the others, so that a large channel does not keep small ones waiting.
      if (!delivery.isIdle) this.#ready.add(delivery)
      else this.#forgetIfUnused(delivery)
      if (writesLeft <= 0) break
    }
    if (framesDelivered > 0) this.#delivered(framesDelivered)
    if (this.#ready.size > 0) {
      setImmediate(this.#turn)
      return
    }
    this.#isTurnScheduled = false
    const waiters = this.#settledWaiters
    this.#settledWaiters = []
    for (const resolve of waiters) resolve()
  }

  readonly #sessionsOf = (memberArn: MemberArn): readonly HubSession[] => this.sessionsOf(memberArn)
}

function countOf(session: HubSession, deliveries: ReadonlySet<ConversationDelivery>): number {
  return session.conversations.filter((delivery) => deliveries.has(delivery)).length
}

function isInSeveral(session: HubSession, deliveries: ReadonlySet<ConversationDelivery>): boolean {
  const first = session.conversations.findIndex((delivery) => deliveries.has(delivery))
  if (first < 0) return false
  const last = session.conversations.findLastIndex((delivery) => deliveries.has(delivery))
  return last > first
}

function copiesFor(
  sessionsInSeveral: ReadonlySet<HubSession>,
  deliveries: ReadonlySet<ConversationDelivery>,
): Copies | undefined {
  if (sessionsInSeveral.size === 0) return undefined
  return new Map([...sessionsInSeveral].map((session) => [session, countOf(session, deliveries)]))
}

type OfConversation = Pick<ConversationDelivery, 'conversation'>

function isSameChannel(one: OfConversation, other: OfConversation): boolean {
  return one.conversation.channelArn === other.conversation.channelArn
}

/** Deleted channels are taken out of the sessions' lists when these change next. */
function goingOn(conversations: readonly ConversationDelivery[]): readonly ConversationDelivery[] {
  const hasEnded = conversations.some((delivery) => delivery.isEnded)
  return hasEnded ? conversations.filter((delivery) => !delivery.isEnded) : conversations
}
