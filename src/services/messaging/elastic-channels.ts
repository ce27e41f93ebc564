// What elastic channels do not have, and what only they have: the errors, so that all operations
// say the same.
import type { Channel, ChannelAccess, MembershipType } from '../../domain/channel.ts'
import { BadRequestException } from '../../domain/errors.ts'
import { hasRole, READERS } from '../../policies/channel-role.ts'

type Elasticity = Pick<Channel, 'elasticChannelConfiguration'>

/**
 * Throws BadRequestException when the channel is elastic and the caller may know it. To be called
 * before the role is asked for: nobody has one that would do.
 */
// evidence: docs elastic channels; the kind of error inferred (behaviour 4.1)
export function refuseElastic(access: ChannelAccess | undefined, what: string): void {
  if (access === undefined || !isElastic(access.channel) || !hasRole(access, READERS)) return
  throw new BadRequestException(`${what} not supported for elastic channels, and ChannelArn is one`)
}

/** Throws BadRequestException unless the channel is elastic. */
// evidence: docs ListSubChannels; the kind of error inferred (behaviour 2.4)
export function requireElastic(channel: Elasticity): void {
  if (isElastic(channel)) return
  throw new BadRequestException('ChannelArn is not an elastic channel, so it has no sub-channels')
}

/**
 * For a membership that is to begin: throws BadRequestException for a hidden one of an elastic
 * channel.
 */
// evidence: docs elastic channels; the kind of error inferred (behaviour 4.1)
export function refuseHidden(channel: Elasticity, type: MembershipType): void {
  if (!isElastic(channel) || type !== 'HIDDEN') return
  throw new BadRequestException('Type HIDDEN is not supported for elastic channels')
}

/**
 * The sub-channel that a request about memberships names, if any. Throws BadRequestException when
 * the channel is not elastic.
 */
// evidence: inferred (behaviour 4.3); an empty id counts as absent
export function requestedSubChannelId(
  channel: Elasticity,
  subChannelId: string | undefined,
): string | undefined {
  if (subChannelId === undefined || subChannelId === '') return undefined
  if (isElastic(channel)) return subChannelId
  throw new BadRequestException('SubChannelId is only for elastic channels, and this is none')
}

function isElastic(channel: Elasticity): boolean {
  return channel.elasticChannelConfiguration !== undefined
}
