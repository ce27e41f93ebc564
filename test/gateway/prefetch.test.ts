// What a new session with prefetch is shown, in which order with live events, and that neither a
// storm of connects nor a client that does not read costs more than it may. Texts come from a store
// that tests write down; queries and content are the conformance tests' matter.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { MemberArn } from '../../src/base/arn.ts'
import type { ChannelMessage } from '../../src/domain/channel-message.ts'
import type { GatewayOptions } from '../../src/gateway/gateway.ts'
import { PREFETCHES_RUNNING_MAX } from '../../src/gateway/prefetcher.ts'
import { QUEUED_BYTES_MAX } from '../../src/gateway/session-writer.ts'
import {
  conversationKey,
  type ConversationReference,
} from '../../src/ports/conversation-reference.ts'
import type { TestSession } from '../harness/messaging-session.ts'
import { conversation, startLiveGateway, userArn, type LiveGateway } from './live-gateway.ts'

const query = { 'prefetch-on': 'connect' }
const ana = { arn: userArn('ana'), name: 'Ana' }

let live: LiveGateway
/** Conversations in the order in which the store lists them. */
let listed: ConversationReference[]
/** Contents by conversation, newest first. */
let contents: Map<string, string[]>
/** Keys of the conversations that Ana is a member of. */
let memberships: Set<string>
/** Conversations in which nothing was ever said. */
let silent: Set<string>
let listings: string[]
/** Called in the middle of the reading of a conversation, with its key. */
let whileReading: (key: string) => Promise<void> | void

function messageOf(of: ConversationReference, content: string, age: number): ChannelMessage {
  return {
    ...of,
    messageId: content.slice(0, 20),
    sender: ana,
    type: 'STANDARD',
    persistence: 'PERSISTENT',
    content,
    createdAt: 900 - age,
    lastUpdatedAt: 900 - age,
    redacted: false,
    status: 'SENT',
  } as unknown as ChannelMessage
}

const store = {
  ownMemberships: {
    async listForPrefetch(_: MemberArn, order: string, limit: number) {
      listings.push(`${order} ${limit}`)
      return listed
    },
    async find(of: ConversationReference) {
      if (!memberships.has(conversationKey(of))) return undefined
      const { channelArn: arn, subChannelId } = of
      const channel = { arn, name: 'Lobby', mode: 'RESTRICTED', privacy: 'PRIVATE' }
      const lastMessageAt = silent.has(conversationKey(of)) ? undefined : 1_000
      return { channel, type: 'DEFAULT', subChannelId, lastMessageAt }
    },
  },
  messages: {
    async list(of: ConversationReference, { limit }: { limit: number }) {
      const key = conversationKey(of)
      const all = (contents.get(key) ?? []).map((content, age) => messageOf(of, content, age))
      await whileReading(key)
      const page = { items: all.slice(0, limit) }
      return all.length > limit ? { ...page, next: ['more'] } : page
    },
  },
} as unknown as Partial<GatewayOptions['store']>

beforeEach(async () => {
  listed = []
  contents = new Map()
  memberships = new Set()
  silent = new Set()
  listings = []
  whileReading = () => undefined
  live = await startLiveGateway({
    store: {
      ...store,
      memberships: {
        listConversations: async () =>
          listed.filter((each) => memberships.has(conversationKey(each))),
        list: async ({ subChannelId }: ConversationReference) => ({
          items: [{ member: ana, subChannelId }],
        }),
      } as unknown as GatewayOptions['store']['memberships'],
    },
  })
  live.users.add(ana.arn)
})
afterEach(() => live[Symbol.asyncDispose]())

/** Makes Ana a member of a conversation, and returns its key. */
function give(name: string, ...texts: string[]): string {
  const given = conversation(name)
  const key = conversationKey(given)
  listed.push(given)
  memberships.add(key)
  contents.set(key, texts)
  return key
}

/** The channels of the details that the session was shown so far. */
function shown(session: TestSession): unknown[] {
  return session.events
    .filter(({ type }) => type === 'CHANNEL_DETAILS')
    .map(({ payload }) => (payload?.['Channel'] as { ChannelArn?: string } | undefined)?.ChannelArn)
}

function contentsShown(session: TestSession): unknown[] {
  const details = session.events.find(({ type }) => type === 'CHANNEL_DETAILS')
  const messages = details?.payload?.['ChannelMessages'] as { Content: string }[] | undefined
  return messages?.map(({ Content }) => Content) ?? []
}

async function queuedBytes(): Promise<number> {
  const text = await live.metrics.render()
  return Number(/^carillon_session_queued_bytes (\d+)$/m.exec(text)?.[1])
}

describe('a session with prefetch', () => {
  it('is shown its channels in the order of the store, after SESSION_ESTABLISHED', async () => {
    const arns = [give('one', 'newer', 'older'), give('two'), give('three')]
    const session = await live.connect('ana', { query })
    await live.gateway.settled()
    await session.waitFor(() => shown(session).length === 3)
    expect(session.events[0]?.type).toBe('SESSION_ESTABLISHED')
    expect(shown(session)).toEqual(arns)
    expect(listings).toEqual(['unread 50'])
    expect(session.events[1]?.headers['x-amz-chime-message-type']).toBe('SYSTEM')
    expect(session.events[1]?.payload).toMatchObject({
      Channel: { Name: 'Lobby', LastMessageTimestamp: '1970-01-01T00:00:01.000Z' },
      ChannelMessages: [{ Content: 'newer' }, { Content: 'older' }],
      ChannelMemberships: [{ Member: { Arn: ana.arn, Name: 'Ana' } }],
      ChannelMessagesHasMore: false,
    })
    expect(session.events[1]?.text).not.toContain('null')
    expect(await live.metrics.render()).toContain('carillon_frames_delivered_total 3')
  })

  it.each([
    ['unread', 'unread 50'],
    ['last-message-timestamp', 'last-message-timestamp 50'],
    ['something-new', 'unread 50'],
  ])('asks for the order %s', async (order, listing) => {
    await live.connect('ana', { query: { ...query, 'prefetch-sort-by': order } })
    await live.gateway.settled()
    expect(listings).toEqual([listing])
  })

  it.each([[{}], [{ 'prefetch-on': 'message' }], [{ 'prefetch-sort-by': 'unread' }]])(
    'is only one that asks for it: not %j',
    async (other) => {
      give('one')
      const session = await live.connect('ana', { query: other })
      await live.gateway.settled()
      session.socket.ping()
      expect(listings).toEqual([])
      expect(shown(session)).toEqual([])
    },
  )

  it('is closed with 1011 when its channels cannot be read, so that it returns', async () => {
    give('one')
    whileReading = () => {
      throw new Error('no store')
    }
    const session = await live.connect('ana', { query })
    expect((await session.closed).code).toBe(1011)
  })
})

describe('a session of a moderator in two sub-channels', () => {
  it('is shown each of them: its messages, its members, and when the last came', async () => {
    give('stadium#north', 'goal', 'kick-off')
    silent.add(give('stadium#south'))
    const session = await live.connect('ana', { query })
    await session.waitFor(() => shown(session).length === 2)
    const [north, south] = session.events.slice(1).map(({ payload }) => payload)
    expect(north).toMatchObject({
      SubChannelId: 'north',
      Channel: { LastMessageTimestamp: '1970-01-01T00:00:01.000Z' },
      ChannelMessages: [{ Content: 'goal' }, { Content: 'kick-off' }],
      ChannelMemberships: [{ Member: { Arn: ana.arn } }],
    })
    expect(south).toMatchObject({ SubChannelId: 'south', ChannelMessages: [] })
    expect(south?.['Channel']).not.toHaveProperty('LastMessageTimestamp')
  })

  it('is not shown one that it is transferred from meanwhile', async () => {
    const north = give('stadium#north')
    give('stadium#south')
    whileReading = (key) => {
      if (key !== north) return
      memberships.delete(north)
      live.bus.publishToMember(ana.arn, { kind: 'left', ...conversation('stadium#north') })
    }
    const session = await live.connect('ana', { query })
    await session.waitForType('CHANNEL_DETAILS')
    await live.gateway.settled()
    live.publish('stadium#south', 'end')
    await session.waitForType('CREATE_CHANNEL_MESSAGE', { Content: 'end' })
    expect(shown(session)).toHaveLength(1)
  })
})

describe('while a channel is read', () => {
  it('what is published is in the details, which never are older than what went before', async () => {
    const lobby = give('lobby', 'first')
    let readings = 0
    whileReading = () => {
      readings += 1
      if (readings > 1) return
      contents.set(lobby, ['second', 'first'])
      live.publish('lobby', 'second')
    }
    const session = await live.connect('ana', { query })
    await session.waitForType('CHANNEL_DETAILS')
    await session.waitForType('CREATE_CHANNEL_MESSAGE', { Content: 'second' })
    expect(contentsShown(session)).toEqual(['second', 'first'])
    expect(readings).toBe(2)
  })

  it('a channel that changes every time is shown all the same, and no event is missing', async () => {
    const lobby = give('lobby')
    let readings = 0
    whileReading = () => {
      readings += 1
      contents.set(lobby, [`${readings}`, ...(contents.get(lobby) ?? [])])
      live.publish('lobby', `${readings}`)
    }
    const session = await live.connect('ana', { query })
    await session.waitForType('CHANNEL_DETAILS')
    for (const content of ['1', '2', '3']) {
      await session.waitForType('CREATE_CHANNEL_MESSAGE', { Content: content })
    }
    expect(contentsShown(session)).toEqual(['2', '1'])
  })

  it.each([
    ['left, and it is told', true],
    ['deleted, and nobody is told', false],
  ])('a channel that is %s is not shown', async (_, isTold) => {
    const [lobby, corner] = [give('lobby', 'secret'), give('corner')]
    whileReading = (arn) => {
      if (arn !== lobby) return
      memberships.delete(lobby)
      if (isTold) live.bus.publishToMember(ana.arn, { kind: 'left', ...conversation('lobby') })
      else live.publish('lobby', 'something to read it again for')
    }
    const session = await live.connect('ana', { query })
    await session.waitForType('CHANNEL_DETAILS')
    expect(shown(session)).toEqual([corner])
  })
})

describe('many sessions', () => {
  it('are read a few at a time, and all are shown theirs', async () => {
    const arns = [give('one'), give('two')]
    let reading = 0
    let readingMost = 0
    whileReading = async () => {
      reading += 1
      readingMost = Math.max(readingMost, reading)
      await new Promise((resolve) => setImmediate(resolve))
      reading -= 1
    }
    const names = Array.from({ length: 40 }, (_, number) => `user-${number}`)
    for (const name of names) live.users.add(userArn(name))
    const sessions = await Promise.all(names.map((name) => live.connect(name, { query })))
    for (const session of sessions) await session.waitFor(() => shown(session).length === 2)
    for (const session of sessions) expect(shown(session)).toEqual(arns)
    expect(readingMost).toBeLessThanOrEqual(PREFETCHES_RUNNING_MAX)
    expect(readingMost).toBeGreaterThan(1)
  })

  it('that leave before their turn are not read', async () => {
    give('one')
    const held = Promise.withResolvers<void>()
    whileReading = () => held.promise
    const names = Array.from({ length: 8 }, (_, number) => `user-${number}`)
    for (const name of names) live.users.add(userArn(name))
    const sessions = []
    for (const name of names) sessions.push(await live.connect(name, { query }))
    await expect.poll(() => listings.length).toBe(PREFETCHES_RUNNING_MAX)
    for (const session of sessions) await session.close()
    await expect.poll(() => live.metrics.render()).toContain('carillon_sessions 0')
    held.resolve()
    await live.gateway.settled()
    expect(listings.length).toBe(PREFETCHES_RUNNING_MAX)
  })
})

describe('a client that does not read', () => {
  it('is shown more only when it has taken what it was sent; others are not held up', async () => {
    const text = 'x'.repeat(40_000)
    for (let number = 0; number < 50; number += 1) {
      give(`${number}`, ...Array.from({ length: 18 }, (_, index) => `${number} ${index} ${text}`))
    }
    const slow = await live.open(ana.arn, { query })
    slow.socket.pause()
    await live.gateway.settled()
    expect(shown(slow).length).toBeLessThan(50)
    const queued = await queuedBytes()
    expect(queued).toBeGreaterThan(0)
    expect(queued).toBeLessThan(QUEUED_BYTES_MAX)

    live.users.add(userArn('bo'))
    const bo = await live.connect('bo', { query })
    await bo.waitFor(() => shown(bo).length === 50)

    slow.socket.resume()
    await slow.waitFor(() => shown(slow).length === 50)
    expect(slow.socket.readyState).toBe(1)
    expect(shown(slow)).toEqual(listed.map(conversationKey))
  })

  it('is forgotten when it goes', async () => {
    const text = 'x'.repeat(40_000)
    for (let number = 0; number < 50; number += 1) {
      give(`${number}`, ...Array.from({ length: 18 }, () => text))
    }
    const slow = await live.open(ana.arn, { query })
    slow.socket.pause()
    await live.gateway.settled()
    slow.socket.terminate()
    await expect.poll(() => live.metrics.render()).toContain('carillon_sessions 0')
    await live.gateway.settled()
    expect(listings).toHaveLength(1)
  })
})
