// Who may be added to a channel: what a request's members are to it, all of them in one read.
import { appInstanceArnWithin, type ChannelArn, type MemberArn } from '../../../base/arn.ts'
import { assert } from '../../../base/assert.ts'
import type { MemberCandidate } from '../../../ports/store-sub-channels.ts'
import type { ReadContext } from '../contexts.ts'
import { channelPlaceOf, memberPlaceOf, relationKey, type ChannelPlace } from '../keys.ts'
import { identityOf } from '../rows.ts'
import { defineStatement } from '../statement.ts'

/** Members of one read: as many as a request may name. */
// evidence: model, MemberArns of BatchCreateChannelMembership
const CANDIDATES_PER_READ = 100

type IdSlot = `id${number}`
type CandidateParameters = ChannelPlace & { readonly kind: string } & Readonly<
    Record<IdSlot, string>
  >

const SLOTS = Array.from({ length: CANDIDATES_PER_READ }, (_, index): IdSlot => `id${index}`)

/** Each by unique indexes. A regular member has one membership; of a moderator any one will do. */
const listCandidateRows = defineStatement((db, place: CandidateParameters) =>
  db
    .selectFrom('app_instance as a')
    .innerJoin('channel as c', 'c.app_instance_key', 'a.app_instance_key')
    .innerJoin('member as m', 'm.app_instance_key', 'a.app_instance_key')
    .leftJoin('moderator as o', (join) =>
      join.onRef('o.channel_key', '=', 'c.channel_key').onRef('o.member_key', '=', 'm.member_key'),
    )
    .leftJoin('ban as b', (join) =>
      join.onRef('b.channel_key', '=', 'c.channel_key').onRef('b.member_key', '=', 'm.member_key'),
    )
    .select([
      'c.channel_key',
      'm.member_key',
      'm.member_id',
      'm.name',
      'm.memberships_count',
      'o.member_key as moderator_key',
      'b.member_key as banned_key',
    ])
    .select((eb) =>
      eb
        .selectFrom('membership as s')
        .select('s.member_key')
        .whereRef('s.member_key', '=', 'm.member_key')
        .whereRef('s.channel_key', '=', 'c.channel_key')
        .limit(1)
        .as('membership_key'),
    )
    .where('a.arn', '=', place.appInstanceArn)
    .where('a.removal', '=', 0)
    .where('c.channel_id', '=', place.channelId)
    .where('c.removal', '=', 0)
    .where('m.kind', '=', place.kind)
    .where('m.removal', '=', 0)
    .where(
      'm.member_id',
      'in',
      SLOTS.map((slot) => place[slot] ?? ''),
    ),
)

export async function listCandidates(
  context: ReadContext,
  channelArn: ChannelArn,
  memberArns: readonly MemberArn[],
): Promise<readonly MemberCandidate[]> {
  context.dependOn(appInstanceArnWithin(channelArn))
  context.dependOn(channelArn)
  const arnsByKind = new Map<string, Map<string, MemberArn>>()
  for (const memberArn of memberArns) {
    context.dependOn(memberArn)
    context.dependOn(relationKey(channelArn, memberArn))
    const { memberAppInstanceArn, memberKind, memberId } = memberPlaceOf(memberArn)
    // Of another app instance nobody is anything here.
    if (memberAppInstanceArn !== appInstanceArnWithin(channelArn)) continue
    const arns = arnsByKind.get(memberKind)
    if (arns === undefined) arnsByKind.set(memberKind, new Map([[memberId, memberArn]]))
    else arns.set(memberId, memberArn)
  }
  const found: MemberCandidate[] = []
  for (const [kind, arns] of arnsByKind) {
    const ids = [...arns.keys()]
    for (let start = 0; start < ids.length; start += CANDIDATES_PER_READ) {
      const some = ids.slice(start, start + CANDIDATES_PER_READ)
      const place = { ...channelPlaceOf(channelArn), kind, ...slotsOf(some) }
      const rows = await context.all(listCandidateRows, place)
      for (const row of rows) {
        // The text that was given, and not one of the row: its hash is known by now.
        const arn = arns.get(row.member_id)
        assert(arn !== undefined, 'only those are found that were asked for')
        const identity = identityOf(arn, row.name)
        context.rememberKey(channelArn, row.channel_key)
        context.rememberKey(arn, row.member_key)
        found.push({
          identity,
          isModerator: row.moderator_key !== null,
          isBanned: row.banned_key !== null,
          isMember: row.membership_key !== null,
          membershipsCount: row.memberships_count,
        })
      }
    }
  }
  return found
}

/** What is left over finds nobody: no id is empty. */
function slotsOf(ids: readonly string[]): Readonly<Record<IdSlot, string>> {
  return Object.fromEntries(SLOTS.map((slot, index) => [slot, ids[index] ?? '']))
}
