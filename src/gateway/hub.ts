// The index of connected members: which sessions hear which channel. Subscribes the node to what
// its sessions need, encodes an event once, and shares the event loop while it delivers. Knows
// nothing of sockets.
import type { ChannelArn, MemberArn } from '../base/arn.ts'
import type { ChannelEvent } from '../domain/channel-event.ts'
import type { EventBus, MemberEvent, Subscription } from '../ports/event-bus.ts'
import { CHANNEL_BACKLOG_BYTES_MAX, ChannelDelivery, type Receiver } from './channel-delivery.ts'
import { CLOSE_CODES, type CloseCode } from './close-codes.ts'
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
  /** The channels whose events it hears; only the hub changes it. */
  readonly channels: ChannelDelivery[]
  /** Told of each channel that the member joined or left, after the hub has acted on it. */
  membershipChanged(channelArn: ChannelArn, change: 'joined' | 'left'): void
  end(closeCode: CloseCode, reason?: string): void
}

interface ConnectedMember {
  readonly memberArn: MemberArn
  /** Replaced, never changed, so that a loop over it sees one state. */
  sessions: readonly HubSession[]
  readonly subscription: Subscription
}

interface ListenedChannel {
  readonly delivery: ChannelDelivery
  readonly subscription: Subscription
}

const NO_SESSIONS: readonly HubSession[] = []

/** One per node. All of it runs on the event loop; no method waits. */
export class Hub {
  readonly #bus: Pick<EventBus, 'subscribeToChannel' | 'subscribeToMember'>
  readonly #delivered: (framesCount: number) => void
  readonly #members = new Map<MemberArn, ConnectedMember>()
  readonly #channels = new Map<ChannelArn, ListenedChannel>()
  /** Channels with steps to run, each turn beginning with the one that waited longest. */
  readonly #ready = new Set<ChannelDelivery>()
  #isTurnScheduled = false
  #eventsCount = 0
  #settledWaiters: (() => void)[] = []

  /** `delivered` is told once in a turn how many frames were handed to sessions. */
  constructor(
    bus: Pick<EventBus, 'subscribeToChannel' | 'subscribeToMember'>,
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
    const subscription = this.#bus.subscribeToMember(memberArn, (event) =>
      this.#memberEvent(memberArn, event),
    )
    this.#members.set(memberArn, { memberArn, sessions: [session], subscription })
  }

  /** The session hears every event of the channel that is published from now on. */
  attach(session: HubSession, channelArn: ChannelArn): void {
    const { delivery } = this.#channels.get(channelArn) ?? this.#listen(channelArn)
    if (session.channels.includes(delivery)) return
    forgetEnded(session.channels)
    session.channels.push(delivery)
    delivery.join(session)
  }

  /** The session hears what was published to the channel so far, and nothing after. */
  detach(session: HubSession, channelArn: ChannelArn): void {
    forgetEnded(session.channels)
    const left = session.channels.find((delivery) => delivery.channelArn === channelArn)
    if (left === undefined) return
    session.channels.splice(session.channels.indexOf(left), 1)
    left.leave(session)
    this.#forgetIfUnused(left)
  }

  /**
   * Names the last event of the channel that was published: as long as the answer stays the same,
   * nothing was. Undefined when the session does not hear the channel.
   */
  lastEventHeard(session: HubSession, channelArn: ChannelArn): number | undefined {
    const delivery = this.#channels.get(channelArn)?.delivery
    if (delivery === undefined || !session.channels.includes(delivery)) return undefined
    return delivery.lastEventNumber
  }

  /** Forgets a session that is ending; it hears nothing more. */
  remove(session: HubSession): void {
    for (const delivery of session.channels) {
      delivery.drop(session)
      this.#forgetIfUnused(delivery)
    }
    session.channels.length = 0
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

  #listen(channelArn: ChannelArn): ListenedChannel {
    const delivery = new ChannelDelivery(channelArn)
    const subscription = this.#bus.subscribeToChannel(channelArn, (event) =>
      this.#channelEvent(delivery, event),
    )
    const channel = { delivery, subscription }
    this.#channels.set(channelArn, channel)
    return channel
  }

  #forgetIfUnused(delivery: ChannelDelivery): void {
    const channel = this.#channels.get(delivery.channelArn)
    if (channel?.delivery !== delivery || !delivery.isUnused) return
    channel.subscription.close()
    this.#channels.delete(delivery.channelArn)
  }

  #channelEvent(delivery: ChannelDelivery, event: ChannelEvent): void {
    delivery.append(eventFrame(event), event.audience)
    this.#eventsCount += 1
    delivery.lastEventNumber = this.#eventsCount
    if (event.endsChannel) this.#endChannel(delivery)
    if (delivery.backlogBytes > CHANNEL_BACKLOG_BYTES_MAX) this.#giveUp(delivery)
    else this.#schedule(delivery)
  }

  /**
   * A channel of the same ARN may be created at once, by a client that chooses its ids. It gets a
   * delivery of its own, so that nobody is carried over.
   */
  #endChannel(delivery: ChannelDelivery): void {
    delivery.appendEnd()
    const channel = this.#channels.get(delivery.channelArn)
    if (channel?.delivery !== delivery) return
    channel.subscription.close()
    this.#channels.delete(delivery.channelArn)
  }

  #giveUp(delivery: ChannelDelivery): void {
    this.#ready.delete(delivery)
    for (const receiver of delivery.abandon()) {
      for (const session of this.sessionsOf(receiver.memberArn)) {
        if (session === receiver) session.end(CLOSE_CODES.overload)
      }
    }
    this.#forgetIfUnused(delivery)
  }

  #memberEvent(memberArn: MemberArn, event: MemberEvent): void {
    for (const session of this.sessionsOf(memberArn)) {
      if (event.kind === 'deleted') {
        session.end(CLOSE_CODES.forbidden, 'The user was deleted')
        continue
      }
      if (event.kind === 'joined') this.attach(session, event.channelArn)
      else this.detach(session, event.channelArn)
      session.membershipChanged(event.channelArn, event.kind)
    }
  }

  #schedule(delivery: ChannelDelivery): void {
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
      writesLeft -= delivery.run(writesLeft, this.#sessionsOf)
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

/** Deleted channels are taken out of the sessions' lists when these change next. */
function forgetEnded(channels: ChannelDelivery[]): void {
  if (!channels.some((delivery) => delivery.isEnded)) return
  channels.splice(0, channels.length, ...channels.filter((delivery) => !delivery.isEnded))
}
