// Takes the picture of the whole server that its operator watches. Its cost grows with the
// conversations that somebody hears and with the channels listed, never with how many members there
// are; it gives the event loop back in between.
import type { ChannelArn } from '../base/arn.ts'
import type { Clock } from '../base/clock.ts'
import type { Channel } from '../domain/channel.ts'
import {
  ELASTIC_CHANNELS_LISTED_MAX,
  OVERVIEW_VERSION,
  PLAIN_CHANNELS_LISTED_MAX,
  SUB_CHANNELS_LISTED_MAX,
  type ChannelOverview,
  type ChosenChannelOverview,
  type ElasticChannelOverview,
  type ServerOverview,
  type SubChannelOverview,
} from '../domain/overview.ts'
import type { OutboxOverview } from '../domain/outbox-overview.ts'
import type { EventLoopMeter } from '../observability/event-loop-meter.ts'
import type { Metrics } from '../observability/metrics.ts'
import type { ConversationReference } from '../ports/conversation-reference.ts'
import type { Cursor } from '../ports/paging.ts'
import type { StoreReader } from '../ports/store.ts'

/** Conversations that are counted in one turn of the event loop: less than a millisecond. */
const CONVERSATIONS_PER_TURN = 2_000
/** Sub-channels that are read in one turn, likewise. */
const SUB_CHANNELS_PER_TURN = 200

export interface OverviewReaderOptions {
  readonly store: Pick<StoreReader, 'channels' | 'subChannels'>
  readonly hub: {
    heardConversations(): Iterable<ConversationReference & { readonly sessionsCount: number }>
  }
  readonly metrics: Pick<Metrics, 'totals' | 'readGauge'>
  readonly eventLoop: Pick<EventLoopMeter, 'take'>
  readonly state: { readonly isDraining: boolean }
  readonly outbox: { measure(): Promise<OutboxOverview> }
  readonly clock: Clock
}

export interface OverviewRequest {
  /** Whose sub-channels are to be listed. */
  readonly channelArn?: ChannelArn | undefined
  /** Continue its sub-channels behind this place, the `next` of an earlier one. */
  readonly after?: Cursor | undefined
}

/** As in ServerOverview, with the place of the next page as the store knows it. */
export type TakenOverview = Omit<ServerOverview, 'chosen'> & {
  readonly chosen?:
    (Omit<ChosenChannelOverview, 'nextToken'> & { readonly next?: Cursor | undefined }) | undefined
}

export interface OverviewReader {
  take(request: OverviewRequest): Promise<TakenOverview>
}

/** One per server. */
export function createOverviewReader(options: OverviewReaderOptions): OverviewReader {
  const startedAtMs = options.clock.monotonicMs()
  let measuredAtMs = startedAtMs
  return {
    async take(request) {
      const listening = await countSessions(options.hub, request.channelArn)
      const elastic = await listElasticChannels(options.store, listening)
      const plainChannels = await listPlainChannels(options.store, listening)
      const chosen = await findChosen(options.store, request, listening)
      const outbox = await options.outbox.measure()
      const { metrics, clock } = options
      const { sessions, ...totals } = metrics.totals()
      const cpu = process.cpuUsage()
      const memory = process.memoryUsage()
      const monotonicMs = clock.monotonicMs()
      const overMs = monotonicMs - measuredAtMs
      measuredAtMs = monotonicMs
      return {
        version: OVERVIEW_VERSION,
        takenAt: clock.now(),
        uptimeMs: monotonicMs - startedAtMs,
        isDraining: options.state.isDraining,
        sessionsCount: sessions,
        totals,
        queues: {
          requestsInFlight: metrics.readGauge('carillon_requests_in_flight'),
          storeTransactions: metrics.readGauge('carillon_store_queue_length'),
          hubBacklogBytes: metrics.readGauge('carillon_hub_backlog_bytes'),
          sessionQueuedBytes: metrics.readGauge('carillon_session_queued_bytes'),
        },
        // Last: what this costs belongs to the figures that it shows.
        eventLoop: { ...options.eventLoop.take(), overMs },
        cpuMs: (cpu.user + cpu.system) / 1000,
        memory: { rssBytes: memory.rss, heapUsedBytes: memory.heapUsed },
        outbox,
        ...elastic,
        plainChannels,
        chosen,
      }
    },
  }
}

/** Sessions by channel, and those of the chosen one by sub-channel. */
interface Listening {
  readonly elastic: ReadonlyMap<ChannelArn, number>
  readonly plain: ReadonlyMap<ChannelArn, number>
  readonly ofChosen: ReadonlyMap<string, number>
}

async function countSessions(
  hub: OverviewReaderOptions['hub'],
  chosenArn: ChannelArn | undefined,
): Promise<Listening> {
  const elastic = new Map<ChannelArn, number>()
  const ofChosen = new Map<string, number>()
  let plain = new Map<ChannelArn, number>()
  let chosenCount = 0
  let seenCount = 0
  for (const { channelArn, subChannelId, sessionsCount } of hub.heardConversations()) {
    seenCount += 1
    if (seenCount % CONVERSATIONS_PER_TURN === 0) {
      plain = mostHeard(plain)
      await nextTurn()
    }
    if (subChannelId === '') plain.set(channelArn, sessionsCount)
    else elastic.set(channelArn, (elastic.get(channelArn) ?? 0) + sessionsCount)
    if (channelArn !== chosenArn) continue
    ofChosen.set(subChannelId, sessionsCount)
    chosenCount += sessionsCount
  }
  plain = mostHeard(plain)
  // It may have been left out as one of few.
  if (chosenArn !== undefined && ofChosen.has('')) plain.set(chosenArn, chosenCount)
  return { elastic, plain, ofChosen }
}

/** The first of those in `sessions`, the most heard first. */
function mostHeard(sessions: ReadonlyMap<ChannelArn, number>): Map<ChannelArn, number> {
  return new Map(ranked(sessions).slice(0, PLAIN_CHANNELS_LISTED_MAX))
}

function ranked(sessions: ReadonlyMap<ChannelArn, number>): (readonly [ChannelArn, number])[] {
  return [...sessions].toSorted(
    ([leftArn, left], [rightArn, right]) => right - left || (leftArn < rightArn ? -1 : 1),
  )
}

/** Those that are heard, then as many others as there is room for. */
async function listElasticChannels(
  store: OverviewReaderOptions['store'],
  { elastic }: Listening,
): Promise<Pick<ServerOverview, 'elasticChannels' | 'hasMoreElasticChannels'>> {
  const heard = ranked(elastic).map(([channelArn]) => channelArn)
  const listed = new Set(heard.slice(0, ELASTIC_CHANNELS_LISTED_MAX))
  // One more than there is room for tells that there are more.
  const { items } = await store.subChannels.listElasticChannelArns({
    limit: ELASTIC_CHANNELS_LISTED_MAX + 1,
  })
  const others = items.filter((channelArn) => !listed.has(channelArn))
  const room = ELASTIC_CHANNELS_LISTED_MAX - listed.size
  const elasticChannels: ElasticChannelOverview[] = []
  for (const channelArn of [...listed, ...others.slice(0, room)]) {
    const channel = await store.channels.find(channelArn)
    if (channel === undefined) continue
    const seen = await overviewOf(store, channel, elastic.get(channelArn) ?? 0)
    if ('configuration' in seen) elasticChannels.push(seen)
    await nextTurn()
  }
  const hasMore = heard.length > ELASTIC_CHANNELS_LISTED_MAX || others.length > room
  return { elasticChannels, hasMoreElasticChannels: hasMore }
}

async function listPlainChannels(
  store: OverviewReaderOptions['store'],
  { plain }: Listening,
): Promise<ChannelOverview[]> {
  const channels: ChannelOverview[] = []
  for (const [channelArn, sessionsCount] of ranked(plain).slice(0, PLAIN_CHANNELS_LISTED_MAX)) {
    const channel = await store.channels.find(channelArn)
    if (channel !== undefined) channels.push({ channelArn, name: channel.name, sessionsCount })
  }
  return channels
}

async function findChosen(
  store: OverviewReaderOptions['store'],
  { channelArn, after }: OverviewRequest,
  { elastic, plain, ofChosen }: Listening,
): Promise<TakenOverview['chosen']> {
  const found = channelArn === undefined ? undefined : await store.channels.find(channelArn)
  if (found === undefined) return undefined
  const sessionsCount = elastic.get(found.arn) ?? plain.get(found.arn) ?? 0
  const channel = await overviewOf(store, found, sessionsCount)
  if (!('configuration' in channel)) return { channel, subChannels: [] }
  return { channel, ...(await listSubChannels(store, found.arn, after, ofChosen)) }
}

async function overviewOf(
  store: OverviewReaderOptions['store'],
  { arn, name, elasticChannelConfiguration: configuration }: Channel,
  sessionsCount: number,
): Promise<ChannelOverview | ElasticChannelOverview> {
  const channel = { channelArn: arn, name, sessionsCount }
  if (configuration === undefined) return channel
  return { ...channel, configuration, ...(await store.subChannels.measure(arn)) }
}

async function listSubChannels(
  store: OverviewReaderOptions['store'],
  channelArn: ChannelArn,
  after: Cursor | undefined,
  sessions: ReadonlyMap<string, number>,
): Promise<{ readonly subChannels: SubChannelOverview[]; readonly next?: Cursor | undefined }> {
  const subChannels: SubChannelOverview[] = []
  let next = after
  do {
    const limit = Math.min(SUB_CHANNELS_PER_TURN, SUB_CHANNELS_LISTED_MAX - subChannels.length)
    const page = await store.subChannels.list(channelArn, { after: next, limit })
    for (const { subChannelId, regularMembershipsCount, moderatorMembershipsCount } of page.items) {
      const sessionsCount = sessions.get(subChannelId) ?? 0
      const counts = { regularMembershipsCount, moderatorMembershipsCount, sessionsCount }
      subChannels.push({ subChannelId, ...counts })
    }
    next = page.next
    await nextTurn()
  } while (next !== undefined && subChannels.length < SUB_CHANNELS_LISTED_MAX)
  return { subChannels, next }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
