// The chapter of the core scenario about elastic channels: members are placed, talk in their
// sub-channel, and leave.
import { expect } from 'vitest'
import type { Input } from './core-client.ts'
import { at, HARD_TEXT, listAt, refused, textAt, type Chapter } from './core-scenario.ts'

const CONFIGURATION = {
  MaximumSubChannels: 2,
  TargetMembershipsPerSubChannel: 2,
  MinimumMembershipPercentage: 40,
}

export const elasticChannel: Chapter = async ({ client, app, ana, bo, cy }) => {
  const created = await client.call('messaging', 'CreateChannel', {
    AppInstanceArn: app,
    Name: 'Stadium',
    Privacy: 'PUBLIC',
    ElasticChannelConfiguration: CONFIGURATION,
    ChimeBearer: ana,
  })
  const ChannelArn = textAt(created, 'ChannelArn')
  const messaging = (operation: string, ChimeBearer: string, input: Input = {}) =>
    client.call('messaging', operation, { ChannelArn, ChimeBearer, ...input })
  const subChannels = async () => listAt(await messaging('ListSubChannels', ana), 'SubChannels')
  const described = await messaging('DescribeChannel', ana)
  expect(at(described, 'Channel.ElasticChannelConfiguration')).toEqual(CONFIGURATION)
  expect(await subChannels()).toEqual([])

  // One joins by itself, one is added.
  const joined = await messaging('CreateChannelMembership', bo, { MemberArn: bo, Type: 'DEFAULT' })
  const SubChannelId = textAt(joined, 'SubChannelId')
  const batch = await messaging('BatchCreateChannelMembership', ana, { MemberArns: [cy] })
  expect(batch['Errors'] ?? []).toEqual([])
  expect(at(batch, 'BatchChannelMemberships.SubChannelId')).toBe(SubChannelId)
  expect(await subChannels()).toEqual([{ SubChannelId, MembershipCount: 2 }])
  const listed = await messaging('ListChannelMemberships', bo, { SubChannelId })
  const arns = listAt(listed, 'ChannelMemberships').map((item) => at(item, 'Member.Arn'))
  expect(arns).toEqual([bo, cy])
  const own = await messaging('DescribeChannelMembership', cy, { SubChannelId, MemberArn: cy })
  expect(at(own, 'ChannelMembership.SubChannelId')).toBe(SubChannelId)

  const message = { Content: HARD_TEXT, Type: 'STANDARD', Persistence: 'PERSISTENT' }
  const sent = await messaging('SendChannelMessage', bo, { ...message, SubChannelId })
  expect(sent['SubChannelId']).toBe(SubChannelId)
  const messages = await messaging('ListChannelMessages', cy, { SubChannelId })
  expect(messages['SubChannelId']).toBe(SubChannelId)
  expect(listAt(messages, 'ChannelMessages').map((item) => item['Content'])).toEqual([HARD_TEXT])
  const unplaced = messaging('SendChannelMessage', bo, message)
  expect(await refused(unplaced)).toBe('BadRequestException')
  const elsewhere = messaging('SendChannelMessage', bo, { ...message, SubChannelId: 'elsewhere' })
  expect(await refused(elsewhere)).toBe('ForbiddenException')

  await messaging('DeleteChannelMembership', cy, { MemberArn: cy })
  expect(await subChannels()).toEqual([{ SubChannelId, MembershipCount: 1 }])
  await messaging('DeleteChannel', ana)
  expect(await refused(messaging('ListSubChannels', ana))).toBe('ForbiddenException')
}
