// From the members that a request names to those that exist and may join, and why others may not.
import type { ApiError } from '../../base/api-error.ts'
import type { MemberArn } from '../../base/arn.ts'
import type { Channel } from '../../domain/channel.ts'
import {
  ACCESS_DENIED_TEXT,
  BadRequestException,
  ConflictException,
  ForbiddenException,
  NotFoundException,
  ResourceLimitExceededException,
} from '../../domain/errors.ts'
import type { Identity } from '../../domain/identity.ts'
import { quotaText, type Limits } from '../../domain/limits.ts'
import { canBecomeMember } from '../../policies/channel-membership.ts'
import type { MemberCandidate } from '../../ports/store-sub-channels.ts'
import type { StoreTransaction } from '../../ports/store.ts'

interface NamedMember {
  readonly text: string
  readonly arn: MemberArn | undefined
}

/** Why one member of a batch was not added. */
export interface MemberError {
  readonly MemberArn: string
  readonly ErrorCode: 'BadRequest' | 'Forbidden' | 'NotFound' | 'Conflict' | 'ResourceLimitExceeded'
  readonly ErrorMessage: string
}

export type Refusal = Omit<MemberError, 'MemberArn'>

/** Where members are to join. */
export interface Destination {
  readonly channel: Pick<Channel, 'arn' | 'elasticChannelConfiguration'>
  /** Of an elastic channel, where the request names one: then only moderators join. */
  readonly subChannelId: string | undefined
}

type AdmittingTransaction = Pick<StoreTransaction, 'memberships' | 'channels' | 'fitsQuota'>

/**
 * A member with so many memberships less than the quota allows cannot use it up at this moment:
 * fewer transactions than that run at once. Only closer to it are they counted against each other.
 */
// evidence: the store takes 8,192 transactions at once
const FAR_FROM_QUOTA = 10_000

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

/** Who of `named` may become a member there, and an error for everyone else. */
export async function admitMembers(
  tx: AdmittingTransaction,
  limits: Limits,
  destination: Destination,
  named: readonly NamedMember[],
): Promise<{ readonly members: readonly Identity[]; readonly errors: readonly MemberError[] }> {
  const members: Identity[] = []
  const errors: MemberError[] = []
  const arns = named.flatMap(({ arn }) => arn ?? [])
  const candidates = await candidatesOf(tx, destination, arns)
  for (const { text, arn } of named) {
    const admitted =
      arn === undefined
        ? NOT_A_MEMBER
        : await admitMember(tx, limits, destination, candidates.get(arn))
    if ('arn' in admitted) members.push(admitted)
    else errors.push({ MemberArn: text, ...admitted })
  }
  return { members, errors }
}

/** The one member who may join there. Throws the exception that belongs to the refusal. */
export async function requireAdmitted(
  tx: AdmittingTransaction,
  limits: Limits,
  destination: Destination,
  arn: MemberArn,
): Promise<Identity> {
  const candidates = await candidatesOf(tx, destination, [arn])
  const admitted = await admitMember(tx, limits, destination, candidates.get(arn))
  if ('arn' in admitted) return admitted
  throw EXCEPTIONS[admitted.ErrorCode](admitted.ErrorMessage)
}

// evidence: field, docs (behaviour 3.2, note 4)
const EXCEPTIONS: Readonly<Record<Refusal['ErrorCode'], (message: string) => ApiError>> = {
  BadRequest: (message) => new BadRequestException(message),
  Forbidden: (message) => new ForbiddenException(`${ACCESS_DENIED_TEXT}: ${message}`),
  NotFound: (message) => new NotFoundException(message),
  Conflict: (message) => new ConflictException(message),
  ResourceLimitExceeded: (message) => new ResourceLimitExceededException(message),
}

const NOT_A_MEMBER: Refusal = {
  ErrorCode: 'Forbidden',
  ErrorMessage: 'MemberArn is not the ARN of a user or bot of the app instance',
}

async function candidatesOf(
  tx: AdmittingTransaction,
  { channel }: Destination,
  arns: readonly MemberArn[],
): Promise<ReadonlyMap<MemberArn, MemberCandidate>> {
  const candidates = await tx.memberships.listCandidates(channel.arn, arns)
  return new Map(candidates.map((candidate) => [candidate.identity.arn, candidate]))
}

// evidence: docs BatchCreateChannelMembership; codes inferred (behaviour 3.2, note 4)
async function admitMember(
  tx: AdmittingTransaction,
  limits: Limits,
  destination: Destination,
  candidate: MemberCandidate | undefined,
): Promise<Identity | Refusal> {
  if (candidate === undefined) {
    return { ErrorCode: 'NotFound', ErrorMessage: 'MemberArn names no user or bot that exists' }
  }
  const decision = canBecomeMember(candidate)
  if (!decision.allowed) {
    return { ErrorCode: 'Forbidden', ErrorMessage: decision.reason ?? 'not allowed' }
  }
  const refusal = await refusalAt(tx, destination, candidate)
  if (refusal !== undefined) return refusal
  const { identity, membershipsCount } = candidate
  if (membershipsCount + FAR_FROM_QUOTA <= limits.membershipsPerMember) return identity
  const counted = { kind: 'memberships-of-member', of: identity.arn } as const
  return (await tx.fitsQuota(counted, 1, limits.membershipsPerMember))
    ? identity
    : {
        ErrorCode: 'ResourceLimitExceeded',
        ErrorMessage: quotaText(limits, 'membershipsPerMember'),
      }
}

/** A moderator is asked into one sub-channel after another, everybody else is placed once. */
// evidence: docs elastic channels; the codes inferred (behaviour 4.3)
async function refusalAt(
  tx: AdmittingTransaction,
  { channel, subChannelId }: Destination,
  { identity, isModerator, isMember }: MemberCandidate,
): Promise<Refusal | undefined> {
  if (channel.elasticChannelConfiguration !== undefined) {
    if (isModerator && subChannelId === undefined) return NEEDS_SUB_CHANNEL
    if (!isModerator && subChannelId !== undefined) return NEEDS_NO_SUB_CHANNEL
  }
  if (!isMember) return undefined
  if (subChannelId === undefined) return IS_MEMBER
  const access = await tx.channels.findAccess(channel.arn, identity.arn)
  const isThere = access?.caller.subChannelIds.includes(subChannelId) === true
  return isThere ? IS_MEMBER_OF_SUB_CHANNEL : undefined
}

const NEEDS_SUB_CHANNEL: Refusal = {
  ErrorCode: 'BadRequest',
  ErrorMessage:
    'SubChannelId is required, because MemberArn is a moderator of the channel: ' +
    'moderators join the sub-channels that they are asked into',
}
const NEEDS_NO_SUB_CHANNEL: Refusal = {
  ErrorCode: 'BadRequest',
  ErrorMessage:
    'SubChannelId is only for moderators, and MemberArn is none of this channel: ' +
    'other members are placed by the channel',
}
const IS_MEMBER: Refusal = {
  ErrorCode: 'Conflict',
  ErrorMessage: 'MemberArn is a member of the channel already',
}
const IS_MEMBER_OF_SUB_CHANNEL: Refusal = {
  ErrorCode: 'Conflict',
  ErrorMessage: 'MemberArn is a member of the sub-channel already',
}
