// Who gets what in an elastic channel: each sub-channel by itself, and what is told to all of them.
import { beforeEach, describe, expect, it } from 'vitest'
import { LiveHub, conversation, type FakeSession } from '../../test/gateway/live-hub.ts'
import { transferEvent, type MembershipChange } from '../domain/channel-event.ts'
import type { ChannelMembership } from '../domain/channel.ts'

const north = conversation('stadium', 'north')
const south = conversation('stadium', 'south')
const whole = conversation('stadium')
/** More than one turn of the hub writes. */
const CROWD = 2_500

let live: LiveHub
beforeEach(() => {
  live = new LiveHub()
})

function changing(change: 'joined' | 'left', session: FakeSession, place: typeof north) {
  const { subChannelId } = place
  return { ...place, membershipChanges: [{ memberArn: session.memberArn, change, subChannelId }] }
}

function transfer(session: FakeSession, from: string, to: string): void {
  const membership = {
    channelArn: whole.channelArn,
    member: { arn: session.memberArn, name: 'Member' },
    subChannelId: to,
  } as ChannelMembership
  const event = transferEvent(membership, from, { Content: `you are in ${to}` })
  live.publish('', event)
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))
const leaving = (session: FakeSession, place: typeof north) => changing('left', session, place)
const joining = (session: FakeSession, place: typeof north) => changing('joined', session, place)
const pick = <Item>(items: readonly Item[], step: number): Item => items[step % items.length]!
const contentsOf = (...sessions: FakeSession[]) => sessions.map(({ contents }) => contents)

describe('sub-channels', () => {
  it('do not hear each other, nor a channel that is named like them', async () => {
    const [ana, bo] = [live.connect('ana', north), live.connect('bo', south)]
    const cy = live.connect('cy', conversation('arena', 'north'))
    live.publish('for the north', north)
    live.publish('for the south', south)
    await live.hub.settled()
    expect(contentsOf(ana, bo, cy)).toEqual([['for the north'], ['for the south'], []])
    expect(live.framesDelivered).toBe(2)
  })

  it('cost a delivery nothing when they are others', async () => {
    const others = Array.from({ length: 1_000 }, (_, index) =>
      live.connect(`other-${index}`, conversation('stadium', `other-${index}`)),
    )
    const ana = live.connect('ana', north)
    live.publish('for the north', north)
    await live.hub.settled()
    expect(ana.contents).toEqual(['for the north'])
    expect(others.map(({ looksCount }) => looksCount)).toEqual(others.map(() => 0))
    expect(live.framesDelivered).toBe(1)
  })

  it('are all heard by a moderator who is in all of them, each as long as it is', async () => {
    const places = Array.from({ length: 100 }, (_, index) => conversation('stadium', `s-${index}`))
    const host = live.connect('host', ...places)
    for (const place of places) live.publish(place.subChannelId, place)
    const left: MembershipChange = {
      memberArn: host.memberArn,
      change: 'left',
      subChannelId: 's-7',
    }
    live.publish('removed', { ...places[7], membershipChanges: [left] })
    for (const place of places) live.publish(`${place.subChannelId} again`, place)
    live.publish('to all', whole)
    await live.hub.settled()
    const ids = places.map(({ subChannelId }) => subChannelId)
    expect(host.contents.filter((content) => ids.includes(content)).toSorted()).toEqual(
      ids.toSorted(),
    )
    expect(host.contents).toContain('removed')
    expect(host.contents).not.toContain('s-7 again')
    expect(host.contents).toContain('s-8 again')
  })
})

describe('what is told to the whole of an elastic channel', () => {
  it('is heard in each sub-channel, behind what went before and ahead of what follows', async () => {
    const members = [north, south].map((place) =>
      Array.from({ length: CROWD }, (_, index) =>
        live.connect(`${place.subChannelId}-${index}`, place),
      ),
    )
    live.publish('1', north)
    live.publish('1', south)
    live.publish('renamed', { ...whole, type: 'UPDATE_CHANNEL' })
    live.publish('2', south)
    live.publish('2', north)
    live.publish('deleted', { ...whole, type: 'DELETE_CHANNEL', endsChannel: true })
    live.publish('lost', north)
    await live.hub.settled()
    for (const member of members.flat()) {
      expect(member.contents).toEqual(['1', 'renamed', '2', 'deleted'])
    }
  })

  it('is one buffer for all sub-channels', async () => {
    const [ana, bo] = [live.connect('ana', north), live.connect('bo', south)]
    live.publish('renamed', { ...whole, type: 'UPDATE_CHANNEL' })
    await live.hub.settled()
    expect(ana.contents).toEqual(['renamed'])
    expect(ana.writes[0]).toBe(bo.writes[0])
  })

  it('is heard once by a moderator of several, behind what went before in any of them', async () => {
    for (const place of [north, south]) {
      for (let index = 0; index < CROWD; index += 1)
        live.connect(`${place.subChannelId}-${index}`, place)
    }
    const east = conversation('stadium', 'east')
    const host = live.connect('host', north, south, east)
    const guest = live.connect('guest', north, east)
    live.publish('1', north)
    live.publish('2', north)
    live.publish('3', south)
    live.hub.detach(guest, east)
    live.publish('renamed', { ...whole, type: 'UPDATE_CHANNEL' })
    live.hub.attach(guest, south)
    live.publish('deleted', { ...whole, type: 'DELETE_CHANNEL', endsChannel: true })
    await live.hub.settled()
    expect(host.contents.slice(0, 3).toSorted()).toEqual(['1', '2', '3'])
    expect(host.contents.slice(3)).toEqual(['renamed', 'deleted'])
    expect(guest.contents).toEqual(['1', '2', 'renamed', 'deleted'])
  })

  it('ends it for everybody, also when the same ARN is used again', async () => {
    const ana = live.connect('ana', north)
    live.publish('deleted', { ...whole, type: 'DELETE_CHANNEL', endsChannel: true })
    const bo = live.connect('bo', north)
    live.publish('the new north', north)
    live.publish('the new stadium', whole)
    await live.hub.settled()
    expect(contentsOf(ana, bo)).toEqual([['deleted'], ['the new north', 'the new stadium']])
  })
})

describe('a member that is transferred', () => {
  it('alone is told, then hears the new sub-channel and no longer the old one', async () => {
    const [ana, bo, cy] = [
      live.connect('ana', north),
      live.connect('bo', north),
      live.connect('cy', south),
    ]
    live.publish('n1', north)
    live.publish('s1', south)
    transfer(ana, 'north', 'south')
    live.publish('n2', north)
    live.publish('s2', south)
    live.publish('renamed', whole)
    await live.hub.settled()
    expect(contentsOf(ana, bo, cy)).toEqual([
      ['n1', 'you are in south', 's2', 'renamed'],
      ['n1', 'n2', 'renamed'],
      ['s1', 's2', 'renamed'],
    ])
  })

  it('misses and doubles nothing while both sub-channels are being delivered to', async () => {
    const crowd = [north, south].map((place) =>
      Array.from({ length: CROWD }, (_, index) =>
        live.connect(`${place.subChannelId}-${index}`, place),
      ),
    )
    const moved = crowd[0]!.at(-1)!
    live.publish('n1', north)
    live.publish('s1', south)
    await new Promise((resolve) => setImmediate(resolve))
    transfer(moved, 'north', 'south')
    live.publish('n2', north)
    live.publish('s2', south)
    await live.hub.settled()
    expect(moved.contents.toSorted()).toEqual(['n1', 's2', 'you are in south'])
    expect(moved.contents.indexOf('you are in south')).toBeLessThan(moved.contents.indexOf('s2'))
  })

  it('hears the rest of the old sub-channel first, however busy that is', async () => {
    const crowd = live.crowd(CROWD, north)
    const moved = crowd.at(-1)!
    live.publish('n1', north)
    live.publish('renamed', whole)
    await nextTurn()
    transfer(moved, 'north', 'south')
    live.publish('s1', south)
    live.publish('renamed again', whole)
    await nextTurn()
    transfer(moved, 'south', 'east')
    live.publish('s2', south)
    await live.hub.settled()
    expect(moved.contents).toEqual([
      'n1',
      'renamed',
      'you are in south',
      's1',
      'renamed again',
      'you are in east',
    ])
  })

  it('and the last of its sub-channel leaves no subscription to that', () => {
    const ana = live.connect('ana', north)
    transfer(ana, 'north', 'south')
    expect(live.subjects.toSorted()).toEqual(['ana', 'stadium', 'stadium#south'])
  })
})

describe('a member that leaves a busy sub-channel', () => {
  it('and joins another one hears of both in this order', async () => {
    const ana = live.crowd(CROWD, north).at(-1)!
    live.publish('n1', north)
    await nextTurn()
    live.publish('removed', leaving(ana, north))
    await nextTurn()
    live.publish('added', joining(ana, south))
    live.publish('s1', south)
    await live.hub.settled()
    expect(ana.contents).toEqual(['n1', 'removed', 'added', 's1'])
  })

  it('and stays in another one hears of the whole channel in order', async () => {
    const host = live.crowd(CROWD, north).at(-1)!
    live.hub.attach(host, south)
    live.publish('renamed', whole)
    live.publish('removed', leaving(host, north))
    live.publish('renamed again', whole)
    await live.hub.settled()
    expect(host.contents).toEqual(['renamed', 'removed', 'renamed again'])
  })

  it('hears all of its ends and leaves the others as they were, from however many', async () => {
    const places = Array.from({ length: 5_000 }, (_, index) =>
      conversation('stadium', `s-${index}`),
    )
    for (const place of places) live.connect(place.subChannelId, place)
    const host = live.connect('host')
    live.hub.attachAll(host, places)
    live.publish('renamed', whole)
    for (const place of places) live.publish(place.subChannelId, leaving(host, place))
    live.publish('renamed again', whole)
    await live.hub.settled()
    const ids = places.map(({ subChannelId }) => subChannelId)
    expect(host.contents.toSorted()).toEqual(['renamed', ...ids].toSorted())
    expect(live.subjects.filter((subject) => subject.startsWith('stadium#')).length).toBe(5_000)
  })

  it('keeps nobody waiting who was given up', async () => {
    const ana = live.crowd(CROWD, north).at(-1)!
    const bo = live.connect('bo', south)
    live.publish('n1', north)
    transfer(ana, 'north', 'south')
    live.publish('s1', south)
    for (let sent = 0; sent < 17; sent += 1) live.publish('x'.repeat(1024 * 1024), north)
    await live.hub.settled()
    expect(bo.contents).toEqual(['s1'])
    expect(live.hub.backlogBytes).toBe(0)
  })
})

it('hears all of its time and nothing else, in order, whatever happens to whom', async () => {
  const places = ['a', 'b', 'c', 'd'].map((name) => conversation('stadium', name))
  const sessions = places.flatMap((place) => {
    const { subChannelId } = place
    return Array.from({ length: 300 }, (_, index) =>
      live.connect(`${subChannelId}-${index}`, place),
    )
  })
  const placeOf = new Map(sessions.map((session) => [session, session.memberArn.slice(0, 1)]))
  const expected = new Map(sessions.map((session): [FakeSession, string[]] => [session, []]))
  const note = (content: string, place?: string) => {
    for (const [session, at] of placeOf) {
      if (place === undefined || at === place) expected.get(session)!.push(content)
    }
  }
  for (let step = 0; step < 2_000; step += 1) {
    const place = pick(places, Math.imul(step, 7) >>> 2)
    if (step % 3 !== 0) {
      live.publish(`${step}`, place)
      note(`${step}`, place.subChannelId)
    } else if (step % 30 === 0) {
      live.publish(`${step} to all`, whole)
      note(`${step} to all`)
    } else {
      const moved = pick(sessions, Math.imul(step, 2_654_435_761) >>> 8)
      const from = placeOf.get(moved)!
      if (from === place.subChannelId) continue
      transfer(moved, from, place.subChannelId)
      placeOf.set(moved, place.subChannelId)
      expected.get(moved)!.push(`you are in ${place.subChannelId}`)
    }
    if (step % 5 === 0) await nextTurn()
  }
  await live.hub.settled()
  for (const session of sessions) expect(session.contents).toEqual(expected.get(session))
  expect(live.hub.backlogBytes).toBe(0)
})

describe('the bus', () => {
  it('is listened to for a sub-channel while somebody is in it, and for the whole likewise', () => {
    const [ana, bo] = [live.connect('ana', north), live.connect('bo', south)]
    const cy = live.connect('cy', south)
    expect(live.subjects.toSorted()).toEqual([
      'ana',
      'bo',
      'cy',
      'stadium',
      'stadium#north',
      'stadium#south',
    ])
    live.hub.remove(ana)
    live.hub.remove(bo)
    expect(live.subjects.toSorted()).toEqual(['cy', 'stadium', 'stadium#south'])
    live.hub.detach(cy, south)
    expect(live.subjects).toEqual(['cy'])
    live.hub.attach(cy, north)
    expect(live.subjects.toSorted()).toEqual(['cy', 'stadium', 'stadium#north'])
  })

  it('is not listened to any more for a channel that was deleted', async () => {
    live.connect('ana', north)
    live.connect('bo', south)
    live.publish('deleted', { ...whole, type: 'DELETE_CHANNEL', endsChannel: true })
    expect(live.subjects.toSorted()).toEqual(['ana', 'bo'])
    await live.hub.settled()
    expect(live.hub.backlogBytes).toBe(0)
  })
})
