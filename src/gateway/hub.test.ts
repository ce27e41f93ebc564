// Who gets what: exact receivers, order, joined frames, and membership that changes while a
// delivery is under way. Sessions are stand-ins; test/gateway/ has real sockets.
import { beforeEach, describe, expect, it } from 'vitest'
import type { MemberArn } from '../base/arn.ts'
import { LiveHub, conversation, type FakeSession } from '../../test/gateway/live-hub.ts'
import type { ConversationReference } from '../ports/conversation-reference.ts'
import { CONVERSATION_BACKLOG_BYTES_MAX } from './conversation-delivery.ts'
import type { Hub } from './hub.ts'

const lobby = conversation('lobby')
const corner = conversation('corner')
/** More than one turn of the hub writes. */
const CROWD = 2_500

let live: LiveHub
let hub: Hub

beforeEach(() => {
  live = new LiveHub()
  hub = live.hub
})

const connect: LiveHub['connect'] = (name, ...places) => live.connect(name, ...places)
const publish: LiveHub['publish'] = (content, sent) => live.publish(content, sent)

function crowd(...places: ConversationReference[]): FakeSession[] {
  return live.crowd(CROWD, ...places)
}

/** Publishes `content` and resolves after the first turn, in the middle of a crowd's delivery. */
async function beginDelivery(content: string): Promise<void> {
  publish(content)
  await new Promise((resolve) => setImmediate(resolve))
  expect(live.framesDelivered).toBeLessThan(CROWD)
}

describe('receivers', () => {
  it('are the sessions of the members of the channel, all of them, and no others', async () => {
    const phone = connect('ana', lobby)
    const laptop = connect('ana', lobby)
    const other = connect('bo', corner)
    publish('hello')
    await hub.settled()
    expect([phone.contents, laptop.contents, other.contents]).toEqual([['hello'], ['hello'], []])
    expect(live.framesDelivered).toBe(2)
  })

  it('of a targeted event are those named in it that are members', async () => {
    const [ana, bo, cy] = [connect('ana', lobby), connect('bo', lobby), connect('cy', corner)]
    publish('psst', { audience: new Set([ana.memberArn, cy.memberArn]) })
    await hub.settled()
    expect([ana.contents, bo.contents, cy.contents]).toEqual([['psst'], [], []])
  })

  it('follow what their member joins and leaves', async () => {
    const ana = connect('ana')
    publish('before')
    live.tell(ana.memberArn, 'joined', lobby)
    publish('as a member')
    live.tell(ana.memberArn, 'left', lobby)
    publish('after')
    await hub.settled()
    expect(ana.contents).toEqual(['as a member'])
  })

  it('end with 4003 when the user is deleted, all sessions of it', () => {
    const [phone, laptop, bo] = [connect('ana', lobby), connect('ana', lobby), connect('bo', lobby)]
    live.bus.publishToMember(phone.memberArn, { kind: 'deleted' })
    expect([phone, laptop, bo].map(({ endedWith }) => endedWith)).toEqual([4003, 4003, undefined])
    expect(hub.sessionsOf(phone.memberArn)).toEqual([])
  })

  it('are nobody after the event that ends the channel, also under its ARN used again', async () => {
    const ana = connect('ana', lobby)
    publish('deleted', { endsChannel: true })
    publish('lost')
    live.tell('bo' as MemberArn, 'joined', lobby)
    const bo = connect('bo', lobby)
    publish('the new lobby')
    await hub.settled()
    expect(ana.contents).toEqual(['deleted'])
    expect(bo.contents).toEqual(['the new lobby'])
    hub.attach(ana, lobby)
    publish('back again')
    hub.detach(ana, lobby)
    publish('gone again')
    await hub.settled()
    expect(ana.contents).toEqual(['deleted', 'back again'])
  })
})

describe('frames', () => {
  it('are one buffer for all receivers', async () => {
    const [ana, bo] = [connect('ana', lobby), connect('bo', lobby)]
    publish('shared')
    await hub.settled()
    expect(ana.writes[0]).toBe(bo.writes[0])
  })

  it('of one turn are joined into one write', async () => {
    const [ana, bo] = [connect('ana', lobby), connect('bo', lobby)]
    for (const content of ['1', '2', '3']) publish(content)
    await hub.settled()
    expect(ana.contents).toEqual(['1', '2', '3'])
    expect(ana.writes).toHaveLength(1)
    expect(ana.writes[0]).toBe(bo.writes[0])
    expect(live.framesDelivered).toBe(6)
  })

  it('keep their order around a targeted one', async () => {
    const [ana, bo] = [connect('ana', lobby), connect('bo', lobby)]
    publish('1')
    publish('2')
    publish('for ana', { audience: new Set([ana.memberArn]) })
    publish('3')
    await hub.settled()
    expect(ana.contents).toEqual(['1', '2', 'for ana', '3'])
    expect(bo.contents).toEqual(['1', '2', '3'])
  })

  it('are not encoded when nobody listens', async () => {
    connect('ana', corner)
    let encoded = 0
    const payload = { toJSON: () => (encoded += 1) }
    publish('', { type: 'UPDATE_CHANNEL', payload })
    await hub.settled()
    expect(encoded).toBe(0)
  })

  it('cease when the last session of the channel is gone', async () => {
    const ana = connect('ana', lobby)
    hub.remove(ana)
    publish('nobody')
    expect(hub.backlogBytes).toBe(0)
    await hub.settled()
    expect(ana.contents).toEqual([])
  })
})

describe('a delivery that takes several turns', () => {
  it('reaches everybody once and in order', async () => {
    const members = crowd(lobby)
    await beginDelivery('1')
    publish('2')
    publish('3')
    await hub.settled()
    for (const member of members) expect(member.contents).toEqual(['1', '2', '3'])
    expect(members[0]!.writes).toHaveLength(2)
  })

  it('lets a small channel pass', async () => {
    const members = crowd(lobby)
    const small = connect('small', corner)
    let reachedByThen = 0
    small.onDeliver = () => {
      reachedByThen = members.filter(({ writes }) => writes.length > 0).length
    }
    publish('large')
    publish('small', corner)
    await hub.settled()
    expect(reachedByThen).toBeGreaterThan(0)
    expect(reachedByThen).toBeLessThan(CROWD)
  })

  it('does not reach who joins meanwhile, the next event does', async () => {
    crowd(lobby)
    const late = connect('late')
    await beginDelivery('1')
    live.tell(late.memberArn, 'joined', lobby)
    publish('2')
    await hub.settled()
    expect(late.contents).toEqual(['2'])
  })

  it('still reaches who leaves meanwhile, the next event does not', async () => {
    const last = crowd(lobby).at(-1)!
    await beginDelivery('1')
    live.tell(last.memberArn, 'left', lobby)
    publish('2')
    await hub.settled()
    expect(last.contents).toEqual(['1'])
  })

  it('passes over who is gone meanwhile, also with a join that waited', async () => {
    const members = crowd(lobby)
    const late = connect('late')
    await beginDelivery('1')
    const last = members.at(-1)!
    last.end({ code: 1000, reason: '', reconnects: false })
    hub.attach(late, lobby)
    late.end({ code: 1000, reason: '', reconnects: false })
    publish('2')
    await hub.settled()
    expect([last.contents, late.contents]).toEqual([[], []])
    expect(members[0]!.contents).toEqual(['1', '2'])
  })
})

it('gives a channel up whose events outrun the node, and ends its sessions with 1013', async () => {
  const members = crowd(lobby)
  const late = connect('late')
  const bystander = connect('bystander', corner)
  await beginDelivery('1')
  hub.attach(late, lobby)
  const large = 'x'.repeat(1024 * 1024)
  const enough = CONVERSATION_BACKLOG_BYTES_MAX / large.length + 1
  for (let count = 0; count < enough; count += 1) publish(large)
  await hub.settled()
  expect(new Set([...members, late].map(({ endedWith }) => endedWith))).toEqual(new Set([1013]))
  expect(bystander.endedWith).toBeUndefined()
  expect(hub.backlogBytes).toBe(0)
})
