// What processors of flows are asked about messages: queries and changes.
import { sql } from 'kysely'
import type { ChannelArn } from '../../../base/arn.ts'
import { assert } from '../../../base/assert.ts'
import type { FlowCallback, FlowStep, WaitingCallback } from '../../../domain/channel-flow-steps.ts'
import type { MessageId } from '../../../domain/channel-message.ts'
import type { Page, PageRequest } from '../../../ports/paging.ts'
import type * as port from '../../../ports/store-flows.ts'
import type { ReadContext, WriteContext } from '../contexts.ts'
import { pageOf } from '../paging.ts'
import { defineStatement, type Queries } from '../statement.ts'

interface CallbackRow {
  readonly callback_id: string
  readonly channel_arn: string
  readonly message_id: string
  readonly state: string
  readonly step: string
  readonly answer_hash: string | null
  readonly expires_at: number
}

/** What stands in place of a step that is over. */
const NO_STEP = ''

function callbackRows(db: Queries) {
  return db
    .selectFrom('flow_callback')
    .select([
      'callback_id',
      'channel_arn',
      'message_id',
      'state',
      'step',
      'answer_hash',
      'expires_at',
    ])
}

interface CallbackPlace {
  readonly callbackId: string
}

const findRow = defineStatement((db, place: CallbackPlace) =>
  callbackRows(db).where('callback_id', '=', place.callbackId),
)

const findEditRow = defineStatement((db, place: { readonly messageId: string }) =>
  callbackRows(db)
    .where('message_id', '=', place.messageId)
    .where('state', '=', sql.lit('WAITING'))
    .where('change', '=', sql.lit('UPDATE'))
    .limit(1),
)

interface ExpiredParameters {
  readonly now: number
  readonly afterValue: number
  readonly afterId: string
  readonly limit: number
}

/** Those that wait no more are purged soon after their time has passed. */
const listExpiredRows = defineStatement((db, place: ExpiredParameters) =>
  db
    .selectFrom('flow_callback')
    .select(['callback_id', 'expires_at'])
    .where('state', '=', sql.lit('WAITING'))
    .where('expires_at', '<=', place.now)
    .where(sql<boolean>`(expires_at, callback_id) > (${place.afterValue}, ${place.afterId})`)
    .orderBy('expires_at')
    .orderBy('callback_id')
    .limit(place.limit),
)

interface PurgeParameters {
  readonly now: number
  readonly limit: number
}

const listPastRows = defineStatement((db, place: PurgeParameters) =>
  db
    .selectFrom('flow_callback')
    .select('callback_id')
    .where('state', '!=', sql.lit('WAITING'))
    .where('expires_at', '<=', place.now)
    .orderBy('expires_at')
    .limit(place.limit),
)

const removeRow = defineStatement((db, place: CallbackPlace) =>
  db.deleteFrom('flow_callback').where('callback_id', '=', place.callbackId),
)

interface CallbackValues extends CallbackPlace {
  readonly channelArn: string
  readonly messageId: string
  readonly change: string
  readonly step: string
  readonly expiresAt: number
}

const insertRow = defineStatement((db, values: CallbackValues) =>
  db.insertInto('flow_callback').values({
    callback_id: values.callbackId,
    channel_arn: values.channelArn,
    message_id: values.messageId,
    change: values.change,
    state: sql.lit('WAITING'),
    step: values.step,
    expires_at: values.expiresAt,
  }),
)

interface SettleValues extends CallbackPlace {
  readonly state: string
  readonly answerHash: string | null
}

const settleRow = defineStatement((db, values: SettleValues) =>
  db
    .updateTable('flow_callback')
    .set({ state: values.state, answer_hash: values.answerHash, step: sql.lit(NO_STEP) })
    .where('callback_id', '=', values.callbackId),
)

export class FlowCallbackReader implements port.FlowCallbackReader {
  readonly #context: ReadContext

  constructor(context: ReadContext) {
    this.#context = context
  }

  async find(callbackId: string): Promise<FlowCallback | undefined> {
    const key = callbackKey(callbackId)
    // The processor is asked and answers soon after it was written.
    const { result } = await this.#context.recallBriefly(key, async () => {
      const row = await this.#context.first(findRow, { callbackId })
      return { result: row && callbackOf(row), keys: [key] }
    })
    return result
  }

  async findWaitingEdit(messageId: MessageId): Promise<WaitingCallback | undefined> {
    this.#context.dependOn(waitingKey(messageId))
    const row = await this.#context.first(findEditRow, { messageId })
    if (row === undefined) return undefined
    const callback = callbackOf(row)
    assert(callback.state === 'WAITING', 'what waits was asked for')
    return callback
  }

  async listExpired(now: number, page: PageRequest): Promise<Page<string>> {
    const rows = await this.#context.all(listExpiredRows, {
      now,
      afterValue: Number(page.after?.[0] ?? Number.MIN_SAFE_INTEGER),
      afterId: String(page.after?.[1] ?? ''),
      limit: page.limit + 1,
    })
    return pageOf(
      rows,
      page.limit,
      (row) => row.callback_id,
      (row) => [row.expires_at, row.callback_id],
    )
  }
}

export class FlowCallbackWriter extends FlowCallbackReader implements port.FlowCallbackWriter {
  readonly #context: WriteContext

  constructor(context: WriteContext) {
    super(context)
    this.#context = context
  }

  insert(callback: WaitingCallback): void {
    const { callbackId, channelArn, messageId, expiresAt } = callback
    this.#changeKeys(callback)
    const key = callbackKey(callbackId)
    this.#context.keepBriefly(key, { result: callback, keys: [key] })
    const step = JSON.stringify(callback.step)
    const { change } = callback.step
    const values = { callbackId, channelArn, messageId, change, step, expiresAt }
    this.#context.change(insertRow, values)
  }

  answer(callback: WaitingCallback, answerHash: string): void {
    this.#settle(callback, 'ANSWERED', answerHash)
  }

  end(callback: WaitingCallback): void {
    this.#settle(callback, 'ENDED', null)
  }

  async purge(now: number, limit: number): Promise<number> {
    const rows = await this.#context.all(listPastRows, { now, limit })
    for (const row of rows) this.#context.change(removeRow, { callbackId: row.callback_id })
    return rows.length
  }

  #settle(
    callback: WaitingCallback,
    state: Exclude<FlowCallback['state'], 'WAITING'>,
    answerHash: string | null,
  ): void {
    this.#changeKeys(callback)
    this.#context.change(settleRow, { callbackId: callback.callbackId, state, answerHash })
  }

  #changeKeys({ callbackId, messageId }: WaitingCallback): void {
    this.#context.changeKey(callbackKey(callbackId))
    this.#context.changeKey(waitingKey(messageId))
  }
}

function callbackKey(callbackId: string): string {
  return `callback ${callbackId}`
}

/** Whether a message waits for a processor, as a key to depend on. */
function waitingKey(messageId: MessageId): string {
  return `flow of message ${messageId}`
}

function callbackOf(row: CallbackRow): FlowCallback {
  const callback = {
    callbackId: row.callback_id,
    channelArn: row.channel_arn as ChannelArn,
    messageId: row.message_id as MessageId,
    expiresAt: row.expires_at,
  }
  switch (row.state) {
    case 'WAITING':
      return { ...callback, state: 'WAITING', step: JSON.parse(row.step) as FlowStep }
    case 'ANSWERED':
      return { ...callback, state: 'ANSWERED', answerHash: row.answer_hash ?? '' }
    default:
      return { ...callback, state: 'ENDED' }
  }
}
