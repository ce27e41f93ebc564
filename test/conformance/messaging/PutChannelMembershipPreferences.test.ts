// Conformance of PutChannelMembershipPreferences.
import { expect } from 'vitest'
import type { PushNotificationPreferences } from '@aws-sdk/client-chime-sdk-messaging'
import { fails, failsNaming, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { ELASTIC } from '../kit/matrix-stage.ts'
import { arnPathCases, bearerCases, bodyCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('PutChannelMembershipPreferences')

const put = (
  ChannelArn: string,
  ChimeBearer: string,
  PushNotifications: PushNotificationPreferences | undefined,
  MemberArn = ChimeBearer,
) =>
  world.messaging.putChannelMembershipPreferences({
    ChannelArn,
    ChimeBearer,
    MemberArn,
    Preferences: { PushNotifications },
  })
const prepare = async () => {
  const owner = await world.user()
  const channelArn = await world.channel(owner)
  return () => put(channelArn, owner, { AllowNotifications: 'NONE' })
}
const kept = async (ChannelArn: string, ChimeBearer: string) => {
  const own = { ChannelArn, ChimeBearer, MemberArn: ChimeBearer }
  const { Preferences } = await world.messaging.getChannelMembershipPreferences(own)
  return Preferences?.PushNotifications
}
const filtered = (FilterRule: string) => ({ AllowNotifications: 'FILTERED' as const, FilterRule })

write(
  'wire',
  'model',
  'Given a member, when it puts preferences, then 200 with channel, member and preferences',
  async () => {
    const owner = await world.user('Ana')
    const channelArn = await world.channel(owner)
    const whole = ['ChannelArn', 'Member', 'Preferences']
    const rule = filtered('{"type":["Room"]}')
    expect(await succeeds(put(channelArn, owner, rule), 200, whole)).toEqual({
      ChannelArn: channelArn,
      Member: { Arn: owner, Name: 'Ana' },
      Preferences: { PushNotifications: rule },
    })
    const none = await succeeds(put(channelArn, owner, { AllowNotifications: 'NONE' }), 200, whole)
    expect(none['Preferences']).toEqual({ PushNotifications: { AllowNotifications: 'NONE' } })
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)
bodyCases(write, world, prepare, undefined)

write(
  'validation',
  'model',
  'Given an ARN that is none, or preferences that the model lacks, when they are put, then BadRequestException',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    await failsNaming(put(channelArn, owner, { AllowNotifications: 'NONE' }, 'ana!'), 'MemberArn')
    const unknown = { AllowNotifications: 'SOME' as 'ALL' }
    await failsNaming(put(channelArn, owner, unknown), 'AllowNotifications')
    const without = { FilterRule: '{"a":["b"]}' } as PushNotificationPreferences
    await failsNaming(put(channelArn, owner, without), 'AllowNotifications')
    await failsNaming(put(channelArn, owner, filtered('')), 'FilterRule')
  },
)
write(
  'validation',
  'proposed',
  'Given FILTERED without a rule, or a rule without FILTERED, when they are put, then BadRequestException and nothing is kept',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    await failsNaming(put(channelArn, owner, { AllowNotifications: 'FILTERED' }), 'FilterRule')
    for (const AllowNotifications of ['ALL', 'NONE'] as const) {
      const preferences = { AllowNotifications, FilterRule: '{"a":["b"]}' }
      await failsNaming(put(channelArn, owner, preferences), 'FilterRule')
    }
    expect(await kept(channelArn, owner)).toEqual({ AllowNotifications: 'ALL' })
  },
)
write(
  'validation',
  'doc',
  'Given a text that is no rule, when it is put, then BadRequestException that names the rule and what is wrong',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    for (const [rule, reason] of [
      ['type = Room', 'JSON'],
      ['[]', 'object'],
      ['{}', 'attribute'],
      ['{"type":"Room"}', 'type'],
      ['{"type":[{"prefix":["Ro"]}]}', 'anything-but'],
      ['{"$or":[]}', '$or'],
    ] as const) {
      const message = await fails(put(channelArn, owner, filtered(rule)), 'BadRequestException')
      expect(message).toContain('FilterRule')
      expect(message).toContain(reason)
    }
    expect(await kept(channelArn, owner)).toEqual({ AllowNotifications: 'ALL' })
  },
)
write(
  'validation',
  'doc',
  'Given rules at and one past each limit, when they are put, then 2 KB, 5 alternatives and 20 names and values are accepted, more is not',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    const texts = (count: number) => Array.from({ length: count }, (_, n) => `v${n}`)
    const ofBytes = (bytes: number) => `{"a":["${'x'.repeat(bytes - '{"a":[""]}'.length)}"]}`
    const ofNames = (count: number) => JSON.stringify({ a: texts(count - 1) })
    const ofAlternatives = (count: number) =>
      JSON.stringify({ $or: texts(count).map((name) => ({ [name]: ['x'] })) })
    for (const rule of [ofBytes(2048), ofNames(20), ofAlternatives(5)]) {
      await put(channelArn, owner, filtered(rule))
      expect(await kept(channelArn, owner)).toEqual(filtered(rule))
    }
    for (const rule of [ofBytes(2049), ofNames(21), ofAlternatives(6)]) {
      await failsNaming(put(channelArn, owner, filtered(rule)), 'FilterRule')
    }
    expect(await kept(channelArn, owner)).toEqual(filtered(ofAlternatives(5)))
  },
)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'doc',
  'Given another member, when a moderator or an admin puts its preferences, then ForbiddenException and nothing is kept',
  async () => {
    const [owner, member, admin] = [await world.user(), await world.user(), await world.admin()]
    const channelArn = await world.channel(owner, { MemberArns: [member, admin] })
    const none = { AllowNotifications: 'NONE' as const }
    await fails(put(channelArn, owner, none, member), 'ForbiddenException')
    await fails(put(channelArn, admin, none, member), 'ForbiddenException')
    expect(await kept(channelArn, member)).toEqual({ AllowNotifications: 'ALL' })
  },
)
write(
  'authorisation',
  'doc',
  'Given moderators and admins who are no members, strangers and the banned, when they put their own, then ForbiddenException',
  async () => {
    const [owner, moderator, admin] = [await world.user(), await world.user(), await world.admin()]
    const [stranger, banned] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner, {
      Privacy: 'PUBLIC',
      ModeratorArns: [moderator],
      MemberArns: [banned],
    })
    await world.ban(channelArn, owner, banned)
    const none = { AllowNotifications: 'NONE' as const }
    for (const arn of [moderator, admin, stranger, banned]) {
      await fails(put(channelArn, arn, none), 'ForbiddenException')
    }
    await fails(put(`${channelArn}x`, owner, none), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'doc',
  'Given an elastic channel, when preferences are put, then BadRequestException',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner, { ElasticChannelConfiguration: ELASTIC })
    await fails(put(channelArn, owner, { AllowNotifications: 'NONE' }), 'BadRequestException')
  },
)
write(
  'behaviour',
  'proposed',
  'Given preferences, when they are put again or without any, then the last count, for the member and channel alone',
  async () => {
    const [owner, member] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner, { MemberArns: [member] })
    const elsewhere = await world.channel(owner)
    await put(channelArn, owner, filtered('{"a":["b"]}'))
    await put(channelArn, owner, { AllowNotifications: 'NONE' })
    expect(await kept(channelArn, owner)).toEqual({ AllowNotifications: 'NONE' })
    expect(await kept(channelArn, member)).toEqual({ AllowNotifications: 'ALL' })
    expect(await kept(elsewhere, owner)).toEqual({ AllowNotifications: 'ALL' })
    await put(channelArn, owner, undefined)
    expect(await kept(channelArn, owner)).toEqual({ AllowNotifications: 'ALL' })
  },
)
write(
  'behaviour',
  'inferred',
  'Given a member who left and came back, when its preferences are read, then they are the default again',
  async () => {
    const [owner, member] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner, { MemberArns: [member] })
    await put(channelArn, member, { AllowNotifications: 'NONE' })
    const own = { ChannelArn: channelArn, ChimeBearer: member, MemberArn: member }
    await world.messaging.deleteChannelMembership(own)
    await world.join(channelArn, owner, member)
    expect(await kept(channelArn, member)).toEqual({ AllowNotifications: 'ALL' })
  },
)
write(
  'events emitted',
  'inferred',
  'Given connected members, when one puts preferences, then nobody gets an event',
  async () => {
    const [owner, member] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner, { MemberArns: [member] })
    const sessions = [await world.listen(owner), await world.listen(member)]
    await put(channelArn, member, { AllowNotifications: 'NONE' })
    expect(await world.received(...sessions)).toEqual([[], []])
  },
)
