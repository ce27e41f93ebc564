// Defaults and changes of channels, and the size of metadata.
import { expect, test } from 'vitest'
import { appInstanceArnOf, arnWithin } from '../base/arn.ts'
import { requireMetadataFits } from './byte-limit.ts'
import {
  changeChannel,
  changeChannelFlow,
  changeExpiration,
  planChannel,
  planFirstMemberships,
  requireElasticQuotas,
} from './channel-rules.ts'
import { BadRequestException, ResourceLimitExceededException } from './errors.ts'
import { awsLimits } from './limits.ts'

const appInstanceArn = appInstanceArnOf({ region: 'us-east-1', accountId: '0' }, 'one')
const ana = { arn: arnWithin(appInstanceArn, 'user', 'ana'), name: 'Ana' }
const bo = { arn: arnWithin(appInstanceArn, 'user', 'bo'), name: 'Bo' }
const plan = {
  arn: arnWithin(appInstanceArn, 'channel', 'lobby'),
  name: 'Lobby',
  createdBy: ana,
  createdAt: 1_000,
}

test('a channel is restricted and private unless its creator says otherwise', () => {
  expect(planChannel(plan)).toMatchObject({ mode: 'RESTRICTED', privacy: 'PRIVATE' })
  const open = { ...plan, mode: 'UNRESTRICTED', privacy: 'PUBLIC' } as const
  expect(planChannel(open)).toEqual({ ...open, lastUpdatedAt: 1_000 })
})

test('an update keeps what it omits and empty metadata, and always moves the stamp ahead', () => {
  const channel = planChannel({ ...plan, metadata: 'm' })
  expect(changeChannel(channel, {}, 2_000)).toEqual({ ...channel, lastUpdatedAt: 2_000 })
  const change = { name: 'Hall', mode: 'UNRESTRICTED', metadata: '' } as const
  expect(changeChannel(channel, change, 500)).toEqual({
    ...channel,
    ...change,
    lastUpdatedAt: 1_001,
  })
})

test('flow and expiration are set and taken away, and nothing else but the stamp changes', () => {
  const channel = planChannel(plan)
  const channelFlowArn = arnWithin(appInstanceArn, 'channel-flow', 'f')
  const expiration = { days: 1, criterion: 'CREATED_TIMESTAMP' } as const
  const flowing = changeChannelFlow(channel, channelFlowArn, 500)
  expect(flowing).toEqual({ ...channel, channelFlowArn, lastUpdatedAt: 1_001 })
  const expiring = changeExpiration(flowing, expiration, 2_000)
  expect(expiring).toEqual({ ...flowing, expiration, lastUpdatedAt: 2_000 })
  const plain = changeChannelFlow(changeExpiration(expiring, undefined, 3_000), undefined, 3_000)
  expect(plain).toEqual({ ...channel, lastUpdatedAt: 3_001 })
})

const elastic = {
  maximumSubChannels: 10,
  targetMembershipsPerSubChannel: 100,
  minimumMembershipPercentage: 40,
}

test('an elastic channel is never UNRESTRICTED', () => {
  const channel = planChannel({ ...plan, elasticChannelConfiguration: elastic })
  expect(channel).toMatchObject({ mode: 'RESTRICTED', elasticChannelConfiguration: elastic })
  const open = { ...plan, elasticChannelConfiguration: elastic, mode: 'UNRESTRICTED' } as const
  expect(() => planChannel(open)).toThrow(BadRequestException)
  expect(() => changeChannel(channel, { mode: 'UNRESTRICTED' }, 2_000)).toThrow(BadRequestException)
  expect(changeChannel(channel, { name: 'Hall' }, 2_000).mode).toBe('RESTRICTED')
})

test('an elastic channel fits the quotas of each and of both together', () => {
  const limits = { ...awsLimits, membershipsPerElasticChannel: 1_000 }
  expect(() => requireElasticQuotas(elastic, limits)).not.toThrow()
  for (const over of [
    { maximumSubChannels: 101, targetMembershipsPerSubChannel: 2 },
    { maximumSubChannels: 2, targetMembershipsPerSubChannel: 1_001 },
    { maximumSubChannels: 11 },
  ]) {
    expect(() => requireElasticQuotas({ ...elastic, ...over }, limits)).toThrow(
      ResourceLimitExceededException,
    )
  }
})

test('first members are DEFAULT and invited by the creator', () => {
  const memberships = planFirstMemberships(planChannel(plan), [ana, bo])
  expect(memberships.map(({ member }) => member)).toEqual([ana, bo])
  expect(memberships[1]).toEqual({
    channelArn: plan.arn,
    member: bo,
    type: 'DEFAULT',
    invitedBy: ana,
    createdAt: 1_000,
    lastUpdatedAt: 1_000,
    subChannelId: '',
    isOfModerator: false,
  })
})

test('metadata of a resource has 1024 bytes of UTF-8 at most', () => {
  expect(() => requireMetadataFits(undefined)).not.toThrow()
  expect(() => requireMetadataFits('é'.repeat(512))).not.toThrow()
  expect(() => requireMetadataFits('é'.repeat(513))).toThrow(
    'Metadata may have at most 1024 bytes in UTF-8, but has 1026',
  )
})
