// The outbox of a server as its operator asks for it: pages, ids, and what the answers say.
import { OUTBOX_KINDS, type OutboxKind } from '../domain/outbox.ts'
import { DEAD_LETTERS_PER_PAGE_MAX, OUTBOX_PATH } from '../domain/outbox-overview.ts'
import type { OutboxFilter } from '../domain/outbox-task.ts'
import type { OperatorClient, OperatorRequest } from '../operator-client/operator-client.ts'

/** The server is away, refuses, or answers what nobody understands; says so to a person. */
export class OutboxTrouble extends Error {
  override readonly name = 'OutboxTrouble'
}

/** What the server says of a dead letter or of a destination: as it came, for `--json`. */
export type Document = Readonly<Record<string, unknown>>

export interface OutboxClient {
  /** Dead letters, newest first, until nobody wants more; pages are read as they are needed. */
  listDead(filter: OutboxFilter): AsyncGenerator<Document>
  listDestinations(filter: OutboxFilter): Promise<readonly Document[]>
  /** Resolves with the ids of those that were dead letters; `entryIds` fit one page. */
  change(operation: 'retry' | 'drop', entryIds: readonly number[]): Promise<readonly number[]>
}

export function createOutboxClient(client: OperatorClient): OutboxClient {
  const send = async (request: Omit<OperatorRequest, 'path'>): Promise<Document> => {
    const answer = await client.send({ ...request, path: OUTBOX_PATH })
    if ('trouble' in answer) throw new OutboxTrouble(answer.trouble)
    return answer.body
  }
  return {
    async *listDead(filter) {
      const { kind } = filter
      const size = String(DEAD_LETTERS_PER_PAGE_MAX)
      let nextToken: string | undefined
      do {
        const query = { kind, 'max-results': size, 'next-token': nextToken }
        const body = await send({ method: 'GET', query })
        yield* documentsOf(body['deadLetters']).filter((each) => isMeant(each, filter))
        nextToken = tokenOf(body['nextToken'], nextToken)
      } while (nextToken !== undefined)
    },
    async listDestinations(filter) {
      const body = await send({ method: 'GET', query: { scope: 'waiting' } })
      return documentsOf(body['destinations']).filter((each) => isMeant(each, filter))
    },
    async change(operation, entryIds) {
      const body = { entryIds }
      const answer = await send({ method: 'POST', query: { operation }, body })
      const { entryIds: changed } = answer
      if (!Array.isArray(changed) || !changed.every(isId)) throw notUnderstood()
      return changed
    },
  }
}

/** The id of a dead letter. */
export function entryIdOf({ entryId }: Document): number {
  if (!isId(entryId)) throw notUnderstood()
  return entryId
}

function isMeant({ kind, target }: Document, filter: OutboxFilter): boolean {
  return (
    (filter.kind === undefined || filter.kind === kind) &&
    (filter.target === undefined || filter.target === target)
  )
}

function documentsOf(value: unknown): readonly Document[] {
  if (!Array.isArray(value) || !value.every(isDocument)) throw notUnderstood()
  return value
}

function isDocument(value: unknown): value is Document {
  if (typeof value !== 'object' || value === null) return false
  const { kind, target } = value as Document
  return OUTBOX_KINDS.includes(kind as OutboxKind) && typeof target === 'string'
}

/** A place that comes again would be asked for for ever. */
function tokenOf(value: unknown, before: string | undefined): string | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'string' || value === before) throw notUnderstood()
  return value
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

function notUnderstood(): OutboxTrouble {
  return new OutboxTrouble('The server answers in a form that this program does not know')
}
