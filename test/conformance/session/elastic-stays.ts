// What one session of an elastic channel says of its member: where it was, from when to when, and
// which messages it heard there. Throws for a message of a sub-channel that the member was not in.
import type { SessionEvent, TestSession } from '../../harness/messaging-session.ts'

/** One time in one sub-channel. */
export interface Stay {
  readonly subChannelId: string
  /** Of the messages heard, in order. */
  readonly messageIds: string[]
  /** What ended it. */
  endedBy?: string
}

/** The stays of `memberArn` in the channel, which began in `places`. */
export function staysOf(
  memberArn: string,
  places: readonly string[],
  events: readonly SessionEvent[],
): Stay[] {
  const stays: Stay[] = places.map((subChannelId) => ({ subChannelId, messageIds: [] }))
  for (const event of events) follow(memberArn, stays, event)
  return stays
}

/** Where the session's member is as far as that has been told, and it is in one place at most. */
export function placeToldOf(memberArn: string, session: TestSession, first?: string) {
  const told = session.events.filter(({ payload }) => isOf(memberArn, payload)).at(-1)
  if (told === undefined) return first
  return told.type === 'DELETE_CHANNEL_MEMBERSHIP'
    ? undefined
    : String(told.payload?.['SubChannelId'])
}

function follow(memberArn: string, stays: Stay[], { type, payload, headers }: SessionEvent): void {
  const subChannelId = payload?.['SubChannelId']
  const staying = (place: unknown) =>
    stays.find((stay) => stay.subChannelId === place && stay.endedBy === undefined)
  const here = staying(subChannelId)
  const seen = () => `${memberArn} in ${JSON.stringify(stays)}`
  if (type === 'CREATE_CHANNEL_MESSAGE') {
    if (here === undefined) throw new Error(`a message of ${String(subChannelId)} for ${seen()}`)
    here.messageIds.push(String(payload?.['MessageId']))
    return
  }
  if (!type.endsWith('_CHANNEL_MEMBERSHIP')) return
  if (!isOf(memberArn, payload)) {
    if (here === undefined) throw new Error(`${type} of ${String(subChannelId)} for ${seen()}`)
    if (type.startsWith('UPDATE')) throw new Error(`another's ${type} for ${seen()}`)
    return
  }
  if (type.startsWith('DELETE')) {
    if (here === undefined) throw new Error(`${type} of ${String(subChannelId)} for ${seen()}`)
    here.endedBy = headers['x-amz-chime-event-reason'] ?? type
    return
  }
  if (here !== undefined) throw new Error(`${type} to where it is: ${seen()}`)
  if (type.startsWith('UPDATE')) {
    const [from, ...others] = stays.filter(({ endedBy }) => endedBy === undefined)
    if (from === undefined || others.length > 0) throw new Error(`${type} of ${seen()}`)
    from.endedBy = type
  }
  stays.push({ subChannelId: String(subChannelId), messageIds: [] })
}

function isOf(memberArn: string, payload: SessionEvent['payload']): boolean {
  const member = payload?.['Member'] as { Arn?: string } | undefined
  return member?.Arn === memberArn
}
