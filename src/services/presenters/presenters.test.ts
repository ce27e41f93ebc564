// What clients read: which members are there, which are absent, and how instants look.
import { expect, test } from 'vitest'
import { appInstanceArnOf, arnWithin } from '../../base/arn.ts'
import { redactMessage } from '../../domain/channel-message-rules.ts'
import type { ChannelMessage, MessageId } from '../../domain/channel-message.ts'
import { planChannel, planFirstMemberships } from '../../domain/channel-rules.ts'
import { presentChannel, presentMembership, presentMembershipBatch } from './channel-presenters.ts'
import {
  presentDeletedMessage,
  presentMessage,
  presentMessageSummary,
} from './message-presenters.ts'

const appInstanceArn = appInstanceArnOf({ region: 'us-east-1', accountId: '0' }, 'one')
const channelArn = arnWithin(appInstanceArn, 'channel', 'lobby')
const ana = { arn: arnWithin(appInstanceArn, 'user', 'ana'), name: 'Ana' }
const channel = planChannel({ arn: channelArn, name: 'Lobby', createdBy: ana, createdAt: 1_000 })
const instant = '1970-01-01T00:00:01.000Z'

const message: ChannelMessage = {
  channelArn,
  subChannelId: '',
  messageId: '9c1d' as MessageId,
  sender: ana,
  type: 'STANDARD',
  persistence: 'PERSISTENT',
  content: 'Lunch?',
  metadata: '{"mood":"hungry"}',
  messageAttributes: { topic: ['food', 'today'] },
  createdAt: 1_000,
  lastUpdatedAt: 1_000,
  redacted: false,
  status: 'SENT',
}

/** As a client reads an event's payload. */
function onTheWire(presented: object): unknown {
  return JSON.parse(JSON.stringify(presented))
}

test('a message has its sender and status always, and no member that is absent', () => {
  expect(onTheWire(presentMessage(message))).toEqual({
    ChannelArn: channelArn,
    MessageId: '9c1d',
    Content: 'Lunch?',
    Metadata: '{"mood":"hungry"}',
    Type: 'STANDARD',
    Persistence: 'PERSISTENT',
    CreatedTimestamp: instant,
    LastUpdatedTimestamp: instant,
    Sender: { Arn: ana.arn, Name: 'Ana' },
    Redacted: false,
    Status: { Value: 'SENT' },
    MessageAttributes: { topic: { StringValues: ['food', 'today'] } },
  })
  const edited = { ...message, lastEditedAt: 1_000, target: ana.arn, contentType: 'text/plain' }
  expect(onTheWire(presentMessage(edited))).toMatchObject({
    LastEditedTimestamp: instant,
    Target: [{ MemberArn: ana.arn }],
    ContentType: 'text/plain',
  })
})

test('a summary of a message does not say where it is', () => {
  const summary = onTheWire(presentMessageSummary(message))
  expect(summary).not.toHaveProperty('ChannelArn')
  expect(summary).toMatchObject({ Sender: { Name: 'Ana' }, Status: { Value: 'SENT' } })
})

test('redacted and deleted messages say who and when, but no longer what', () => {
  const rest = {
    ChannelArn: channelArn,
    MessageId: '9c1d',
    Type: 'STANDARD',
    Persistence: 'PERSISTENT',
    CreatedTimestamp: instant,
    LastUpdatedTimestamp: '1970-01-01T00:00:02.000Z',
    Sender: { Arn: ana.arn, Name: 'Ana' },
    Status: { Value: 'SENT' },
  }
  const redacted = redactMessage(message, 2_000) ?? message
  expect(onTheWire(presentMessage(redacted))).toEqual({ ...rest, Redacted: true })
  expect(onTheWire(presentDeletedMessage(message, 2_000))).toEqual({ ...rest, Redacted: false })
})

test('an attribute may have any name', () => {
  const messageAttributes = JSON.parse('{"__proto__":["x"]}') as Record<string, string[]>
  const presented = presentMessage({ ...message, messageAttributes })
  expect(JSON.stringify(presented.MessageAttributes)).toBe('{"__proto__":{"StringValues":["x"]}}')
})

test('a channel is complete, and tells of its last message only when there is one', () => {
  const presented = {
    ChannelArn: channelArn,
    Name: 'Lobby',
    Mode: 'RESTRICTED',
    Privacy: 'PRIVATE',
    CreatedBy: { Arn: ana.arn, Name: 'Ana' },
    CreatedTimestamp: instant,
    LastUpdatedTimestamp: instant,
  }
  expect(onTheWire(presentChannel({ channel }))).toEqual(presented)
  expect(onTheWire(presentChannel({ channel, lastMessageAt: 1_000 }))).toEqual({
    ...presented,
    LastMessageTimestamp: instant,
  })
})

test('a membership shows member and inviter, a batch no instants', () => {
  const [membership] = planFirstMemberships(channel, [ana])
  const who = { Arn: ana.arn, Name: 'Ana' }
  expect(onTheWire(presentMembership(membership!))).toEqual({
    ChannelArn: channelArn,
    Member: who,
    Type: 'DEFAULT',
    InvitedBy: who,
    CreatedTimestamp: instant,
    LastUpdatedTimestamp: instant,
  })
  expect(onTheWire(presentMembershipBatch(membership!, [ana]))).toEqual({
    ChannelArn: channelArn,
    Type: 'DEFAULT',
    InvitedBy: who,
    Members: [who],
  })
  const placed = { ...membership!, subChannelId: 'sc-1' }
  expect(onTheWire(presentMembership(placed))).toMatchObject({ SubChannelId: 'sc-1' })
  expect(onTheWire(presentMembershipBatch(placed, [ana]))).toMatchObject({ SubChannelId: 'sc-1' })
})
