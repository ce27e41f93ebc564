// Many memberships of one channel in one write. One by one they would cost several times as much:
// each is a statement with half a dozen sub-queries, and another one for the count of its member.
import { isBot } from '../../../base/arn.ts'
import { assert } from '../../../base/assert.ts'
import type { ChannelMembership } from '../../../domain/channel.ts'
import { conversationKey } from '../../../ports/conversation-reference.ts'
import type { WriteContext } from '../contexts.ts'
import {
  actorKeyQuery,
  actorPlaceOf,
  botsKey,
  relationKey,
  subChannelMembersKey,
  type ActorPlace,
} from '../keys.ts'
import { defineStatement } from '../statement.ts'

/** Members of one write: as many as a request may name. */
// evidence: model, MemberArns of BatchCreateChannelMembership
const MEMBERS_PER_WRITE = 100

type KeySlot = `key${number}`
type KeySlots = Readonly<Record<KeySlot, number>>

const SLOTS = Array.from({ length: MEMBERS_PER_WRITE }, (_, index): KeySlot => `key${index}`)
/** In slots that are left over. */
const NO_KEY = 0

interface JoinValues extends KeySlots, ActorPlace {
  readonly channelKey: number
  readonly subChannelId: string
  readonly type: string
  readonly ofModerator: number
  readonly createdAt: number
  readonly lastUpdatedAt: number
}

const insertJoins = defineStatement((db, values: JoinValues) =>
  db
    .insertInto('membership')
    .columns([
      'channel_key',
      'sub_channel_id',
      'member_key',
      'type',
      'of_moderator',
      'invited_by_key',
      'created_at',
      'last_updated_at',
    ])
    .expression((eb) =>
      eb
        .selectFrom('member')
        .select([
          eb.val(values.channelKey).as('channel_key'),
          eb.val(values.subChannelId).as('sub_channel_id'),
          'member_key',
          eb.val(values.type).as('type'),
          eb.val(values.ofModerator).as('of_moderator'),
          actorKeyQuery(db, values).as('invited_by_key'),
          eb.val(values.createdAt).as('created_at'),
          eb.val(values.lastUpdatedAt).as('last_updated_at'),
        ])
        .where('member_key', 'in', keysIn(values)),
    ),
)

const countJoins = defineStatement((db, slots: KeySlots) =>
  db
    .updateTable('member')
    .set((eb) => ({ memberships_count: eb('memberships_count', '+', 1) }))
    .where('member_key', 'in', keysIn(slots)),
)

function keysIn(slots: KeySlots): number[] {
  return SLOTS.map((slot) => slots[slot] ?? NO_KEY)
}

/**
 * Inserts memberships that differ in their members alone, without the counts of their channel and
 * sub-channel. False, with nothing done, when a key of theirs was not read in this transaction.
 */
export function insertTogether(
  context: WriteContext,
  memberships: readonly ChannelMembership[],
): boolean {
  const [first] = memberships
  const channelKey = first && context.rememberedKey(first.channelArn)
  const memberKeys = memberships.map(({ member }) => context.rememberedKey(member.arn))
  if (first === undefined || channelKey === undefined || !areKnown(memberKeys)) return false
  const { channelArn, subChannelId } = first
  if (subChannelId !== '') {
    context.dependOn(conversationKey(first))
    context.changeKey(subChannelMembersKey(first))
  }
  for (const { member } of memberships) {
    // Depended upon when it was read, as is that they exist.
    context.changeKey(relationKey(channelArn, member.arn))
    if (isBot(member.arn)) context.changeKey(botsKey(channelArn))
    context.noteOneMore({ kind: 'memberships-of-member', of: member.arn })
  }
  const slots = slotsOf(memberKeys)
  context.change(insertJoins, {
    ...slots,
    ...actorPlaceOf(first.invitedBy.arn),
    channelKey,
    subChannelId,
    type: first.type,
    ofModerator: first.isOfModerator ? 1 : 0,
    createdAt: first.createdAt,
    lastUpdatedAt: first.lastUpdatedAt,
  })
  context.change(countJoins, slots)
  return true
}

function areKnown(keys: readonly (number | undefined)[]): keys is readonly number[] {
  return keys.every((key) => key !== undefined)
}

function slotsOf(keys: readonly number[]): KeySlots {
  assert(keys.length <= SLOTS.length, 'no more members than a request may name join together')
  const slots: Record<KeySlot, number> = {}
  for (const [index, slot] of SLOTS.entries()) slots[slot] = keys[index] ?? NO_KEY
  return slots
}
