// Changes of one kind as one statement over arrays: a group of messages costs PostgreSQL one
// INSERT, and the activity of their channels and sub-channels one UPDATE each; likewise memberships
// and the counts of their members, and entries of the outbox. Not for changes whose order among
// others matters: these touch rows that no other change of their group does, or commute with what
// does, or stand at its end. Whoever takes away a membership or an entry has seen it durable, and
// whoever gives a membership again its end.
import { assert } from '../../base/assert.ts'
import type { Change } from '../engine/backend.ts'
import { insertMembershipByKeys } from '../sql/channels/membership-statements.ts'
import {
  insertMessage,
  moveActivity,
  moveSubChannelActivity,
  type ActivityValues,
  type SubChannelActivityValues,
} from '../sql/messages/message-statements.ts'
import { insertEntry, removeEntry } from '../sql/outbox/outbox-statements.ts'
import { addMembershipsOfMember, type CountByKey } from '../sql/quotas.ts'
import type { CompiledStatement, SqlValue, StatementTexts } from '../sql/statement.ts'

/** A statement and what it is bound to. */
export interface BoundQuery {
  readonly name: string
  readonly text: string
  readonly values: readonly (SqlValue | readonly SqlValue[])[]
}

interface Batch {
  readonly name: string
  readonly text: string
  /** The values of one change, in the order of the arrays. */
  readonly bind: CompiledStatement['bind']
}

const INSERT = /^insert into ("\w+") \(([^()]+)\) values \(([^()]+)\)$/
/** An ordering key is a text; the other keys are those of rows. */
const INTEGER_COLUMN = /(?<!ordering)_(?:key|at|moderator)"$/

const MOVE_ACTIVITY = `update channel_activity as y
  set last_activity = v.sequence,
    last_message_at = case when coalesce(y.last_message_at, 0) < v.last_message_at
      then v.last_message_at else y.last_message_at end
  from unnest($1::bigint[], $2::bigint[], $3::bigint[])
    as v (channel_key, sequence, last_message_at)
  where y.channel_key = v.channel_key`

const MOVE_SUB_CHANNEL_ACTIVITY = `update sub_channel as u
  set last_message_at = v.last_message_at
  from unnest($1::bigint[], $2::text[], $3::bigint[])
    as v (channel_key, sub_channel_id, last_message_at)
  where u.channel_key = v.channel_key and u.sub_channel_id = v.sub_channel_id
    and coalesce(u.last_message_at, 0) < v.last_message_at`

const REMOVE_ENTRIES = 'delete from outbox where entry_id = any($1::bigint[])'

/** Several commits of a group may each change the count of one member. */
const ADD_MEMBERSHIPS = `update member as m
  set memberships_count = m.memberships_count + v.more
  from (select member_key, sum(more)::bigint as more
    from unnest($1::bigint[], $2::bigint[]) as u (member_key, more) group by member_key) as v
  where m.member_key = v.member_key`

/** Turns the changes of a group into queries, in their order; batches stand where they begin. */
export class ChangeBinder {
  readonly #texts: StatementTexts
  readonly #names = new Map<object, string>()
  readonly #batches: ReadonlyMap<object, Batch>

  constructor(texts: StatementTexts) {
    this.#texts = texts
    this.#batches = new Map<object, Batch>([
      [insertMessage, insertBatch('insert-messages', texts.get(insertMessage))],
      [
        insertMembershipByKeys,
        insertBatch('insert-memberships', texts.get(insertMembershipByKeys)),
      ],
      [
        addMembershipsOfMember,
        { name: 'add-memberships', text: ADD_MEMBERSHIPS, bind: bindMemberships },
      ],
      // Rows come from arrays in their order, and so do the ids that they get.
      [insertEntry, insertBatch('insert-entries', texts.get(insertEntry))],
      [
        removeEntry,
        { name: 'remove-entries', text: REMOVE_ENTRIES, bind: texts.get(removeEntry).bind },
      ],
      [moveActivity, { name: 'move-activities', text: MOVE_ACTIVITY, bind: bindActivity }],
      [
        moveSubChannelActivity,
        {
          name: 'move-sub-channel-activities',
          text: MOVE_SUB_CHANNEL_ACTIVITY,
          bind: bindSubChannelActivity,
        },
      ],
    ])
  }

  bind(changes: readonly Change[]): BoundQuery[] {
    const queries: BoundQuery[] = []
    const arrays = new Map<Batch, SqlValue[][]>()
    for (const { statement, parameters } of changes) {
      const batch = this.#batches.get(statement)
      if (batch === undefined) {
        const { text, bind } = this.#texts.get(statement)
        queries.push({ name: this.#nameOf(statement), text, values: bind(parameters) })
        continue
      }
      const row = batch.bind(parameters)
      let columns = arrays.get(batch)
      if (columns === undefined) {
        columns = row.map(() => [])
        arrays.set(batch, columns)
        queries.push({ name: batch.name, text: batch.text, values: columns })
      }
      for (const [index, value] of row.entries()) columns[index]?.push(value)
    }
    return queries
  }

  #nameOf(statement: object): string {
    let name = this.#names.get(statement)
    if (name === undefined) {
      name = `change-${this.#names.size}`
      this.#names.set(statement, name)
    }
    return name
  }
}

/** From the INSERT of one row: a column that is added there is never left out here. */
function insertBatch(name: string, { text, bind }: CompiledStatement): Batch {
  const [, table = '', columnsText = '', valuesText = ''] = INSERT.exec(text) ?? []
  const columns = columnsText.split(', ')
  const values = valuesText.split(', ')
  const types: string[] = []
  for (const [index, value] of values.entries()) {
    if (!value.startsWith('$')) continue
    types.push(INTEGER_COLUMN.test(columns[index] ?? '') ? 'bigint' : 'text')
  }
  assert(table !== '' && columns.length === values.length, 'the INSERT is of one plain row')
  // Parameters are numbered in the order of the columns; literals stay where they are.
  const arrays = types.map((type, index) => `$${index + 1}::${type}[]`)
  const names = types.map((_, index) => `p${index + 1}`)
  const selected = values.map((value) => value.replace('$', 'v.p'))
  return {
    name,
    bind,
    text:
      `insert into ${table} (${columnsText}) select ${selected.join(', ')} ` +
      `from unnest(${arrays.join(', ')}) as v (${names.join(', ')})`,
  }
}

function bindActivity(parameters: object): SqlValue[] {
  const { channelKey, sequence, lastMessageAt } = parameters as ActivityValues
  return [channelKey, sequence, lastMessageAt]
}

function bindSubChannelActivity(parameters: object): SqlValue[] {
  const { channelKey, subChannelId, lastMessageAt } = parameters as SubChannelActivityValues
  return [channelKey, subChannelId, lastMessageAt]
}

function bindMemberships(parameters: object): SqlValue[] {
  const { memberKey, more } = parameters as CountByKey
  return [memberKey, more]
}
