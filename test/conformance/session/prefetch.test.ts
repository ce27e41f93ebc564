// Conformance of prefetch: what a session that asks for it is shown of which channels, and that
// nothing is lost between what is shown and what is delivered live.
import { PrefetchSortBy } from 'amazon-chime-sdk-js'
import { expect } from 'vitest'
import { connectSession } from '../../harness/messaging-session.ts'
import type { SessionEvent, TestSession } from '../../harness/messaging-session.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { pairsStage } from '../kit/elastic-pairs.ts'
import { useWorld } from '../kit/world.ts'
import { createSdkSession } from './sdk-messaging-session.ts'

const world = useWorld()
const write = casesOf('Connect')

interface Details {
  readonly Channel: { readonly ChannelArn: string; readonly LastMessageTimestamp?: string }
  readonly ChannelMessages: readonly {
    readonly MessageId: string
    readonly Content?: string
    readonly CreatedTimestamp: string
    readonly Redacted: boolean
  }[]
  readonly ChannelMemberships: readonly { readonly Member: { readonly Arn: string } }[]
  readonly ReadMarkerTimestamp?: string
  readonly ChannelMessagesHasMore: boolean
}

/** Connects with prefetch and waits for the details of `count` channels. */
async function prefetch(
  userArn: string,
  count: number,
  query: Readonly<Record<string, string>> = {},
): Promise<TestSession> {
  const session = await connectSession(world.endpoint, userArn, {
    query: { 'prefetch-on': 'connect', ...query },
  })
  await session.waitFor(() => detailsOf(session).length >= count)
  return session
}

function detailEvents({ events }: Pick<TestSession, 'events'>): readonly SessionEvent[] {
  return events.filter(({ type }) => type === 'CHANNEL_DETAILS')
}

function detailsOf(session: TestSession): readonly Details[] {
  return detailEvents(session).map(({ payload }) => payload as unknown as Details)
}

function channelsOf(session: TestSession): readonly string[] {
  return detailsOf(session).map(({ Channel }) => Channel.ChannelArn)
}

function markRead(channelArn: string, userArn: string) {
  return world.messaging.updateChannelReadMarker({ ChannelArn: channelArn, ChimeBearer: userArn })
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

write(
  'wire',
  'doc',
  'Given a member of a channel, when it connects with prefetch-on=connect, then CHANNEL_DETAILS of type SYSTEM shows summary, messages and memberships',
  async () => {
    const [ana, bo] = [await world.user('Ana'), await world.user('Bo')]
    const channelArn = await world.channel(ana, { Metadata: 'meta' })
    await world.join(channelArn, ana, bo)
    const MessageId = await world.post(channelArn, ana, 'Lunch at one?')
    using session = await prefetch(bo, 1)
    const [event] = detailEvents(session)
    expect(session.events[0]?.type).toBe('SESSION_ESTABLISHED')
    expect(event?.headers['x-amz-chime-message-type']).toBe('SYSTEM')
    const timestamp = expect.stringMatching(ISO) as string
    expect(event?.payload).toEqual({
      Channel: {
        Name: 'Lobby',
        ChannelArn: channelArn,
        Mode: 'RESTRICTED',
        Privacy: 'PRIVATE',
        Metadata: 'meta',
        LastMessageTimestamp: timestamp,
      },
      ChannelMessages: [
        {
          MessageId,
          Content: 'Lunch at one?',
          Type: 'STANDARD',
          CreatedTimestamp: timestamp,
          LastUpdatedTimestamp: timestamp,
          Sender: { Arn: ana, Name: 'Ana' },
          Redacted: false,
          Status: { Value: 'SENT' },
        },
      ],
      ChannelMemberships: [
        { Member: { Arn: ana, Name: 'Ana' } },
        { Member: { Arn: bo, Name: 'Bo' } },
      ],
      ChannelMessagesHasMore: false,
    })
    expect(event?.text).not.toContain('null')
  },
)
write(
  'wire',
  'code',
  'Given the stock session with prefetch on, when it starts, then its observers are handed CHANNEL_DETAILS',
  async () => {
    const ana = await world.user()
    const channelArn = await world.channel(ana)
    for (const sortBy of [undefined, PrefetchSortBy.Unread, PrefetchSortBy.LastMessageTimestamp]) {
      using session = await createSdkSession(world.endpoint, ana, undefined, { sortBy })
      await session.start()
      const { payload } = await session.waitFor(({ type }) => type === 'CHANNEL_DETAILS')
      const details = JSON.parse(payload) as Details
      expect(details.Channel.ChannelArn).toBe(channelArn)
    }
  },
)

write(
  'behaviour',
  'doc',
  'Given more than 20 messages, when they are prefetched, then the newest 20 come, newest first, and ChannelMessagesHasMore says so',
  async () => {
    const ana = await world.user()
    const channelArn = await world.channel(ana)
    const ids: string[] = []
    while (ids.length < 20) ids.push(await world.post(channelArn, ana, `${ids.length}`))
    using all = await prefetch(ana, 1)
    expect(detailsOf(all)[0]?.ChannelMessagesHasMore).toBe(false)
    expect(detailsOf(all)[0]?.ChannelMessages.map(({ MessageId }) => MessageId)).toEqual(
      ids.toReversed(),
    )
    ids.push(await world.post(channelArn, ana, 'one more'))
    using most = await prefetch(ana, 1)
    expect(detailsOf(most)[0]?.ChannelMessagesHasMore).toBe(true)
    expect(detailsOf(most)[0]?.ChannelMessages.map(({ MessageId }) => MessageId)).toEqual(
      ids.slice(1).toReversed(),
    )
  },
)
write(
  'behaviour',
  'doc',
  'Given messages targeted at others, when they are prefetched, then only those who may see them are shown them',
  async () => {
    const [ana, bo, cy] = [await world.user(), await world.user(), await world.user()]
    const channelArn = await world.channel(ana)
    await world.join(channelArn, ana, bo, cy)
    const forAll = await world.post(channelArn, ana, 'for all')
    const forBo = await world.post(channelArn, ana, 'for Bo', { Target: [{ MemberArn: bo }] })
    const seen: Record<string, string[]> = {}
    for (const user of [ana, bo, cy]) {
      using session = await prefetch(user, 1)
      seen[user] = detailsOf(session)[0]!.ChannelMessages.map(({ MessageId }) => MessageId)
    }
    expect(seen).toEqual({ [ana]: [forBo, forAll], [bo]: [forBo, forAll], [cy]: [forAll] })
  },
)
write(
  'behaviour',
  'inferred',
  'Given a redacted and a deleted message, when they are prefetched, then the one is empty and the other missing',
  async () => {
    const admin = await world.admin()
    const channelArn = await world.channel(admin)
    const redacted = await world.post(channelArn, admin, 'secret')
    const deleted = await world.post(channelArn, admin, 'gone')
    const of = { ChannelArn: channelArn, ChimeBearer: admin }
    await world.messaging.redactChannelMessage({ ...of, MessageId: redacted })
    await world.messaging.deleteChannelMessage({ ...of, MessageId: deleted })
    using session = await prefetch(admin, 1)
    expect(detailsOf(session)[0]?.ChannelMessages).toMatchObject([
      { MessageId: redacted, Redacted: true },
    ])
    expect(detailsOf(session)[0]?.ChannelMessages[0]).not.toHaveProperty('Content')
  },
)
write(
  'behaviour',
  'doc',
  'Given more than 30 members, when they are prefetched, then 30 come',
  async () => {
    const ana = await world.user()
    const channelArn = await world.channel(ana)
    const others: string[] = []
    while (others.length < 31) others.push(await world.user('Other'))
    await world.messaging.batchCreateChannelMembership({
      ChannelArn: channelArn,
      MemberArns: others,
      ChimeBearer: ana,
    })
    using session = await prefetch(ana, 1)
    expect(detailsOf(session)[0]?.ChannelMemberships).toHaveLength(30)
  },
)
write(
  'behaviour',
  'proposed',
  'Given a hidden member, when anyone prefetches, then it is left out of the memberships, and is shown the channel itself',
  async () => {
    const [ana, observer] = [await world.user(), await world.user()]
    const channelArn = await world.channel(ana)
    await world.joinHidden(channelArn, ana, observer)
    for (const user of [ana, observer]) {
      using session = await prefetch(user, 1)
      const [details] = detailsOf(session)
      expect(details?.Channel.ChannelArn).toBe(channelArn)
      expect(details?.ChannelMemberships.map(({ Member }) => Member.Arn)).toEqual([ana])
    }
  },
)
write(
  'behaviour',
  'inferred',
  'Given a read marker, when the channel is prefetched, then it is shown as an ISO text, and before it is set not at all',
  async () => {
    const ana = await world.user()
    const channelArn = await world.channel(ana)
    using before = await prefetch(ana, 1)
    expect(detailsOf(before)[0]).not.toHaveProperty('ReadMarkerTimestamp')
    await markRead(channelArn, ana)
    using after = await prefetch(ana, 1)
    const { ChannelMembership } = await world.messaging.describeChannelMembershipForAppInstanceUser(
      {
        ChannelArn: channelArn,
        AppInstanceUserArn: ana,
        ChimeBearer: ana,
      },
    )
    const marker = detailsOf(after)[0]?.ReadMarkerTimestamp
    expect(marker).toMatch(ISO)
    const membership = ChannelMembership?.AppInstanceUserMembershipSummary
    expect(marker).toBe(membership?.ReadMarkerTimestamp?.toISOString())
  },
)
write(
  'behaviour',
  'code',
  'Given channels read and unread, when they are prefetched, then unread ones come first, else the newest message decides, and silent channels come last',
  async () => {
    const [ana, bo] = [await world.user(), await world.user()]
    const silent = await world.channel(bo)
    const unreadOld = await world.channel(bo)
    const unreadNew = await world.channel(bo)
    const read = await world.channel(bo)
    const readAgain = await world.channel(bo)
    for (const channelArn of [silent, unreadOld, unreadNew, read, readAgain]) {
      await world.join(channelArn, bo, ana)
    }
    await world.post(unreadOld, bo)
    await markRead(unreadNew, ana)
    await world.post(unreadNew, bo)
    await world.post(readAgain, bo)
    await markRead(readAgain, ana)
    await world.post(read, bo)
    await markRead(read, ana)
    const unreadFirst = [unreadNew, unreadOld, read, readAgain, silent]
    using byDefault = await prefetch(ana, 5)
    expect(channelsOf(byDefault)).toEqual(unreadFirst)
    using byUnread = await prefetch(ana, 5, { 'prefetch-sort-by': 'unread' })
    expect(channelsOf(byUnread)).toEqual(unreadFirst)
    using byTime = await prefetch(ana, 5, { 'prefetch-sort-by': 'last-message-timestamp' })
    expect(channelsOf(byTime)).toEqual([read, readAgain, unreadNew, unreadOld, silent])
  },
)
write(
  'behaviour',
  'doc',
  'Given more than 50 channels, when they are prefetched, then 50 come, and the one with an unread message is the first of them',
  async () => {
    const [ana, bo] = [await world.user(), await world.user()]
    const unread = await world.channel(ana)
    await world.join(unread, ana, bo)
    await world.post(unread, bo)
    const read: string[] = []
    while (read.length < 52) {
      const channelArn = await world.channel(ana)
      await world.post(channelArn, ana)
      await markRead(channelArn, ana)
      read.push(channelArn)
    }
    using session = await prefetch(ana, 50)
    // Whatever else were shown would have come before this.
    const MessageId = await world.post(unread, bo, 'fence')
    await session.waitForType('CREATE_CHANNEL_MESSAGE', { MessageId })
    expect(channelsOf(session)).toEqual([unread, ...read.toReversed().slice(0, 49)])
    using byTime = await prefetch(ana, 50, { 'prefetch-sort-by': 'last-message-timestamp' })
    expect(channelsOf(byTime)).toEqual([unread, ...read.toReversed().slice(0, 49)])
  },
)
write(
  'behaviour',
  'doc',
  'Given channels that the user has left or that were deleted, when it prefetches, then they are not shown',
  async () => {
    const [ana, bo] = [await world.user(), await world.admin()]
    const [stays, left, deleted] = [
      await world.channel(bo),
      await world.channel(bo),
      await world.channel(bo),
    ]
    for (const channelArn of [stays, left, deleted]) await world.join(channelArn, bo, ana)
    await world.messaging.deleteChannelMembership({
      ChannelArn: left,
      MemberArn: ana,
      ChimeBearer: ana,
    })
    await world.messaging.deleteChannel({ ChannelArn: deleted, ChimeBearer: bo })
    using session = await prefetch(ana, 1)
    const MessageId = await world.post(stays, bo, 'fence')
    await session.waitForType('CREATE_CHANNEL_MESSAGE', { MessageId })
    expect(channelsOf(session)).toEqual([stays])
  },
)

write(
  'behaviour',
  'inferred',
  'Given the last message of a sub-channel that an admin deletes, when a member of it connects with prefetch, then LastMessageTimestamp is what DescribeChannel says',
  async () => {
    const { channelArn: ChannelArn, ana, first } = await pairsStage(world)
    const place = { ChannelArn, SubChannelId: first }
    const MessageId = await world.post(ChannelArn, ana, 'x', { SubChannelId: first })
    const ChimeBearer = await world.admin()
    await world.messaging.deleteChannelMessage({ ...place, MessageId, ChimeBearer })
    const { Channel } = await world.messaging.describeChannel({ ChannelArn, ChimeBearer: ana })
    using session = await prefetch(ana, 1)
    expect(detailsOf(session)).toMatchObject([
      {
        Channel: { LastMessageTimestamp: Channel!.LastMessageTimestamp!.toISOString() },
        ChannelMessages: [],
      },
    ])
  },
)

write(
  'events emitted',
  'doc',
  'Given messages that are sent while a user connects, when all is done, then each was prefetched or delivered, and the events are in order',
  async () => {
    const [ana, bo] = [await world.user(), await world.user()]
    const channelArn = await world.channel(bo)
    await world.join(channelArn, bo, ana)
    const sent: string[] = []
    const connecting = prefetch(ana, 1)
    // Fewer than are shown at most, so that none is left out for being old.
    while (sent.length < 19) {
      sent.push(await world.post(channelArn, bo, `${sent.length}`))
    }
    using session = await connecting
    const last = await world.post(channelArn, bo, 'last')
    await session.waitForType('CREATE_CHANNEL_MESSAGE', { MessageId: last })
    const shown = detailsOf(session)[0]!.ChannelMessages.map(({ MessageId }) => MessageId)
    const delivered = session.events
      .filter(({ type }) => type === 'CREATE_CHANNEL_MESSAGE')
      .map(({ payload }) => String(payload?.['MessageId']))
    expect(new Set([...shown, ...delivered])).toEqual(new Set([...sent, last]))
    expect(delivered).toEqual([...sent, last].slice(-delivered.length))
    expect(shown.toReversed()).toEqual(sent.slice(0, shown.length))
  },
)
