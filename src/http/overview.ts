// `GET /overview`: what the operator's picture is drawn from.
import { asArnOf } from '../base/arn.ts'
import { OVERVIEW_PATH } from '../domain/overview.ts'
import type { ServerOverview } from '../domain/overview.ts'
import type { OverviewReader, OverviewRequest } from '../services/overview-reader.ts'
import { ARN_LENGTH_MAX } from './bearer.ts'
import { formatPlace, parsePlace, refusal } from './places.ts'

/** Whether the request is for the overview. */
export function isOverview(method: string, rawPath: string): boolean {
  return method === 'GET' && rawPath === OVERVIEW_PATH
}

/**
 * Throws FrontDoorError for a query that cannot be used. A channel that does not exist is left out
 * of the answer: it may be deleted while it is watched.
 */
export async function answerOverview(
  rawQuery: string,
  overviews: OverviewReader,
): Promise<ServerOverview> {
  const { chosen, ...taken } = await overviews.take(requestOf(rawQuery))
  if (chosen === undefined) return taken
  const { next, ...shown } = chosen
  return { ...taken, chosen: { ...shown, nextToken: next && formatPlace(next) } }
}

function requestOf(rawQuery: string): OverviewRequest {
  const query = new URLSearchParams(rawQuery)
  const channel = query.get('channel')
  const nextToken = query.get('next-token')
  const channelArn =
    channel === null || channel.length > ARN_LENGTH_MAX ? undefined : asArnOf(channel, 'channel')
  if (channel !== null && channelArn === undefined) {
    throw refusal('channel: not the ARN of a channel')
  }
  return {
    channelArn,
    after: nextToken === null ? undefined : parsePlace(nextToken, 'next-token', 'string'),
  }
}
