// What connected members of an elastic channel hear while they are moved about, with messages being
// sent all the time.
import type { Message } from 'amazon-chime-sdk-js'
import { expect } from 'vitest'
import { createMovedClock } from '../../harness/moved-clock.ts'
import type { SessionEvent, TestSession } from '../../harness/messaging-session.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { elasticStage, SMALL, type ElasticStage } from '../kit/elastic.ts'
import { openWorld, unique, type World } from '../kit/world.ts'
import { createSdkSession } from './sdk-messaging-session.ts'
import { placeToldOf, staysOf, type Stay } from './elastic-stays.ts'

const write = casesOf('Connect')

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

/** Sends by whoever is in some sub-channel, as fast as it goes, until it is stopped. */
function sendAllTheTime(
  world: World,
  channelArn: string,
  senders: ReadonlyMap<string, () => string | undefined>,
) {
  const acknowledged = new Set<string>()
  const stopping = new AbortController()
  const loops = [...senders].map(async ([sender, placeOf]) => {
    while (!stopping.signal.aborted) {
      const SubChannelId = placeOf()
      // Who was just moved or removed is refused, and learns where it is by an event.
      const sent =
        SubChannelId === undefined
          ? undefined
          : await world
              .post(channelArn, sender, unique(), { SubChannelId })
              .catch((error: Error) => expect(error.name).toBe('ForbiddenException'))
      if (typeof sent === 'string') acknowledged.add(sent)
      else await new Promise((resolve) => setImmediate(resolve))
    }
  })
  return {
    acknowledged,
    async stop() {
      stopping.abort()
      await Promise.all(loops)
    },
  }
}

/** The messages of each sub-channel in the order of their commits, by everything that was heard. */
function orderOf(heard: readonly (readonly SessionEvent[])[]): Map<string, string[]> {
  const messages = new Map<string, SessionEvent>()
  for (const event of heard.flat()) {
    if (event.type === 'CREATE_CHANNEL_MESSAGE') {
      messages.set(String(event.payload?.['MessageId']), event)
    }
  }
  // Instants strictly increase.
  const sorted = [...messages].toSorted(([, one], [, other]) =>
    String(one.payload?.['CreatedTimestamp']) < String(other.payload?.['CreatedTimestamp'])
      ? -1
      : 1,
  )
  const order = new Map<string, string[]>()
  for (const [id, { payload }] of sorted) {
    const place = String(payload?.['SubChannelId'])
    order.set(place, [...(order.get(place) ?? []), id])
  }
  return order
}

/** The stay has a run of the messages of its sub-channel, without a gap. */
function expectRun({ subChannelId, messageIds }: Stay, order: ReadonlyMap<string, string[]>) {
  const all = order.get(subChannelId) ?? []
  const first = messageIds.length === 0 ? 0 : all.indexOf(messageIds[0]!)
  expect(messageIds).toEqual(all.slice(first, first + messageIds.length))
}

write(
  'events emitted',
  'doc',
  'Given an elastic channel that grows and shrinks while all its members send, when it is over, then each heard exactly the messages of the sub-channels that it was in, in order',
  async () => {
    await inMovedTime(async (world, pass) => {
      const stage = await elasticStage(world)
      const { channelArn, owner } = stage
      const firsts = await stage.addNew(4)
      const lates: string[] = []
      while (lates.length < 5) lates.push(await world.user('Lea'))
      const [firstPlace] = await stage.placesOf(firsts[0]!)
      const moderator = owner
      await stage.addModerator(moderator, firstPlace!)
      const members = [...firsts, ...lates]
      const firstPlaceOf = (arn: string) => (firsts.includes(arn) ? firstPlace : undefined)
      const sessions = new Map<string, TestSession>()
      for (const arn of [...members, moderator]) sessions.set(arn, await world.listen(arn))
      const sending = sendAllTheTime(
        world,
        channelArn,
        new Map(
          members.map((arn) => [
            arn,
            () => placeToldOf(arn, sessions.get(arn)!, firstPlaceOf(arn)),
          ]),
        ),
      )
      const inEach = async () => {
        for (const [SubChannelId, arns] of await stage.spread()) {
          if (!arns.includes(moderator)) await stage.addModerator(moderator, SubChannelId)
        }
      }
      for (const arn of lates) {
        await stage.add(arn)
        await inEach()
      }
      const grown = await stage.spread()
      expect(grown.size).toBe(3)
      pass(YOUNG_MS + 1)
      // The smallest is taken apart as soon as another one can take who is left in it.
      for (let spread = grown; spread.size > 1; spread = await stage.spread()) {
        const [smallest, next] = [...spread.values()]
          .map((arns) => arns.filter((arn) => arn !== moderator))
          .toSorted((one, other) => one.length - other.length)
        await stage.remove(
          next!.length === SMALL.TargetMembershipsPerSubChannel ? next![0]! : smallest![0]!,
        )
      }
      await sending.stop()
      const arns = [...sessions.keys()]
      const heard = await world.received(...sessions.values())
      const order = orderOf(heard)
      const stays = new Map(
        arns.map((arn, index) => {
          const place = arn === moderator ? firstPlace : firstPlaceOf(arn)
          return [arn, staysOf(arn, place === undefined ? [] : [place], heard[index]!)]
        }),
      )
      expect(new Set([...order.values()].flat())).toEqual(sending.acknowledged)
      let movesCount = 0
      for (const [arn, own] of stays) {
        for (const [index, stay] of own.entries()) {
          expectRun(stay, order)
          if (stay.endedBy === 'UPDATE_CHANNEL_MEMBERSHIP') movesCount += 1
          // Members are brought back to the first sub-channel only from one that ends.
          const isTakenApart =
            stay.endedBy === 'subchannel_DELETED' || own[index + 1]?.subChannelId === firstPlace
          if (stay.endedBy === undefined || isTakenApart) {
            const last = order.get(stay.subChannelId)?.at(-1)
            expect(stay.messageIds.length === 0 || stay.messageIds.at(-1) === last, arn).toBe(true)
          }
        }
        const places = own.filter(({ endedBy }) => endedBy === undefined)
        expect(places.map(({ subChannelId }) => subChannelId)).toEqual(await stage.placesOf(arn))
      }
      expect(movesCount).toBeGreaterThanOrEqual(4)
      expect(stays.get(moderator)!.map(({ endedBy }) => endedBy)).toContain('subchannel_DELETED')
    })
  },
)

/** Each of them moves a member there and back. */
const ROUNDS = 4
const CONNECTS_AT_ONCE = 4

write(
  'events emitted',
  'inferred',
  'Given members and moderators that connect while they are moved or their sub-channel is taken apart, when it is over, then each session hears where its member is and nothing else',
  async () => {
    await inMovedTime(async (world, pass) => {
      const stage = await elasticStage(world)
      const { owner: moderator } = stage
      const members = await stage.addNew(SMALL.TargetMembershipsPerSubChannel)
      const [first] = await stage.placesOf(members[0]!)
      await stage.addModerator(moderator, first!)
      // The newest keeps newcomers company, and comes back when these leave.
      const moved = members.at(-1)!
      const newcomer = await world.user('Nia')
      const connecting = [moved, moderator, newcomer]
      for (let round = 0; round < ROUNDS; round += 1) {
        await connectDuring(world, stage, connecting, () => stage.add(newcomer))
        expect(await stage.counts()).toEqual([4, 2])
        const [second] = await stage.placesOf(moved)
        await connectDuring(world, stage, connecting, () => stage.addModerator(moderator, second!))
        pass(YOUNG_MS + 1)
        await connectDuring(world, stage, connecting, () => stage.remove(newcomer))
        expect(await stage.counts()).toEqual([5])
      }
    })
  },
)

/** Then a message in each sub-channel and a change of the channel come to whom they are for. */
async function connectDuring(
  world: World,
  stage: ElasticStage,
  arns: readonly string[],
  act: () => Promise<unknown>,
): Promise<void> {
  const { channelArn, owner } = stage
  const connecting = Array<readonly string[]>(CONNECTS_AT_ONCE).fill(arns).flat()
  const opening = Promise.all(connecting.map((arn) => world.listen(arn)))
  const [sessions] = await Promise.all([opening, act()])
  const spread = await stage.spread()
  const sent = new Map<string, string>()
  for (const [SubChannelId, there] of spread) {
    const sender = there.find((arn) => arn !== owner)!
    sent.set(SubChannelId, await world.post(channelArn, sender, 'here', { SubChannelId }))
  }
  const change = { ChannelArn: channelArn, ChimeBearer: owner, Name: unique() }
  await world.messaging.updateChannel(change)
  const heard = await world.received(...sessions)
  for (const [index, arn] of connecting.entries()) {
    const places = [...spread].filter(([, there]) => there.includes(arn)).map(([id]) => id)
    const messages = heard[index]!.filter(({ type }) => type === 'CREATE_CHANNEL_MESSAGE')
    expect(messages.map(({ payload }) => payload!['MessageId'])).toEqual(
      places.map((id) => sent.get(id)),
    )
    const changes = heard[index]!.filter(({ type }) => type === 'UPDATE_CHANNEL')
    expect(changes.length).toBe(places.length > 0 ? 1 : 0)
  }
  await Promise.all(sessions.map((session) => session.close()))
}

const typesOf = (events: readonly SessionEvent[]) => events.map(({ type }) => type)

write(
  'events emitted',
  'inferred',
  'Given a moderator in three sub-channels and members with two sessions each, when one is banned, one deleted, and then the channel changed and deleted, then every session hears of each once',
  async () => {
    const opened = await openWorld({})
    const { world } = opened
    try {
      const stage = await elasticStage(world)
      const { channelArn, owner } = stage
      const members = await stage.addNew(12)
      const places = [...(await stage.spread()).keys()]
      expect(places.length).toBe(3)
      for (const place of places) await stage.addModerator(owner, place)
      const [banned, deleted] = [members[0]!, members.at(-1)!]
      const elsewhere: string[] = []
      for (const place of places) {
        const there = (await stage.spread()).get(place)!
        elsewhere.push(there.find((arn) => ![owner, banned, deleted].includes(arn))!)
      }
      const arns = [owner, ...elsewhere]
      const sessions: TestSession[] = []
      for (const arn of [...arns, ...arns]) sessions.push(await world.listen(arn))
      const [ofBanned, ofDeleted] = [await world.listen(banned), await world.listen(deleted)]
      const [bannedFrom, deletedFrom] = [
        (await stage.placesOf(banned))[0]!,
        (await stage.placesOf(deleted))[0]!,
      ]
      await world.ban(channelArn, owner, banned)
      await world.identity.deleteAppInstanceUser({ AppInstanceUserArn: deleted })
      await world.messaging.updateChannel({ ChannelArn: channelArn, ChimeBearer: owner, Name: 'N' })
      await world.messaging.deleteChannel({ ChannelArn: channelArn, ChimeBearer: owner })
      const ends = ['UPDATE_CHANNEL', 'DELETE_CHANNEL']
      const heard = await world.received(...sessions, ofBanned)
      const gone = 'DELETE_CHANNEL_MEMBERSHIP'
      for (const [index, events] of heard.slice(0, -1).entries()) {
        const place = [undefined, ...places][index % 4]
        const leaves = [bannedFrom, deletedFrom].filter((from) => !place || from === place)
        expect(typesOf(events)).toEqual([...leaves.map(() => gone), ...ends])
        expect(events.slice(0, -2).map(({ payload }) => payload!['SubChannelId'])).toEqual(leaves)
      }
      expect(typesOf(heard.at(-1)!)).toEqual([gone])
      expect((await ofDeleted.closed).code).toBe(4003)
    } finally {
      await opened.end()
    }
  },
)

write(
  'events emitted',
  'doc',
  'Given sessions of the SDK, when a sub-channel opens and is taken apart again, then the moved member is told of both moves, and the moderator why it is out',
  async () => {
    await inMovedTime(async (world, pass) => {
      const stage = await elasticStage(world)
      const { channelArn, owner } = stage
      const members = await stage.addNew(SMALL.TargetMembershipsPerSubChannel)
      const moved = members.at(-1)!
      const [first] = await stage.placesOf(moved)
      using ofMoved = await createSdkSession(world.endpoint, moved)
      using ofModerator = await createSdkSession(world.endpoint, owner)
      await Promise.all([ofMoved.start(), ofModerator.start()])
      const [newcomer] = await stage.addNew(1)
      const [second] = await stage.placesOf(newcomer!)
      await stage.addModerator(owner, second!)
      pass(YOUNG_MS + 1)
      await stage.remove(newcomer!)
      const last = await world.post(channelArn, moved, 'back', { SubChannelId: first! })
      const subChannelOf = ({ payload }: Message) =>
        (JSON.parse(payload) as { SubChannelId?: string }).SubChannelId
      await ofMoved.waitFor(
        ({ type, payload }) => type === 'CREATE_CHANNEL_MESSAGE' && payload.includes(last),
      )
      const moves = ofMoved.messages.filter(({ type }) => type === 'UPDATE_CHANNEL_MEMBERSHIP')
      expect(moves.map(subChannelOf)).toEqual([second, first])
      const ended = await ofModerator.waitFor(
        ({ headers }) => headers['x-amz-chime-event-reason'] === 'subchannel_DELETED',
      )
      expect([ended.type, subChannelOf(ended)]).toEqual(['DELETE_CHANNEL_MEMBERSHIP', second])
    })
  },
)
