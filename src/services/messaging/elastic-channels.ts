// What elastic channels do not have, or do not have yet: the errors, so that all operations say the
// same.
import { FrontDoorError } from '../../base/api-error.ts'
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
 * For a membership that would begin in an elastic channel: throws BadRequestException for a
 * hidden one, and the 501 NotImplementedException for any other, whose place is a sub-channel.
 */
// evidence: docs elastic channels; the kind of error inferred (behaviour 4.1)
export function refusePlacement(channel: Elasticity, type: MembershipType): void {
  if (!isElastic(channel)) return
  if (type === 'HIDDEN') {
    throw new BadRequestException('Type HIDDEN is not supported for elastic channels')
  }
  throw new FrontDoorError(
    'NotImplementedException',
    501,
    'This server does not implement memberships of elastic channels yet: ' +
      'members of elastic channels are placed by a later version',
  )
}

function isElastic(channel: Elasticity): boolean {
  return channel.elasticChannelConfiguration !== undefined
}
