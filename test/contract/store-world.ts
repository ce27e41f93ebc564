// What the store's contract tests are played with: a clock moved by hand, a few people and
// channels, and short ways to make more of them. Not a test itself.
import type { AppInstanceArn, AppInstanceUserArn, ChannelArn } from '../../src/base/arn.ts'
import { appInstanceArnOf, arnWithin } from '../../src/base/arn.ts'
import type { Clock } from '../../src/base/clock.ts'
import type { ChannelEvent } from '../../src/domain/channel-event.ts'
import type { ChannelMessage, ChannelMessageDraft } from '../../src/domain/channel-message.ts'
import type { Channel, ChannelMembership } from '../../src/domain/channel.ts'
import type { Identity } from '../../src/domain/identity.ts'
import type { Cursor, Page } from '../../src/ports/paging.ts'
import type { CommittedEvents, Store } from '../../src/ports/store.ts'

/** Where the story begins, epoch milliseconds. */
export const START = 1_800_000_000_000

export interface ManualClock extends Clock {
  advance(ms: number): void
}

export function createManualClock(): ManualClock {
  let now = START
  const idle = { cancel() {} }
  return {
    now: () => now,
    monotonicMs: () => now,
    after: () => idle,
    every: () => idle,
    advance(ms) {
      now += ms
    },
  }
}

export interface RecordedEvents extends CommittedEvents {
  /** Event types with their payload's `n`, and removed members, in order. */
  readonly seen: string[]
}

export function createRecordedEvents(): RecordedEvents {
  const seen: string[] = []
  return {
    seen,
    channelEvent: ({ payload }) => seen.push(JSON.stringify(payload)),
    memberRemoved: (memberArn) => seen.push(`removed ${memberArn}`),
    appInstanceRemoved: (arn) => seen.push(`removed ${arn}`),
    outboxAppended: ({ kind, target }) => seen.push(`waits for ${kind} ${target}`),
  }
}

export const appInstanceArn: AppInstanceArn = appInstanceArnOf(
  { region: 'us-east-1', accountId: '000000000000' },
  'app',
)

export function person(id: string): Identity & { readonly arn: AppInstanceUserArn } {
  return { arn: arnWithin(appInstanceArn, 'user', id), name: id.toUpperCase() }
}

export function channelArn(id: string): ChannelArn {
  return arnWithin(appInstanceArn, 'channel', id)
}

export function conversation(id: string, subChannelId = '') {
  return { channelArn: channelArn(id), subChannelId }
}

export function channel(id: string, more: Partial<Channel> = {}): Channel {
  return {
    arn: channelArn(id),
    name: id,
    mode: 'UNRESTRICTED',
    privacy: 'PUBLIC',
    createdBy: person('ann'),
    createdAt: START,
    lastUpdatedAt: START,
    ...more,
  }
}

export function membership(
  id: string,
  member: Identity,
  more: Partial<ChannelMembership> = {},
): ChannelMembership {
  return {
    channelArn: channelArn(id),
    member,
    type: 'DEFAULT',
    invitedBy: person('ann'),
    createdAt: START,
    lastUpdatedAt: START,
    subChannelId: '',
    isOfModerator: false,
    ...more,
  }
}

export function draft(
  id: string,
  content: string,
  more: Partial<ChannelMessageDraft> = {},
): ChannelMessageDraft {
  return {
    ...conversation(id),
    sender: person('ann'),
    type: 'STANDARD',
    persistence: 'PERSISTENT',
    content,
    ...more,
  }
}

export function event(n: number | string): ChannelEvent {
  return {
    type: 'UPDATE_CHANNEL',
    messageType: 'SYSTEM',
    channelArn: channelArn('one'),
    subChannelId: '',
    audience: 'members',
    payload: { n },
    membershipChanges: [],
    endsChannel: false,
  }
}

export async function addAppInstance(store: Store): Promise<void> {
  await store.transact(async (tx) => {
    tx.appInstances.insert({
      arn: appInstanceArn,
      name: 'App',
      createdAt: START,
      lastUpdatedAt: START,
    })
  })
}

export async function addUsers(store: Store, ...ids: readonly string[]): Promise<void> {
  await store.transact(async (tx) => {
    for (const id of ids) {
      const { arn, name } = person(id)
      tx.appInstanceUsers.insert({ arn, name, createdAt: START, lastUpdatedAt: START })
    }
  })
}

export async function addChannel(store: Store, made: Channel): Promise<void> {
  await store.transact(async (tx) => tx.channels.insert(made))
}

export async function addMembers(store: Store, id: string, ...members: string[]): Promise<void> {
  await store.transact(async (tx) => {
    for (const member of members) tx.memberships.insert(membership(id, person(member)))
  })
}

export async function addSubChannel(store: Store, id: string, subChannelId: string): Promise<void> {
  const subChannel = { ...conversation(id, subChannelId), createdAt: START }
  await store.transact(async (tx) => tx.subChannels.insert(subChannel))
}

export function send(
  store: Store,
  message: ChannelMessageDraft,
  request?: { token: string; requestHash: string },
): Promise<ChannelMessage> {
  return store.transact((tx) => tx.messages.append(message, 'SENT', request))
}

/** Ann, bob and cid, and the channel `one` with all three in it. */
export async function furnish(store: Store): Promise<void> {
  await addAppInstance(store)
  await addUsers(store, 'ann', 'bob', 'cid')
  await addChannel(store, channel('one'))
  await addMembers(store, 'one', 'ann', 'bob', 'cid')
}

/** All items of a list, page by page; `between` runs after each page but the last. */
export async function pageThrough<Item>(
  fetch: (after: Cursor | undefined) => Promise<Page<Item>>,
  between: (pagesCount: number) => Promise<void> = () => Promise.resolve(),
): Promise<{ readonly items: Item[]; readonly pagesCount: number }> {
  const items: Item[] = []
  let pagesCount = 0
  for (let after: Cursor | undefined; ;) {
    const page = await fetch(after)
    items.push(...page.items)
    pagesCount++
    if (page.next === undefined) return { items, pagesCount }
    // A cursor travels to the client and back as JSON.
    after = JSON.parse(JSON.stringify(page.next)) as Cursor
    await between(pagesCount)
  }
}
