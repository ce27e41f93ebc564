// An elastic channel for the store's contract tests, and short ways to fill it. Not a test itself.
import type { Channel, ChannelMembership, SubChannel } from '../../src/domain/channel.ts'
import type { Identity } from '../../src/domain/identity.ts'
import type { CountedThing, Store, StoreTransaction } from '../../src/ports/store.ts'
import {
  addChannel,
  addUsers,
  channel,
  channelArn,
  conversation,
  membership,
  person,
  START,
} from './store-world.ts'

export const hall = channelArn('hall')

/** A part of the hall. */
export function part(subChannelId: string) {
  return conversation('hall', subChannelId)
}

export function elasticChannel(id: string, more: Partial<Channel> = {}): Channel {
  return channel(id, {
    mode: 'RESTRICTED',
    elasticChannelConfiguration: {
      maximumSubChannels: 10,
      targetMembershipsPerSubChannel: 5,
      minimumMembershipPercentage: 40,
    },
    ...more,
  })
}

/** The regular places of a part. */
export function placesIn(subChannelId: string): CountedThing {
  return { kind: 'memberships-of-sub-channel', of: part(subChannelId) }
}

export function regular(
  subChannelId: string,
  member: Identity,
  more: Partial<ChannelMembership> = {},
): ChannelMembership {
  return membership('hall', member, { subChannelId, ...more })
}

export function ofModerator(subChannelId: string, member: Identity): ChannelMembership {
  return regular(subChannelId, member, { isOfModerator: true })
}

/** The hall with these parts in it, the first the oldest, empty. */
export async function addHall(store: Store, ...subChannelIds: readonly string[]): Promise<void> {
  await addChannel(store, elasticChannel('hall'))
  await store.transact(async (tx) => {
    for (const [index, subChannelId] of subChannelIds.entries()) {
      tx.subChannels.insert({ ...part(subChannelId), createdAt: START + index })
    }
  })
}

/** Users `<prefix>0`, `<prefix>1` and so on. */
export async function addCrowd(store: Store, prefix: string, count: number): Promise<Identity[]> {
  const ids = Array.from({ length: count }, (_, index) => `${prefix}${index}`)
  await addUsers(store, ...ids)
  return ids.map((id) => person(id))
}

export async function join(store: Store, ...memberships: ChannelMembership[]): Promise<void> {
  await store.transact(async (tx) => {
    for (const each of memberships) tx.memberships.insert(each)
  })
}

/** Every member of one part moves to another, and the part is gone. */
export async function takeApart(
  tx: StoreTransaction,
  subChannelId: string,
  toSubChannelId: string,
  now: number,
): Promise<void> {
  for (const each of await tx.memberships.listAll(part(subChannelId))) {
    if (each.isOfModerator) tx.memberships.remove(each)
    else tx.memberships.transfer(each, toSubChannelId, now)
  }
  tx.subChannels.remove(part(subChannelId))
}

/** [id, regular memberships, moderators' memberships], the oldest first. */
export function countsOf({
  subChannelId,
  regularMembershipsCount,
  moderatorMembershipsCount,
}: SubChannel): readonly [string, number, number] {
  return [subChannelId, regularMembershipsCount, moderatorMembershipsCount]
}
