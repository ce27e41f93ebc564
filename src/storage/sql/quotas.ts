// The counts behind quotas: kept in the rows of what they are of, in the same commit as what they
// count.
import { assertNever } from '../../base/assert.ts'
import { conversationKey } from '../../ports/conversation-reference.ts'
import type { CountedThing } from '../../ports/store.ts'
import type { ReadContext } from './contexts.ts'
import {
  appInstanceKeyQuery,
  channelKeyQuery,
  channelPlaceOf,
  memberKeyQuery,
  memberPlaceOf,
  subChannelPlaceOf,
  type ChannelPlace,
  type MemberPlace,
  type SubChannelPlace,
} from './keys.ts'
import { defineStatement, type Statement } from './statement.ts'

type AppInstanceColumn =
  | 'users_count'
  | 'bots_count'
  | 'admins_count'
  | 'channels_count'
  | 'elastic_channels_count'
  | 'channel_flows_count'
type MemberColumn = 'memberships_count' | 'endpoints_count'
type ChannelColumn = 'memberships_count' | 'moderators_count'

interface More {
  readonly more: number
}

const countByName = defineStatement((db, { name }: { readonly name: string }) =>
  db.selectFrom('counter').select('value as count').where('name', '=', name),
)

const addByName = defineStatement((db, { name, more }: More & { readonly name: string }) =>
  db
    .updateTable('counter')
    .set((eb) => ({ value: eb('value', '+', more) }))
    .where('name', '=', name),
)

function ofAppInstance(column: AppInstanceColumn) {
  return {
    count: defineStatement((db, { appInstanceArn }: { appInstanceArn: string }) =>
      db
        .selectFrom('app_instance')
        .select(`${column} as count`)
        .where('arn', '=', appInstanceArn)
        .where('removal', '=', 0),
    ),
    add: defineStatement((db, { appInstanceArn, more }: More & { appInstanceArn: string }) =>
      db
        .updateTable('app_instance')
        .set((eb) => ({ [column]: eb(column, '+', more) }))
        .where('app_instance_key', '=', appInstanceKeyQuery(db, appInstanceArn)),
    ),
  }
}

function ofChannel(column: ChannelColumn) {
  return {
    count: defineStatement((db, place: ChannelPlace) =>
      db
        .selectFrom('channel')
        .select(`${column} as count`)
        .where('channel_key', '=', channelKeyQuery(db, place)),
    ),
    add: defineStatement((db, place: ChannelPlace & More) =>
      db
        .updateTable('channel')
        .set((eb) => ({ [column]: eb(column, '+', place.more) }))
        .where('channel_key', '=', channelKeyQuery(db, place)),
    ),
  }
}

function ofMember(column: MemberColumn) {
  return {
    count: defineStatement((db, place: MemberPlace) =>
      db
        .selectFrom('member')
        .select(`${column} as count`)
        .where('member_key', '=', memberKeyQuery(db, place)),
    ),
    add: defineStatement((db, place: MemberPlace & More) =>
      db
        .updateTable('member')
        .set((eb) => ({ [column]: eb(column, '+', place.more) }))
        .where('member_key', '=', memberKeyQuery(db, place)),
    ),
  }
}

/** What is counted of one whose internal key is known. */
export interface CountByKey {
  readonly memberKey: number
  readonly more: number
}

/** As the change of `memberships-of-member`. */
export const addMembershipsOfMember = defineStatement((db, { memberKey, more }: CountByKey) =>
  db
    .updateTable('member')
    .set((eb) => ({ memberships_count: eb('memberships_count', '+', more) }))
    .where('member_key', '=', memberKey),
)

const membershipsOfSubChannel = {
  count: defineStatement((db, place: SubChannelPlace) =>
    db
      .selectFrom('sub_channel')
      .select(['memberships_count as count', 'counted_sequence as sequence'])
      .where('channel_key', '=', channelKeyQuery(db, place))
      .where('sub_channel_id', '=', place.subChannelId)
      .where('removal', '=', 0),
  ),
  add: defineStatement((db, place: SubChannelPlace & More & { readonly sequence: number }) =>
    db
      .updateTable('sub_channel')
      .set((eb) => ({
        memberships_count: eb('memberships_count', '+', place.more),
        counted_sequence: place.sequence,
      }))
      .where('channel_key', '=', channelKeyQuery(db, place))
      .where('sub_channel_id', '=', place.subChannelId),
  ),
}

const users = ofAppInstance('users_count')
const bots = ofAppInstance('bots_count')
const admins = ofAppInstance('admins_count')
const channels = ofAppInstance('channels_count')
const elasticChannels = ofAppInstance('elastic_channels_count')
const channelFlows = ofAppInstance('channel_flows_count')
const membershipsOfChannel = ofChannel('memberships_count')
const moderators = ofChannel('moderators_count')
const membershipsOfMember = ofMember('memberships_count')
const endpoints = ofMember('endpoints_count')

interface CountStatements {
  readonly count: Statement<never, { readonly count: number }>
  readonly add: Statement<never, unknown>
  readonly place: object
}

function statementsFor(counted: CountedThing): CountStatements {
  switch (counted.kind) {
    case 'app-instances':
    case 'iam-users':
    case 'iam-roles':
    case 'openid-connect-providers':
      return { count: countByName, add: addByName, place: { name: counted.kind } }
    case 'users':
      return { ...users, place: { appInstanceArn: counted.of } }
    case 'bots':
      return { ...bots, place: { appInstanceArn: counted.of } }
    case 'elastic-channels':
      return { ...elasticChannels, place: { appInstanceArn: counted.of } }
    case 'channel-flows':
      return { ...channelFlows, place: { appInstanceArn: counted.of } }
    case 'endpoints':
      return { ...endpoints, place: memberPlaceOf(counted.of) }
    case 'admins':
      return { ...admins, place: { appInstanceArn: counted.of } }
    case 'channels':
      return { ...channels, place: { appInstanceArn: counted.of } }
    case 'memberships-of-channel':
      return { ...membershipsOfChannel, place: channelPlaceOf(counted.of) }
    case 'memberships-of-sub-channel':
      return { ...membershipsOfSubChannel, place: subChannelPlaceOf(counted.of) }
    case 'moderators':
      return { ...moderators, place: channelPlaceOf(counted.of) }
    case 'memberships-of-member':
      return { ...membershipsOfMember, place: memberPlaceOf(counted.of) }
    default:
      return assertNever(counted)
  }
}

/** Names a count among the dependencies of transactions. */
export function countKey(counted: CountedThing): string {
  if (!('of' in counted)) return counted.kind
  const of = typeof counted.of === 'string' ? counted.of : conversationKey(counted.of)
  return `${counted.kind} ${of}`
}

/** Names how much a count has fallen, as `countKey` names how much it has risen. */
export function fallKey(counted: CountedThing): string {
  return `falls of ${countKey(counted)}`
}

/** A count as it was read. */
interface FoundCount {
  readonly count: number
  /** The commit that changed it last, where that is known: in the count, with all before it. */
  readonly sequence?: number
}

/** The present count; 0 of what does not exist. */
export async function findCount(context: ReadContext, counted: CountedThing): Promise<FoundCount> {
  const { count, place } = statementsFor(counted)
  return (await context.first(count as Statement<object, FoundCount>, place)) ?? { count: 0 }
}

/**
 * The change that adds `more` to a count, with the commit of this number. `memberKey` is that of
 * the member whose things are counted, where it is known.
 */
export function planCountChange(
  counted: CountedThing,
  more: number,
  sequence: number,
  memberKey?: number,
): { readonly statement: Statement<object, unknown>; readonly parameters: object } {
  if (counted.kind === 'memberships-of-member' && memberKey !== undefined) {
    const statement = addMembershipsOfMember as Statement<never, unknown>
    return { statement: statement as Statement<object, unknown>, parameters: { memberKey, more } }
  }
  const { add, place } = statementsFor(counted)
  return { statement: add as Statement<object, unknown>, parameters: { ...place, more, sequence } }
}
