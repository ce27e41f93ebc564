// What every event bus must do, as ports/event-bus.ts promises. Each implementation runs it from a
// test file of its own.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AppInstanceArn, ChannelArn, MemberArn } from '../../src/base/arn.ts'
import type { ChannelEvent } from '../../src/domain/channel-event.ts'
import type { EventBus, MemberEvent } from '../../src/ports/event-bus.ts'

/** How an implementation is made, and how to wait until all that was published has arrived. */
export interface EventBusFixture {
  create(): EventBus
  settled(bus: EventBus): Promise<void>
}

const instanceArn = 'arn:aws:chime:us-east-1:000000000000:app-instance/test' as AppInstanceArn
const lobby = `${instanceArn}/channel/lobby` as ChannelArn
const corner = `${instanceArn}/channel/corner` as ChannelArn
const ana = `${instanceArn}/user/ana` as MemberArn
const bo = `${instanceArn}/user/bo` as MemberArn
const inLobby = { channelArn: lobby, subChannelId: '' }
const inCorner = { channelArn: corner, subChannelId: '' }

function event(channelArn: ChannelArn, number: number, subChannelId = ''): ChannelEvent {
  return {
    type: 'CREATE_CHANNEL_MESSAGE',
    messageType: 'STANDARD',
    channelArn,
    subChannelId,
    audience: 'members',
    payload: { number, at: new Date(0) },
    membershipChanges: [],
    endsChannel: false,
  }
}

export function describeEventBus(name: string, fixture: EventBusFixture): void {
  describe(`event bus: ${name}`, () => {
    let bus: EventBus
    beforeEach(async () => {
      bus = fixture.create()
      await bus.start()
    })
    afterEach(() => bus.close())

    it('brings an event, whole, to every listener of its channel and to no other', async () => {
      const first: ChannelEvent[] = []
      const second: ChannelEvent[] = []
      const other: ChannelEvent[] = []
      bus.subscribeToConversation(inLobby, (heard) => first.push(heard))
      bus.subscribeToConversation(inLobby, (heard) => second.push(heard))
      bus.subscribeToConversation(inCorner, (heard) => other.push(heard))
      bus.publishToConversation(event(lobby, 1))
      await fixture.settled(bus)
      expect(first).toEqual([event(lobby, 1)])
      expect(second).toEqual([event(lobby, 1)])
      expect(other).toEqual([])
    })

    it('tells the conversations of one channel apart', async () => {
      const heard: string[] = []
      for (const subChannelId of ['', 'a', 'b']) {
        const conversation = { channelArn: lobby, subChannelId }
        bus.subscribeToConversation(conversation, () => heard.push(subChannelId))
      }
      bus.publishToConversation(event(lobby, 1, 'b'))
      await fixture.settled(bus)
      expect(heard).toEqual(['b'])
      bus.publishToConversation(event(lobby, 2))
      await fixture.settled(bus)
      expect(heard).toEqual(['b', ''])
    })

    it('brings a member event to the listeners of that member only', async () => {
      const heard: string[] = []
      bus.subscribeToMember(ana, ({ kind }) => heard.push(`ana ${kind}`))
      bus.subscribeToMember(bo, ({ kind }) => heard.push(`bo ${kind}`))
      bus.publishToMember(ana, { kind: 'joined', channelArn: lobby, subChannelId: '' })
      bus.publishToMember(bo, { kind: 'deleted' })
      await fixture.settled(bus)
      expect(heard).toEqual(['ana joined', 'bo deleted'])
    })

    it('brings the end of every channel to who listens to that, after those who hear it', async () => {
      const heard: string[] = []
      const removals = bus.subscribeToChannelRemovals((arn) => heard.push(arn))
      bus.subscribeToConversation(inLobby, () => heard.push('lobby'))
      bus.publishToConversation(event(lobby, 1))
      bus.publishToConversation({ ...event(lobby, 2), endsChannel: true })
      bus.publishToConversation({ ...event(corner, 3), endsChannel: true })
      await fixture.settled(bus)
      removals.close()
      bus.publishToConversation({ ...event(corner, 4), endsChannel: true })
      await fixture.settled(bus)
      expect(heard).toEqual(['lobby', 'lobby', lobby, corner])
    })

    it('brings the removal of an app instance to who listens to removals', async () => {
      const heard: string[] = []
      bus.subscribeToMember(ana, ({ kind }) => heard.push(`ana ${kind}`))
      const removals = bus.subscribeToAppInstanceRemovals((arn) => heard.push(arn))
      bus.publishAppInstanceRemoved(instanceArn)
      await fixture.settled(bus)
      removals.close()
      bus.publishAppInstanceRemoved(instanceArn)
      await fixture.settled(bus)
      expect(heard).toEqual([instanceArn])
    })

    it('keeps the order of publishing across subjects', async () => {
      const heard: string[] = []
      bus.subscribeToConversation(inLobby, ({ payload }) => heard.push(JSON.stringify(payload)))
      bus.subscribeToMember(ana, ({ kind }) => heard.push(kind))
      bus.publishToMember(ana, { kind: 'joined', channelArn: lobby, subChannelId: '' })
      bus.publishToConversation(event(lobby, 1))
      bus.publishToMember(ana, { kind: 'left', channelArn: lobby, subChannelId: '' })
      await fixture.settled(bus)
      expect(heard).toEqual(['joined', JSON.stringify(event(lobby, 1).payload), 'left'])
    })

    it('keeps that order when a listener publishes', async () => {
      const heard: string[] = []
      bus.subscribeToConversation(inLobby, () => {
        heard.push('first listener')
        bus.publishToMember(ana, { kind: 'deleted' })
      })
      bus.subscribeToConversation(inLobby, () => heard.push('second listener'))
      bus.subscribeToMember(ana, ({ kind }) => heard.push(kind))
      bus.publishToConversation(event(lobby, 1))
      await fixture.settled(bus)
      expect(heard).toEqual(['first listener', 'second listener', 'deleted'])
    })

    it('calls the listeners of a subject in the order of subscribing', async () => {
      const heard: number[] = []
      for (const number of [1, 2, 3]) bus.subscribeToConversation(inLobby, () => heard.push(number))
      bus.publishToConversation(event(lobby, 1))
      await fixture.settled(bus)
      expect(heard).toEqual([1, 2, 3])
    })

    it('brings nothing to who subscribes after the event was published', async () => {
      const heard: unknown[] = []
      bus.publishToConversation(event(lobby, 1))
      bus.subscribeToConversation(inLobby, ({ payload }) => heard.push(payload))
      bus.publishToConversation(event(lobby, 2))
      await fixture.settled(bus)
      expect(heard).toEqual([event(lobby, 2).payload])
    })

    it('tells one listener of many members whose event it is', async () => {
      const heard: string[] = []
      const listener = ({ kind }: MemberEvent, memberArn: MemberArn) =>
        heard.push(`${memberArn} ${kind}`)
      const subscriptions = [ana, bo, ana].map((arn) => bus.subscribeToMember(arn, listener))
      bus.publishToMember(ana, { kind: 'deleted' })
      bus.publishToMember(bo, { kind: 'deleted' })
      await fixture.settled(bus)
      for (const subscription of subscriptions) subscription.close()
      bus.publishToMember(ana, { kind: 'deleted' })
      await fixture.settled(bus)
      expect(heard).toEqual([`${ana} deleted`, `${ana} deleted`, `${bo} deleted`])
    })

    it('calls no listener after its close, even from within a delivery', async () => {
      const heard: string[] = []
      bus.subscribeToConversation(inLobby, () => {
        heard.push('closer')
        closed.close()
      })
      const closed = bus.subscribeToConversation(inLobby, () => heard.push('closed'))
      bus.publishToConversation(event(lobby, 1))
      bus.publishToConversation(event(lobby, 2))
      await fixture.settled(bus)
      expect(heard).toEqual(['closer', 'closer'])
      closed.close()
    })
  })
}
