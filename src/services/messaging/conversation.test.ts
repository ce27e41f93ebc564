// The conversation that a request names, as far as it can be told without the store.
import { describe, expect, test } from 'vitest'
import { appInstanceArnOf, arnWithin } from '../../base/arn.ts'
import type { ChannelAccess, ChannelRelation } from '../../domain/channel.ts'
import { BadRequestException, ForbiddenException } from '../../domain/errors.ts'
import { ownConversationIn } from './conversation.ts'

const appInstanceArn = appInstanceArnOf({ region: 'us-east-1', accountId: '0' }, 'one')
const channelArn = arnWithin(appInstanceArn, 'channel', 'lobby')
const ana = { arn: arnWithin(appInstanceArn, 'user', 'ana'), name: 'Ana' }

function accessOf(relation: Partial<ChannelRelation>, isElastic: boolean): ChannelAccess {
  const elasticChannelConfiguration = {
    maximumSubChannels: 2,
    targetMembershipsPerSubChannel: 2,
    minimumMembershipPercentage: 40,
  }
  return {
    channel: {
      arn: channelArn,
      name: 'Lobby',
      mode: 'RESTRICTED',
      privacy: 'PRIVATE',
      createdBy: ana,
      createdAt: 1,
      lastUpdatedAt: 1,
      elasticChannelConfiguration: isElastic ? elasticChannelConfiguration : undefined,
    },
    caller: {
      arn: ana.arn,
      isAdmin: false,
      isModerator: false,
      isBanned: false,
      subChannelIds: [],
      ...relation,
    },
  }
}

const member = { membershipType: 'DEFAULT' } as const

describe('a channel that is not elastic', () => {
  test('is one conversation; an empty id counts as none', () => {
    const access = accessOf(member, false)
    for (const subChannelId of [undefined, '']) {
      expect(ownConversationIn(access, subChannelId)).toEqual({ channelArn, subChannelId: '' })
    }
  })

  test('has no sub-channel, as those are told who may know of it', () => {
    expect(() => ownConversationIn(accessOf(member, false), 's1')).toThrow(BadRequestException)
    expect(() => ownConversationIn(accessOf({}, false), 's1')).toThrow(ForbiddenException)
  })
})

describe('an elastic channel', () => {
  test('needs an id, as those are told who may know of it', () => {
    for (const subChannelId of [undefined, '']) {
      const named = (relation: Partial<ChannelRelation>) => () =>
        ownConversationIn(accessOf(relation, true), subChannelId)
      expect(named({ ...member, subChannelIds: ['s1'] })).toThrow(BadRequestException)
      expect(named({ isAdmin: true })).toThrow(BadRequestException)
      expect(named({})).toThrow(ForbiddenException)
    }
  })

  test('has conversations of those who are in them, whatever role others have', () => {
    const inTwo = { ...member, isModerator: true, subChannelIds: ['s1', 's2'] }
    const own = ownConversationIn(accessOf(inTwo, true), 's2')
    expect(own).toEqual({ channelArn, subChannelId: 's2' })
    for (const relation of [inTwo, { ...inTwo, isAdmin: true }, { isAdmin: true }, member, {}]) {
      expect(() => ownConversationIn(accessOf(relation, true), 's3')).toThrow(ForbiddenException)
    }
  })
})
