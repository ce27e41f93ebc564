// The statements on the outbox, without what is made of their rows: that is in outbox.ts.
import { sql } from 'kysely'
import { defineStatement, type Queries } from '../statement.ts'

interface DestinationPlace {
  readonly kind: string
  readonly target: string
}

/** One destination after the other: each is found by the index, however much waits for it. */
export const findNextDestination = defineStatement((db, after: DestinationPlace) =>
  db
    .selectFrom('outbox')
    .select(['kind', 'target'])
    .where('died_at', 'is', null)
    .where(sql<boolean>`(kind, target) > (${after.kind}, ${after.target})`)
    .orderBy('kind')
    .orderBy('target')
    .limit(1),
)

interface WaitingParameters extends DestinationPlace {
  readonly after: number
  readonly limit: number
}

function waitingRows(db: Queries) {
  return db
    .selectFrom('outbox')
    .select([
      'entry_id',
      'ordering_key',
      'content',
      'created_at',
      'attempts_count',
      'due_at',
      'failure',
    ])
    .where('died_at', 'is', null)
}

export const listWaitingRows = defineStatement((db, place: WaitingParameters) =>
  waitingRows(db)
    .where('kind', '=', place.kind)
    .where('target', '=', place.target)
    .where('entry_id', '>', place.after)
    .orderBy('entry_id')
    .limit(place.limit),
)

export const countWaitingRows = defineStatement(
  (db, place: DestinationPlace & { readonly limit: number }) =>
    db
      .selectFrom((eb) =>
        eb
          .selectFrom('outbox')
          .select('entry_id')
          .where('died_at', 'is', null)
          .where('kind', '=', place.kind)
          .where('target', '=', place.target)
          .limit(place.limit)
          .as('waiting'),
      )
      .select((eb) => eb.fn.countAll<number>().as('count')),
)

interface DeadParameters {
  readonly beforeValue: number
  readonly beforeId: number
  readonly limit: number
}

function deadRows(db: Queries) {
  return db
    .selectFrom('outbox')
    .select([
      'entry_id',
      'kind',
      'target',
      'ordering_key',
      'created_at',
      'attempts_count',
      'failure',
      'died_at',
    ])
    .where('died_at', 'is not', null)
}

function deadRowsBefore(db: Queries, place: DeadParameters) {
  return deadRows(db)
    .where(sql<boolean>`(died_at, entry_id) < (${place.beforeValue}, ${place.beforeId})`)
    .orderBy('died_at', 'desc')
    .orderBy('entry_id', 'desc')
    .limit(place.limit)
}

export const listDeadRows = defineStatement(deadRowsBefore)

export const listDeadRowsOfKind = defineStatement(
  (db, place: DeadParameters & { readonly kind: string }) =>
    deadRowsBefore(db, place).where('kind', '=', place.kind),
)

interface EntryPlace {
  readonly entryId: number
}

export const findDeadRow = defineStatement((db, place: EntryPlace) =>
  deadRows(db).where('entry_id', '=', place.entryId),
)

interface EntryValues extends DestinationPlace {
  readonly orderingKey: string
  readonly content: string
  readonly createdAt: number
}

export const insertEntry = defineStatement((db, values: EntryValues) =>
  db.insertInto('outbox').values({
    kind: values.kind,
    target: values.target,
    ordering_key: values.orderingKey,
    content: values.content,
    created_at: values.createdAt,
    due_at: values.createdAt,
  }),
)

export const removeEntry = defineStatement((db, place: EntryPlace) =>
  db.deleteFrom('outbox').where('entry_id', '=', place.entryId),
)

/** Entries that one statement names: each statement has a price, and so has each parameter. */
export const NAMED_AT_ONCE = 32

/** `id0` to the last one; an id may stand there several times. */
type NamedIds = Readonly<Record<string, number>>

function allOf(ids: NamedIds): readonly number[] {
  return Array.from({ length: NAMED_AT_ONCE }, (_, index) => ids[`id${index}`] ?? 0)
}

export const removeEntries = defineStatement((db, ids: NamedIds) =>
  db.deleteFrom('outbox').where('entry_id', 'in', allOf(ids)),
)

export const listWaitingRowsByIds = defineStatement((db, ids: NamedIds) =>
  waitingRows(db).where('entry_id', 'in', allOf(ids)).orderBy('entry_id'),
)

interface FailureValues extends EntryPlace {
  readonly attemptsCount: number
  readonly failure: string
}

export const deferEntry = defineStatement(
  (db, values: FailureValues & { readonly dueAt: number }) =>
    db
      .updateTable('outbox')
      .set({
        attempts_count: values.attemptsCount,
        due_at: values.dueAt,
        failure: values.failure,
      })
      .where('entry_id', '=', values.entryId),
)

export const buryEntry = defineStatement(
  (db, values: FailureValues & { readonly diedAt: number }) =>
    db
      .updateTable('outbox')
      .set({
        attempts_count: values.attemptsCount,
        failure: values.failure,
        died_at: values.diedAt,
      })
      .where('entry_id', '=', values.entryId),
)

interface RenewalValues extends EntryPlace {
  readonly renewedAt: number
}

export const replaceEntryContent = defineStatement(
  (db, values: RenewalValues & { readonly content: string }) =>
    db
      .updateTable('outbox')
      .set({
        content: values.content,
        created_at: values.renewedAt,
        due_at: values.renewedAt,
        attempts_count: 0,
        failure: null,
      })
      .where('entry_id', '=', values.entryId),
)

export const reviveEntry = defineStatement((db, values: RenewalValues) =>
  db
    .updateTable('outbox')
    .set({
      created_at: values.renewedAt,
      due_at: values.renewedAt,
      attempts_count: 0,
      died_at: null,
    })
    .where('entry_id', '=', values.entryId),
)

export const listDeadBefore = defineStatement(
  (db, place: { readonly diedBefore: number; readonly limit: number }) =>
    db
      .selectFrom('outbox')
      .select('entry_id')
      .where('died_at', 'is not', null)
      .where('died_at', '<', place.diedBefore)
      .orderBy('died_at')
      .limit(place.limit),
)
