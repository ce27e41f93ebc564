// `/outbox`: what waits to leave the server, what was given up, and to have that tried again or
// dropped.
import { OUTBOX_KINDS, type OutboxKind } from '../domain/outbox.ts'
import { DEAD_LETTERS_PER_PAGE_MAX, OUTBOX_PATH } from '../domain/outbox-overview.ts'
import type { OutboxAdministration } from '../services/outbox-administration.ts'
import {
  deadLetterDocument,
  destinationDocument,
} from '../services/presenters/outbox-presenters.ts'
import { formatPlace, parsePlace, refusal } from './places.ts'

/** What a request to the outbox says. */
interface OutboxRequest {
  readonly method: string
  readonly rawQuery: string
  readonly body: Buffer
}

/** Whether the request is for the outbox. */
export function isOutbox(method: string, rawPath: string): boolean {
  return (method === 'GET' || method === 'POST') && rawPath === OUTBOX_PATH
}

/** Throws FrontDoorError for a query or a body that cannot be used. */
export async function answerOutbox(
  { method, rawQuery, body }: OutboxRequest,
  outbox: OutboxAdministration,
): Promise<object> {
  const query = new URLSearchParams(rawQuery)
  if (method === 'POST') return changeDead(query, body, outbox)
  const scope = query.get('scope') ?? 'dead'
  if (scope === 'waiting') {
    return { destinations: outbox.listDestinations().map(destinationDocument) }
  }
  if (scope !== 'dead') throw refusal('scope: must be dead or waiting')
  const kind = kindOf(query.get('kind'))
  const nextToken = query.get('next-token')
  const { items, next } = await outbox.listDead(kind, {
    limit: limitOf(query.get('max-results')),
    after: nextToken === null ? undefined : parsePlace(nextToken, 'next-token', 'number'),
  })
  return { deadLetters: items.map(deadLetterDocument), nextToken: next && formatPlace(next) }
}

/** Answers with the ids of those that were dead letters. */
async function changeDead(
  query: URLSearchParams,
  body: Buffer,
  outbox: OutboxAdministration,
): Promise<object> {
  const operation = query.get('operation')
  if (operation !== 'retry' && operation !== 'drop') {
    throw refusal('operation: must be retry or drop')
  }
  return { entryIds: await outbox[operation](entryIdsOf(body)) }
}

function entryIdsOf(body: Buffer): readonly number[] {
  const wrong = refusal(
    `entryIds: must be an array of 1 to ${DEAD_LETTERS_PER_PAGE_MAX} ids of dead letters`,
  )
  let value: unknown
  try {
    value = JSON.parse(body.toString())
  } catch {
    throw wrong
  }
  const { entryIds } = (value ?? {}) as { entryIds?: unknown }
  if (!Array.isArray(entryIds) || !entryIds.every(isEntryId)) throw wrong
  if (entryIds.length === 0 || entryIds.length > DEAD_LETTERS_PER_PAGE_MAX) throw wrong
  return entryIds
}

function isEntryId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0
}

function kindOf(text: string | null): OutboxKind | undefined {
  const kind = OUTBOX_KINDS.find((each) => each === text)
  if (text !== null && kind === undefined) {
    throw refusal(`kind: must be one of ${OUTBOX_KINDS.join(', ')}`)
  }
  return kind
}

function limitOf(text: string | null): number {
  if (text === null) return DEAD_LETTERS_PER_PAGE_MAX
  const limit = Number(text)
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > DEAD_LETTERS_PER_PAGE_MAX) {
    throw refusal(`max-results: must be from 1 to ${DEAD_LETTERS_PER_PAGE_MAX}`)
  }
  return limit
}
