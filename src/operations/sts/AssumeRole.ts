// AssumeRole: temporary credentials of a role for a user, the root credential or another role's
// session.
import { FrontDoorError } from '../../base/api-error.ts'
import type { Principal } from '../../domain/access.ts'
import type { AssumeRoleRequest } from '../../protocol/generated/sts-types.ts'
import { packedSizePercent } from '../../services/access/session-tokens.ts'
import {
  checkGrantInput,
  durationOf,
  grantSession,
  invalidParameter,
  NO_SESSION_TAGS,
  sessionTagsOf,
  type SessionTagSet,
} from '../../services/sts/role-session-grant.ts'
import { findUntrustedAction, findRoleByArn } from '../../services/sts/role-trust.ts'
import { defineOperation } from '../define-operation.ts'

export const AssumeRole = defineOperation({
  name: 'AssumeRole',
  access: 'credential',
  async run({ input, principal, accountId, remoteAddress, isSecure, now }, deps) {
    const { access } = deps.store.read
    refuseUnserved(input)
    checkGrantInput(input)
    const { RoleArn: roleArn, RoleSessionName: sessionName } = input
    const sessionTags = sessionTagsOf(
      (input.Tags ?? []).map(({ Key, Value }) => [Key, Value]),
      input.TransitiveTagKeys ?? [],
      inheritedTags(principal),
    )
    const sourceIdentity = sourceIdentityOf(principal, input)
    if (principal.kind === 'anonymous') throw denied(principal, 'sts:AssumeRole', roleArn)
    const role = await findRoleByArn(access, roleArn, accountId)
    if (role === undefined) throw denied(principal, 'sts:AssumeRole', roleArn)
    const untrustedAction = await findUntrustedAction(access, 'sts:AssumeRole', {
      role,
      caller: principal,
      sessionName,
      sessionTags: sessionTags.tags,
      transitiveTagKeys: sessionTags.transitiveTagKeys,
      sourceIdentity,
      externalId: input.ExternalId,
      remoteAddress,
      isSecure,
      region: deps.arnScope.region,
      now,
    })
    if (untrustedAction !== undefined) throw denied(principal, untrustedAction, roleArn)
    const isChained = principal.kind === 'assumed-role'
    const durationS = durationOf(input.DurationSeconds, role, isChained)
    const asked = { sessionName, sessionTags, sessionPolicy: input.Policy, sourceIdentity }
    const granted = grantSession(
      { role, accountId, ...asked, durationS, now },
      { sessionTokens: deps.sessionTokens, packedSizePercent },
    )
    return { ...granted, SourceIdentity: sourceIdentity }
  },
})

function refuseUnserved({ SerialNumber, TokenCode, ProvidedContexts }: AssumeRoleRequest): void {
  if (SerialNumber !== undefined || TokenCode !== undefined) {
    throw invalidParameter('SerialNumber, TokenCode: this server has no MFA devices')
  }
  if (ProvidedContexts !== undefined && ProvidedContexts.length > 0) {
    throw invalidParameter('ProvidedContexts: this server takes no context from other services')
  }
}

/** What a session hands on to the sessions that it begins. */
// evidence: docs IAM session tags (role chaining, transitive tags)
function inheritedTags(principal: Principal): SessionTagSet {
  if (principal.kind !== 'assumed-role') return NO_SESSION_TAGS
  const transitiveTagKeys = principal.transitiveTagKeys ?? []
  const tags = transitiveTagKeys.map((key) => [key, principal.tags.get(key) ?? ''] as const)
  return { tags: new Map(tags), transitiveTagKeys }
}

/** Once set, it stays through all roles that are assumed from there. */
// evidence: docs AssumeRole (SourceIdentity cannot be changed)
function sourceIdentityOf(principal: Principal, input: AssumeRoleRequest): string | undefined {
  const inherited = principal.kind === 'assumed-role' ? principal.sourceIdentity : undefined
  if (inherited === undefined) return input.SourceIdentity
  if (input.SourceIdentity !== undefined && input.SourceIdentity !== inherited) {
    throw denied(principal, 'sts:SetSourceIdentity', input.RoleArn)
  }
  return inherited
}

/** The same for a role that does not exist: what exists is not told. */
// evidence: field (the text that STS answers)
function denied(principal: Principal, action: string, roleArn: string): FrontDoorError {
  const who = principal.kind === 'anonymous' ? 'anonymous' : principal.arn
  const message = `User: ${who} is not authorized to perform: ${action} on resource: ${roleArn}`
  return new FrontDoorError('AccessDeniedException', 403, message)
}
