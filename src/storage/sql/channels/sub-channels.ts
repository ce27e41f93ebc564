// Queries and changes of the sub-channels of elastic channels. Who belongs to them is in
// memberships.ts.
import { sql } from 'kysely'
import { appInstanceArnWithin, type ChannelArn } from '../../../base/arn.ts'
import type { SubChannel } from '../../../domain/channel.ts'
import {
  conversationKey,
  type ConversationReference,
} from '../../../ports/conversation-reference.ts'
import type { Page, PageRequest } from '../../../ports/paging.ts'
import type {
  SubChannelReader as Reads,
  SubChannelWriter as Writes,
} from '../../../ports/store-sub-channels.ts'
import type { ReadContext, WriteContext } from '../contexts.ts'
import {
  channelKeyQuery,
  channelPlaceOf,
  subChannelPlaceOf,
  subChannelsKey,
  type ChannelPlace,
  type SubChannelPlace,
} from '../keys.ts'
import { pageOf } from '../paging.ts'
import { defineStatement, type Queries } from '../statement.ts'

function livingOf(db: Queries, place: ChannelPlace) {
  return db
    .selectFrom('sub_channel')
    .select(['sub_channel_id', 'created_at', 'memberships_count', 'moderators_count'])
    .select('counted_sequence')
    .where('channel_key', '=', channelKeyQuery(db, place))
    .where('removal', '=', 0)
}

const findRow = defineStatement((db, place: SubChannelPlace) =>
  livingOf(db, place).where('sub_channel_id', '=', place.subChannelId),
)

interface ListParameters extends ChannelPlace {
  readonly afterValue: number
  readonly afterId: string
  readonly limit: number
}

const listByAge = defineStatement((db, place: ListParameters) =>
  livingOf(db, place)
    .where(sql<boolean>`(created_at, sub_channel_id) > (${place.afterValue}, ${place.afterId})`)
    .orderBy('created_at')
    .orderBy('sub_channel_id')
    .limit(place.limit),
)

interface FillParameters extends ChannelPlace {
  readonly belowCount: number
  readonly limit: number
}

const listByFill = defineStatement((db, place: FillParameters) =>
  livingOf(db, place)
    .where('memberships_count', '<', place.belowCount)
    .orderBy('memberships_count', 'desc')
    .orderBy('created_at', 'desc')
    .orderBy('sub_channel_id', 'desc')
    .limit(place.limit),
)

const listByEmptiness = defineStatement((db, place: FillParameters & { createdBefore: number }) =>
  livingOf(db, place)
    .where('memberships_count', '<', place.belowCount)
    .where((eb) =>
      eb.or([eb('created_at', '<', place.createdBefore), eb('memberships_count', '=', 0)]),
    )
    .orderBy('memberships_count')
    .orderBy('created_at')
    .orderBy('sub_channel_id')
    .limit(place.limit),
)

const countLiving = defineStatement((db, place: ChannelPlace) =>
  db
    .selectFrom('sub_channel')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('channel_key', '=', channelKeyQuery(db, place))
    .where('removal', '=', 0),
)

const measureLiving = defineStatement((db, place: ChannelPlace) =>
  db
    .selectFrom('sub_channel')
    .select((eb) => [
      eb.fn.countAll<number>().as('sub_channels_count'),
      // PostgreSQL sums up to a text.
      eb.fn.sum<number | string | null>('memberships_count').as('memberships_count'),
    ])
    .where('channel_key', '=', channelKeyQuery(db, place))
    .where('removal', '=', 0),
)

const listElastic = defineStatement(
  (db, { afterKey, limit }: { readonly afterKey: number; readonly limit: number }) =>
    db
      .selectFrom('channel as c')
      .innerJoin('app_instance as a', 'a.app_instance_key', 'c.app_instance_key')
      .select(['c.channel_key', 'c.arn'])
      // As text, and with `+ 0`: so that the index is used that holds only these few.
      .where(sql<boolean>`c.elastic_configuration is not null`)
      .where('c.channel_key', '>', afterKey)
      .where(sql<boolean>`c.removal + 0 = 0`)
      .where(sql<boolean>`a.removal + 0 = 0`)
      .orderBy('c.channel_key')
      .limit(limit),
)

const insertRow = defineStatement((db, values: SubChannelPlace & { readonly createdAt: number }) =>
  db.insertInto('sub_channel').values({
    channel_key: channelKeyQuery(db, values),
    sub_channel_id: values.subChannelId,
    created_at: values.createdAt,
  }),
)

const retire = defineStatement((db, place: SubChannelPlace) =>
  db
    .updateTable('sub_channel')
    .set({ removal: 1 })
    .where('channel_key', '=', channelKeyQuery(db, place))
    .where('sub_channel_id', '=', place.subChannelId),
)

export class SubChannelReader implements Reads {
  readonly #context: ReadContext

  constructor(context: ReadContext) {
    this.#context = context
  }

  async find(subChannel: ConversationReference): Promise<SubChannel | undefined> {
    dependOnChannel(this.#context, subChannel.channelArn)
    this.#context.dependOn(conversationKey(subChannel))
    const row = await this.#context.first(findRow, subChannelPlaceOf(subChannel))
    return row && subChannelOf(subChannel.channelArn, row)
  }

  async list(channelArn: ChannelArn, page: PageRequest): Promise<Page<SubChannel>> {
    const [afterValue, afterId] = page.after ?? [-1, '']
    const rows = await this.#context.all(listByAge, {
      ...channelPlaceOf(channelArn),
      afterValue: Number(afterValue),
      afterId: String(afterId),
      limit: page.limit + 1,
    })
    return pageOf(
      rows,
      page.limit,
      (row) => subChannelOf(channelArn, row),
      (row) => [row.created_at, row.sub_channel_id],
    )
  }

  async listWithRoom(
    channelArn: ChannelArn,
    belowCount: number,
    limit: number,
  ): Promise<readonly SubChannel[]> {
    const place = channelPlaceOf(channelArn)
    // Those that commits on their way fill are left out, so it may take more to find as many.
    for (let looked = limit; ; looked *= 2) {
      const rows = await this.#context.all(listByFill, { ...place, belowCount, limit: looked })
      const withRoom = rows
        .map((row) => this.#presentOf(channelArn, row))
        .filter(({ regularMembershipsCount: count }) => count < belowCount)
      if (withRoom.length < limit && rows.length === looked) continue
      withRoom.sort((a, b) => b.regularMembershipsCount - a.regularMembershipsCount)
      return withRoom.slice(0, limit)
    }
  }

  async findFullest(channelArn: ChannelArn): Promise<SubChannel | undefined> {
    const [fullest] = await this.listWithRoom(channelArn, Number.MAX_SAFE_INTEGER, 1)
    return fullest
  }

  async listSparse(
    channelArn: ChannelArn,
    belowCount: number,
    createdBefore: number,
    limit: number,
  ): Promise<readonly SubChannel[]> {
    const place = channelPlaceOf(channelArn)
    const parameters = { ...place, belowCount, createdBefore, limit }
    const rows = await this.#context.all(listByEmptiness, parameters)
    return rows.map((row) => subChannelOf(channelArn, row))
  }

  async count(channelArn: ChannelArn): Promise<number> {
    dependOnChannel(this.#context, channelArn)
    this.#context.dependOn(subChannelsKey(channelArn))
    // Joins ask for it when one is to be opened: while another one opens it, all of their work
    // would be in vain.
    this.#context.requireCurrent()
    const row = await this.#context.first(countLiving, channelPlaceOf(channelArn))
    return row?.count ?? 0
  }

  async measure(channelArn: ChannelArn) {
    const row = await this.#context.first(measureLiving, channelPlaceOf(channelArn))
    return {
      subChannelsCount: row?.sub_channels_count ?? 0,
      regularMembershipsCount: Number(row?.memberships_count ?? 0),
    }
  }

  async listElasticChannelArns(page: PageRequest): Promise<Page<ChannelArn>> {
    const rows = await this.#context.all(listElastic, {
      afterKey: Number(page.after?.[0] ?? 0),
      limit: page.limit + 1,
    })
    return pageOf(
      rows,
      page.limit,
      (row) => row.arn as ChannelArn,
      (row) => [row.channel_key],
    )
  }

  /** With what commits that are on their way add to it. */
  #presentOf(channelArn: ChannelArn, row: SubChannelRow): SubChannel {
    const subChannel = subChannelOf(channelArn, row)
    const { subChannelId, regularMembershipsCount } = subChannel
    const counted = {
      kind: 'memberships-of-sub-channel',
      of: { channelArn, subChannelId },
    } as const
    const queued = this.#context.queuedCount(counted, row.counted_sequence)
    return { ...subChannel, regularMembershipsCount: regularMembershipsCount + queued }
  }
}

/** Without it there are none. */
function dependOnChannel(context: ReadContext, channelArn: ChannelArn): void {
  context.dependOn(appInstanceArnWithin(channelArn))
  context.dependOn(channelArn)
}

export class SubChannelWriter extends SubChannelReader implements Writes {
  readonly #context: WriteContext

  constructor(context: WriteContext) {
    super(context)
    this.#context = context
  }

  insert({
    createdAt,
    ...subChannel
  }: Pick<SubChannel, 'channelArn' | 'subChannelId' | 'createdAt'>): void {
    this.#changeKeys(subChannel)
    dependOnChannel(this.#context, subChannel.channelArn)
    this.#context.dependOn(subChannelsKey(subChannel.channelArn))
    this.#context.change(insertRow, { ...subChannelPlaceOf(subChannel), createdAt })
  }

  remove(subChannel: ConversationReference): void {
    this.#changeKeys(subChannel)
    this.#context.change(retire, subChannelPlaceOf(subChannel))
  }

  #changeKeys(subChannel: ConversationReference): void {
    this.#context.changeKey(conversationKey(subChannel))
    this.#context.changeKey(subChannelsKey(subChannel.channelArn))
  }
}

interface SubChannelRow {
  readonly sub_channel_id: string
  readonly created_at: number
  readonly memberships_count: number
  readonly moderators_count: number
  readonly counted_sequence: number
}

function subChannelOf(channelArn: ChannelArn, row: SubChannelRow): SubChannel {
  return {
    channelArn,
    subChannelId: row.sub_channel_id,
    createdAt: row.created_at,
    regularMembershipsCount: row.memberships_count,
    moderatorMembershipsCount: row.moderators_count,
  }
}
