// Elastic channels for cases: small ones, and how their members are spread.
import type { CreateChannelRequest } from '@aws-sdk/client-chime-sdk-messaging'
import { expect } from 'vitest'
import type { World } from './world.ts'

/** Of a channel that is full with 12, and takes a sub-channel apart that has less than 2. */
export const SMALL = {
  MaximumSubChannels: 3,
  TargetMembershipsPerSubChannel: 4,
  MinimumMembershipPercentage: 40,
}

export interface ElasticStage {
  /** Creator and moderator; no member. */
  readonly owner: string
  readonly channelArn: string
  /** Adds them one after another in the name of the owner; resolves with their sub-channels. */
  add(...memberArns: readonly string[]): Promise<string[]>
  /** As many new users, added one after another; resolves with their ARNs. */
  addNew(count: number): Promise<string[]>
  /** The owner asks a moderator into a sub-channel. */
  addModerator(moderatorArn: string, subChannelId: string): Promise<void>
  remove(memberArn: string, bearerArn?: string): Promise<void>
  /** Who is where, by sub-channel, the oldest sub-channel first. */
  spread(): Promise<Map<string, string[]>>
  /** How many are in each sub-channel, the oldest first. */
  counts(): Promise<number[]>
  /** The sub-channels that someone is a member of, as it is told itself. */
  placesOf(memberArn: string): Promise<string[]>
}

/** A new elastic channel. */
export async function elasticStage(
  world: World,
  configuration: Partial<typeof SMALL> = {},
  input: Partial<CreateChannelRequest> = {},
): Promise<ElasticStage> {
  const { messaging } = world
  const owner = await world.user('Host')
  const ElasticChannelConfiguration = { ...SMALL, ...configuration }
  const channelArn = await world.channel(owner, { ElasticChannelConfiguration, ...input })
  const asOwner = { ChannelArn: channelArn, ChimeBearer: owner }

  async function add(...memberArns: readonly string[]): Promise<string[]> {
    const places: string[] = []
    for (const MemberArn of memberArns) {
      const joined = { ...asOwner, MemberArn, Type: 'DEFAULT' } as const
      places.push((await messaging.createChannelMembership(joined)).SubChannelId!)
    }
    return places
  }

  async function membersOf(SubChannelId: string): Promise<string[]> {
    const { ChannelMemberships = [] } = await messaging.listChannelMemberships({
      ...asOwner,
      SubChannelId,
      MaxResults: 50,
    })
    return ChannelMemberships.map(({ Member }) => Member!.Arn!)
  }

  async function spread(): Promise<Map<string, string[]>> {
    const found = new Map<string, string[]>()
    const { SubChannels = [] } = await messaging.listSubChannels({ ...asOwner, MaxResults: 50 })
    for (const { SubChannelId, MembershipCount } of SubChannels) {
      const members = await membersOf(SubChannelId!)
      expect(members.length, 'the count is that of the list').toBe(MembershipCount)
      found.set(SubChannelId!, members)
    }
    return found
  }

  return {
    owner,
    channelArn,
    add,
    async addNew(count) {
      const arns: string[] = []
      while (arns.length < count) arns.push(await world.user('Gus'))
      await add(...arns)
      return arns
    },
    async addModerator(MemberArn, SubChannelId) {
      const joined = { ...asOwner, MemberArn, Type: 'DEFAULT', SubChannelId } as const
      await messaging.createChannelMembership(joined)
    },
    async remove(MemberArn, ChimeBearer = owner) {
      await messaging.deleteChannelMembership({ ChannelArn: channelArn, MemberArn, ChimeBearer })
    },
    spread,
    counts: async () => [...(await spread()).values()].map((members) => members.length),
    async placesOf(memberArn) {
      const { ChannelMemberships = [] } = await messaging.listChannelMembershipsForAppInstanceUser({
        AppInstanceUserArn: memberArn,
        ChimeBearer: memberArn,
      })
      return ChannelMemberships.filter(
        ({ ChannelSummary }) => ChannelSummary?.ChannelArn === channelArn,
      ).map(
        ({ AppInstanceUserMembershipSummary }) => AppInstanceUserMembershipSummary!.SubChannelId!,
      )
    },
  }
}
