// What the hub says of who hears what: the operator's picture stands on it.
import { beforeEach, expect, it } from 'vitest'
import { LiveHub, conversation } from '../../test/gateway/live-hub.ts'
import { conversationKey } from '../ports/conversation-reference.ts'

const north = conversation('stadium', 'north')
const south = conversation('stadium', 'south')
const lobby = conversation('lobby')

let live: LiveHub
beforeEach(() => {
  live = new LiveHub()
})

function heard(): Readonly<Record<string, number>> {
  const all = [...live.hub.heardConversations()]
  return Object.fromEntries(all.map((each) => [conversationKey(each), each.sessionsCount]))
}

it('counts sessions, in each conversation that they hear', async () => {
  expect(heard()).toEqual({})
  live.connect('ana', north, lobby)
  live.connect('ana', north, lobby)
  const host = live.connect('host', north, south)
  expect(heard()).toEqual({ 'stadium#north': 3, 'stadium#south': 1, lobby: 2 })
  live.hub.detach(host, south)
  expect(heard()).toEqual({ 'stadium#north': 3, lobby: 2 })
  live.hub.remove(host)
  expect(heard()).toEqual({ 'stadium#north': 2, lobby: 2 })
})

it('follows a member from one sub-channel to another', () => {
  const ana = live.connect('ana', north)
  live.tell(ana.memberArn, 'left', north)
  live.tell(ana.memberArn, 'joined', south)
  expect(heard()).toEqual({ 'stadium#south': 1 })
})

it('forgets a channel that was deleted', async () => {
  live.connect('ana', lobby)
  live.publish('the end', { endsChannel: true })
  await live.hub.settled()
  expect(heard()).toEqual({})
})

it('may be asked while everything changes', () => {
  const crowd = live.crowd(100, north)
  for (let index = 0; index < 100; index += 1) live.connect('fan', conversation(`c${index}`))
  let seenCount = 0
  for (const { subChannelId } of live.hub.heardConversations()) {
    seenCount += 1
    if (subChannelId === '') continue
    for (const session of crowd) live.hub.remove(session)
    live.connect('late', lobby)
  }
  expect(seenCount).toBe(102)
})
