// The event bus of a server that runs as one process: calls listeners directly. Nothing is lost
// between publisher and listener, so there is nothing to report to the gateway.
import type { AppInstanceArn, ChannelArn, MemberArn } from '../base/arn.ts'
import type { ChannelEvent } from '../domain/channel-event.ts'
import { conversationKey } from '../ports/conversation-reference.ts'
import type { EventBus, MemberEvent, Subscription } from '../ports/event-bus.ts'

/** The one subject of all removals of one kind. */
const REMOVALS = 'removals'

/** An event bus whose listeners have been called when the outermost publish returns. */
export function createInProcessBus(): EventBus {
  const queue = new DeliveryQueue()
  const conversations = new Subjects<ChannelEvent>(queue)
  const members = new Subjects<MemberEvent, MemberArn>(queue)
  const channelRemovals = new Subjects<ChannelArn>(queue)
  const removals = new Subjects<AppInstanceArn>(queue)
  return {
    publishToConversation(event) {
      conversations.publish(conversationKey(event), event)
      if (event.endsChannel) channelRemovals.publish(REMOVALS, event.channelArn)
    },
    publishToMember: (memberArn: MemberArn, event) => members.publish(memberArn, event),
    publishAppInstanceRemoved: (arn) => removals.publish(REMOVALS, arn),
    subscribeToConversation: (conversation, listener) =>
      conversations.subscribe(conversationKey(conversation), listener),
    subscribeToMember: (memberArn, listener) => members.subscribe(memberArn, listener),
    subscribeToChannelRemovals: (listener) => channelRemovals.subscribe(REMOVALS, listener),
    subscribeToAppInstanceRemovals: (listener) => removals.subscribe(REMOVALS, listener),
    start: async () => {},
    close: async () => {},
  }
}

type Delivery = () => void

/**
 * Keeps the order of publishing when a listener publishes: what it publishes waits until every
 * listener has heard what came before.
 */
class DeliveryQueue {
  #waiting: Delivery[] | undefined

  run(delivery: Delivery): void {
    if (this.#waiting !== undefined) {
      this.#waiting.push(delivery)
      return
    }
    const waiting: Delivery[] = []
    this.#waiting = waiting
    try {
      delivery()
      // The array grows while this runs; it ends, because listeners do not publish forever.
      for (const next of waiting) next()
    } finally {
      this.#waiting = undefined
    }
  }
}

type Listener<Event, Subject> = (event: Event, subject: Subject) => void

class Subjects<Event, Subject extends string = string> {
  readonly #queue: DeliveryQueue
  /**
   * One, as each connected member has, goes without an array. Arrays are replaced, never changed,
   * so that a publish sees one state of them.
   */
  readonly #subscriptions = new Map<
    Subject,
    SubjectSubscription<Event, Subject> | readonly SubjectSubscription<Event, Subject>[]
  >()

  constructor(queue: DeliveryQueue) {
    this.#queue = queue
  }

  publish(subject: Subject, event: Event): void {
    const subscribed = this.#subscriptions.get(subject)
    if (subscribed === undefined) return
    this.#queue.run(() => {
      if (subscribed instanceof SubjectSubscription) subscribed.deliver(event)
      else for (const subscription of subscribed) subscription.deliver(event)
    })
  }

  subscribe(subject: Subject, listener: Listener<Event, Subject>): Subscription {
    const subscription = new SubjectSubscription(this, subject, listener)
    const earlier = this.#subscribed(subject)
    const [first] = earlier
    this.#subscriptions.set(subject, first ? [...earlier, subscription] : subscription)
    return subscription
  }

  remove(subject: Subject, subscription: SubjectSubscription<Event, Subject>): void {
    const remaining = this.#subscribed(subject).filter((other) => other !== subscription)
    const [first] = remaining
    if (first === undefined) this.#subscriptions.delete(subject)
    else this.#subscriptions.set(subject, remaining.length === 1 ? first : remaining)
  }

  #subscribed(subject: Subject): readonly SubjectSubscription<Event, Subject>[] {
    const subscribed = this.#subscriptions.get(subject) ?? []
    return subscribed instanceof SubjectSubscription ? [subscribed] : subscribed
  }
}

/** A class and not a closure: there is one for each connected member. */
class SubjectSubscription<Event, Subject extends string> implements Subscription {
  readonly #subjects: Subjects<Event, Subject>
  readonly #subject: Subject
  #listener: Listener<Event, Subject> | undefined

  constructor(
    subjects: Subjects<Event, Subject>,
    subject: Subject,
    listener: Listener<Event, Subject>,
  ) {
    this.#subjects = subjects
    this.#subject = subject
    this.#listener = listener
  }

  deliver(event: Event): void {
    this.#listener?.(event, this.#subject)
  }

  close(): void {
    if (this.#listener === undefined) return
    this.#listener = undefined
    this.#subjects.remove(this.#subject, this)
  }
}
