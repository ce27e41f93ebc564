// Whom a role lets assume it: its trust policy. What the caller's own policies say is the
// authorizer's.
import { FrontDoorError } from '../../base/api-error.ts'
import type { IamRole } from '../../domain/access.ts'
import type { Tags } from '../../domain/tags.ts'
import { compilePolicy } from '../../policies/iam/compile-policy.ts'
import { evaluateTrust } from '../../policies/iam/evaluate.ts'
import type { TrustCaller } from '../../policies/iam/principals.ts'
import { createRequestContext } from '../../policies/iam/request-context.ts'
import type { AccessReader } from '../../ports/store-access.ts'

/** Someone who asks to assume a role. */
export interface Assumption {
  readonly role: IamRole
  readonly caller: TrustCaller
  /** Of a session to come. */
  readonly sessionName: string
  /** Tags that the caller passes or inherits; the role's own are not among them. */
  readonly sessionTags: Tags
  readonly transitiveTagKeys: readonly string[]
  readonly sourceIdentity?: string | undefined
  readonly externalId?: string | undefined
  /** What a web identity's token claims, by `claimName`. */
  readonly claims?: ReadonlyMap<string, string | readonly string[]> | undefined
  readonly remoteAddress: string
  readonly isSecure: boolean
  readonly region: string
  readonly now: number
}

export type AssumeAction = 'sts:AssumeRole' | 'sts:AssumeRoleWithWebIdentity'

const ROLE_ARN = /^arn:aws:iam::(\d{12}):role\/(?:[\x21-\x7e]*\/)?([\w+=,.@-]{1,64})$/

/**
 * The role of `arn`; undefined when it is another account's or does not exist. Throws the
 * ValidationException of the front door when it is no ARN of a role.
 */
export async function findRoleByArn(
  access: Pick<AccessReader, 'findRole'>,
  arn: string,
  accountId: string,
): Promise<IamRole | undefined> {
  const [, account, name] = ROLE_ARN.exec(arn) ?? []
  // evidence: field (code and text of STS)
  if (name === undefined) throw new FrontDoorError('ValidationException', 400, `${arn} is invalid`)
  if (account !== accountId) return undefined
  const role = await access.findRole(name)
  return role?.arn === arn ? role : undefined
}

/**
 * The action that the role's trust policy does not allow the caller, of all that the assumption
 * needs; undefined when it allows them all. Session tags need sts:TagSession, a source identity
 * sts:SetSourceIdentity. Whether the caller's own policies allow them is the authorizer's.
 */
// evidence: docs IAM User Guide (session tags; source identity: permissions in the trust policy)
export async function findUntrustedAction(
  access: Pick<AccessReader, 'findRole'>,
  action: AssumeAction,
  assumption: Assumption,
): Promise<string | undefined> {
  const { role, caller, sessionTags, sessionName: roleSessionName } = assumption
  const trust = compilePolicy(role.trustPolicy, 'trust')
  const context = createRequestContext({
    ...assumption,
    principal: caller.kind === 'federated' ? undefined : caller,
    roleArn:
      caller.kind === 'assumed-role' ? (await access.findRole(caller.roleName))?.arn : undefined,
    requestTags: sessionTags,
    tagKeys: [...sessionTags.keys()],
    resourceTags: role.tags,
    roleSessionName,
  })
  return [
    action,
    ...(sessionTags.size > 0 ? ['sts:TagSession'] : []),
    ...(assumption.sourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
  ].find((each) => !evaluateTrust(trust, { action: each, caller, context }).allowed)
}
