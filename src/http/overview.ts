// `GET /overview`: what the operator's picture is drawn from. No part of AWS's APIs, and for the
// root credential alone, because it names every channel of every application.
import { FrontDoorError } from '../base/api-error.ts'
import { asArnOf } from '../base/arn.ts'
import type { Principal } from '../domain/access.ts'
import { OVERVIEW_PATH } from '../domain/overview.ts'
import type { ServerOverview } from '../domain/overview.ts'
import type { Cursor } from '../ports/paging.ts'
import type { OverviewReader, OverviewRequest } from '../services/overview-reader.ts'
import type { Answer } from './answer.ts'

/** As ARNs everywhere. evidence: model ChimeArn */
const ARN_LENGTH_MAX = 1_600
/** Of a place in the list: an instant and the id of a sub-channel, with room. */
const PLACE_LENGTH_MAX = 512

/** Whether the request is for the overview. */
export function isOverview(method: string, rawPath: string): boolean {
  return method === 'GET' && rawPath === OVERVIEW_PATH
}

/**
 * The answer to whoever signed the request. Throws FrontDoorError: 403 unless that is the root
 * credential, 400 for a query that cannot be used. A channel that does not exist is left out of the
 * answer: it may be deleted while it is watched.
 */
export async function answerOverview(
  principal: Principal,
  rawQuery: string,
  overviews: OverviewReader,
  requestId: string,
): Promise<Answer> {
  if (principal.kind !== 'root') {
    throw new FrontDoorError(
      'AccessDeniedException',
      403,
      `Only the root credential may see ${OVERVIEW_PATH}`,
    )
  }
  const { chosen, ...taken } = await overviews.take(requestOf(rawQuery))
  const overview: ServerOverview = {
    ...taken,
    chosen: chosen && { ...chosen, next: chosen.next && formatPlace(chosen.next) },
  }
  return {
    status: 200,
    headers: {
      'Content-Type': 'application/json',
      'Cache-Control': 'no-store',
      'x-amzn-RequestId': requestId,
    },
    body: JSON.stringify(overview),
  }
}

function requestOf(rawQuery: string): OverviewRequest {
  const query = new URLSearchParams(rawQuery)
  const channel = query.get('channel')
  const after = query.get('after')
  const channelArn =
    channel === null || channel.length > ARN_LENGTH_MAX ? undefined : asArnOf(channel, 'channel')
  if (channel !== null && channelArn === undefined) {
    throw refusal('channel: not the ARN of a channel')
  }
  return { channelArn, after: after === null ? undefined : parsePlace(after) }
}

function formatPlace(place: Cursor): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

function parsePlace(text: string): Cursor {
  const wrong = refusal('after: not a place that an earlier answer named')
  if (text.length > PLACE_LENGTH_MAX) throw wrong
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    throw wrong
  }
  const [instant, id, ...rest] = Array.isArray(value) ? (value as unknown[]) : []
  const isPlace = Number.isSafeInteger(instant) && typeof id === 'string' && rest.length === 0
  if (!isPlace || id.includes('\0')) throw wrong
  return [instant as number, id]
}

function refusal(message: string): FrontDoorError {
  return new FrontDoorError('ValidationException', 400, message)
}
