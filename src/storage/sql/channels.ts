// Queries and changes of channels, one at a time; lists of them are in channel-lists.ts.
import { appInstanceArnWithin, type ChannelArn, type MemberArn } from '../../base/arn.ts'
import type { Channel, ChannelAccess, MembershipType } from '../../domain/channel.ts'
import type { StoreReader, StoreTransaction } from '../../ports/store.ts'
import { listChannels } from './channel-lists.ts'
import type { ReadContext, WriteContext } from './contexts.ts'
import {
  actorKeyQuery,
  actorPlaceOf,
  appInstanceKeyQuery,
  channelKeyQuery,
  channelPlaceOf,
  memberKeyQuery,
  memberPlaceOf,
  relationKey,
  type ActorPlace,
  type ChannelPlace,
  type MemberPlace,
} from './keys.ts'
import { channelOf, lastOf } from './rows.ts'
import type { KeyedResult } from './read-cache.ts'
import { defineStatement, type Statement } from './statement.ts'

interface AccessParameters extends ChannelPlace {
  readonly memberKind: string
  readonly memberId: string
}

/** One row by unique indexes throughout: the channel and every role that the member may have. */
const findAccessRow = defineStatement((db, place: AccessParameters) =>
  db
    .selectFrom('app_instance as a')
    .innerJoin('channel as c', 'c.app_instance_key', 'a.app_instance_key')
    .innerJoin('member as creator', 'creator.member_key', 'c.created_by_key')
    .leftJoin('member as m', (join) =>
      join
        .onRef('m.app_instance_key', '=', 'a.app_instance_key')
        .on('m.kind', '=', place.memberKind)
        .on('m.member_id', '=', place.memberId)
        .on('m.removal', '=', 0),
    )
    .leftJoin('membership as s', (join) =>
      join.onRef('s.channel_key', '=', 'c.channel_key').onRef('s.member_key', '=', 'm.member_key'),
    )
    .leftJoin('moderator as o', (join) =>
      join.onRef('o.channel_key', '=', 'c.channel_key').onRef('o.member_key', '=', 'm.member_key'),
    )
    .leftJoin('ban as b', (join) =>
      join.onRef('b.channel_key', '=', 'c.channel_key').onRef('b.member_key', '=', 'm.member_key'),
    )
    .leftJoin('app_instance_admin as d', (join) =>
      join
        .onRef('d.app_instance_key', '=', 'a.app_instance_key')
        .onRef('d.member_key', '=', 'm.member_key'),
    )
    .select([
      'c.arn',
      'c.name',
      'c.mode',
      'c.privacy',
      'c.metadata',
      'c.created_at',
      'c.last_updated_at',
      'creator.arn as creator_arn',
      'creator.name as creator_name',
      'c.channel_key',
      'm.member_key',
      's.type as membership_type',
      'o.member_key as moderator_key',
      'b.member_key as banned_key',
      'd.member_key as admin_key',
    ])
    .where('a.arn', '=', place.appInstanceArn)
    .where('a.removal', '=', 0)
    .where('c.channel_id', '=', place.channelId)
    .where('c.removal', '=', 0),
)

const findLastMessageAt = defineStatement((db, place: ChannelPlace & MemberPlace) =>
  db
    .selectFrom('channel_activity as y')
    .leftJoin('targeted_activity as t', (join) =>
      join
        .onRef('t.channel_key', '=', 'y.channel_key')
        .on('t.member_key', '=', memberKeyQuery(db, place)),
    )
    .select(['y.last_message_at', 't.last_message_at as targeted_at'])
    .where('y.channel_key', '=', channelKeyQuery(db, place)),
)

type AccessRow = typeof findAccessRow extends Statement<AccessParameters, infer Row> ? Row : never

function accessOf(row: AccessRow, memberArn: MemberArn): ChannelAccess {
  return {
    channel: channelOf(row),
    caller: {
      arn: memberArn,
      isAdmin: row.admin_key !== null,
      isModerator: row.moderator_key !== null,
      membershipType: (row.membership_type as MembershipType | null) ?? undefined,
      isBanned: row.banned_key !== null,
    },
  }
}

interface ChannelValues extends ChannelPlace, ActorPlace {
  readonly arn: string
  readonly name: string
  readonly mode: string
  readonly privacy: string
  readonly metadata: string | null
  readonly createdAt: number
  readonly lastUpdatedAt: number
}

const insertRow = defineStatement((db, values: ChannelValues) =>
  db.insertInto('channel').values({
    app_instance_key: appInstanceKeyQuery(db, values.appInstanceArn),
    channel_id: values.channelId,
    arn: values.arn,
    name: values.name,
    mode: values.mode,
    privacy: values.privacy,
    metadata: values.metadata,
    created_by_key: actorKeyQuery(db, values),
    created_at: values.createdAt,
    last_updated_at: values.lastUpdatedAt,
  }),
)

const insertActivity = defineStatement((db, place: ChannelPlace & { readonly sequence: number }) =>
  db
    .insertInto('channel_activity')
    .columns(['channel_key', 'app_instance_key', 'privacy', 'last_activity'])
    .expression((eb) =>
      eb
        .selectFrom('channel')
        .select(['channel_key', 'app_instance_key', 'privacy'])
        .select(eb.val(place.sequence).as('last_activity'))
        .where('channel_key', '=', channelKeyQuery(db, place)),
    ),
)

interface ReplaceValues extends ChannelPlace {
  readonly name: string
  readonly mode: string
  readonly metadata: string | null
  readonly lastUpdatedAt: number
}

const replaceRow = defineStatement((db, values: ReplaceValues) =>
  db
    .updateTable('channel')
    .set({
      name: values.name,
      mode: values.mode,
      metadata: values.metadata,
      last_updated_at: values.lastUpdatedAt,
    })
    .where('channel_key', '=', channelKeyQuery(db, values)),
)

/**
 * The channel is hidden behind its `removal`; its rows wait for a later purge. Only what is counted
 * elsewhere is put right at once, bounded by the quota of memberships per channel.
 */
const removalOfChannel = [
  defineStatement((db, place: ChannelPlace) =>
    db
      .updateTable('member')
      .set((eb) => ({ memberships_count: eb('memberships_count', '-', 1) }))
      .where('removal', '=', 0)
      .where('member_key', 'in', (eb) =>
        eb
          .selectFrom('membership')
          .select('member_key')
          .where('channel_key', '=', channelKeyQuery(db, place)),
      ),
  ),
  defineStatement((db, place: ChannelPlace) =>
    db
      .updateTable('app_instance')
      .set((eb) => ({ channels_count: eb('channels_count', '-', 1) }))
      .where('app_instance_key', '=', (eb) =>
        eb
          .selectFrom('channel')
          .select('app_instance_key')
          .where('channel_key', '=', channelKeyQuery(db, place)),
      ),
  ),
  defineStatement((db, place: ChannelPlace) =>
    db.deleteFrom('channel_activity').where('channel_key', '=', channelKeyQuery(db, place)),
  ),
  defineStatement((db, place: ChannelPlace) =>
    db
      .updateTable('channel')
      .set((eb) => ({ removal: eb.ref('channel_key') }))
      .where('channel_key', '=', channelKeyQuery(db, place)),
  ),
]

/** What `findAccess` keeps: the access, and the internal keys that came with it. */
interface FoundAccess {
  readonly access: ChannelAccess
  readonly channelKey: number
  readonly memberKey: number | null
}

async function readAccess(
  context: ReadContext,
  channelArn: ChannelArn,
  memberArn: MemberArn,
  relation: string,
): Promise<KeyedResult<FoundAccess | undefined>> {
  const place = channelPlaceOf(channelArn)
  const member = memberPlaceOf(memberArn)
  const row = await context.first(findAccessRow, {
    appInstanceArn: place.appInstanceArn,
    channelId: place.channelId,
    memberKind: member.memberKind,
    // Someone of another app instance is nothing here; no id is empty.
    memberId: member.memberAppInstanceArn === place.appInstanceArn ? member.memberId : '',
  })
  const keys = [
    place.appInstanceArn,
    channelArn,
    memberArn,
    relation,
    `${place.appInstanceArn} ${memberArn}`,
  ]
  if (row === undefined) return { result: undefined, keys }
  return {
    result: {
      access: accessOf(row, memberArn),
      channelKey: row.channel_key,
      memberKey: row.member_key,
    },
    // The creator's name shows.
    keys: [...keys, row.creator_arn],
  }
}

type Reads = StoreReader['channels']

export class ChannelReader implements Reads {
  readonly #context: ReadContext

  constructor(context: ReadContext) {
    this.#context = context
  }

  async findAccess(
    channelArn: ChannelArn,
    memberArn: MemberArn,
  ): Promise<ChannelAccess | undefined> {
    const context = this.#context
    const relation = relationKey(channelArn, memberArn)
    const { result: found } = await context.recall(relation, () =>
      readAccess(context, channelArn, memberArn, relation),
    )
    if (found === undefined) return undefined
    context.rememberKey(channelArn, found.channelKey)
    if (found.memberKey !== null) context.rememberKey(memberArn, found.memberKey)
    return found.access
  }

  list(...[appInstanceArn, filter, page]: Parameters<Reads['list']>): ReturnType<Reads['list']> {
    return listChannels(this.#context, appInstanceArn, filter, page)
  }

  async findLastMessageAt(channelArn: ChannelArn, viewer?: MemberArn): Promise<number | undefined> {
    const row = await this.#context.first(findLastMessageAt, {
      ...channelPlaceOf(channelArn),
      ...(viewer === undefined ? NOBODY : memberPlaceOf(viewer)),
    })
    return row && lastOf(row.last_message_at, row.targeted_at)
  }
}

const NOBODY: MemberPlace = { memberAppInstanceArn: '', memberKind: '', memberId: '' }

export class ChannelWriter
  extends ChannelReader
  implements Pick<StoreTransaction['channels'], 'insert' | 'replace' | 'remove'>
{
  readonly #context: WriteContext

  constructor(context: WriteContext) {
    super(context)
    this.#context = context
  }

  insert(channel: Channel): void {
    const place = channelPlaceOf(channel.arn)
    this.#context.dependOn(place.appInstanceArn)
    this.#context.changeKey(channel.arn)
    this.#context.change(insertRow, {
      ...place,
      ...actorPlaceOf(channel.createdBy.arn),
      arn: channel.arn,
      name: channel.name,
      mode: channel.mode,
      privacy: channel.privacy,
      metadata: channel.metadata ?? null,
      createdAt: channel.createdAt,
      lastUpdatedAt: channel.lastUpdatedAt,
    })
    this.#context.changeWithSequence(insertActivity, place)
    this.#context.countOneMore({ kind: 'channels', of: appInstanceArnWithin(channel.arn) })
  }

  replace(channel: Channel): void {
    this.#context.changeKey(channel.arn)
    this.#context.change(replaceRow, {
      ...channelPlaceOf(channel.arn),
      name: channel.name,
      mode: channel.mode,
      metadata: channel.metadata ?? null,
      lastUpdatedAt: channel.lastUpdatedAt,
    })
  }

  remove(arn: ChannelArn): void {
    this.#context.changeKey(arn)
    const place = channelPlaceOf(arn)
    for (const step of removalOfChannel) this.#context.change(step, place)
  }
}
