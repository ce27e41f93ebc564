// For each state-changing operation: a client's copy before + the events it receives = the state
// that is read afterwards.
import { expect } from 'vitest'
import { fails } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { elasticStage } from '../kit/elastic.ts'
import { unique, useWorld } from '../kit/world.ts'
import { actsIn, type Act } from './channel-acts.ts'
import { applyEvent, readChannel } from './channel-replica.ts'
import { elasticActsIn, type ElasticAct, type ElasticPlace } from './elastic-acts.ts'

const world = useWorld()
const write = casesOf('Connect')

const as = (ChannelArn: string, ChimeBearer: string) => ({ ChannelArn, ChimeBearer })

/** Members of a channel that no event tells of. evidence: docs (behaviour 1.9) */
const UNTOLD = ['ChannelFlowArn', 'ExpirationSettings', 'LastUpdatedTimestamp']

for (const kind of ['told', 'untold'] as const) {
  for (const name of Object.keys(actsIn(world)[kind])) {
    write(
      'events emitted',
      'inferred',
      `Given a copy of a channel, when ${name} is done, then the events bring the copy to what is read${kind === 'untold' ? ', apart from what no event tells' : ''}`,
      () => seeBySession(actsIn(world)[kind][name]!, kind === 'untold' ? UNTOLD : []),
    )
  }
}

async function seeBySession(act: Act, untold: readonly string[]): Promise<void> {
  const owner = await world.user(`Owner ${unique()}`)
  const [member, other, admin] = [
    await world.user('Mel'),
    await world.user('Oz'),
    await world.admin(),
  ]
  const channelArn = await world.channel(owner)
  await world.join(channelArn, owner, member)
  const messageId = await world.post(channelArn, owner)
  const session = await world.listen(owner)
  const copy = await readChannel(world, channelArn, owner)
  await act({ channelArn, owner, member, other, admin, messageId })
  const [events] = await world.received(session)
  for (const event of events!) applyEvent(copy, event)
  const read = await readChannel(world, channelArn, owner)
  for (const name of untold) {
    delete copy.channel![name]
    delete read.channel![name]
  }
  expect(copy).toEqual(read)
}

for (const name of Object.keys(elasticActsIn(world))) {
  write(
    'events emitted',
    'inferred',
    `Given a copy of a sub-channel, when ${name} is done, then the events bring the copy to what is read`,
    () => seeSubChannel(elasticActsIn(world)[name]!),
  )
}

async function seeSubChannel(act: ElasticAct): Promise<void> {
  const place = await openElasticPlace()
  const { channelArn, viewer, subChannelId } = place
  const session = await world.listen(viewer)
  const copy = await readChannel(world, channelArn, viewer, subChannelId)
  await act(place)
  const [events] = await world.received(session)
  for (const event of events!) applyEvent(copy, event)
  expect(copy).toEqual(await readChannel(world, channelArn, viewer, subChannelId))
}

/** Nobody is moved: of that the others hear nothing. evidence: docs (behaviour 4.4) */
async function openElasticPlace(): Promise<ElasticPlace> {
  const configuration = { TargetMembershipsPerSubChannel: 4, MinimumMembershipPercentage: 1 }
  const stage = await elasticStage(world, configuration)
  const { owner, channelArn } = stage
  const moderator = await world.user('Mia')
  const [viewer, member, leaving] = await stage.addNew(3)
  await stage.addNew(1)
  const [stranger] = await stage.addNew(1)
  const [subChannelId, otherSubChannelId] = [...(await stage.spread()).keys()]
  // There is room for one where the viewer is; the second of two newcomers goes elsewhere.
  await stage.addNew(1)
  await stage.remove(leaving!)
  await world.messaging.createChannelModerator({
    ...as(channelArn, owner),
    ChannelModeratorArn: moderator,
  })
  for (const id of [subChannelId!, otherSubChannelId!]) await stage.addModerator(moderator, id)
  const post = (sender: string, SubChannelId: string) =>
    world.post(channelArn, sender, unique(), { SubChannelId })
  return {
    channelArn,
    owner,
    viewer: viewer!,
    member: member!,
    moderator,
    stranger: stranger!,
    newcomer: await world.user('Nia'),
    admin: await world.admin(),
    subChannelId: subChannelId!,
    otherSubChannelId: otherSubChannelId!,
    messageId: await post(viewer!, subChannelId!),
    otherMessageId: await post(stranger!, otherSubChannelId!),
  }
}

write(
  'events emitted',
  'inferred',
  'Given a member, when DeleteChannel is done, then the event ends the copy, and nothing can be read',
  async () => {
    const [owner, member] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner)
    await world.join(channelArn, owner, member)
    const session = await world.listen(member)
    const copy = await readChannel(world, channelArn, member)
    await world.messaging.deleteChannel(as(channelArn, owner))
    const [events] = await world.received(session)
    for (const event of events!) applyEvent(copy, event)
    expect(copy.channel).toBeUndefined()
    await fails(world.messaging.describeChannel(as(channelArn, member)), 'ForbiddenException')
  },
)

write(
  'events emitted',
  'inferred',
  'Given somebody who is invited, when CreateChannel is done, then what is read at the event is all there is',
  async () => {
    const [owner, member] = [await world.user(), await world.user()]
    const session = await world.listen(member)
    const channelArn = await world.channel(owner, { MemberArns: [member] })
    const [events] = await world.received(session)
    expect(events!.map(({ type }) => type)).toEqual(Array(2).fill('CREATE_CHANNEL_MEMBERSHIP'))
    const copy = await readChannel(world, channelArn, member)
    expect(Object.keys(copy.members).toSorted()).toEqual([owner, member].toSorted())
  },
)

/** Operations of the schedule that run at the same time. */
const AT_ONCE = 4
const STEPS_PER_HAND = 25

write(
  'events emitted',
  'inferred',
  'Given a random schedule of operations at once, when all are done, then the copies of two members are what they read',
  async () => {
    const seed = Date.now() % 2 ** 31
    const random = seededRandom(seed)
    const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!
    const [owner, member, admin] = [
      await world.user('Ana'),
      await world.user('Bo'),
      await world.admin(),
    ]
    const guests = [await world.user('Cy'), await world.user('Dee'), await world.user('Eli')]
    const channelArn = await world.channel(owner, { Mode: 'UNRESTRICTED' })
    await world.join(channelArn, owner, member)
    const sent = [await world.post(channelArn, owner), await world.post(channelArn, member)]
    const sessions = [await world.listen(owner), await world.listen(member)]
    const copies = [
      await readChannel(world, channelArn, owner),
      await readChannel(world, channelArn, member),
    ]
    const of = (MessageId: string, bearer: string) => ({ ...as(channelArn, bearer), MessageId })
    const steps: readonly (() => Promise<unknown>)[] = [
      async () => sent.push(await world.post(channelArn, owner, unique())),
      async () => sent.push(await world.post(channelArn, member, unique())),
      () => world.post(channelArn, owner, 'now', { Persistence: 'NON_PERSISTENT' }),
      () => world.messaging.updateChannelMessage({ ...of(pick(sent), owner), Content: unique() }),
      () => world.messaging.redactChannelMessage(of(pick(sent), owner)),
      () => world.messaging.deleteChannelMessage(of(pick(sent), admin)),
      () => world.messaging.updateChannel({ ...as(channelArn, owner), Name: unique() }),
      () => world.join(channelArn, owner, pick(guests)),
      () =>
        world.messaging.batchCreateChannelMembership({
          ...as(channelArn, owner),
          MemberArns: guests,
        }),
      () =>
        world.messaging.deleteChannelMembership({
          ...as(channelArn, owner),
          MemberArn: pick(guests),
        }),
      () => world.post(channelArn, pick(guests), unique()),
      () => world.ban(channelArn, owner, pick(guests)),
      () => world.messaging.deleteChannelBan({ ...as(channelArn, owner), MemberArn: pick(guests) }),
      () => world.messaging.updateChannelReadMarker(as(channelArn, member)),
    ]
    // A step may be refused, as another one was faster: then it must change nothing.
    const isRefusal = /^(Forbidden|NotFound|Conflict|BadRequest)Exception$/
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let step = 0; step < STEPS_PER_HAND; step++) {
          await pick(steps)().catch((error: Error) => expect(error.name).toMatch(isRefusal))
        }
      }),
    )
    const received = await world.received(...sessions)
    for (const [index, bearer] of [owner, member].entries()) {
      for (const event of received[index]!) applyEvent(copies[index]!, event)
      expect(copies[index], `seed ${seed}`).toEqual(await readChannel(world, channelArn, bearer))
    }
  },
)

/** Numbers in [0, 1) that repeat for a seed. */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return state / 2 ** 31
  }
}
