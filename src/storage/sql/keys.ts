// From ARNs to rows: the parts of an ARN that the tables are keyed by, sub-queries that find a
// row's internal key by them, and the keys on which transactions depend.
import {
  appInstanceArnWithin,
  type AppInstanceArn,
  type ChannelArn,
  type MemberArn,
} from '../../base/arn.ts'
import { conversationKey, type ConversationReference } from '../../ports/conversation-reference.ts'
import type { ReadContext } from './contexts.ts'
import type { Queries } from './statement.ts'

export interface ChannelPlace {
  readonly appInstanceArn: string
  readonly channelId: string
}

export interface MemberPlace {
  readonly memberAppInstanceArn: string
  readonly memberKind: string
  readonly memberId: string
}

export function channelPlaceOf(arn: ChannelArn): ChannelPlace {
  const idStart = arn.lastIndexOf('/')
  const kindStart = arn.lastIndexOf('/', idStart - 1)
  return { appInstanceArn: arn.slice(0, kindStart), channelId: arn.slice(idStart + 1) }
}

export function memberPlaceOf(arn: MemberArn): MemberPlace {
  const idStart = arn.lastIndexOf('/')
  const kindStart = arn.lastIndexOf('/', idStart - 1)
  return {
    memberAppInstanceArn: arn.slice(0, kindStart),
    memberKind: arn.slice(kindStart + 1, idStart),
    memberId: arn.slice(idStart + 1),
  }
}

export interface SubChannelPlace extends ChannelPlace {
  readonly subChannelId: string
}

export function subChannelPlaceOf({
  channelArn,
  subChannelId,
}: ConversationReference): SubChannelPlace {
  return { ...channelPlaceOf(channelArn), subChannelId }
}

/** Who belongs to a sub-channel, as a key to depend on. */
export function subChannelMembersKey(subChannel: ConversationReference): string {
  return `members of ${conversationKey(subChannel)}`
}

/** Which sub-channels a channel has, as a key to depend on. */
export function subChannelsKey(channelArn: ChannelArn): string {
  return `sub-channels of ${channelArn}`
}

/** What someone is to a channel or an app instance, as a key to depend on. */
export function relationKey(arn: ChannelArn | AppInstanceArn, memberArn: MemberArn): string {
  return `${arn} ${memberArn}`
}

/** Where the events of an app instance are streamed to, as a key to depend on. */
export function streamingKey(appInstanceArn: AppInstanceArn): string {
  return `streaming of ${appInstanceArn}`
}

/** Which bots are members of a channel, as a key to depend on. */
export function botsKey(channelArn: ChannelArn): string {
  return `bots of ${channelArn}`
}

/** Whether the users of an app instance have any devices, as a key to depend on. */
export function devicesKey(appInstanceArn: AppInstanceArn): string {
  return `devices of ${appInstanceArn}`
}

/** Where a channel and a member of it are found. */
export type RelationPlace = ChannelPlace & MemberPlace

export function placeOfRelation(channelArn: ChannelArn, memberArn: MemberArn): RelationPlace {
  return { ...channelPlaceOf(channelArn), ...memberPlaceOf(memberArn) }
}

/** Everything that decides whether someone has a role in a channel, as keys to depend on. */
export function dependOnRelation(
  context: ReadContext,
  channelArn: ChannelArn,
  memberArn: MemberArn,
): void {
  context.dependOn(appInstanceArnWithin(channelArn))
  context.dependOn(channelArn)
  context.dependOn(memberArn)
  context.dependOn(relationKey(channelArn, memberArn))
}

export function appInstanceKeyQuery(db: Queries, appInstanceArn: string) {
  return db
    .selectFrom('app_instance')
    .select('app_instance_key')
    .where('arn', '=', appInstanceArn)
    .where('removal', '=', 0)
}

export function channelKeyQuery(db: Queries, place: ChannelPlace) {
  return db
    .selectFrom('channel')
    .select('channel_key')
    .where('app_instance_key', '=', appInstanceKeyQuery(db, place.appInstanceArn))
    .where('removal', '=', 0)
    .where('channel_id', '=', place.channelId)
}

export function memberKeyQuery(db: Queries, place: MemberPlace) {
  return db
    .selectFrom('member')
    .select('member_key')
    .where('app_instance_key', '=', appInstanceKeyQuery(db, place.memberAppInstanceArn))
    .where('kind', '=', place.memberKind)
    .where('removal', '=', 0)
    .where('member_id', '=', place.memberId)
}

export interface ActorPlace {
  readonly actorAppInstanceArn: string
  readonly actorKind: string
  readonly actorId: string
}

export function actorPlaceOf(arn: MemberArn): ActorPlace {
  const { memberAppInstanceArn, memberKind, memberId } = memberPlaceOf(arn)
  return { actorAppInstanceArn: memberAppInstanceArn, actorKind: memberKind, actorId: memberId }
}

/**
 * Whoever caused a change: the living one of that id, or else the last that had it, for someone who
 * was removed between the check of the bearer and the commit.
 */
export function actorKeyQuery(db: Queries, place: ActorPlace) {
  return db
    .selectFrom('member')
    .select('member_key')
    .where('app_instance_key', '=', appInstanceKeyQuery(db, place.actorAppInstanceArn))
    .where('kind', '=', place.actorKind)
    .where('member_id', '=', place.actorId)
    .orderBy('member_key', 'desc')
    .limit(1)
}
