// How the outbox looks to its operator. Only what an entry is called by, where it leads and why it
// failed: never what it says.
import { asArnOf } from '../../base/arn.ts'
import type { DeadLetter, DestinationOverview } from '../../domain/outbox.ts'

/** A dead letter on the wire; instants as ISO 8601. */
export function deadLetterDocument(letter: DeadLetter) {
  // The key of entries whose order matters begins with the channel that they are about.
  const [first = ''] = letter.orderingKey.split(' ')
  return {
    EntryId: letter.entryId,
    Kind: letter.kind,
    Target: letter.target,
    ChannelArn: asArnOf(first, 'channel'),
    CreatedAt: new Date(letter.createdAt).toISOString(),
    DiedAt: new Date(letter.diedAt).toISOString(),
    AttemptsCount: letter.attemptsCount,
    Failure: letter.failure,
  }
}

/** A destination on the wire. */
export function destinationDocument(destination: DestinationOverview) {
  return {
    Kind: destination.kind,
    Target: destination.target,
    WaitingCount: destination.waitingCount,
    OldestAgeMs: destination.oldestAgeMs,
    IsCircuitOpen: destination.isCircuitOpen,
    LastFailure: destination.lastFailure,
  }
}
