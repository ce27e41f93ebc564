// Which events become records, for which streams, and what the records say.
import { expect, test } from 'vitest'
import { appInstanceArnOf, arnWithin } from '../../base/arn.ts'
import {
  channelEvent,
  membershipEvent,
  streamEvent,
  transferEvent,
  type ChannelEvent,
  type ChannelEventType,
} from '../../domain/channel-event.ts'
import type { StreamingConfiguration } from '../../domain/identity.ts'
import { createOutboundMapping } from '../../domain/outbound-mapping.ts'
import type { OutboxDraft } from '../../domain/outbox.ts'
import type { StoreTransaction } from '../../ports/store.ts'
import { routeToStreams } from './stream-routing.ts'

const scope = { region: 'us-east-1', accountId: '1' }
const appInstanceArn = appInstanceArnOf(scope, 'app')
const channelArn = arnWithin(appInstanceArn, 'channel', 'lobby')
const ana = arnWithin(appInstanceArn, 'user', 'ana')
const arnOf = (name: string) => `arn:aws:kinesis:us-east-1:1:stream/chime-messaging-${name}`
const mapping = createOutboundMapping({
  processors: {},
  streams: { [arnOf('changes')]: { kind: 'kinesis' }, [arnOf('messages')]: { kind: 'kinesis' } },
  push: {},
  bots: {},
})
const both: readonly StreamingConfiguration[] = [
  { dataType: 'Channel', resourceArn: arnOf('changes') },
  { dataType: 'ChannelMessage', resourceArn: arnOf('messages') },
]

function routed(event: ChannelEvent, streams = both): readonly OutboxDraft[] {
  const drafts: OutboxDraft[] = []
  const outbox = { append: (draft: OutboxDraft) => void drafts.push(draft) }
  // It asks for nothing else of a transaction.
  const tx = { outbox } as unknown as StoreTransaction
  expect(routeToStreams(tx, event, { streams, bots: [] }, mapping)).toBeUndefined()
  return drafts
}
const keyOf = (event: ChannelEvent) => routed(event)[0]?.orderingKey
const eventOf = (type: ChannelEventType): ChannelEvent => ({
  ...channelEvent('UPDATE_CHANNEL', channelArn, {}),
  type,
})

test('each type of event goes to the streams of its kind, or to none', () => {
  const types: Readonly<Record<ChannelEventType, string | undefined>> = {
    CREATE_CHANNEL_MESSAGE: 'messages',
    UPDATE_CHANNEL_MESSAGE: 'messages',
    REDACT_CHANNEL_MESSAGE: 'messages',
    DELETE_CHANNEL_MESSAGE: 'messages',
    PENDING_CREATE_CHANNEL_MESSAGE: undefined,
    PENDING_UPDATE_CHANNEL_MESSAGE: undefined,
    FAILED_CREATE_CHANNEL_MESSAGE: undefined,
    FAILED_UPDATE_CHANNEL_MESSAGE: undefined,
    DENIED_CREATE_CHANNEL_MESSAGE: undefined,
    DENIED_UPDATE_CHANNEL_MESSAGE: undefined,
    CREATE_CHANNEL: 'changes',
    UPDATE_CHANNEL: 'changes',
    UPDATE_CHANNEL_EXPIRATION_SETTINGS: 'changes',
    DELETE_CHANNEL: 'changes',
    CREATE_CHANNEL_MEMBERSHIP: 'changes',
    BATCH_CREATE_CHANNEL_MEMBERSHIP: undefined,
    UPDATE_CHANNEL_MEMBERSHIP: 'changes',
    DELETE_CHANNEL_MEMBERSHIP: 'changes',
    CREATE_CHANNEL_BAN: 'changes',
    DELETE_CHANNEL_BAN: 'changes',
    CREATE_CHANNEL_MODERATOR: 'changes',
    DELETE_CHANNEL_MODERATOR: 'changes',
    CREATE_SUB_CHANNEL: 'changes',
    DELETE_SUB_CHANNEL: 'changes',
  }
  for (const [type, name] of Object.entries(types)) {
    const targets = routed(eventOf(type as ChannelEventType)).map(({ target }) => target)
    expect([type, targets]).toEqual([type, name === undefined ? [] : [arnOf(name)]])
  }
})

test('a record has the payload as an object, instants as ISO text and nothing absent', () => {
  const payload = { Name: 'Lobby', Metadata: undefined, CreatedTimestamp: new Date(1_000) }
  expect(routed(streamEvent('CREATE_CHANNEL', { channelArn }, payload))).toEqual([
    {
      kind: 'stream',
      target: arnOf('changes'),
      orderingKey: channelArn,
      content: {
        record:
          '{"EventType":"CREATE_CHANNEL","Payload":' +
          '{"Name":"Lobby","CreatedTimestamp":"1970-01-01T00:00:01.000Z"}}',
      },
    },
  ])
})

test('what only streams may see is in the record alone', () => {
  const event = channelEvent('UPDATE_CHANNEL', channelArn, { Name: 'A' }, { Name: 'A', All: true })
  expect(event.payload).toEqual({ Name: 'A' })
  expect(JSON.parse((routed(event)[0]!.content as { record: string }).record)).toEqual({
    EventType: 'UPDATE_CHANNEL',
    Payload: { Name: 'A', All: true },
  })
})

test('one stream may take both kinds, and a stream that is mapped nowhere gets nothing', () => {
  const one = both.map(({ dataType }) => ({ dataType, resourceArn: arnOf('messages') }))
  expect(routed(eventOf('UPDATE_CHANNEL'), one)).toHaveLength(1)
  expect(routed(eventOf('CREATE_CHANNEL_MESSAGE'), one)).toHaveLength(1)
  const nowhere = both.map(({ dataType }) => ({ dataType, resourceArn: arnOf('nowhere') }))
  expect(routed(eventOf('UPDATE_CHANNEL'), nowhere)).toEqual([])
  expect(routed(eventOf('UPDATE_CHANNEL'), [])).toEqual([])
})

test('events that not everybody hears of are streamed all the same', () => {
  const hidden = membershipEvent(
    'CREATE_CHANNEL_MEMBERSHIP',
    {
      channelArn,
      subChannelId: '',
      membershipType: 'HIDDEN',
      membershipChanges: [{ memberArn: ana, change: 'joined', subChannelId: '' }],
      moderatorMemberArns: [],
    },
    {},
  )
  const member = { arn: ana, name: 'Ana' }
  const stamps = { createdAt: 1, lastUpdatedAt: 1 }
  const moved = { channelArn, member, invitedBy: member, subChannelId: 'two', ...stamps } as const
  const transfer = transferEvent({ ...moved, type: 'DEFAULT', isOfModerator: false }, 'one', {})
  for (const event of [hidden, transfer]) expect(routed(event)).toHaveLength(1)
})

test('messages have one order in each sub-channel, and everything else in each channel', () => {
  const inSubChannel = { subChannelId: 'two' }
  expect(keyOf({ ...eventOf('CREATE_CHANNEL_MESSAGE'), ...inSubChannel })).toBe(`${channelArn} two`)
  expect(keyOf({ ...eventOf('CREATE_CHANNEL_MEMBERSHIP'), ...inSubChannel })).toBe(channelArn)
  expect(keyOf({ ...eventOf('CREATE_SUB_CHANNEL'), ...inSubChannel })).toBe(channelArn)
  expect(keyOf(eventOf('CREATE_CHANNEL_MESSAGE'))).toBe(channelArn)
})
