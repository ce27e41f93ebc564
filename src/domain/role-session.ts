// A session of a role: who assumed which role until when, and what a session of it may hold. What
// its policies allow is not kept here: the role's are read anew for every request.
import type { Principal } from './access.ts'
import type { Tags } from './tags.ts'

/** What AssumeRole and AssumeRoleWithWebIdentity grant, all of it sealed into the session token. */
export interface RoleSession {
  /** Starts with ASIA. */
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly accountId: string
  readonly roleName: string
  readonly roleId: string
  readonly sessionName: string
  /** Tags of the role and of the session; those of the session win. */
  readonly tags: Tags
  /** Keys of the tags that sessions of a next role inherit; spelt as in `tags`. */
  readonly transitiveTagKeys: readonly string[]
  readonly sessionPolicy?: string | undefined
  readonly sourceIdentity?: string | undefined
  /** Epoch milliseconds, in whole seconds. */
  readonly issuedAt: number
  /** Epoch milliseconds, in whole seconds. */
  readonly expiresAt: number
}

/** `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`, without the role's path. */
export function assumedRoleArnOf(
  session: Pick<RoleSession, 'accountId' | 'roleName' | 'sessionName'>,
): string {
  return `arn:aws:sts::${session.accountId}:assumed-role/${session.roleName}/${session.sessionName}`
}

/** Whom requests signed within the session come from. */
export function principalOfSession(session: RoleSession): Principal {
  const { accountId, roleName, roleId, sessionName, tags } = session
  const { transitiveTagKeys, sessionPolicy, sourceIdentity } = session
  return {
    kind: 'assumed-role',
    arn: assumedRoleArnOf(session),
    accountId,
    userId: `${roleId}:${sessionName}`,
    roleName,
    roleId,
    sessionName,
    tags,
    transitiveTagKeys,
    sessionPolicy,
    sourceIdentity,
  }
}
