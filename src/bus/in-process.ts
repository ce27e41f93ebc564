// The event bus of a server that runs as one process: calls listeners directly. Nothing is lost
// between publisher and listener, so there is nothing to report to the gateway.
import type { AppInstanceArn, MemberArn } from '../base/arn.ts'
import type { ChannelEvent } from '../domain/channel-event.ts'
import { conversationKey } from '../ports/conversation-reference.ts'
import type { EventBus, MemberEvent, Subscription } from '../ports/event-bus.ts'

/** The one subject of all removals of app instances. */
const REMOVALS = 'app-instances'

/** An event bus whose listeners have been called when the outermost publish returns. */
export function createInProcessBus(): EventBus {
  const queue = new DeliveryQueue()
  const conversations = new Subjects<ChannelEvent>(queue)
  const members = new Subjects<MemberEvent>(queue)
  const removals = new Subjects<AppInstanceArn>(queue)
  return {
    publishToConversation: (event) => conversations.publish(conversationKey(event), event),
    publishToMember: (memberArn: MemberArn, event) => members.publish(memberArn, event),
    publishAppInstanceRemoved: (arn) => removals.publish(REMOVALS, arn),
    subscribeToConversation: (conversation, listener) =>
      conversations.subscribe(conversationKey(conversation), listener),
    subscribeToMember: (memberArn, listener) => members.subscribe(memberArn, listener),
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

class Subjects<Event> {
  readonly #queue: DeliveryQueue
  /** Arrays are replaced, never changed, so that a publish sees one state of them. */
  readonly #subscriptions = new Map<string, readonly SubjectSubscription<Event>[]>()

  constructor(queue: DeliveryQueue) {
    this.#queue = queue
  }

  publish(subject: string, event: Event): void {
    const subscribed = this.#subscriptions.get(subject)
    if (subscribed === undefined) return
    this.#queue.run(() => {
      for (const subscription of subscribed) subscription.deliver(event)
    })
  }

  subscribe(subject: string, listener: (event: Event) => void): Subscription {
    const subscription = new SubjectSubscription(this, subject, listener)
    const earlier = this.#subscriptions.get(subject)
    this.#subscriptions.set(subject, earlier ? [...earlier, subscription] : [subscription])
    return subscription
  }

  remove(subject: string, subscription: SubjectSubscription<Event>): void {
    const remaining = this.#subscriptions.get(subject)?.filter((other) => other !== subscription)
    if (remaining === undefined || remaining.length === 0) this.#subscriptions.delete(subject)
    else this.#subscriptions.set(subject, remaining)
  }
}

/** A class and not a closure: there is one for each connected member. */
class SubjectSubscription<Event> implements Subscription {
  readonly #subjects: Subjects<Event>
  readonly #subject: string
  #listener: ((event: Event) => void) | undefined

  constructor(subjects: Subjects<Event>, subject: string, listener: (event: Event) => void) {
    this.#subjects = subjects
    this.#subject = subject
    this.#listener = listener
  }

  deliver(event: Event): void {
    this.#listener?.(event)
  }

  close(): void {
    if (this.#listener === undefined) return
    this.#listener = undefined
    this.#subjects.remove(this.#subject, this)
  }
}
