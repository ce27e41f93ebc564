// Turns what a commit made true into events on the bus, in the order that delivery depends on. Not
// the place that decides which events a change causes: operations do.
import type { EventBus } from '../ports/event-bus.ts'
import type { CommittedEvents } from '../ports/store.ts'

/**
 * Where the store hands committed events over. Whoever joined is known to the gateways before the
 * event that says so, whoever left is forgotten after it: both receive it.
 */
export function createEventPublisher(
  bus: Pick<EventBus, 'publishToChannel' | 'publishToMember' | 'publishAppInstanceRemoved'>,
): CommittedEvents {
  return {
    channelEvent(event) {
      const { channelArn, membershipChanges } = event
      for (const { memberArn, change } of membershipChanges) {
        if (change === 'joined') bus.publishToMember(memberArn, { kind: 'joined', channelArn })
      }
      bus.publishToChannel(event)
      for (const { memberArn, change } of membershipChanges) {
        if (change === 'left') bus.publishToMember(memberArn, { kind: 'left', channelArn })
      }
    },
    memberRemoved: (memberArn) => bus.publishToMember(memberArn, { kind: 'deleted' }),
    appInstanceRemoved: (appInstanceArn) => bus.publishAppInstanceRemoved(appInstanceArn),
  }
}
