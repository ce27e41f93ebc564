// Queries and changes of who belongs to which channel and sub-channel. What only the member itself
// sees of it is in own-memberships.ts, other roles in channel-roles.ts.
import { isBot, type ChannelArn, type MemberArn } from '../../../base/arn.ts'
import { assert } from '../../../base/assert.ts'
import type { ChannelMembership, MembershipType } from '../../../domain/channel.ts'
import {
  conversationKey,
  type ConversationReference,
} from '../../../ports/conversation-reference.ts'
import type { Cursor, Page, PageRequest } from '../../../ports/paging.ts'
import type { StoreReader, StoreTransaction } from '../../../ports/store.ts'
import type { ReadContext, WriteContext } from '../contexts.ts'
import {
  actorPlaceOf,
  botsKey,
  channelPlaceOf,
  dependOnRelation,
  memberPlaceOf,
  placeOfRelation,
  relationKey,
  subChannelMembersKey,
  subChannelPlaceOf,
} from '../keys.ts'
import { pageOf, placeOf } from '../paging.ts'
import { identityOf } from '../rows.ts'
import { listCandidates } from './candidates.ts'
import { listChannelsOfMember } from './channel-lists.ts'
import { insertTogether } from './joins.ts'
import {
  addModeratorMemberships,
  findMembershipRow,
  insertMembershipByKeys,
  insertMembershipRow,
  listConversationsOfMember,
  listMembershipsByAge,
  listModeratorMembers,
  listNewestRegular,
  removeMembershipRow,
  transferMembershipRow,
  type MembershipPlace,
} from './membership-statements.ts'

type Reads = StoreReader['memberships']

/** Of a sub-channel at a time, when everybody in it is read: some milliseconds. */
const MEMBERSHIPS_PER_READ = 1_000

/** Fewer are inserted one by one: a statement for many has a price of its own. */
const TOGETHER_MIN = 5

export class MembershipReader implements Reads {
  readonly #context: ReadContext

  constructor(context: ReadContext) {
    this.#context = context
  }

  async find(
    { channelArn, subChannelId }: ConversationReference,
    memberArn: MemberArn,
  ): Promise<ChannelMembership | undefined> {
    dependOnRelation(this.#context, channelArn, memberArn)
    const place = { ...placeOfRelation(channelArn, memberArn), subChannelId }
    const row = await this.#context.first(findMembershipRow, place)
    return row && membershipOf(channelArn, row)
  }

  async list(
    conversation: ConversationReference,
    type: MembershipType,
    page: PageRequest,
  ): Promise<Page<ChannelMembership>> {
    const rows = await this.#context.all(listMembershipsByAge, {
      ...subChannelPlaceOf(conversation),
      type,
      ...placeOf(page.after),
      limit: page.limit + 1,
    })
    return pageOf(
      rows,
      page.limit,
      (row) => membershipOf(conversation.channelArn, row),
      (row) => [row.created_at, row.member_key],
    )
  }

  listForMember(...[memberArn, page]: Parameters<Reads['listForMember']>) {
    return listChannelsOfMember(this.#context, memberArn, page)
  }

  async listConversations(memberArn: MemberArn): Promise<readonly ConversationReference[]> {
    const rows = await this.#context.all(listConversationsOfMember, memberPlaceOf(memberArn))
    return rows.map((row) => ({
      channelArn: row.arn as ChannelArn,
      subChannelId: row.sub_channel_id,
    }))
  }

  async listModeratorMemberArns(channelArn: ChannelArn): Promise<readonly MemberArn[]> {
    const rows = await this.#context.all(listModeratorMembers, channelPlaceOf(channelArn))
    return rows.map((row) => row.arn as MemberArn)
  }

  listCandidates(...[channelArn, memberArns]: Parameters<Reads['listCandidates']>) {
    return listCandidates(this.#context, channelArn, memberArns)
  }

  async listAll(subChannel: ConversationReference): Promise<readonly ChannelMembership[]> {
    this.#context.dependOn(subChannelMembersKey(subChannel))
    const memberships: ChannelMembership[] = []
    for (let after: Cursor | undefined; ;) {
      const page = await this.list(subChannel, 'DEFAULT', { after, limit: MEMBERSHIPS_PER_READ })
      memberships.push(...page.items)
      if (page.next === undefined) return this.#depending(memberships)
      after = page.next
    }
  }

  async listNewestRegular(
    subChannel: ConversationReference,
    limit: number,
  ): Promise<readonly ChannelMembership[]> {
    const place = subChannelPlaceOf(subChannel)
    const rows = await this.#context.all(listNewestRegular, { ...place, limit })
    return this.#depending(rows.map((row) => membershipOf(subChannel.channelArn, row)))
  }

  /** Whoever reads them to move them must read again when one of them has changed. */
  #depending(memberships: readonly ChannelMembership[]): readonly ChannelMembership[] {
    for (const { channelArn, member } of memberships) {
      dependOnRelation(this.#context, channelArn, member.arn)
    }
    return memberships
  }
}

type Writes = Pick<StoreTransaction['memberships'], 'insert' | 'insertAll' | 'remove' | 'transfer'>

export class MembershipWriter extends MembershipReader implements Writes {
  readonly #context: WriteContext

  constructor(context: WriteContext) {
    super(context)
    this.#context = context
  }

  insert(membership: ChannelMembership): void {
    const { channelArn, member } = membership
    dependOnRelation(this.#context, channelArn, member.arn)
    if (membership.subChannelId !== '') this.#context.dependOn(conversationKey(membership))
    this.#changeKeys(membership)
    this.#insertRow(membership)
    this.#context.countOneMore({ kind: 'memberships-of-channel', of: channelArn })
    this.#context.countOneMore({ kind: 'memberships-of-member', of: member.arn })
    if (membership.isOfModerator) this.#countOfModerators(membership, 1)
    else if (membership.subChannelId !== '') this.#context.countOneMore(placesOf(membership))
  }

  insertAll(memberships: readonly ChannelMembership[]): void {
    const [first] = memberships
    const areMany = memberships.length >= TOGETHER_MIN
    if (first === undefined || !areMany || !insertTogether(this.#context, memberships)) {
      for (const membership of memberships) this.insert(membership)
      return
    }
    const { channelArn, subChannelId, isOfModerator } = first
    const more = memberships.length
    this.#context.countMore({ kind: 'memberships-of-channel', of: channelArn }, more)
    if (isOfModerator) this.#countOfModerators(first, more)
    else if (subChannelId !== '') this.#context.countMore(placesOf(first), more)
  }

  remove(membership: ChannelMembership): void {
    const { channelArn, member } = membership
    this.#changeKeys(membership)
    this.#context.change(removeMembershipRow, placeOfMembership(membership))
    this.#context.countOneLess({ kind: 'memberships-of-channel', of: channelArn })
    this.#context.countOneLess({ kind: 'memberships-of-member', of: member.arn })
    if (membership.isOfModerator) this.#countOfModerators(membership, -1)
    else if (membership.subChannelId !== '') this.#context.countOneLess(placesOf(membership))
  }

  transfer(membership: ChannelMembership, toSubChannelId: string, transferredAt: number): void {
    const { channelArn, subChannelId } = membership
    assert(subChannelId !== '' && !membership.isOfModerator, 'only regular memberships are moved')
    const to = { channelArn, subChannelId: toSubChannelId }
    this.#context.dependOn(conversationKey(to))
    this.#changeKeys(membership)
    this.#context.changeKey(subChannelMembersKey(to))
    this.#context.change(transferMembershipRow, {
      ...placeOfMembership(membership),
      toSubChannelId,
      transferredAt,
    })
    this.#context.countOneLess(placesOf(membership))
    this.#context.countOneMore(placesOf(to))
  }

  /** By the keys that reads of this transaction have found, where they have. */
  #insertRow(membership: ChannelMembership): void {
    const { channelArn, member, invitedBy } = membership
    const values = {
      type: membership.type,
      ofModerator: membership.isOfModerator ? 1 : 0,
      createdAt: membership.createdAt,
      lastUpdatedAt: membership.lastUpdatedAt,
    }
    const channelKey = this.#context.rememberedKey(channelArn)
    const memberKey = this.#context.rememberedKey(member.arn)
    const invitedByKey = this.#context.rememberedKey(invitedBy.arn)
    if (channelKey === undefined || memberKey === undefined || invitedByKey === undefined) {
      const place = { ...placeOfMembership(membership), ...actorPlaceOf(invitedBy.arn) }
      return this.#context.change(insertMembershipRow, { ...place, ...values })
    }
    const { subChannelId } = membership
    const keys = { channelKey, subChannelId, memberKey, invitedByKey }
    this.#context.change(insertMembershipByKeys, { ...keys, ...values })
  }

  #changeKeys(membership: ChannelMembership): void {
    const { channelArn, member } = membership
    this.#context.changeKey(relationKey(channelArn, member.arn))
    if (isBot(member.arn)) this.#context.changeKey(botsKey(channelArn))
    if (membership.subChannelId === '') return
    this.#context.changeKey(subChannelMembersKey(membership))
  }

  #countOfModerators(subChannel: ConversationReference, more: number): void {
    this.#context.change(addModeratorMemberships, { ...subChannelPlaceOf(subChannel), more })
  }
}

function placesOf({ channelArn, subChannelId }: ConversationReference) {
  return { kind: 'memberships-of-sub-channel', of: { channelArn, subChannelId } } as const
}

function placeOfMembership({
  channelArn,
  subChannelId,
  member,
}: ChannelMembership): MembershipPlace {
  return { ...placeOfRelation(channelArn, member.arn), subChannelId }
}

interface MembershipRow {
  readonly member_arn: string
  readonly member_name: string
  readonly inviter_arn: string
  readonly inviter_name: string
  readonly sub_channel_id: string
  readonly type: string
  readonly of_moderator: number
  readonly created_at: number
  readonly last_updated_at: number
}

function membershipOf(channelArn: ChannelArn, row: MembershipRow): ChannelMembership {
  return {
    channelArn,
    subChannelId: row.sub_channel_id,
    member: identityOf(row.member_arn, row.member_name),
    type: row.type as MembershipType,
    isOfModerator: row.of_moderator !== 0,
    invitedBy: identityOf(row.inviter_arn, row.inviter_name),
    createdAt: row.created_at,
    lastUpdatedAt: row.last_updated_at,
  }
}
