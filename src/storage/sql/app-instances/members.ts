// Who is known as a member, user or bot, and the end of what removed ones were to channels.
import { appInstanceArnWithin, type ChannelArn, type MemberArn } from '../../../base/arn.ts'
import type { ChannelMembership, MembershipType } from '../../../domain/channel.ts'
import type { Identity } from '../../../domain/identity.ts'
import { conversationKey } from '../../../ports/conversation-reference.ts'
import type { Page, PageRequest } from '../../../ports/paging.ts'
import type * as port from '../../../ports/store-identity.ts'
import type { ReadContext, WriteContext } from '../contexts.ts'
import { addModeratorMemberships } from '../channels/membership-statements.ts'
import {
  memberPlaceOf,
  relationKey,
  subChannelMembersKey,
  subChannelPlaceOf,
  type MemberPlace,
} from '../keys.ts'
import { pageOf } from '../paging.ts'
import { identityOf } from '../rows.ts'
import { defineStatement } from '../statement.ts'
import {
  countDownMemberships,
  countDownModerators,
  findWithRelationsLeft,
  listLeftMemberships,
  listLeftRoles,
  listWithRelationsLeft,
  removeMemberships,
  removeRoles,
  settleRelations,
} from '../upkeep/member-removal.ts'

const findName = defineStatement((db, place: MemberPlace) =>
  db
    .selectFrom('app_instance as a')
    .innerJoin('member as m', 'm.app_instance_key', 'a.app_instance_key')
    .select(['m.name', 'm.member_key'])
    .where('a.arn', '=', place.memberAppInstanceArn)
    .where('a.removal', '=', 0)
    .where('m.kind', '=', place.memberKind)
    .where('m.member_id', '=', place.memberId)
    .where('m.removal', '=', 0),
)

export class MemberReader implements port.MemberReader {
  readonly #context: ReadContext

  constructor(context: ReadContext) {
    this.#context = context
  }

  async findIdentity(arn: MemberArn): Promise<Identity | undefined> {
    const { result } = await this.#context.recall(arn, async () => {
      const place = memberPlaceOf(arn)
      const row = await this.#context.first(findName, place)
      const found = row && { identity: identityOf(arn, row.name), memberKey: row.member_key }
      return { result: found, keys: [place.memberAppInstanceArn, arn] }
    })
    if (result === undefined) return undefined
    this.#context.rememberKey(arn, result.memberKey)
    return result.identity
  }

  async listWithRelationsLeft(page: PageRequest): Promise<Page<MemberArn>> {
    const rows = await this.#context.all(listWithRelationsLeft, {
      afterKey: Number(page.after?.[0] ?? 0),
      limit: page.limit + 1,
    })
    return pageOf(
      rows,
      page.limit,
      (row) => row.arn as MemberArn,
      (row) => [row.member_key],
    )
  }
}

export class MemberWriter extends MemberReader implements port.MemberWriter {
  readonly #context: WriteContext

  constructor(context: WriteContext) {
    super(context)
    this.#context = context
  }

  async endRelations(
    arn: MemberArn,
    limit: number,
  ): Promise<readonly ChannelMembership[] | undefined> {
    const context = this.#context
    const key = `relations left of ${arn}`
    context.dependOn(appInstanceArnWithin(arn))
    context.dependOn(arn)
    context.dependOn(key)
    const left = await context.first(findWithRelationsLeft, memberPlaceOf(arn))
    if (left === undefined) return undefined
    context.changeKey(key)
    const memberKey = left.member_key
    const place = { ...memberPlaceOf(arn), memberKey, limit }
    const memberships = await context.all(listLeftMemberships, place)
    let areLast = this.#endMemberships(memberKey, memberships, limit)
    for (const role of ['moderator', 'ban'] as const) {
      const rows = await context.all(listLeftRoles[role], { memberKey, limit })
      areLast = this.#endRoles(role, memberKey, rows, limit) && areLast
    }
    if (areLast) context.change(settleRelations, { memberKey })
    return memberships
      .filter((row) => this.#isToBeTold(row))
      .map((row) => this.#told(membershipOf(arn, left.name, row)))
  }

  /** Whether these rows were the last ones. */
  #endMemberships(
    memberKey: number,
    rows: readonly (LeftMembershipRow & { readonly channel_key: number })[],
    limit: number,
  ): boolean {
    const last = rows.at(-1)
    if (last === undefined) return true
    const { channel_key: upTo, sub_channel_id: upToSubChannelId } = last
    for (const row of rows) if (row.sub_channel_id !== '') this.#countOut(row)
    const range = { memberKey, upTo, upToSubChannelId }
    this.#context.change(countDownMemberships, range)
    this.#context.change(removeMemberships, range)
    return rows.length < limit
  }

  /** One by one, so that whoever counts on what a sub-channel has finds out. */
  #countOut(row: LeftMembershipRow): void {
    if (row.living_sub_channel_id === null || row.removal !== 0) return
    const of = { channelArn: row.arn as ChannelArn, subChannelId: row.sub_channel_id }
    this.#context.changeKey(subChannelMembersKey(of))
    if (row.of_moderator === 0) {
      this.#context.countOneLess({ kind: 'memberships-of-sub-channel', of })
    } else {
      this.#context.change(addModeratorMemberships, { ...subChannelPlaceOf(of), more: -1 })
    }
  }

  #endRoles(
    role: 'moderator' | 'ban',
    memberKey: number,
    rows: readonly { readonly channel_key: number }[],
    limit: number,
  ): boolean {
    const upTo = rows.at(-1)?.channel_key
    if (upTo === undefined) return true
    if (role === 'moderator') this.#context.change(countDownModerators, { memberKey, upTo })
    this.#context.change(removeRoles[role], { memberKey, upTo })
    return rows.length < limit
  }

  #isToBeTold(row: LeftMembershipRow): boolean {
    const isInPlace = row.sub_channel_id === '' || row.living_sub_channel_id !== null
    return row.removal === 0 && row.successor_key === null && isInPlace
  }

  /** Whoever joins under the same ARN at this moment must not be told of as gone afterwards. */
  #told(membership: ChannelMembership): ChannelMembership {
    this.#context.dependOn(relationKey(membership.channelArn, membership.member.arn))
    if (membership.subChannelId !== '') this.#context.dependOn(conversationKey(membership))
    return membership
  }
}

interface LeftMembershipRow {
  readonly arn: string
  /** Of the channel. */
  readonly removal: number
  readonly sub_channel_id: string
  readonly living_sub_channel_id: string | null
  readonly successor_key: number | null
  readonly of_moderator: number
  readonly type: string
  readonly inviter_arn: string
  readonly inviter_name: string
  readonly created_at: number
  readonly last_updated_at: number
}

function membershipOf(arn: MemberArn, name: string, row: LeftMembershipRow): ChannelMembership {
  return {
    channelArn: row.arn as ChannelArn,
    member: { arn, name },
    subChannelId: row.sub_channel_id,
    isOfModerator: row.of_moderator !== 0,
    type: row.type as MembershipType,
    invitedBy: identityOf(row.inviter_arn, row.inviter_name),
    createdAt: row.created_at,
    lastUpdatedAt: row.last_updated_at,
  }
}
