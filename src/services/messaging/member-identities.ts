// From the members that a request names to those that exist and may join, and why others may not.
import type { ChannelArn, MemberArn } from '../../base/arn.ts'
import { BadRequestException } from '../../domain/errors.ts'
import type { Identity } from '../../domain/identity.ts'
import { quotaText, type Limits } from '../../domain/limits.ts'
import { canBecomeMember } from '../../policies/channel-membership.ts'
import type { StoreTransaction } from '../../ports/store.ts'

interface NamedMember {
  readonly text: string
  readonly arn: MemberArn | undefined
}

/** Why one member of a batch was not added. */
export interface MemberError {
  readonly MemberArn: string
  readonly ErrorCode: 'Forbidden' | 'NotFound' | 'Conflict' | 'ResourceLimitExceeded'
  readonly ErrorMessage: string
}

/** Who of `named` exists, by ARN. Throws BadRequestException when anyone does not. */
// evidence: inferred (behaviour 3.2), CreateChannel lists no NotFoundException
export async function requireIdentities(
  tx: Pick<StoreTransaction, 'members'>,
  memberName: string,
  named: readonly NamedMember[],
): Promise<ReadonlyMap<MemberArn, Identity>> {
  const found = new Map<MemberArn, Identity>()
  for (const { text, arn } of named) {
    const identity = arn === undefined ? undefined : await tx.members.findIdentity(arn)
    if (identity === undefined) {
      throw new BadRequestException(
        `${memberName} may only name users and bots of the app instance, but ${text} is none`,
      )
    }
    found.set(identity.arn, identity)
  }
  return found
}

/** Who of `named` may become a member of the channel, and an error for everyone else. */
export async function admitMembers(
  tx: Pick<StoreTransaction, 'members' | 'channels' | 'fitsQuota'>,
  limits: Limits,
  channelArn: ChannelArn,
  named: readonly NamedMember[],
): Promise<{ readonly members: readonly Identity[]; readonly errors: readonly MemberError[] }> {
  const members: Identity[] = []
  const errors: MemberError[] = []
  for (const { text, arn } of named) {
    const admitted = await admitMember(tx, limits, channelArn, arn)
    if ('arn' in admitted) members.push(admitted)
    else errors.push({ MemberArn: text, ...admitted })
  }
  return { members, errors }
}

// evidence: docs BatchCreateChannelMembership; codes inferred (behaviour 3.2, note 4)
async function admitMember(
  tx: Pick<StoreTransaction, 'members' | 'channels' | 'fitsQuota'>,
  limits: Limits,
  channelArn: ChannelArn,
  arn: MemberArn | undefined,
): Promise<Identity | Omit<MemberError, 'MemberArn'>> {
  if (arn === undefined) {
    return {
      ErrorCode: 'Forbidden',
      ErrorMessage: 'MemberArn is not the ARN of a user or bot of the app instance',
    }
  }
  const identity = await tx.members.findIdentity(arn)
  const access = await tx.channels.findAccess(channelArn, arn)
  if (identity === undefined || access === undefined) {
    return { ErrorCode: 'NotFound', ErrorMessage: 'MemberArn names no user or bot that exists' }
  }
  const decision = canBecomeMember(access.caller)
  if (!decision.allowed) {
    return { ErrorCode: 'Forbidden', ErrorMessage: decision.reason ?? 'not allowed' }
  }
  if (access.caller.membershipType !== undefined) {
    return { ErrorCode: 'Conflict', ErrorMessage: 'MemberArn is a member of the channel already' }
  }
  const counted = { kind: 'memberships-of-member', of: arn } as const
  return (await tx.fitsQuota(counted, 1, limits.membershipsPerMember))
    ? identity
    : {
        ErrorCode: 'ResourceLimitExceeded',
        ErrorMessage: quotaText(limits, 'membershipsPerMember'),
      }
}
