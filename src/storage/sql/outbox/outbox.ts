// The outbox: queries and changes.
import { setImmediate } from 'node:timers/promises'
import type {
  DeadLetter,
  OutboxContents,
  OutboxDestination,
  OutboxDraft,
  OutboxEntry,
  OutboxKind,
} from '../../../domain/outbox.ts'
import type { Page, PageRequest } from '../../../ports/paging.ts'
import type * as port from '../../../ports/store-outbox.ts'
import type { ReadContext, WriteContext } from '../contexts.ts'
import { pageOf } from '../paging.ts'
import {
  buryEntry,
  countWaitingRows,
  deferEntry,
  findDeadRow,
  findNextDestination,
  insertEntry,
  listDeadBefore,
  listDeadRows,
  listDeadRowsOfKind,
  listWaitingRows,
  listWaitingRowsByIds,
  NAMED_AT_ONCE,
  removeEntries,
  removeEntry,
  replaceEntryContent,
  reviveEntry,
} from './outbox-statements.ts'

/** Characters of a failure that are kept: enough for a sentence of a destination. */
const FAILURE_CHARACTERS_MAX = 512
/** Destinations that are looked up, one by one, before others have their turn: a millisecond. */
const DESTINATIONS_AT_ONCE = 64

export class OutboxReader implements port.OutboxReader {
  readonly #context: ReadContext

  constructor(context: ReadContext) {
    this.#context = context
  }

  async listDestinations(): Promise<readonly OutboxDestination[]> {
    const destinations: OutboxDestination[] = []
    for (let after = { kind: '', target: '' }; ;) {
      const row = await this.#context.first(findNextDestination, after)
      if (row === undefined) return destinations
      destinations.push({ kind: row.kind as OutboxKind, target: row.target })
      after = row
      // A read may be on this thread, and there may be very many.
      if (destinations.length % DESTINATIONS_AT_ONCE === 0) await setImmediate()
    }
  }

  async listWaiting(
    { kind, target }: OutboxDestination,
    after: number,
    limit: number,
  ): Promise<readonly OutboxEntry[]> {
    const rows = await this.#context.all(listWaitingRows, { kind, target, after, limit })
    return rows.map((row) => entryOf({ kind, target }, row))
  }

  async listWaitingByIds(
    destination: OutboxDestination,
    entryIds: readonly number[],
  ): Promise<readonly OutboxEntry[]> {
    const entries: OutboxEntry[] = []
    for (let start = 0; start < entryIds.length; start += NAMED_AT_ONCE) {
      const rows = await this.#context.all(
        listWaitingRowsByIds,
        namedIds(entryIds.slice(start, start + NAMED_AT_ONCE)),
      )
      entries.push(...rows.map((row) => entryOf(destination, row)))
    }
    return entries
  }

  async countWaiting({ kind, target }: OutboxDestination, limit: number): Promise<number> {
    const row = await this.#context.first(countWaitingRows, { kind, target, limit })
    return row?.count ?? 0
  }

  async listDead(kind: OutboxKind | undefined, page: PageRequest): Promise<Page<DeadLetter>> {
    const place = {
      beforeValue: Number(page.after?.[0] ?? Number.MAX_SAFE_INTEGER),
      beforeId: Number(page.after?.[1] ?? Number.MAX_SAFE_INTEGER),
      limit: page.limit + 1,
    }
    const rows = await (kind === undefined
      ? this.#context.all(listDeadRows, place)
      : this.#context.all(listDeadRowsOfKind, { ...place, kind }))
    return pageOf(rows, page.limit, deadLetterOf, (row) => [row.died_at ?? 0, row.entry_id])
  }
}

export class OutboxWriter extends OutboxReader implements port.OutboxWriter {
  readonly #context: WriteContext

  constructor(context: WriteContext) {
    super(context)
    this.#context = context
  }

  append({ kind, target, orderingKey, content }: OutboxDraft): void {
    const context = this.#context
    const createdAt = context.now()
    const text = JSON.stringify(content)
    context.change(insertEntry, { kind, target, orderingKey, content: text, createdAt })
    this.#announce({ kind, target })
  }

  remove(entryId: number): void {
    this.#context.change(removeEntry, { entryId })
  }

  removeAll(entryIds: readonly number[]): void {
    for (let start = 0; start < entryIds.length; start += NAMED_AT_ONCE) {
      const chunk = entryIds.slice(start, start + NAMED_AT_ONCE)
      const [first = 0] = chunk
      if (chunk.length === 1) return this.remove(first)
      this.#context.change(removeEntries, namedIds(chunk))
    }
  }

  defer(entryId: number, attemptsCount: number, dueAt: number, failure: string): void {
    const values = { entryId, attemptsCount, dueAt, failure: shortened(failure) }
    this.#context.change(deferEntry, values)
  }

  bury(entryId: number, attemptsCount: number, failure: string): void {
    const diedAt = this.#context.now()
    const values = { entryId, attemptsCount, failure: shortened(failure), diedAt }
    this.#context.change(buryEntry, values)
  }

  replaceContent<Kind extends OutboxKind>(
    { entryId }: OutboxEntry<Kind>,
    content: OutboxContents[Kind],
  ): void {
    const renewedAt = this.#context.now()
    const values = { entryId, content: JSON.stringify(content), renewedAt }
    this.#context.change(replaceEntryContent, values)
  }

  async revive(entryIds: readonly number[]): Promise<readonly OutboxDestination[]> {
    const renewedAt = this.#context.now()
    const destinations: OutboxDestination[] = []
    for (const { entryId, kind, target } of await this.#findDead(entryIds)) {
      this.#context.change(reviveEntry, { entryId, renewedAt })
      this.#announce({ kind, target }, true)
      destinations.push({ kind, target })
    }
    return destinations
  }

  async discard(entryIds: readonly number[]): Promise<number> {
    const found = await this.#findDead(entryIds)
    this.removeAll(found.map(({ entryId }) => entryId))
    return found.length
  }

  async purgeDead(diedBefore: number, limit: number): Promise<number> {
    const rows = await this.#context.all(listDeadBefore, { diedBefore, limit })
    // One that is revived meanwhile waits, and stays.
    for (const row of rows) this.#context.dependOn(deadKey(row.entry_id))
    this.removeAll(rows.map((row) => row.entry_id))
    return rows.length
  }

  /** Two that revive or discard the same one run one after the other. */
  async #findDead(entryIds: readonly number[]): Promise<readonly DeadLetter[]> {
    const found: DeadLetter[] = []
    for (const entryId of new Set(entryIds)) {
      const key = deadKey(entryId)
      this.#context.dependOn(key)
      const row = await this.#context.first(findDeadRow, { entryId })
      if (row === undefined) continue
      this.#context.changeKey(key)
      found.push(deadLetterOf(row))
    }
    return found
  }

  #announce(destination: OutboxDestination, isRevived = false): void {
    this.#context.afterCommit((events) => events.outboxAppended(destination, isRevived))
  }
}

/** Parameters for so many ids, of which there are fewer: the first one fills the rest. */
function namedIds(entryIds: readonly number[]): Readonly<Record<string, number>> {
  const [first = 0] = entryIds
  const ids: Record<string, number> = {}
  for (let index = 0; index < NAMED_AT_ONCE; index++) ids[`id${index}`] = entryIds[index] ?? first
  return ids
}

/** Whether it is dead, as a key to depend on. */
function deadKey(entryId: number): string {
  return `dead letter ${entryId}`
}

/** It may quote a destination: without what texts of PostgreSQL cannot hold. */
function shortened(failure: string): string {
  return failure.slice(0, FAILURE_CHARACTERS_MAX).replaceAll('\0', '\ufffd').toWellFormed()
}

interface WaitingRow {
  readonly entry_id: number
  readonly ordering_key: string
  readonly content: string
  readonly created_at: number
  readonly attempts_count: number
  readonly due_at: number
  readonly failure: string | null
}

function entryOf(destination: OutboxDestination, row: WaitingRow): OutboxEntry {
  const entry = {
    ...destination,
    entryId: row.entry_id,
    orderingKey: row.ordering_key,
    content: JSON.parse(row.content) as OutboxContents[OutboxKind],
    createdAt: row.created_at,
    attemptsCount: row.attempts_count,
    dueAt: row.due_at,
    failure: row.failure ?? undefined,
  }
  // `append` has written the content that belongs to the kind.
  return entry as OutboxEntry
}

interface DeadRow {
  readonly entry_id: number
  readonly kind: string
  readonly target: string
  readonly ordering_key: string
  readonly created_at: number
  readonly attempts_count: number
  readonly failure: string | null
  readonly died_at: number | null
}

function deadLetterOf(row: DeadRow): DeadLetter {
  return {
    entryId: row.entry_id,
    kind: row.kind as OutboxKind,
    target: row.target,
    orderingKey: row.ordering_key,
    createdAt: row.created_at,
    attemptsCount: row.attempts_count,
    failure: row.failure ?? '',
    diedAt: row.died_at ?? 0,
  }
}
