// Channels with tags, an expiration or an elastic configuration: what CreateChannel takes beyond
// its plain form, and how that shows afterwards.
import { expect } from 'vitest'
import { at, expectMembers, fails, failsNaming, succeeds, type Json } from './kit/answers.ts'
import { casesOf } from './kit/conformance-case.ts'
import { putFlowBefore } from './kit/flows.ts'
import { unique, useWorld, type World } from './kit/world.ts'

const world = useWorld()
const strict = useWorld({ quotas: 'aws' })

const elastic = {
  MaximumSubChannels: 2,
  TargetMembershipsPerSubChannel: 2,
  MinimumMembershipPercentage: 40,
}
const settings = { ExpirationDays: 7, ExpirationCriterion: 'LAST_MESSAGE_TIMESTAMP' }
const create = (ChimeBearer: string, input: object = {}, of: World = world) =>
  of.messaging.createChannel({
    AppInstanceArn: of.appInstanceArn,
    Name: 'Lobby',
    ClientRequestToken: unique(),
    ChimeBearer,
    ...input,
  })
const accepted = async (bearer: string, input: object, of: World = world) =>
  String((await succeeds(create(bearer, input, of), 201, ['ChannelArn']))['ChannelArn'])
const read = async (ChannelArn: string, ChimeBearer: string) => {
  const call = world.messaging.describeChannel({ ChannelArn, ChimeBearer })
  return (await succeeds(call, 200, ['Channel']))['Channel'] as Json
}
const elasticChannel = (bearer: string, input: object = {}) =>
  accepted(bearer, { ElasticChannelConfiguration: elastic, ...input })

const creating = casesOf('CreateChannel')
creating(
  'validation',
  'model',
  'Given 1 and 5475 days until it expires, when it is created, then they are accepted; 0, 5476 and a missing criterion are not',
  async () => {
    const creator = await world.user()
    for (const ExpirationDays of [1, 5475])
      await accepted(creator, { ExpirationSettings: { ...settings, ExpirationDays } })
    for (const ExpirationDays of [0, 5476, undefined]) {
      const ExpirationSettings = { ...settings, ExpirationDays }
      await failsNaming(create(creator, { ExpirationSettings }), 'ExpirationDays')
    }
    const ExpirationSettings = { ExpirationDays: 7 }
    await failsNaming(create(creator, { ExpirationSettings }), 'ExpirationCriterion')
  },
)
creating(
  'validation',
  'model',
  'Given 50 tags, when it is created, then it has them; none, 51 or a key twice are refused and nothing is created',
  async () => {
    const creator = await world.user()
    const Tags = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: 'v' }))
    const ResourceARN = await accepted(creator, { Tags })
    expect((await world.messaging.listTagsForResource({ ResourceARN })).Tags).toEqual(Tags)
    const ChannelId = unique()
    for (const wrong of [[], [...Tags, { Key: 'k50', Value: 'v' }], [Tags[0], Tags[0]]])
      await failsNaming(create(creator, { ChannelId, Tags: wrong }), 'Tags')
    await accepted(creator, { ChannelId })
  },
)
creating(
  'validation',
  'model',
  'Given an elastic configuration at its bounds, when it is created, then it is accepted; beyond them or incomplete it is not',
  async () => {
    const creator = await world.user()
    const bounds = {
      MaximumSubChannels: [1, undefined],
      TargetMembershipsPerSubChannel: [1, undefined],
      MinimumMembershipPercentage: [0, 41, undefined],
    }
    for (const [member, values] of Object.entries(bounds)) {
      for (const value of values) {
        const ElasticChannelConfiguration = { ...elastic, [member]: value }
        await failsNaming(create(creator, { ElasticChannelConfiguration }), member)
      }
    }
    await elasticChannel(creator)
    const ElasticChannelConfiguration = { ...elastic, MinimumMembershipPercentage: 1 }
    await accepted(creator, { ElasticChannelConfiguration })
  },
)
creating(
  'validation',
  'code',
  'Given an elastic configuration of texts, as forms send it, when it is created, then they are taken as numbers',
  async () => {
    const creator = await world.user()
    const texts = (request: { body?: unknown }) => {
      const body = JSON.parse(String(request.body)) as Json
      const configuration = Object.entries(elastic).map(([name, value]) => [name, String(value)])
      body['ElasticChannelConfiguration'] = Object.fromEntries(configuration)
      request.body = JSON.stringify(body)
    }
    const call = world.altered({ beforeSigning: texts }, () => create(creator))
    const { ChannelArn } = await succeeds(call, 201, ['ChannelArn'])
    expect(at(await read(String(ChannelArn), creator), 'ElasticChannelConfiguration')).toEqual(
      elastic,
    )
  },
)
creating(
  'validation',
  'doc',
  'Given an elastic channel that is UNRESTRICTED or has members, when it is created, then BadRequestException and no channel',
  async () => {
    const [creator, member] = [await world.user(), await world.user()]
    const ChannelId = unique()
    const input = { ChannelId, ElasticChannelConfiguration: elastic }
    await failsNaming(create(creator, { ...input, Mode: 'UNRESTRICTED' }), 'Mode')
    await failsNaming(create(creator, { ...input, MemberArns: [member] }), 'MemberArns')
    await accepted(creator, { ...input, Mode: 'RESTRICTED' })
  },
)
creating(
  'behaviour',
  'doc',
  'Given expiration settings, when it is created, then they are described',
  async () => {
    const creator = await world.user()
    const arn = await accepted(creator, { ExpirationSettings: settings })
    expect(at(await read(arn, creator), 'ExpirationSettings')).toEqual(settings)
  },
)
creating(
  'behaviour',
  'doc',
  'Given an elastic channel, when it is created, then its creator and the moderators moderate it, and nobody is a member',
  async () => {
    const [creator, moderator] = [await world.user(), await world.user()]
    const ChannelArn = await elasticChannel(creator, { ModeratorArns: [moderator] })
    for (const ChimeBearer of [creator, moderator]) {
      await world.messaging.updateChannel({ ChannelArn, Name: 'Renamed', ChimeBearer })
      const own = await world.messaging.listChannelMembershipsForAppInstanceUser({
        AppInstanceUserArn: ChimeBearer,
        ChimeBearer,
      })
      expect(own.ChannelMemberships).toEqual([])
    }
    expect(await read(ChannelArn, creator)).toMatchObject({
      Mode: 'RESTRICTED',
      Privacy: 'PRIVATE',
      ElasticChannelConfiguration: elastic,
    })
  },
)
creating(
  'behaviour',
  'doc',
  'Given the quotas of AWS, when an elastic channel goes beyond sub-channels or members of one, then ResourceLimitExceededException; at the quota it is accepted, a second one is not until the first is deleted',
  async () => {
    const creator = await strict.user()
    const configured = (input: object) => ({
      ElasticChannelConfiguration: { ...elastic, ...input },
    })
    const most = { MaximumSubChannels: 100, TargetMembershipsPerSubChannel: 1_000 }
    const wrong = [
      { ...most, MaximumSubChannels: 101 },
      { ...most, TargetMembershipsPerSubChannel: 1_001 },
    ]
    for (const input of wrong)
      await fails(create(creator, configured(input), strict), 'ResourceLimitExceededException')
    const ChannelArn = await accepted(creator, configured(most), strict)
    const second = () => create(creator, configured({}), strict)
    await fails(second(), 'ResourceLimitExceededException')
    await succeeds(create(creator, {}, strict), 201, ['ChannelArn'])
    await strict.messaging.deleteChannel({ ChannelArn, ChimeBearer: creator })
    await succeeds(second(), 201, ['ChannelArn'])
    await fails(second(), 'ResourceLimitExceededException')
  },
)
creating(
  'behaviour',
  'proposed',
  'Given the token of a call with all settings, when it is repeated, then the first answer comes again; with another setting ConflictException',
  async () => {
    const creator = await world.user()
    const input = {
      ClientRequestToken: unique(),
      ElasticChannelConfiguration: elastic,
      ExpirationSettings: settings,
      Tags: [{ Key: 'k', Value: 'v' }],
    }
    const first = await accepted(creator, input)
    expect(await accepted(creator, input)).toBe(first)
    const others = [
      { ElasticChannelConfiguration: { ...elastic, MaximumSubChannels: 3 } },
      { ExpirationSettings: { ...settings, ExpirationDays: 8 } },
      { Tags: [{ Key: 'k', Value: 'w' }] },
    ]
    for (const other of others)
      await fails(create(creator, { ...input, ...other }), 'ConflictException')
  },
)
creating(
  'events emitted',
  'doc',
  'Given a connected creator and moderator, when an elastic channel is created, then nobody gets an event',
  async () => {
    const [creator, moderator] = [await world.user(), await world.user()]
    const sessions = [await world.listen(creator), await world.listen(moderator)]
    await elasticChannel(creator, { ModeratorArns: [moderator] })
    expect(await world.received(...sessions)).toEqual([[], []])
  },
)

const describing = casesOf('DescribeChannel')
describing(
  'behaviour',
  'inferred',
  'Given a public elastic channel that expires and has a flow, when it is described, then moderators and admins see its elastic configuration, others all but that',
  async () => {
    const [creator, other] = [await world.user(), await world.user()]
    const arn = await elasticChannel(creator, { Privacy: 'PUBLIC', ExpirationSettings: settings })
    const flowArn = await putFlowBefore(world, arn, creator)
    const seen = [
      'ChannelArn',
      'Name',
      'Mode',
      'Privacy',
      'CreatedBy',
      'CreatedTimestamp',
      'LastUpdatedTimestamp',
      'ChannelFlowArn',
      'ExpirationSettings',
    ]
    const forOther = await read(arn, other)
    expectMembers(forOther, seen)
    expect(forOther['ChannelFlowArn']).toBe(flowArn)
    for (const bearer of [creator, await world.admin()]) {
      const channel = await read(arn, bearer)
      expectMembers(channel, [...seen, 'ElasticChannelConfiguration'])
      expect(channel['ElasticChannelConfiguration']).toEqual(elastic)
    }
  },
)

const updating = casesOf('UpdateChannel')
updating(
  'validation',
  'proposed',
  'Given an elastic channel, when it is updated to UNRESTRICTED, then BadRequestException and nothing changes; RESTRICTED is accepted',
  async () => {
    const creator = await world.user()
    const ChannelArn = await elasticChannel(creator)
    const before = await read(ChannelArn, creator)
    const update = (Mode: 'RESTRICTED' | 'UNRESTRICTED') =>
      world.messaging.updateChannel({ ChannelArn, Mode, Name: 'New', ChimeBearer: creator })
    await failsNaming(update('UNRESTRICTED'), 'Mode')
    expect(await read(ChannelArn, creator)).toEqual(before)
    await succeeds(update('RESTRICTED'), 200, ['ChannelArn'])
    const after = await read(ChannelArn, creator)
    expect(after).toMatchObject({ Name: 'New', ElasticChannelConfiguration: elastic })
  },
)
updating(
  'events emitted',
  'doc',
  'Given a channel that expires and has a flow, when it is updated, then members get both in UPDATE_CHANNEL, and in DELETE_CHANNEL when it goes',
  async () => {
    const owner = await world.user()
    const ChannelArn = await world.channel(owner, { ExpirationSettings: settings as never })
    const ChannelFlowArn = await putFlowBefore(world, ChannelArn, owner)
    const session = await world.listen(owner)
    await world.messaging.updateChannel({ ChannelArn, Name: 'New', ChimeBearer: owner })
    await world.messaging.deleteChannel({ ChannelArn, ChimeBearer: owner })
    const [events] = await world.received(session)
    expect(events!.map(({ type }) => type)).toEqual(['UPDATE_CHANNEL', 'DELETE_CHANNEL'])
    for (const { payload } of events!)
      expect(payload).toMatchObject({ ChannelFlowArn, ExpirationSettings: settings })
  },
)
