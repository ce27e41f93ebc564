// Turns what a commit made true into events on the bus, in the order that delivery depends on. Not
// the place that decides which events a change causes: operations do.
import type { EventBus } from '../ports/event-bus.ts'
import type { OutboxSignal } from '../ports/outbound.ts'
import type { CommittedEvents } from '../ports/store.ts'

/**
 * Where the store hands committed events over. Whoever joined is known to the gateways before the
 * event that says so, whoever left is forgotten after it: both receive it.
 */
export function createEventPublisher(
  bus: Pick<EventBus, 'publishToConversation' | 'publishToMember' | 'publishAppInstanceRemoved'>,
  outbox: OutboxSignal,
): CommittedEvents {
  return {
    channelEvent(event) {
      const { channelArn, membershipChanges } = event
      const tell = (kind: 'joined' | 'left') => {
        for (const { memberArn, change, subChannelId } of membershipChanges) {
          if (change === kind) bus.publishToMember(memberArn, { kind, channelArn, subChannelId })
        }
      }
      tell('joined')
      bus.publishToConversation(event)
      tell('left')
    },
    memberRemoved: (memberArn) => bus.publishToMember(memberArn, { kind: 'deleted' }),
    appInstanceRemoved: (appInstanceArn) => bus.publishAppInstanceRemoved(appInstanceArn),
    outboxAppended: (destination, isRevived) => outbox.appended(destination, isRevived),
  }
}
