// Channel flows and which channels use them: queries and changes.
import { sql } from 'kysely'
import type { AppInstanceArn, ChannelFlowArn } from '../../../base/arn.ts'
import { appInstanceArnWithin } from '../../../base/arn.ts'
import type { ChannelFlow, ChannelFlowProcessor } from '../../../domain/channel-flow.ts'
import type { Channel } from '../../../domain/channel.ts'
import type { Page, PageRequest } from '../../../ports/paging.ts'
import type * as port from '../../../ports/store-flows.ts'
import type { ReadContext, WriteContext } from '../contexts.ts'
import { appInstanceKeyQuery } from '../keys.ts'
import { pageOf, placeOf } from '../paging.ts'
import { channelOf } from '../rows.ts'
import { defineStatement } from '../statement.ts'
import { WHOLE_CHANNEL_COLUMNS } from './channel-columns.ts'
import {
  channelFlowKeyQuery,
  channelFlowPlaceOf,
  channelFlowUseKey,
  type ChannelFlowPlace,
} from './channel-flow-keys.ts'

interface FlowRow {
  readonly arn: string
  readonly name: string
  readonly processors: string
  readonly created_at: number
  readonly last_updated_at: number
}

const COLUMNS = ['arn', 'name', 'processors', 'created_at', 'last_updated_at'] as const

const findRow = defineStatement((db, place: ChannelFlowPlace) =>
  db
    .selectFrom('channel_flow')
    .select(COLUMNS)
    .where('channel_flow_key', '=', channelFlowKeyQuery(db, place)),
)

interface ListParameters {
  readonly appInstanceArn: string
  readonly afterValue: number
  readonly afterKey: number
  readonly limit: number
}

const listByAge = defineStatement((db, place: ListParameters) =>
  db
    .selectFrom('channel_flow')
    .select([...COLUMNS, 'channel_flow_key'])
    .where('app_instance_key', '=', appInstanceKeyQuery(db, place.appInstanceArn))
    .where(sql<boolean>`(created_at, channel_flow_key) > (${place.afterValue}, ${place.afterKey})`)
    .orderBy('created_at')
    .orderBy('channel_flow_key')
    .limit(place.limit),
)

interface ChannelsParameters extends ChannelFlowPlace {
  readonly afterKey: number
  readonly limit: number
}

/** Keys grow with every channel, so their order is that of age. */
const listChannels = defineStatement((db, place: ChannelsParameters) =>
  db
    .selectFrom('channel as c')
    .innerJoin('member as creator', 'creator.member_key', 'c.created_by_key')
    .innerJoin('channel_flow as f', 'f.channel_flow_key', 'c.channel_flow_key')
    .select(['c.channel_key', ...WHOLE_CHANNEL_COLUMNS])
    .where('c.channel_flow_key', '=', channelFlowKeyQuery(db, place))
    .where('c.channel_key', '>', place.afterKey)
    .where('c.removal', '=', 0)
    .orderBy('c.channel_key')
    .limit(place.limit),
)

const findChannel = defineStatement((db, place: ChannelFlowPlace) =>
  db
    .selectFrom('channel')
    .select('channel_key')
    .where('channel_flow_key', '=', channelFlowKeyQuery(db, place))
    .where('removal', '=', 0)
    .limit(1),
)

interface ReplaceValues extends ChannelFlowPlace {
  readonly name: string
  readonly processors: string
  readonly lastUpdatedAt: number
}

const insertRow = defineStatement(
  (db, values: ReplaceValues & { readonly arn: string; readonly createdAt: number }) =>
    db.insertInto('channel_flow').values({
      app_instance_key: appInstanceKeyQuery(db, values.appInstanceArn),
      flow_id: values.flowId,
      arn: values.arn,
      name: values.name,
      processors: values.processors,
      created_at: values.createdAt,
      last_updated_at: values.lastUpdatedAt,
    }),
)

const replaceRow = defineStatement((db, values: ReplaceValues) =>
  db
    .updateTable('channel_flow')
    .set({
      name: values.name,
      processors: values.processors,
      last_updated_at: values.lastUpdatedAt,
    })
    .where('channel_flow_key', '=', channelFlowKeyQuery(db, values)),
)

const countOneLess = defineStatement((db, place: ChannelFlowPlace) =>
  db
    .updateTable('app_instance')
    .set((eb) => ({ channel_flows_count: eb('channel_flows_count', '-', 1) }))
    .where('app_instance_key', '=', (eb) =>
      eb
        .selectFrom('channel_flow')
        .select('app_instance_key')
        .where('channel_flow_key', '=', channelFlowKeyQuery(db, place)),
    ),
)

const removeRow = defineStatement((db, place: ChannelFlowPlace) =>
  db.deleteFrom('channel_flow').where('channel_flow_key', '=', channelFlowKeyQuery(db, place)),
)

export class ChannelFlowReader implements port.ChannelFlowReader {
  readonly #context: ReadContext

  constructor(context: ReadContext) {
    this.#context = context
  }

  /** Remembered: it is asked for with every message of a channel that uses it. */
  async find(arn: ChannelFlowArn): Promise<ChannelFlow | undefined> {
    const { result } = await this.#context.recall(arn, async () => {
      const place = channelFlowPlaceOf(arn)
      const row = await this.#context.first(findRow, place)
      return { result: row && flowOf(row), keys: [place.appInstanceArn, arn] }
    })
    return result
  }

  async list(appInstanceArn: AppInstanceArn, page: PageRequest): Promise<Page<ChannelFlow>> {
    const rows = await this.#context.all(listByAge, {
      appInstanceArn,
      ...placeOf(page.after),
      limit: page.limit + 1,
    })
    return pageOf(rows, page.limit, flowOf, (row) => [row.created_at, row.channel_flow_key])
  }

  async listChannels(arn: ChannelFlowArn, page: PageRequest): Promise<Page<Channel>> {
    const rows = await this.#context.all(listChannels, {
      ...channelFlowPlaceOf(arn),
      afterKey: Number(page.after?.[0] ?? -1),
      limit: page.limit + 1,
    })
    return pageOf(rows, page.limit, channelOf, (row) => [row.channel_key])
  }
}

export class ChannelFlowWriter extends ChannelFlowReader implements port.ChannelFlowWriter {
  readonly #context: WriteContext

  constructor(context: WriteContext) {
    super(context)
    this.#context = context
  }

  insert(flow: ChannelFlow): void {
    const place = channelFlowPlaceOf(flow.arn)
    this.#context.dependOn(place.appInstanceArn)
    this.#context.changeKey(flow.arn)
    this.#context.change(insertRow, {
      ...valuesOf(flow),
      arn: flow.arn,
      createdAt: flow.createdAt,
    })
    this.#context.countOneMore({ kind: 'channel-flows', of: appInstanceArnWithin(flow.arn) })
  }

  replace(flow: ChannelFlow): void {
    this.#context.changeKey(flow.arn)
    this.#context.change(replaceRow, valuesOf(flow))
  }

  remove(arn: ChannelFlowArn): void {
    this.#context.changeKey(arn)
    const place = channelFlowPlaceOf(arn)
    this.#context.change(countOneLess, place)
    this.#context.change(removeRow, place)
  }

  async isUsed(arn: ChannelFlowArn): Promise<boolean> {
    this.#context.dependOn(channelFlowUseKey(arn))
    return (await this.#context.first(findChannel, channelFlowPlaceOf(arn))) !== undefined
  }
}

function valuesOf(flow: ChannelFlow): ReplaceValues {
  return {
    ...channelFlowPlaceOf(flow.arn),
    name: flow.name,
    processors: JSON.stringify(flow.processors),
    lastUpdatedAt: flow.lastUpdatedAt,
  }
}

function flowOf(row: FlowRow): ChannelFlow {
  return {
    arn: row.arn as ChannelFlowArn,
    name: row.name,
    processors: JSON.parse(row.processors) as readonly ChannelFlowProcessor[],
    createdAt: row.created_at,
    lastUpdatedAt: row.last_updated_at,
  }
}
