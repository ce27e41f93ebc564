// A new session of a role: what its caller asks for, checked, and what it is answered with.
import { FrontDoorError } from '../../base/api-error.ts'
import { newIamId, newSecretAccessKey } from '../../base/ids.ts'
import type { IamRole } from '../../domain/access.ts'
import { assumedRoleArnOf, type RoleSession } from '../../domain/role-session.ts'
import {
  MalformedPolicyDocumentException,
  PackedPolicyTooLargeException,
} from '../../domain/sts-errors.ts'
import type { Tags } from '../../domain/tags.ts'
import { compilePolicy, SESSION_POLICY_CHARACTERS_MAX } from '../../policies/iam/compile-policy.ts'
import { MalformedPolicy } from '../../policies/iam/malformed-policy.ts'
import type { AssumedRoleUser, Credentials } from '../../protocol/generated/sts-types.ts'

/** How long a session lasts when its caller does not say. */
// evidence: docs AssumeRole (DurationSeconds)
const DURATION_S = 3_600
/** How long a session that was begun by another session may last. */
// evidence: docs AssumeRole (role chaining)
const CHAINED_DURATION_S_MAX = 3_600
/** Session tags, inherited ones included. */
// evidence: model (tagListType) | docs IAM session tags
const SESSION_TAGS_MAX = 50
/** Tags of AWS's own. */
// evidence: docs IAM tags (the prefix is reserved, in any case)
const RESERVED_TAG_PREFIX = 'aws:'
const MS_PER_S = 1_000

/** What both operations take beside what they are named after. */
interface GrantInput {
  readonly PolicyArns?: readonly unknown[] | undefined
  readonly Policy?: string | undefined
  readonly DurationSeconds?: number | undefined
}

/** Session tags with the keys of those that the next role's session inherits. */
export interface SessionTagSet {
  readonly tags: Tags
  readonly transitiveTagKeys: readonly string[]
}

export const NO_SESSION_TAGS: SessionTagSet = { tags: new Map(), transitiveTagKeys: [] }

/** Parameters that are wrong in a way that the model does not describe. */
export function invalidParameter(message: string): FrontDoorError {
  return new FrontDoorError('ValidationException', 400, message)
}

/**
 * Refuses what does not depend on the role. Throws ValidationException of the front door and
 * MalformedPolicyDocumentException.
 */
export function checkGrantInput({ PolicyArns, Policy }: GrantInput): void {
  if (PolicyArns !== undefined && PolicyArns.length > 0) {
    throw invalidParameter(
      'PolicyArns: this server has no managed policies; pass the session policy as Policy',
    )
  }
  if (Policy === undefined) return
  // evidence: docs AssumeRole (plain text of at most 2,048 characters)
  if (Policy.length > SESSION_POLICY_CHARACTERS_MAX) {
    throw invalidParameter(`Policy is longer than ${SESSION_POLICY_CHARACTERS_MAX} characters`)
  }
  try {
    compilePolicy(Policy, 'session')
  } catch (error) {
    if (error instanceof MalformedPolicy) throw new MalformedPolicyDocumentException(error.message)
    throw error
  }
}

/**
 * The tags that a session is asked to have, over those that it inherits. Throws the front door's
 * ValidationException.
 */
// evidence: docs IAM session tags (keys regardless of case; inherited ones cannot be changed)
export function sessionTagsOf(
  requested: readonly (readonly [string, string])[],
  transitiveTagKeys: readonly string[],
  inherited: SessionTagSet = NO_SESSION_TAGS,
): SessionTagSet {
  const tags = new Map<string, string>(inherited.tags)
  const spelling = new Map([...tags.keys()].map((key) => [key.toLowerCase(), key]))
  const inheritedKeys = new Set(spelling.keys())
  for (const [key, value] of requested) {
    const lower = key.toLowerCase()
    if (lower.startsWith(RESERVED_TAG_PREFIX)) {
      throw invalidParameter(`Tags: the key ${key} begins with aws:, which is reserved`)
    }
    if (inheritedKeys.has(lower)) {
      throw invalidParameter(`Tags: ${key} is inherited from the calling session and cannot be set`)
    }
    if (spelling.has(lower)) throw invalidParameter(`Tags: the key ${key} is there twice`)
    spelling.set(lower, key)
    tags.set(key, value)
  }
  if (tags.size > SESSION_TAGS_MAX) {
    throw invalidParameter(`Tags: a session has at most ${SESSION_TAGS_MAX} tags`)
  }
  const transitive = new Set(inherited.transitiveTagKeys)
  for (const key of transitiveTagKeys) {
    const spelt = spelling.get(key.toLowerCase())
    if (spelt === undefined) {
      throw invalidParameter(`TransitiveTagKeys: ${key} is not among the session's tags`)
    }
    transitive.add(spelt)
  }
  return { tags, transitiveTagKeys: [...transitive] }
}

/** Seconds that the session lasts; throws the front door's ValidationException. */
export function durationOf(requestedS: number | undefined, role: IamRole, isChained: boolean) {
  const durationS = requestedS ?? DURATION_S
  // evidence: field (the texts that STS answers)
  if (isChained && durationS > CHAINED_DURATION_S_MAX) {
    throw invalidParameter(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role ' +
        'chaining',
    )
  }
  if (durationS > role.maxSessionDurationS) {
    throw invalidParameter(
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    )
  }
  return durationS
}

export interface Grant {
  readonly role: IamRole
  readonly accountId: string
  readonly sessionName: string
  readonly sessionTags: SessionTagSet
  readonly sessionPolicy: string | undefined
  readonly sourceIdentity: string | undefined
  readonly durationS: number
  readonly now: number
}

/** What a caller is told of its session. */
export interface GrantedSession {
  readonly Credentials: Credentials
  readonly AssumedRoleUser: AssumedRoleUser
  readonly PackedPolicySize: number | undefined
}

interface Sealing {
  readonly sessionTokens: { seal(session: RoleSession): string }
  /** See services/access/session-tokens.ts. */
  readonly packedSizePercent: (part: {
    readonly sessionPolicy?: string | undefined
    readonly tags: Tags
  }) => number | undefined
}

/** Makes the session. Throws PackedPolicyTooLargeException when it would not fit into a token. */
export function grantSession(grant: Grant, sealing: Sealing): GrantedSession {
  const { role, accountId, sessionName, sessionPolicy, sourceIdentity, durationS } = grant
  const { tags: sessionTags, transitiveTagKeys } = grant.sessionTags
  const tags = mergedTags(role.tags, sessionTags)
  const packedPercent = sealing.packedSizePercent({ sessionPolicy, tags })
  if (packedPercent !== undefined && packedPercent > 100) {
    throw new PackedPolicyTooLargeException(packedPercent)
  }
  const issuedAt = Math.floor(grant.now / MS_PER_S) * MS_PER_S
  const session: RoleSession = {
    accessKeyId: newIamId('ASIA'),
    secretAccessKey: newSecretAccessKey(),
    accountId,
    roleName: role.roleName,
    roleId: role.roleId,
    sessionName,
    tags,
    transitiveTagKeys,
    sessionPolicy,
    sourceIdentity,
    issuedAt,
    expiresAt: issuedAt + durationS * MS_PER_S,
  }
  return {
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: sealing.sessionTokens.seal(session),
      Expiration: new Date(session.expiresAt),
    },
    AssumedRoleUser: {
      AssumedRoleId: `${role.roleId}:${sessionName}`,
      Arn: assumedRoleArnOf(session),
    },
    PackedPolicySize: packedPercent,
  }
}

/** Session tags win over the role's of the same key, however it is spelt. */
// evidence: docs IAM session tags (they override tags of the role)
function mergedTags(roleTags: Tags, sessionTags: Tags): Tags {
  const keys = new Set([...sessionTags.keys()].map((key) => key.toLowerCase()))
  const kept = [...roleTags].filter(([key]) => !keys.has(key.toLowerCase()))
  return new Map([...kept, ...sessionTags])
}
