// What happens to the tables when a user or bot goes. Its row stays as the name under its messages,
// and hides its memberships, moderator roles and bans from every read at once; these may be tens of
// thousands, so they are ended afterwards, in bounded batches.
import { sql } from 'kysely'
import { appInstanceKeyQuery, memberKeyQuery, type MemberPlace } from '../keys.ts'
import { defineStatement, type Queries, type Statement } from '../statement.ts'

/** Runs while the administrator is still there, so that it can be counted out. */
function uncountInAppInstance(column: 'users_count' | 'bots_count') {
  return defineStatement((db, place: MemberPlace) =>
    db
      .updateTable('app_instance')
      .set((eb) => ({
        [column]: eb(column, '-', 1),
        admins_count: eb(
          'admins_count',
          '-',
          eb
            .selectFrom('app_instance_admin as d')
            .select((count) => count.fn.countAll<number>().as('admins'))
            .whereRef('d.app_instance_key', '=', 'app_instance.app_instance_key')
            .where('d.member_key', '=', memberKeyQuery(db, place)),
        ),
      }))
      .where('app_instance_key', '=', (eb) =>
        eb
          .selectFrom('member')
          .select('app_instance_key')
          .where('member_key', '=', memberKeyQuery(db, place)),
      ),
  )
}

const removeAdmin = defineStatement((db, place: MemberPlace) =>
  db
    .deleteFrom('app_instance_admin')
    .where('app_instance_key', '=', (eb) =>
      eb
        .selectFrom('member')
        .select('app_instance_key')
        .where('member_key', '=', memberKeyQuery(db, place)),
    )
    .where('member_key', '=', memberKeyQuery(db, place)),
)

/** As many as the quota of endpoints per user at most. */
const removeEndpoints = defineStatement((db, place: MemberPlace) =>
  db.deleteFrom('endpoint').where('member_key', '=', memberKeyQuery(db, place)),
)

const retire = defineStatement((db, place: MemberPlace) =>
  db
    .updateTable('member')
    .set((eb) => ({
      removal: eb.ref('member_key'),
      metadata: null,
      tags: null,
      configuration: null,
      expiration_days: null,
      memberships_count: 0,
      endpoints_count: 0,
      relations_left: 1,
    }))
    .where('member_key', '=', memberKeyQuery(db, place)),
)

/** The statements, in the order in which they must run. */
export const removalOfUser: readonly Statement<MemberPlace, unknown>[] = [
  uncountInAppInstance('users_count'),
  removeAdmin,
  removeEndpoints,
  retire,
]

/** Likewise; a bot has no endpoints. */
export const removalOfBot: readonly Statement<MemberPlace, unknown>[] = [
  uncountInAppInstance('bots_count'),
  removeAdmin,
  retire,
]

export const listWithRelationsLeft = defineStatement(
  (db, { afterKey, limit }: { readonly afterKey: number; readonly limit: number }) =>
    db
      .selectFrom('member as m')
      .innerJoin('app_instance as a', 'a.app_instance_key', 'm.app_instance_key')
      .select(['m.member_key', 'm.arn'])
      // As text: the index that holds only these few is found by it, and `+ 0` keeps the planner
      // from walking all members of all app instances instead.
      .where(sql<boolean>`m.relations_left = 1`)
      .where('m.member_key', '>', afterKey)
      .where(sql<boolean>`a.removal + 0 = 0`)
      .orderBy('m.member_key')
      .limit(limit),
)

/** The first that had this ARN. */
export const findWithRelationsLeft = defineStatement((db, place: MemberPlace) =>
  db
    .selectFrom('member')
    .select(['member_key', 'name'])
    .where('app_instance_key', '=', appInstanceKeyQuery(db, place.memberAppInstanceArn))
    .where('kind', '=', place.memberKind)
    .where('member_id', '=', place.memberId)
    .where('relations_left', '=', 1)
    .orderBy('member_key')
    .limit(1),
)

interface Batch {
  readonly memberKey: number
  readonly limit: number
}

/**
 * With the key of whoever has the ARN now and is in the conversation, too, and whether that is
 * there still: a sub-channel may have been taken apart meanwhile.
 */
export const listLeftMemberships = defineStatement((db, place: Batch & MemberPlace) =>
  db
    .selectFrom('membership as s')
    .innerJoin('channel as c', 'c.channel_key', 's.channel_key')
    .innerJoin('member as i', 'i.member_key', 's.invited_by_key')
    .leftJoin('membership as n', (join) =>
      join
        .onRef('n.channel_key', '=', 's.channel_key')
        .onRef('n.sub_channel_id', '=', 's.sub_channel_id')
        .on('n.member_key', '=', memberKeyQuery(db, place)),
    )
    .leftJoin('sub_channel as u', (join) =>
      join
        .onRef('u.channel_key', '=', 's.channel_key')
        .onRef('u.sub_channel_id', '=', 's.sub_channel_id')
        .on('u.removal', '=', 0),
    )
    .select([
      's.channel_key',
      's.sub_channel_id',
      'u.sub_channel_id as living_sub_channel_id',
      's.type',
      's.of_moderator',
      's.created_at',
      's.last_updated_at',
      'c.arn',
      'c.removal',
      'i.arn as inviter_arn',
      'i.name as inviter_name',
      'n.member_key as successor_key',
    ])
    .where('s.member_key', '=', place.memberKey)
    .orderBy('s.channel_key')
    .orderBy('s.sub_channel_id')
    .limit(place.limit),
)

function listLeft(role: 'moderator' | 'ban') {
  return defineStatement((db, { memberKey, limit }: Batch) =>
    db
      .selectFrom(role)
      .select('channel_key')
      .where('member_key', '=', memberKey)
      .orderBy('channel_key')
      .limit(limit),
  )
}

export const listLeftRoles = { moderator: listLeft('moderator'), ban: listLeft('ban') }

interface Range {
  readonly memberKey: number
  readonly upTo: number
}

interface MembershipRange extends Range {
  readonly upToSubChannelId: string
}

function membershipsUpTo(db: Queries, range: MembershipRange) {
  return db
    .selectFrom('membership')
    .where('membership.member_key', '=', range.memberKey)
    .where(
      sql<boolean>`(membership.channel_key, membership.sub_channel_id) <=
        (${range.upTo}, ${range.upToSubChannelId})`,
    )
}

/** Of whole channels; runs before the rows go. */
export const countDownMemberships = defineStatement((db, range: MembershipRange) =>
  db
    .updateTable('channel')
    .set((eb) => ({
      memberships_count: eb(
        'memberships_count',
        '-',
        membershipsUpTo(db, range)
          .select((count) => count.fn.countAll<number>().as('memberships'))
          .whereRef('membership.channel_key', '=', sql.ref('channel.channel_key')),
      ),
    }))
    .where('channel_key', 'in', membershipsUpTo(db, range).select('membership.channel_key')),
)

export const removeMemberships = defineStatement((db, range: MembershipRange) =>
  db
    .deleteFrom('membership')
    .where('member_key', '=', range.memberKey)
    .where(
      sql<boolean>`(channel_key, sub_channel_id) <= (${range.upTo}, ${range.upToSubChannelId})`,
    ),
)

/** Runs before the rows go. */
export const countDownModerators = defineStatement((db, { memberKey, upTo }: Range) =>
  db
    .updateTable('channel')
    .set((eb) => ({ moderators_count: eb('moderators_count', '-', 1) }))
    .where('channel_key', 'in', (eb) =>
      eb
        .selectFrom('moderator')
        .select('channel_key')
        .where('member_key', '=', memberKey)
        .where('channel_key', '<=', upTo),
    ),
)

function removeRange(role: 'moderator' | 'ban') {
  return defineStatement((db, { memberKey, upTo }: Range) =>
    db.deleteFrom(role).where('member_key', '=', memberKey).where('channel_key', '<=', upTo),
  )
}

export const removeRoles = { moderator: removeRange('moderator'), ban: removeRange('ban') }

export const settleRelations = defineStatement((db, { memberKey }: { memberKey: number }) =>
  db.updateTable('member').set({ relations_left: 0 }).where('member_key', '=', memberKey),
)
