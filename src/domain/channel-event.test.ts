// Who receives which event, and when members join and leave with it.
import { describe, expect, test } from 'vitest'
import { appInstanceArnOf, arnWithin } from '../base/arn.ts'
import {
  channelEvent,
  channelMessageEvent,
  jointMembershipEvents,
  membershipEndedEvent,
  membershipEvent,
  transferEvent,
} from './channel-event.ts'
import type { ChannelMessage, MessageId } from './channel-message.ts'
import type { ChannelMembership } from './channel.ts'
import { planChannel, planFirstMemberships } from './channel-rules.ts'

const appInstanceArn = appInstanceArnOf({ region: 'us-east-1', accountId: '0' }, 'one')
const channelArn = arnWithin(appInstanceArn, 'channel', 'lobby')
const ana = { arn: arnWithin(appInstanceArn, 'user', 'ana'), name: 'Ana' }
const bo = { arn: arnWithin(appInstanceArn, 'user', 'bo'), name: 'Bo' }
const cy = { arn: arnWithin(appInstanceArn, 'user', 'cy'), name: 'Cy' }

describe('channelMessageEvent', () => {
  const message: ChannelMessage = {
    channelArn,
    subChannelId: '',
    messageId: 'one' as MessageId,
    sender: ana,
    type: 'CONTROL',
    persistence: 'PERSISTENT',
    createdAt: 1,
    lastUpdatedAt: 1,
    redacted: false,
    status: 'SENT',
  }

  test('goes to all members and carries the type of the message', () => {
    const event = channelMessageEvent('CREATE_CHANNEL_MESSAGE', message, {})
    expect(event).toMatchObject({ audience: 'members', messageType: 'CONTROL', endsChannel: false })
    expect(event.membershipChanges).toEqual([])
  })

  test('of a targeted message goes to sender and target only', () => {
    const targeted = { ...message, target: bo.arn }
    const event = channelMessageEvent('DELETE_CHANNEL_MESSAGE', targeted, {})
    expect(event.audience).toEqual(new Set([ana.arn, bo.arn]))
  })
})

describe('membershipEvent', () => {
  const plan = {
    channelArn,
    subChannelId: '',
    membershipChanges: [{ memberArn: bo.arn, change: 'left' as const, subChannelId: '' }],
    moderatorMemberArns: [ana.arn],
  }

  test('of a DEFAULT member goes to all, who left included', () => {
    const event = membershipEvent(
      'DELETE_CHANNEL_MEMBERSHIP',
      { ...plan, membershipType: 'DEFAULT' },
      {},
    )
    expect(event).toMatchObject({ audience: 'members', messageType: 'SYSTEM' })
    expect(event.membershipChanges).toEqual(plan.membershipChanges)
  })

  test('of a HIDDEN member goes to it and the moderators among the members', () => {
    const event = membershipEvent(
      'DELETE_CHANNEL_MEMBERSHIP',
      { ...plan, membershipType: 'HIDDEN' },
      {},
    )
    expect(event.audience).toEqual(new Set([bo.arn, ana.arn]))
  })
})

test('first members all join with the first of their events', () => {
  const plan = { arn: channelArn, name: 'Lobby', createdBy: ana, createdAt: 1 }
  const memberships = planFirstMemberships(planChannel(plan), [ana, bo, cy])
  const events = jointMembershipEvents(memberships, ({ member }) => member)
  expect(events.map((event) => event.payload)).toEqual([ana, bo, cy])
  expect(events.map((event) => event.membershipChanges.map((change) => change.memberArn))).toEqual([
    [ana.arn, bo.arn, cy.arn],
    [],
    [],
  ])
})

describe('of an elastic channel', () => {
  const membership: ChannelMembership = {
    channelArn,
    subChannelId: 'two',
    member: bo,
    type: 'DEFAULT',
    isOfModerator: false,
    invitedBy: ana,
    createdAt: 1,
    lastUpdatedAt: 2,
  }

  test('the members of one sub-channel hear who joins it, and join it with the first event', () => {
    const memberships = [bo, cy].map((member) => ({ ...membership, member }))
    const events = jointMembershipEvents(memberships, ({ member }) => member)
    expect(events.map(({ subChannelId }) => subChannelId)).toEqual(['two', 'two'])
    expect(events.map(({ membershipChanges }) => membershipChanges)).toEqual([
      [bo, cy].map(({ arn }) => ({ memberArn: arn, change: 'joined', subChannelId: 'two' })),
      [],
    ])
  })

  test('the members of one sub-channel hear who leaves it, and why', () => {
    expect(membershipEndedEvent(membership, {})).toMatchObject({
      type: 'DELETE_CHANNEL_MEMBERSHIP',
      subChannelId: 'two',
      audience: 'members',
      membershipChanges: [{ memberArn: bo.arn, change: 'left', subChannelId: 'two' }],
      reason: undefined,
    })
    const reason = 'subchannel_DELETED'
    expect(membershipEndedEvent(membership, {}, { reason })).toMatchObject({ reason })
  })

  test('only the one that is moved hears of it, and from then on what its new sub-channel hears', () => {
    expect(transferEvent(membership, 'one', {})).toMatchObject({
      type: 'UPDATE_CHANNEL_MEMBERSHIP',
      messageType: 'SYSTEM',
      subChannelId: 'two',
      audience: new Set([bo.arn]),
      membershipChanges: [
        { memberArn: bo.arn, change: 'joined', subChannelId: 'two' },
        { memberArn: bo.arn, change: 'left', subChannelId: 'one' },
      ],
    })
  })
})

test('a hidden member that ends is told to moderators among the members, and to itself', () => {
  const [membership] = planFirstMemberships(
    planChannel({ arn: channelArn, name: 'Lobby', createdBy: ana, createdAt: 1 }),
    [bo],
  )
  if (membership === undefined) throw new Error('one member, one membership')
  const hidden = { ...membership, type: 'HIDDEN' as const }
  const event = membershipEndedEvent(hidden, {}, { moderatorMemberArns: [ana.arn] })
  expect(event.audience).toEqual(new Set([bo.arn, ana.arn]))
})

test('only the end of a channel ends it', () => {
  expect(channelEvent('UPDATE_CHANNEL', channelArn, {}).endsChannel).toBe(false)
  expect(channelEvent('DELETE_CHANNEL', channelArn, {})).toMatchObject({
    endsChannel: true,
    audience: 'members',
    messageType: 'SYSTEM',
  })
})
