// Who ceases to belong to an elastic channel, and what becomes of a sub-channel that has too few
// members left. Joins are in elastic-placement.test.ts.
import { expect } from 'vitest'
import { createMovedClock } from '../harness/moved-clock.ts'
import { at, expectMembers, fails, failsNaming, succeedsEmpty } from './kit/answers.ts'
import { casesOf } from './kit/conformance-case.ts'
import { elasticStage, type ElasticStage } from './kit/elastic.ts'
import { openWorld, useWorld, type World } from './kit/world.ts'

const world = useWorld()

/** Sub-channels that have members are left alone for so long. */
const YOUNG_MS = 60_000

/** A world of its own, whose time passes when the case says so. */
async function inMovedTime(
  run: (world: World, pass: (spanMs: number) => void) => Promise<void>,
): Promise<void> {
  const clock = createMovedClock()
  const opened = await openWorld({ overrides: { clock } })
  try {
    await run(opened.world, (spanMs) => clock.pass(spanMs))
  } finally {
    await opened.end()
  }
}

/** Two sub-channels: with 3 and 2 members of the 4 that fit; below 2 is too few. */
async function pair(of: World) {
  const stage = await elasticStage(of)
  const members = await stage.addNew(5)
  const [old, next] = [...(await stage.spread()).keys()]
  return { stage, members, old: old!, next: next!, moved: members[3]!, last: members[4]! }
}
const remove = (
  { channelArn, owner }: ElasticStage,
  MemberArn: string,
  input: object = {},
  of = world,
) =>
  of.messaging.deleteChannelMembership({
    ChannelArn: channelArn,
    ChimeBearer: owner,
    MemberArn,
    ...input,
  })
const appoint = ({ channelArn, owner }: ElasticStage, ChannelModeratorArn: string, of = world) =>
  of.messaging.createChannelModerator({
    ChannelArn: channelArn,
    ChimeBearer: owner,
    ChannelModeratorArn,
  })
const dismiss = ({ channelArn, owner }: ElasticStage, ChannelModeratorArn: string, of = world) =>
  of.messaging.deleteChannelModerator({
    ChannelArn: channelArn,
    ChimeBearer: owner,
    ChannelModeratorArn,
  })

const removing = casesOf('DeleteChannelMembership')
removing(
  'validation',
  'doc',
  'Given one who is no moderator, when it is removed with a SubChannelId, then BadRequestException and it stays',
  async () => {
    const { stage, members, old } = await pair(world)
    const before = await stage.spread()
    for (const SubChannelId of [old, 'unknown']) {
      await failsNaming(remove(stage, members[0]!, { SubChannelId }), 'SubChannelId')
      const itself = { SubChannelId, ChimeBearer: members[0] }
      await failsNaming(remove(stage, members[0]!, itself), 'SubChannelId')
      await failsNaming(remove(stage, await world.user(), { SubChannelId }), 'SubChannelId')
    }
    expect(await stage.spread()).toEqual(before)
  },
)
removing(
  'authorisation',
  'proposed',
  'Given a moderator, when it is removed from a sub-channel that the channel does not have, then ForbiddenException and it stays',
  async () => {
    const { stage, old } = await pair(world)
    const other = await elasticStage(world)
    const [elsewhere] = await other.add(await world.user())
    await stage.addModerator(stage.owner, old)
    for (const SubChannelId of ['unknown', elsewhere]) {
      await fails(remove(stage, stage.owner, { SubChannelId }), 'ForbiddenException')
    }
    expect(await stage.placesOf(stage.owner)).toEqual([old])
  },
)
removing(
  'authorisation',
  'doc',
  'Given a member, when it leaves, then it may; it may not remove others, and a stranger nobody',
  async () => {
    const { stage, members } = await pair(world)
    const [one, two] = members
    await fails(remove(stage, two!, { ChimeBearer: one }), 'ForbiddenException')
    await fails(remove(stage, two!, { ChimeBearer: await world.user() }), 'ForbiddenException')
    await succeedsEmpty(remove(stage, one!, { ChimeBearer: one }))
    expect(await stage.counts()).toEqual([2, 2])
  },
)
removing(
  'behaviour',
  'doc',
  'Given a moderator in two sub-channels, when it is removed, then with SubChannelId from that one, without from all, and again from none',
  async () => {
    const { stage, old, next } = await pair(world)
    for (const id of [old, next]) await stage.addModerator(stage.owner, id)
    await succeedsEmpty(remove(stage, stage.owner, { SubChannelId: old }))
    expect(await stage.placesOf(stage.owner)).toEqual([next])
    await succeedsEmpty(remove(stage, stage.owner, { SubChannelId: old }))
    expect(await stage.counts()).toEqual([3, 3])
    await stage.addModerator(stage.owner, old)
    await succeedsEmpty(remove(stage, stage.owner))
    expect(await stage.placesOf(stage.owner)).toEqual([])
    await succeedsEmpty(remove(stage, stage.owner))
    expect(await stage.counts()).toEqual([3, 2])
  },
)
removing(
  'behaviour',
  'proposed',
  'Given a sub-channel that was just opened, when it falls below the minimum, then it stays; without members it goes at once',
  async () => {
    const { stage, members, moved, last, old } = await pair(world)
    await stage.remove(last)
    expect(await stage.counts()).toEqual([3, 1])
    await stage.remove(moved)
    expect(await stage.spread()).toEqual(new Map([[old, members.slice(0, 3)]]))
  },
)
removing(
  'behaviour',
  'proposed',
  'Given the last sub-channel, when its last member leaves, then it stays, and the next one joins it',
  async () => {
    const stage = await elasticStage(world)
    const [member] = await stage.addNew(1)
    const [only] = await stage.placesOf(member!)
    await stage.remove(member!)
    expect(await stage.spread()).toEqual(new Map([[only, []]]))
    await stage.remove(member!)
    expect(await stage.add(member!)).toEqual([only])
  },
)
removing(
  'behaviour',
  'doc',
  'Given an older sub-channel, when it falls below the minimum, then all who are left move to another one, and it is gone with its messages',
  async () => {
    await inMovedTime(async (own, pass) => {
      const { stage, members, moved, last, old, next } = await pair(own)
      await stage.addModerator(stage.owner, next)
      await own.post(stage.channelArn, moved, 'gone', { SubChannelId: next })
      await own.post(stage.channelArn, members[0]!, 'kept', { SubChannelId: old })
      pass(YOUNG_MS + 1)
      await stage.remove(last)
      expect(await stage.spread()).toEqual(new Map([[old, members.slice(0, 4)]]))
      expect(await stage.placesOf(moved)).toEqual([old])
      expect(await stage.placesOf(stage.owner)).toEqual([])
      const list = (SubChannelId: string, ChimeBearer: string) =>
        own.messaging.listChannelMessages({
          ChannelArn: stage.channelArn,
          SubChannelId,
          ChimeBearer,
        })
      await fails(list(next, stage.owner), 'ForbiddenException')
      await fails(list(next, moved), 'ForbiddenException')
      const { ChannelMessages } = await list(old, moved)
      expect(ChannelMessages?.map(({ Content }) => Content)).toEqual(['kept'])
      // Its place may be used again.
      await stage.addNew(8)
      expect(await stage.counts()).toEqual([4, 4, 4])
      expect([...(await stage.spread()).keys()]).not.toContain(next)
    })
  },
)
removing(
  'behaviour',
  'doc',
  'Given no other sub-channel has room for all who are left, when one leaves, then they stay where they are',
  async () => {
    await inMovedTime(async (own, pass) => {
      const { stage, last } = await pair(own)
      await stage.addNew(1)
      pass(YOUNG_MS + 1)
      expect(await stage.counts()).toEqual([4, 2])
      await stage.remove(last)
      expect(await stage.counts()).toEqual([4, 1])
    })
  },
)
removing(
  'behaviour',
  'proposed',
  'Given three sub-channels, when one falls below the minimum, then its members move to the fullest that has room for all',
  async () => {
    await inMovedTime(async (own, pass) => {
      const stage = await elasticStage(own)
      const members = await stage.addNew(9)
      const [first, second, third] = [...(await stage.spread()).keys()]
      expect(await stage.counts()).toEqual([4, 3, 2])
      pass(YOUNG_MS + 1)
      await stage.remove(members[8]!)
      const spread = await stage.spread()
      expect([...spread.keys()]).toEqual([first, second])
      expect([...spread.values()].map((arns) => arns.length)).toEqual([4, 4])
      expect(third).not.toBe(second)
    })
  },
)
removing(
  'behaviour',
  'inferred',
  'Given members of every sub-channel leave at once, when all are gone, then one sub-channel is left, empty, and a newcomer joins it',
  async () => {
    const stage = await elasticStage(world)
    const members = await stage.addNew(12)
    expect(await stage.counts()).toEqual([4, 4, 4])
    await Promise.all(members.map((arn) => remove(stage, arn, { ChimeBearer: arn })))
    expect(await stage.counts()).toEqual([0])
    for (const arn of members) expect(await stage.placesOf(arn)).toEqual([])
    await stage.addNew(1)
    expect(await stage.counts()).toEqual([1])
  },
)

const types = (events: readonly { type: string }[]) => events.map(({ type }) => type)
const ended = 'DELETE_CHANNEL_MEMBERSHIP'
const members7 = [
  'ChannelArn',
  'Member',
  'Type',
  'InvitedBy',
  'CreatedTimestamp',
  'LastUpdatedTimestamp',
  'SubChannelId',
]
removing(
  'events emitted',
  'inferred',
  'Given members of two sub-channels, when one leaves, then those of its sub-channel and itself get the event with SubChannelId, the others nothing',
  async () => {
    const { stage, members, next, moved, last } = await pair(world)
    await stage.addModerator(stage.owner, next)
    const sessions = []
    for (const arn of [members[0]!, moved, last, stage.owner])
      sessions.push(await world.listen(arn))
    await stage.remove(last)
    const all = await world.received(...sessions)
    expect(all.map(types)).toEqual([[], [ended], [ended], [ended]])
    for (const [event] of all.slice(1)) {
      expect(event!.headers).toEqual({
        'x-amz-chime-event-type': ended,
        'x-amz-chime-message-type': 'SYSTEM',
      })
      expectMembers(event!.payload, members7)
      expect(event!.payload).toMatchObject({ SubChannelId: next, Member: { Arn: last } })
    }
  },
)
removing(
  'events emitted',
  'doc',
  'Given a sub-channel is taken apart, when its members listen, then the moved one gets UPDATE_CHANNEL_MEMBERSHIP, a moderator its end with the reason subchannel_DELETED, others nothing',
  async () => {
    await inMovedTime(async (own, pass) => {
      const { stage, members, moved, last, old, next } = await pair(own)
      await stage.addModerator(stage.owner, next)
      await stage.addModerator(stage.owner, old)
      const sessions = []
      for (const arn of [members[0]!, moved, last, stage.owner])
        sessions.push(await own.listen(arn))
      pass(YOUNG_MS + 1)
      await stage.remove(last)
      await own.post(stage.channelArn, moved, 'hello', { SubChannelId: old })
      const all = await own.received(...sessions)
      const message = 'CREATE_CHANNEL_MESSAGE'
      expect(all.map(types)).toEqual([
        [message],
        [ended, 'UPDATE_CHANNEL_MEMBERSHIP', message],
        [ended],
        [ended, ended, message],
      ])
      expect(all[1]![1]!.payload).toMatchObject({
        SubChannelId: old,
        Member: { Arn: moved },
        InvitedBy: { Arn: stage.owner },
      })
      expect(all[1]![1]!.headers).not.toHaveProperty('x-amz-chime-event-reason')
      const [first, second] = all[3]!
      expect(first!.headers).not.toHaveProperty('x-amz-chime-event-reason')
      expect(at(first!.payload, 'Member.Arn')).toBe(last)
      expect(second!.headers['x-amz-chime-event-reason']).toBe('subchannel_DELETED')
      expect(second!.payload).toMatchObject({ SubChannelId: next, Member: { Arn: stage.owner } })
    })
  },
)

const banning = casesOf('CreateChannelBan')
banning(
  'behaviour',
  'doc',
  'Given a member of an elastic channel, when it is banned, then it is in no sub-channel, and too few are taken in by another',
  async () => {
    await inMovedTime(async (own, pass) => {
      const { stage, members, last, old } = await pair(own)
      pass(YOUNG_MS + 1)
      await own.ban(stage.channelArn, stage.owner, last)
      expect(await stage.placesOf(last)).toEqual([])
      expect(await stage.spread()).toEqual(new Map([[old, members.slice(0, 4)]]))
    })
  },
)
banning(
  'events emitted',
  'proposed',
  'Given a member of an elastic channel, when it is banned, then it and those of its sub-channel get DELETE_CHANNEL_MEMBERSHIP',
  async () => {
    const { stage, members, moved, last } = await pair(world)
    const sessions = []
    for (const arn of [members[0]!, moved, last]) sessions.push(await world.listen(arn))
    await world.ban(stage.channelArn, stage.owner, last)
    expect((await world.received(...sessions)).map(types)).toEqual([[], [ended], [ended]])
  },
)

const appointing = casesOf('CreateChannelModerator')
appointing(
  'behaviour',
  'doc',
  'Given a member of an elastic channel, when it becomes a moderator, then it is a member of nothing there, and may join sub-channels',
  async () => {
    await inMovedTime(async (own, pass) => {
      const { stage, members, last, old } = await pair(own)
      pass(YOUNG_MS + 1)
      await appoint(stage, last, own)
      expect(await stage.placesOf(last)).toEqual([])
      expect(await stage.spread()).toEqual(new Map([[old, members.slice(0, 4)]]))
      await stage.addModerator(last, old)
      expect(await stage.placesOf(last)).toEqual([old])
      expect(await stage.counts()).toEqual([5])
    })
  },
)
appointing(
  'behaviour',
  'doc',
  'Given a member of a channel that is not elastic, when it becomes a moderator and ceases to be one, then it stays a member',
  async () => {
    const [owner, member] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner)
    await world.join(channelArn, owner, member)
    const stage = { channelArn, owner } as ElasticStage
    await appoint(stage, member)
    await world.post(channelArn, member)
    await dismiss(stage, member)
    await world.post(channelArn, member)
  },
)
appointing(
  'events emitted',
  'inferred',
  'Given a member of an elastic channel, when it becomes a moderator, then it and those of its sub-channel get DELETE_CHANNEL_MEMBERSHIP',
  async () => {
    const { stage, members, moved, last } = await pair(world)
    const sessions = []
    for (const arn of [members[0]!, moved, last]) sessions.push(await world.listen(arn))
    await appoint(stage, last)
    expect((await world.received(...sessions)).map(types)).toEqual([[], [ended], [ended]])
  },
)

const dismissing = casesOf('DeleteChannelModerator')
dismissing(
  'behaviour',
  'doc',
  'Given a moderator in two sub-channels, when it is one no longer, then it is a member of nothing there, and is placed as any other',
  async () => {
    const { stage, old, next } = await pair(world)
    const moderator = await world.user()
    await appoint(stage, moderator)
    for (const id of [old, next]) await stage.addModerator(moderator, id)
    await dismiss(stage, moderator)
    expect(await stage.placesOf(moderator)).toEqual([])
    expect(await stage.counts()).toEqual([3, 2])
    expect(await stage.add(moderator)).toEqual([old])
    expect(await stage.counts()).toEqual([4, 2])
  },
)
dismissing(
  'events emitted',
  'inferred',
  'Given a moderator in two sub-channels, when it is one no longer, then the members of both get DELETE_CHANNEL_MEMBERSHIP, and itself one for each',
  async () => {
    const { stage, members, old, next, last } = await pair(world)
    const moderator = await world.user()
    await appoint(stage, moderator)
    for (const id of [old, next]) await stage.addModerator(moderator, id)
    const sessions = []
    for (const arn of [members[0]!, last, moderator]) sessions.push(await world.listen(arn))
    await dismiss(stage, moderator)
    const all = await world.received(...sessions)
    expect(all.map(types)).toEqual([[ended], [ended], [ended, ended]])
    const places = all[2]!.map(({ payload }) => String(at(payload, 'SubChannelId')))
    expect(places.toSorted()).toEqual([old, next].toSorted())
  },
)

const deleting = casesOf('DeleteAppInstanceUser')
deleting(
  'behaviour',
  'inferred',
  'Given a member of an elastic channel, when the user is deleted, then it takes no place, and too few are taken in by another',
  async () => {
    await inMovedTime(async (own, pass) => {
      const { stage, members, last, old } = await pair(own)
      pass(YOUNG_MS + 1)
      await own.identity.deleteAppInstanceUser({ AppInstanceUserArn: last })
      expect(await stage.spread()).toEqual(new Map([[old, members.slice(0, 4)]]))
      await own.identity.deleteAppInstanceUser({ AppInstanceUserArn: members[0] })
      expect(await stage.add(await own.user())).toEqual([old])
      expect(await stage.counts()).toEqual([4])
    })
  },
)
deleting(
  'events emitted',
  'inferred',
  'Given a member of an elastic channel, when the user is deleted, then those of its sub-channel get DELETE_CHANNEL_MEMBERSHIP with SubChannelId, the others nothing',
  async () => {
    const { members, moved, last, next } = await pair(world)
    const sessions = []
    for (const arn of [members[0]!, moved]) sessions.push(await world.listen(arn))
    await world.identity.deleteAppInstanceUser({ AppInstanceUserArn: last })
    const all = await world.received(...sessions)
    expect(all.map(types)).toEqual([[], [ended]])
    expect(all[1]![0]!.payload).toMatchObject({ SubChannelId: next, Member: { Arn: last } })
  },
)
