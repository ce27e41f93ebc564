// A client's copy of one channel, kept up by events alone. Tests compare it with what the API says:
// state before + events = state after.
import type { SessionEvent } from '../../harness/messaging-session.ts'
import type { Json } from '../kit/answers.ts'
import type { World } from '../kit/world.ts'

export interface ChannelCopy {
  channel: Json | undefined
  /** Names by ARN of the members that are not hidden. */
  members: Record<string, unknown>
  /** Persistent messages as list summaries, oldest first. */
  messages: Json[]
}

/**
 * Reads everything that `ChimeBearer` may see, with instants as ISO text, as events have them; of
 * an elastic channel what is in one sub-channel.
 */
export async function readChannel(
  world: World,
  ChannelArn: string,
  ChimeBearer: string,
  SubChannelId?: string,
): Promise<ChannelCopy> {
  const channel = await world.messaging.describeChannel({ ChannelArn, ChimeBearer })
  const place = SubChannelId === undefined ? {} : { SubChannelId }
  const request = { ChannelArn, ChimeBearer, ...place }
  const members = await world.messaging.listChannelMemberships(request)
  const messages = []
  let NextToken: string | undefined
  do {
    const page = await world.messaging.listChannelMessages({
      ...request,
      SortOrder: 'ASCENDING',
      NextToken,
    })
    messages.push(...page.ChannelMessages!)
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  return plain({
    channel: channel.Channel,
    members: Object.fromEntries(
      members.ChannelMemberships!.map(({ Member }) => [Member!.Arn, Member!.Name]),
    ),
    messages,
  }) as ChannelCopy
}

/** What a client makes of one event. */
export function applyEvent(copy: ChannelCopy, event: SessionEvent): void {
  const payload = event.payload as Json
  switch (event.type) {
    case 'CREATE_CHANNEL_MESSAGE':
      if (payload['Persistence'] !== 'PERSISTENT') return
      copy.messages.push(summaryOf(payload))
      copy.channel!['LastMessageTimestamp'] = payload['CreatedTimestamp']
      return
    case 'UPDATE_CHANNEL_MESSAGE':
    case 'REDACT_CHANNEL_MESSAGE':
      copy.messages = copy.messages.map((message) =>
        message['MessageId'] === payload['MessageId'] ? summaryOf(payload) : message,
      )
      return
    case 'DELETE_CHANNEL_MESSAGE':
      copy.messages = copy.messages.filter(
        (message) => message['MessageId'] !== payload['MessageId'],
      )
      return
    case 'UPDATE_CHANNEL':
      copy.channel = withNewestMessage(payload, copy.channel)
      return
    case 'CREATE_CHANNEL_MEMBERSHIP':
      if (payload['Type'] === 'DEFAULT') enter(copy, payload['Member'] as Json)
      return
    case 'BATCH_CREATE_CHANNEL_MEMBERSHIP':
      if (payload['Type'] !== 'DEFAULT') return
      for (const member of payload['Members'] as Json[]) enter(copy, member)
      return
    case 'DELETE_CHANNEL_MEMBERSHIP':
      delete copy.members[(payload['Member'] as Json)['Arn'] as string]
      return
    case 'DELETE_CHANNEL':
      copy.channel = undefined
      return
    default:
      throw new Error(`a client does not know ${event.type}`)
  }
}

/**
 * An update that ran beside a send may carry the time of the message before it, though it comes
 * after the message's own event: docs/departures.json. Times of messages only move ahead.
 */
function withNewestMessage(updated: Json, before: Json | undefined): Json {
  const times = [updated, before].flatMap((channel) => channel?.['LastMessageTimestamp'] ?? [])
  const newest = times.map(String).toSorted().at(-1)
  return newest === undefined ? updated : { ...updated, LastMessageTimestamp: newest }
}

function enter(copy: ChannelCopy, member: Json): void {
  copy.members[member['Arn'] as string] = member['Name']
}

function summaryOf(payload: Json): Json {
  const {
    ChannelArn: _channelArn,
    SubChannelId: _subChannelId,
    Persistence: _persistence,
    ...summary
  } = payload
  return summary
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown
}
