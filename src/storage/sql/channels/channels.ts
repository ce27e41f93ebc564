// Queries and changes of channels, one at a time; lists of them are in channel-lists.ts.
import { appInstanceArnWithin, type ChannelArn, type MemberArn } from '../../../base/arn.ts'
import type { Channel, ChannelAccess, MembershipType } from '../../../domain/channel.ts'
import type { StoreReader, StoreTransaction } from '../../../ports/store.ts'
import type { ReadContext, WriteContext } from '../contexts.ts'
import {
  actorPlaceOf,
  channelPlaceOf,
  memberPlaceOf,
  relationKey,
  type MemberPlace,
} from '../keys.ts'
import type { KeyedResult } from '../read-cache.ts'
import { channelOf, lastOf } from '../rows.ts'
import { channelFlowPlaceOf, channelFlowUseKey } from './channel-flow-keys.ts'
import { listChannels } from './channel-lists.ts'
import {
  findAccessRow,
  findLastMessageAt,
  insertActivity,
  insertChannelRow,
  removalOfChannel,
  replaceChannelRow,
  type AccessRow,
  type ReplaceChannelValues,
} from './channel-statements.ts'
import { listSubChannelIds } from './membership-statements.ts'

function accessOf(
  row: AccessRow,
  memberArn: MemberArn,
  subChannelIds: readonly string[],
): ChannelAccess {
  return {
    channel: channelOf(row),
    caller: {
      arn: memberArn,
      isAdmin: row.admin_key !== null,
      isModerator: row.moderator_key !== null,
      membershipType: (row.membership_type as MembershipType | null) ?? undefined,
      subChannelIds,
      isBanned: row.banned_key !== null,
    },
  }
}

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
      access: accessOf(row, memberArn, await readSubChannelIds(context, row)),
      channelKey: row.channel_key,
      memberKey: row.member_key,
    },
    // The creator's name shows.
    keys: [...keys, row.creator_arn],
  }
}

/** Of one who is a member of an elastic channel; everybody else needs no second look. */
async function readSubChannelIds(context: ReadContext, row: AccessRow): Promise<readonly string[]> {
  const { channel_key: channelKey, member_key: memberKey } = row
  if (row.elastic_configuration === null || row.membership_type === null) return []
  if (memberKey === null) return []
  const rows = await context.all(listSubChannelIds, { channelKey, memberKey })
  return rows.map(({ sub_channel_id: subChannelId }) => subChannelId)
}

type Reads = StoreReader['channels']

export class ChannelReader implements Reads {
  readonly #context: ReadContext

  constructor(context: ReadContext) {
    this.#context = context
  }

  async find(channelArn: ChannelArn): Promise<Channel | undefined> {
    // As someone sees it who has no role: there is no user without an id.
    const nobody = `${channelPlaceOf(channelArn).appInstanceArn}/user/` as MemberArn
    return (await this.findAccess(channelArn, nobody))?.channel
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
    const elastic = channel.elasticChannelConfiguration
    this.#context.dependOn(place.appInstanceArn)
    this.#changeKeys(channel)
    this.#context.change(insertChannelRow, {
      ...replaceValuesOf(channel),
      ...actorPlaceOf(channel.createdBy.arn),
      arn: channel.arn,
      privacy: channel.privacy,
      elasticConfiguration: elastic === undefined ? null : JSON.stringify(elastic),
      createdAt: channel.createdAt,
    })
    this.#context.changeWithSequence(insertActivity, place)
    const of = appInstanceArnWithin(channel.arn)
    this.#context.countOneMore({ kind: 'channels', of })
    if (elastic !== undefined) this.#context.countOneMore({ kind: 'elastic-channels', of })
  }

  replace(channel: Channel): void {
    this.#changeKeys(channel)
    this.#context.change(replaceChannelRow, replaceValuesOf(channel))
  }

  remove(arn: ChannelArn): void {
    this.#context.changeKey(arn)
    const place = channelPlaceOf(arn)
    for (const step of removalOfChannel) this.#context.change(step, place)
  }

  #changeKeys({ arn, channelFlowArn }: Channel): void {
    this.#context.changeKey(arn)
    if (channelFlowArn !== undefined) this.#context.changeKey(channelFlowUseKey(channelFlowArn))
  }
}

function replaceValuesOf(channel: Channel): ReplaceChannelValues {
  const { arn, channelFlowArn, expiration } = channel
  const place = channelPlaceOf(arn)
  return {
    ...place,
    // No flow has an empty id.
    flowId: channelFlowArn === undefined ? '' : channelFlowPlaceOf(channelFlowArn).flowId,
    name: channel.name,
    mode: channel.mode,
    metadata: channel.metadata ?? null,
    expirationDays: expiration?.days ?? null,
    expirationCriterion: expiration?.criterion ?? null,
    lastUpdatedAt: channel.lastUpdatedAt,
  }
}
