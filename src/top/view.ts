// What is being looked at: the last two overviews, the channel whose sub-channels are shown, and
// where the cursor is. Changed by answers and keys, as pure functions.
import type { ChannelArn } from '../base/arn.ts'
import type { ChannelOverview, ServerOverview } from '../domain/overview.ts'
import type { Key } from './keys.ts'

export interface View {
  /** What is watched, as a person writes it. */
  readonly endpoint: string
  readonly latest: ServerOverview | undefined
  readonly before: ServerOverview | undefined
  /** Why there is no newer overview; undefined when the last poll had one. */
  readonly trouble: string | undefined
  /** Whose sub-channels are shown. */
  readonly chosenArn: ChannelArn | undefined
  readonly cursorArn: ChannelArn | undefined
  /** Where the pages of sub-channels that were gone through begin; empty on the first. */
  readonly places: readonly string[]
  /** What the latest overview was asked for. */
  readonly answered: OverviewQuery | undefined
  /** The order of the bars within a page. */
  readonly order: 'oldest' | 'emptiest'
  /** The first sub-channel of the page, in that order, that has a bar. */
  readonly firstShown: number
}

/** What the picture shows of the chosen channel, for keys that page through it. */
export interface ShownSubChannels {
  readonly shownCount: number
  readonly listedCount: number
}

/** What a poll asks for. */
export interface OverviewQuery {
  readonly channelArn: ChannelArn | undefined
  readonly nextToken: string | undefined
}

/** Less than the shortest interval between polls. */
const RATE_SPAN_MIN_MS = 150

export function startView(endpoint: string, chosenArn: ChannelArn | undefined): View {
  return {
    endpoint,
    latest: undefined,
    before: undefined,
    trouble: undefined,
    chosenArn,
    cursorArn: chosenArn,
    places: [],
    answered: undefined,
    order: 'oldest',
    firstShown: 0,
  }
}

export function queryOf({ chosenArn, places }: View): OverviewQuery {
  return { channelArn: chosenArn, nextToken: places.at(-1) }
}

/** Every channel that is listed, in the order of the picture. */
export function channelsOf({ latest }: View): readonly ChannelOverview[] {
  return latest === undefined ? [] : [...latest.elasticChannels, ...latest.plainChannels]
}

/** The first elastic channel is chosen by itself, as long as none was. */
export function afterOverview(view: View, overview: ServerOverview, answered: OverviewQuery): View {
  const first = overview.elasticChannels[0]?.channelArn
  const chosenArn = view.chosenArn ?? first
  const cursorArn = view.cursorArn ?? chosenArn ?? overview.plainChannels[0]?.channelArn
  const seen = { latest: overview, before: baseOf(view, overview), answered, trouble: undefined }
  return { ...view, ...seen, chosenArn, cursorArn }
}

/** A poll out of turn, after a key, is too close to the last one to tell rates from the two. */
function baseOf({ before, latest }: View, now: ServerOverview): ServerOverview | undefined {
  const elapsedMs = latest === undefined ? 0 : now.uptimeMs - latest.uptimeMs
  return elapsedMs > 0 && elapsedMs < RATE_SPAN_MIN_MS ? before : latest
}

/** The last overview stays, without rates. */
export function afterTrouble(view: View, trouble: string): View {
  return { ...view, before: undefined, trouble }
}

export function afterKey(view: View, key: Key, shown: ShownSubChannels): View {
  switch (key) {
    case 'up':
      return moveCursor(view, -1)
    case 'down':
      return moveCursor(view, 1)
    case 'choose':
      return { ...view, chosenArn: view.cursorArn, places: [], firstShown: 0 }
    case 'next-page':
      return pageForward(view, shown)
    case 'previous-page':
      return pageBack(view, shown)
    case 'sort':
      return { ...view, order: view.order === 'oldest' ? 'emptiest' : 'oldest', firstShown: 0 }
    case 'quit':
      break
  }
  return view
}

function moveCursor(view: View, step: 1 | -1): View {
  const arns = channelsOf(view).map(({ channelArn }) => channelArn)
  const at = view.cursorArn === undefined ? -1 : arns.indexOf(view.cursorArn)
  const next = at < 0 ? 0 : Math.min(arns.length - 1, Math.max(0, at + step))
  return { ...view, cursorArn: arns[next] ?? view.cursorArn }
}

function pageForward(view: View, { shownCount, listedCount }: ShownSubChannels): View {
  const next = view.firstShown + shownCount
  if (next < listedCount) return { ...view, firstShown: next }
  const place = view.latest?.chosen?.nextToken
  // Not behind a page that has been asked for and is not there yet.
  if (place === undefined || place === view.places.at(-1)) return view
  return { ...view, places: [...view.places, place], firstShown: 0 }
}

function pageBack(view: View, { shownCount }: ShownSubChannels): View {
  if (view.firstShown > 0) {
    return { ...view, firstShown: Math.max(0, view.firstShown - shownCount) }
  }
  return { ...view, places: view.places.slice(0, -1) }
}
