// Who belongs to an elastic channel: joins, their places, and what opens a sub-channel. What takes
// one apart is in elastic-balancing.test.ts.
import { expect } from 'vitest'
import { at, expectMembers, fails, failsNaming, succeeds, type Json } from './kit/answers.ts'
import { casesOf } from './kit/conformance-case.ts'
import { elasticStage, type ElasticStage } from './kit/elastic.ts'
import { wireAnswerOf } from './kit/recorded-clients.ts'
import { openWorld, useWorld } from './kit/world.ts'

const world = useWorld()

/** Created with room for 4, of whom 2 are in each of two sub-channels. */
const TINY = { MaximumSubChannels: 2, TargetMembershipsPerSubChannel: 2 }
const joined = ['ChannelArn', 'Member', 'SubChannelId']

const add = (
  { channelArn, owner }: Pick<ElasticStage, 'channelArn' | 'owner'>,
  MemberArn: string,
  input: object = {},
) =>
  world.messaging.createChannelMembership({
    ChannelArn: channelArn,
    ChimeBearer: owner,
    MemberArn,
    Type: 'DEFAULT',
    ...input,
  })
const addAll = (
  { channelArn, owner }: Pick<ElasticStage, 'channelArn' | 'owner'>,
  MemberArns: readonly string[],
  input: object = {},
) =>
  world.messaging.batchCreateChannelMembership({
    ChannelArn: channelArn,
    ChimeBearer: owner,
    MemberArns: [...MemberArns],
    ...input,
  })
const batchOf = async (call: Promise<object>) => {
  const body = JSON.parse(wireAnswerOf(await call).text) as Json
  const members = at(body, 'BatchChannelMemberships.Members') as Json[]
  const errors = body['Errors'] as Json[]
  for (const error of errors) expectMembers(error, ['MemberArn', 'ErrorCode', 'ErrorMessage'])
  return {
    members: members.map((member) => member['Arn']),
    subChannelId: at(body, 'BatchChannelMemberships.SubChannelId'),
    errors: errors.map((error) => [error['MemberArn'], error['ErrorCode']]),
    texts: errors.map((error) => String(error['ErrorMessage'])),
  }
}
const users = async (count: number) => {
  const arns: string[] = []
  while (arns.length < count) arns.push(await world.user('Gus'))
  return arns
}
const appoint = async ({ channelArn, owner }: ElasticStage, ChannelModeratorArn: string) => {
  const input = { ChannelArn: channelArn, ChimeBearer: owner, ChannelModeratorArn }
  await world.messaging.createChannelModerator(input)
}
const describeIn = async (stage: ElasticStage, MemberArn: string, SubChannelId: string) => {
  const { ChannelMembership } = await world.messaging.describeChannelMembership({
    ChannelArn: stage.channelArn,
    ChimeBearer: stage.owner,
    MemberArn,
    SubChannelId,
  })
  return ChannelMembership!
}

const creating = casesOf('CreateChannelMembership')
creating(
  'validation',
  'proposed',
  'Given one who is no moderator, when it is added with a SubChannelId, then BadRequestException and it is no member',
  async () => {
    const stage = await elasticStage(world, {}, { Privacy: 'PUBLIC' })
    const [member] = await stage.addNew(1)
    const [place] = await stage.placesOf(member!)
    const other = await world.user()
    for (const SubChannelId of [place, 'unknown']) {
      await failsNaming(add(stage, other, { SubChannelId }), 'SubChannelId')
      const itself = { SubChannelId, ChimeBearer: other }
      await failsNaming(add(stage, other, itself), 'SubChannelId')
      await failsNaming(add(stage, member!, { SubChannelId }), 'SubChannelId')
    }
    expect(await stage.spread()).toEqual(new Map([[place, [member]]]))
  },
)
creating(
  'validation',
  'doc',
  'Given a moderator, when it is added without a SubChannelId, then BadRequestException and it is no member',
  async () => {
    const stage = await elasticStage(world)
    await failsNaming(add(stage, stage.owner), 'SubChannelId')
    expect(await stage.spread()).toEqual(new Map())
    const [member] = await stage.addNew(1)
    await failsNaming(add(stage, stage.owner), 'SubChannelId')
    expect([...(await stage.spread()).values()]).toEqual([[member]])
  },
)
creating(
  'validation',
  'doc',
  'Given type HIDDEN, when one is added to an elastic channel, then BadRequestException and nobody is a member',
  async () => {
    const stage = await elasticStage(world)
    const member = await world.user()
    await failsNaming(add(stage, member, { Type: 'HIDDEN' }), 'HIDDEN')
    await failsNaming(addAll(stage, [member], { Type: 'HIDDEN' }), 'HIDDEN')
    expect(await stage.spread()).toEqual(new Map())
  },
)
creating(
  'authorisation',
  'proposed',
  'Given a moderator, when it is added to a sub-channel that the channel does not have, then ForbiddenException',
  async () => {
    const [stage, other] = [await elasticStage(world), await elasticStage(world)]
    const [elsewhere] = await other.add(await world.user())
    for (const SubChannelId of ['unknown', elsewhere]) {
      await fails(add(stage, stage.owner, { SubChannelId }), 'ForbiddenException')
    }
    expect(await stage.spread()).toEqual(new Map())
    expect(await other.counts()).toEqual([1])
  },
)
creating(
  'authorisation',
  'code',
  'Given a PUBLIC elastic channel, when a user adds itself, then it is placed; a PRIVATE one and others are refused',
  async () => {
    const stage = await elasticStage(world, {}, { Privacy: 'PUBLIC' })
    const closed = await elasticStage(world)
    const [self, other] = await users(2)
    const ChimeBearer = self
    await fails(add(stage, other!, { ChimeBearer }), 'ForbiddenException')
    await fails(add(closed, self!, { ChimeBearer }), 'ForbiddenException')
    const answer = await succeeds(add(stage, self!, { ChimeBearer }), 201, joined)
    expect(await stage.placesOf(self!)).toEqual([answer['SubChannelId']])
    // One who is a member may not add others: an elastic channel is RESTRICTED.
    await fails(add(stage, other!, { ChimeBearer }), 'ForbiddenException')
    expect(await stage.counts()).toEqual([1])
    expect(await closed.counts()).toEqual([])
  },
)
creating(
  'behaviour',
  'proposed',
  'Given no sub-channel, when the first is added, then one opens; the next join it until it is full',
  async () => {
    const stage = await elasticStage(world)
    expect(await stage.counts()).toEqual([])
    const members = await users(4)
    const first = await succeeds(add(stage, members[0]!), 201, joined)
    expect(String(first['SubChannelId'])).toMatch(/^[-_a-zA-Z0-9]{1,128}$/)
    const places = await stage.add(...members.slice(1))
    expect(new Set(places)).toEqual(new Set([first['SubChannelId']]))
    expect(await stage.spread()).toEqual(new Map([[first['SubChannelId'], members]]))
    for (const arn of members) expect(await stage.placesOf(arn)).toEqual([first['SubChannelId']])
  },
)
creating(
  'behaviour',
  'proposed',
  'Given all are full, when one more is added, then a sub-channel opens, and the newest of the fullest keeps it company',
  async () => {
    const stage = await elasticStage(world)
    const members = await stage.addNew(4)
    const [old] = await stage.placesOf(members[0]!)
    const before = await describeIn(stage, members[3]!, old!)
    const [next] = await stage.add(await world.user())
    expect(next).not.toBe(old)
    const spread = await stage.spread()
    expect([...spread.keys()]).toEqual([old, next])
    expect(spread.get(old!)).toEqual(members.slice(0, 3))
    expect(spread.get(next!)?.[0]).toBe(members[3])
    const after = await describeIn(stage, members[3]!, next!)
    expect(after).toMatchObject({
      SubChannelId: next,
      CreatedTimestamp: before.CreatedTimestamp,
      InvitedBy: before.InvitedBy,
    })
    expect(after.LastUpdatedTimestamp!.getTime()).toBeGreaterThan(
      before.LastUpdatedTimestamp!.getTime(),
    )
    expect(await stage.placesOf(members[3]!)).toEqual([next])
  },
)
creating(
  'behaviour',
  'proposed',
  'Given several have room, when members are added, then each goes to the fullest of them',
  async () => {
    const stage = await elasticStage(world)
    await stage.addNew(5)
    const [old, next] = [...(await stage.spread()).keys()]
    expect(await stage.counts()).toEqual([3, 2])
    expect(await stage.add(...(await users(3)))).toEqual([old, next, next])
    expect(await stage.counts()).toEqual([4, 4])
  },
)
creating(
  'behaviour',
  'inferred',
  'Given all the sub-channels that there may be are full, when one is added, then ResourceLimitExceededException; after a member left it fits',
  async () => {
    const stage = await elasticStage(world, TINY)
    const [leaving] = await stage.addNew(4)
    const full = await stage.spread()
    expect([...full.values()].map((members) => members.length)).toEqual([2, 2])
    const late = await world.user()
    const text = await fails(add(stage, late), 'ResourceLimitExceededException')
    expect(text).toContain('MaximumSubChannels')
    expect(await stage.spread()).toEqual(full)
    expect(await stage.placesOf(late)).toEqual([])
    await stage.remove(leaving!)
    await stage.add(late)
    expect(await stage.counts()).toEqual([2, 2])
  },
)
creating(
  'behaviour',
  'field',
  'Given a member, when it is added again, then ConflictException and it stays where it is',
  async () => {
    const stage = await elasticStage(world)
    const [member] = await stage.addNew(1)
    const before = await stage.spread()
    await fails(add(stage, member!), 'ConflictException')
    expect(await stage.spread()).toEqual(before)
  },
)
creating(
  'behaviour',
  'doc',
  'Given a moderator, when it is added to sub-channels, then it is in each of them, once, and takes no place',
  async () => {
    const stage = await elasticStage(world)
    await stage.addNew(5)
    const [old, next] = [...(await stage.spread()).keys()]
    await stage.add(await world.user())
    // The first is full by now.
    expect(await stage.counts()).toEqual([4, 2])
    for (const SubChannelId of [old, next]) {
      const answer = await succeeds(add(stage, stage.owner, { SubChannelId }), 201, joined)
      expect(answer['SubChannelId']).toBe(SubChannelId)
      await fails(add(stage, stage.owner, { SubChannelId }), 'ConflictException')
    }
    expect((await stage.placesOf(stage.owner)).toSorted()).toEqual([old!, next!].toSorted())
    expect(await stage.counts()).toEqual([5, 3])
    expect(await stage.add(...(await users(2)))).toEqual([next, next])
    expect(await stage.counts()).toEqual([5, 5])
  },
)
creating(
  'behaviour',
  'proposed',
  'Given an admin who is no moderator and a bot, when they are added, then they are placed as any other',
  async () => {
    const stage = await elasticStage(world)
    const [admin, bot] = [await world.admin(), await world.bot()]
    const [place] = await stage.add(admin, bot)
    expect(await stage.spread()).toEqual(new Map([[place, [admin, bot]]]))
    await failsNaming(add(stage, await world.admin(), { SubChannelId: place }), 'SubChannelId')
  },
)
creating(
  'behaviour',
  'doc',
  'Given one who is banned or unknown, when it is added, then ForbiddenException or NotFoundException, and no sub-channel opens',
  async () => {
    const stage = await elasticStage(world)
    const banned = await world.user()
    await world.ban(stage.channelArn, stage.owner, banned)
    await fails(add(stage, banned), 'ForbiddenException')
    await fails(add(stage, `${world.appInstanceArn}/user/nobody`), 'NotFoundException')
    expect(await stage.counts()).toEqual([])
  },
)
creating(
  'behaviour',
  'doc',
  'Given quotas on memberships, when members are added, then that of the member counts and that of the channel does not',
  async () => {
    const limits = { membershipsPerChannel: 2, membershipsPerMember: 1 }
    const opened = await openWorld({ overrides: { limits } })
    try {
      const { world: small } = opened
      const stage = await elasticStage(small)
      const [member] = await stage.addNew(4)
      const other = await elasticStage(small)
      const again = small.messaging.createChannelMembership({
        ChannelArn: other.channelArn,
        ChimeBearer: other.owner,
        MemberArn: member,
        Type: 'DEFAULT',
      })
      await fails(again, 'ResourceLimitExceededException')
      expect(await other.counts()).toEqual([])
      const batch = await batchOf(
        small.messaging.batchCreateChannelMembership({
          ChannelArn: other.channelArn,
          ChimeBearer: other.owner,
          MemberArns: [member!],
        }),
      )
      expect(batch).toMatchObject({ members: [], errors: [[member, 'ResourceLimitExceeded']] })
    } finally {
      await opened.end()
    }
  },
)
creating(
  'behaviour',
  'inferred',
  'Given many callers at once, when they add members until all is full, then each place is taken once',
  async () => {
    const stage = await elasticStage(world, { MaximumSubChannels: 4 })
    const members = await users(20)
    const outcomes = await Promise.allSettled(members.map((arn) => add(stage, arn)))
    const spread = await stage.spread()
    expect([...spread.values()].map((arns) => arns.length)).toEqual([4, 4, 4, 4])
    const placed = members.filter((_, index) => outcomes[index]!.status === 'fulfilled')
    expect([...spread.values()].flat().toSorted()).toEqual(placed.toSorted())
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') continue
      expect((outcome.reason as Error).name).toBe('ResourceLimitExceededException')
    }
  },
)

const types = (events: readonly { type: string }[]) => events.map(({ type }) => type)
const created = 'CREATE_CHANNEL_MEMBERSHIP'
creating(
  'events emitted',
  'doc',
  'Given members of two sub-channels, when one is added, then those of its sub-channel and itself get the event with SubChannelId, the others nothing',
  async () => {
    const stage = await elasticStage(world)
    const members = await stage.addNew(5)
    const [, next] = [...(await stage.spread()).keys()]
    await stage.addNew(1)
    await stage.addModerator(stage.owner, next!)
    const added = await world.user('Dee')
    const sessions = []
    for (const arn of [members[0]!, members[4]!, stage.owner, added])
      sessions.push(await world.listen(arn))
    const [place] = await stage.add(added)
    expect(place).toBe(next)
    const all = await world.received(...sessions)
    expect(all.map(types)).toEqual([[], [created], [created], [created]])
    const { payload, headers } = all[3]![0]!
    expect(headers).toEqual({
      'x-amz-chime-event-type': created,
      'x-amz-chime-message-type': 'SYSTEM',
    })
    expectMembers(payload, [
      'ChannelArn',
      'Member',
      'Type',
      'InvitedBy',
      'CreatedTimestamp',
      'LastUpdatedTimestamp',
      'SubChannelId',
    ])
    expect(payload).toMatchObject({
      SubChannelId: next,
      Member: { Arn: added, Name: 'Dee' },
      InvitedBy: { Arn: stage.owner, Name: 'Host' },
    })
  },
)
creating(
  'events emitted',
  'doc',
  'Given a sub-channel opens, when a member is moved to it, then it alone gets UPDATE_CHANNEL_MEMBERSHIP, and from then on hears that sub-channel only',
  async () => {
    const stage = await elasticStage(world)
    const members = await stage.addNew(4)
    const moved = members[3]!
    const newcomer = await world.user('Dee')
    const sessions = []
    for (const arn of [members[0]!, moved, newcomer]) sessions.push(await world.listen(arn))
    const [old] = await stage.placesOf(members[0]!)
    const [next] = await stage.add(newcomer)
    await world.post(stage.channelArn, members[0]!, 'old', { SubChannelId: old })
    await world.post(stage.channelArn, newcomer, 'new', { SubChannelId: next })
    const all = await world.received(...sessions)
    const message = 'CREATE_CHANNEL_MESSAGE'
    expect(all.map(types)).toEqual([
      [message],
      ['UPDATE_CHANNEL_MEMBERSHIP', created, message],
      [created, message],
    ])
    expect(all[1]![0]!.payload).toMatchObject({
      ChannelArn: stage.channelArn,
      SubChannelId: next,
      Member: { Arn: moved, Name: 'Gus' },
      InvitedBy: { Arn: stage.owner, Name: 'Host' },
      Type: 'DEFAULT',
    })
    expect(all[1]![2]!.payload).toMatchObject({ Content: 'new', SubChannelId: next })
  },
)
creating(
  'events emitted',
  'proposed',
  'Given calls that are refused, when members listen, then nobody gets an event',
  async () => {
    const stage = await elasticStage(world, TINY)
    const members = await stage.addNew(4)
    const late = await world.user()
    const sessions = []
    for (const arn of [...members, late]) sessions.push(await world.listen(arn))
    await fails(add(stage, late), 'ResourceLimitExceededException')
    await fails(add(stage, members[0]!), 'ConflictException')
    expect(await world.received(...sessions)).toEqual([[], [], [], [], []])
  },
)

const batching = casesOf('BatchCreateChannelMembership')
batching(
  'behaviour',
  'proposed',
  'Given a batch that fits into one sub-channel, when it is added, then the answer names that one; of several it names none',
  async () => {
    const stage = await elasticStage(world)
    const members = await users(6)
    const first = await batchOf(addAll(stage, members.slice(0, 3)))
    expect(first).toMatchObject({ members: members.slice(0, 3), errors: [] })
    expect(await stage.spread()).toEqual(new Map([[first.subChannelId, members.slice(0, 3)]]))
    const second = await batchOf(addAll(stage, members.slice(3)))
    expect(second).toMatchObject({ members: members.slice(3), errors: [] })
    expect(second.subChannelId).toBeUndefined()
    expect(await stage.counts()).toEqual([4, 2])
  },
)
batching(
  'behaviour',
  'proposed',
  'Given more than fit, when they are added, then the first ones join and the others are ResourceLimitExceeded',
  async () => {
    const stage = await elasticStage(world, TINY)
    const members = await users(6)
    const some = await batchOf(addAll(stage, members))
    expect(some.members).toEqual(members.slice(0, 4))
    expect(some.errors).toEqual(members.slice(4).map((arn) => [arn, 'ResourceLimitExceeded']))
    for (const text of some.texts) expect(text).toContain('MaximumSubChannels')
    expect(await stage.counts()).toEqual([2, 2])
    const none = await batchOf(addAll(stage, members.slice(4)))
    expect(none).toMatchObject({ members: [], errors: some.errors })
    expect(await stage.counts()).toEqual([2, 2])
  },
)
batching(
  'behaviour',
  'proposed',
  'Given moderators and others in one batch, when they are added, then those join whom the SubChannelId fits, the others are BadRequest',
  async () => {
    const stage = await elasticStage(world)
    const [one, two, moderator] = await users(3)
    await appoint(stage, moderator!)
    const without = await batchOf(addAll(stage, [moderator!, one!, stage.owner]))
    expect(without.members).toEqual([one])
    expect(without.errors).toEqual([
      [moderator, 'BadRequest'],
      [stage.owner, 'BadRequest'],
    ])
    for (const text of without.texts) expect(text).toContain('SubChannelId')
    const SubChannelId = String(without.subChannelId)
    const given = await batchOf(addAll(stage, [two!, moderator!, stage.owner], { SubChannelId }))
    expect(given).toMatchObject({
      members: [moderator, stage.owner],
      subChannelId: SubChannelId,
      errors: [[two, 'BadRequest']],
    })
    const again = await batchOf(addAll(stage, [moderator!], { SubChannelId }))
    expect(again).toMatchObject({ members: [], errors: [[moderator, 'Conflict']] })
    expect(again.subChannelId).toBeUndefined()
    expect(await stage.counts()).toEqual([3])
  },
)
batching(
  'behaviour',
  'proposed',
  'Given moderators and a sub-channel that the channel does not have, when they are added, then ForbiddenException',
  async () => {
    const [stage, other] = [await elasticStage(world), await elasticStage(world)]
    await stage.addNew(1)
    const [elsewhere] = await other.add(await world.user())
    for (const SubChannelId of ['unknown', elsewhere]) {
      await fails(addAll(stage, [stage.owner], { SubChannelId }), 'ForbiddenException')
    }
    expect(await stage.counts()).toEqual([1])
    expect(await other.counts()).toEqual([1])
  },
)
batching(
  'behaviour',
  'proposed',
  'Given members, the banned and the unknown among the others, when they are added, then each of them is an error item',
  async () => {
    const stage = await elasticStage(world)
    const [member] = await stage.addNew(1)
    const [fresh, banned] = await users(2)
    await world.ban(stage.channelArn, stage.owner, banned!)
    const nobody = `${world.appInstanceArn}/user/nobody`
    const batch = await batchOf(addAll(stage, [member!, banned!, nobody, fresh!, fresh!]))
    expect(batch.members).toEqual([fresh])
    expect(batch.errors).toEqual([
      [member, 'Conflict'],
      [banned, 'Forbidden'],
      [nobody, 'NotFound'],
    ])
    expect(await stage.counts()).toEqual([2])
  },
)
batching(
  'behaviour',
  'inferred',
  'Given batches of many callers at once, when they add 400 members, then each is in one sub-channel and none is above the target',
  async () => {
    const stage = await elasticStage(world, {
      MaximumSubChannels: 10,
      TargetMembershipsPerSubChannel: 45,
    })
    const members = await users(400)
    const batches = Array.from({ length: 16 }, (_, n) => members.slice(n * 25, n * 25 + 25))
    const answers = await Promise.all(batches.map((batch) => batchOf(addAll(stage, batch))))
    expect(answers.flatMap(({ members: placed }) => placed)).toEqual(members)
    const spread = await stage.spread()
    expect([...spread.values()].flat().toSorted()).toEqual(members.toSorted())
    for (const arns of spread.values()) {
      expect(arns.length).toBeLessThanOrEqual(45)
      expect(arns.length).toBeGreaterThanOrEqual(18)
    }
  },
)
batching(
  'events emitted',
  'doc',
  'Given a batch into two sub-channels, when it is added, then each member gets one CREATE_CHANNEL_MEMBERSHIP for everyone in its own, and no BATCH event',
  async () => {
    const stage = await elasticStage(world)
    const [member] = await stage.addNew(1)
    const batch = await users(5)
    const sessions = []
    for (const arn of [member!, ...batch]) sessions.push(await world.listen(arn))
    await batchOf(addAll(stage, batch))
    const spread = await stage.spread()
    expect([...spread.values()].map((arns) => arns.length)).toEqual([4, 2])
    const all = await world.received(...sessions)
    for (const [index, arn] of [member!, ...batch].entries()) {
      const [place] = await stage.placesOf(arn)
      const heard = all[index]!
      expect(new Set(types(heard))).toEqual(new Set([created]))
      const arns = heard.map(({ payload }) => at(payload, 'Member.Arn'))
      expect(arns).toEqual(spread.get(place!)!.filter((other) => other !== member))
      for (const { payload } of heard) expect(payload).toMatchObject({ SubChannelId: place })
    }
  },
)
