// How the outbox looks to its operator. Only what an entry is called by, where it leads and why it
// failed: never what it says.
import { asArnOf } from '../../base/arn.ts'
import type { DeadLetter, DestinationOverview } from '../../domain/outbox.ts'

/** A dead letter on the wire; instants as ISO 8601. */
export function deadLetterDocument(letter: DeadLetter) {
  // The key of entries whose order matters begins with the channel that they are about.
  const [first = ''] = letter.orderingKey.split(' ')
  return {
    entryId: letter.entryId,
    kind: letter.kind,
    target: letter.target,
    channelArn: asArnOf(first, 'channel'),
    createdAt: new Date(letter.createdAt).toISOString(),
    diedAt: new Date(letter.diedAt).toISOString(),
    attemptsCount: letter.attemptsCount,
    failure: letter.failure,
  }
}

/** A destination on the wire. */
export function destinationDocument(destination: DestinationOverview) {
  return {
    kind: destination.kind,
    target: destination.target,
    waitingCount: destination.waitingCount,
    oldestAgeMs: destination.oldestAgeMs,
    isCircuitOpen: destination.isCircuitOpen,
    lastFailure: destination.lastFailure,
  }
}
