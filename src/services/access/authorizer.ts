// Whether the policies of whoever signed a request allow it: the IAM gate of behaviour 2.1. What
// the bearer's roles allow is asked by the operations, afterwards.
import { FrontDoorError } from '../../base/api-error.ts'
import { asArnOf, type AppInstanceUserArn, type ArnScope } from '../../base/arn.ts'
import type { Principal } from '../../domain/access.ts'
import type { Tags } from '../../domain/tags.ts'
import type { BearerCaller } from '../../policies/caller.ts'
import {
  actionOf,
  chimeArn,
  chimeChecks,
  extraPermissions,
  extraRoleActions,
  iamChecks,
  stsChecks,
  listedIamArn,
  newIamArn,
  type CheckedAction,
  type CheckedIamResource,
  type CheckedResource,
} from '../../policies/iam-resources.ts'
import type { CompiledPolicy } from '../../policies/iam/compile-policy.ts'
import {
  decideAccess,
  evaluateTrust,
  resourceOf,
  type AccessDecision,
} from '../../policies/iam/evaluate.ts'
import { PolicyCache } from '../../policies/iam/policy-cache.ts'
import { createRequestContext, type RequestFacts } from '../../policies/iam/request-context.ts'
import type { AccessReader } from '../../ports/store-access.ts'
import type { TagReader } from '../../ports/store-tags.ts'
import type { Operations as IamOperations } from '../../protocol/generated/iam-types.ts'
import type { Operations as IdentityOperations } from '../../protocol/generated/identity-types.ts'
import type { Operations as MessagingOperations } from '../../protocol/generated/messaging-types.ts'
import type { Operations as StsOperations } from '../../protocol/generated/sts-types.ts'

/** A request whose input is valid and whose bearer exists. */
export interface RequestToAuthorize {
  readonly operation: { readonly service: string; readonly name: string }
  readonly input: Readonly<Record<string, unknown>>
  readonly caller: BearerCaller | undefined
  readonly principal: Principal
  /** The value of `aws:SourceIp`. */
  readonly remoteAddress: string
  /** Epoch milliseconds. */
  readonly now: number
  /** Whether it came by TLS: the value of `aws:SecureTransport`. */
  readonly isSecure?: boolean | undefined
}

/** A messaging session that is about to begin. */
export interface ConnectToAuthorize {
  readonly userArn: AppInstanceUserArn
  readonly principal: Principal
  readonly remoteAddress: string
  readonly now: number
  readonly isSecure?: boolean | undefined
}

export interface Authorizer {
  /** Rejects with the front door's AccessDeniedException unless every resource is allowed. */
  authorize(request: RequestToAuthorize): Promise<void>
  /** Whether `chime:Connect` is allowed on the user. */
  mayConnect(connect: ConnectToAuthorize): Promise<boolean>
}

export interface AuthorizerOptions {
  readonly access: Pick<AccessReader, 'findUser' | 'findRole' | 'findPolicies' | 'findProvider'>
  readonly tags: TagReader
  readonly arnScope: ArnScope
}

/** The table, by operation: one that the models have and the table lacks does not compile. */
const checksOf: {
  readonly chime: Readonly<
    Record<keyof MessagingOperations | keyof IdentityOperations, readonly CheckedResource[]>
  >
  readonly iam: Readonly<Record<keyof IamOperations, CheckedIamResource>>
  readonly sts: Readonly<Record<keyof StsOperations, 'role' | 'open'>>
} = { chime: chimeChecks, iam: iamChecks, sts: stsChecks }

/** Whoever has policies. */
type BoundPrincipal = Extract<Principal, { readonly kind: 'user' | 'assumed-role' }>
type Input = RequestToAuthorize['input']

interface Policies {
  readonly identity: readonly CompiledPolicy[]
  readonly session: CompiledPolicy | undefined
  /** Of a session: its role's. */
  readonly roleArn: string | undefined
}

/** One action on one ARN. */
interface Check {
  readonly action: CheckedAction
  readonly arn: string
  /** For texts, where it is not `arn`: what the client named. What exists is not told. */
  readonly namedArn?: string
}

type Facts = Omit<RequestFacts, 'region' | 'resourceTags' | 'roleArn'>

const CONNECT = actionOf('chime', 'Connect')
/** What a session is told whose role is gone. */
const NOTHING_ALLOWED: AccessDecision = { allowed: false, reason: 'no-allow', by: 'identity' }
const NO_POLICIES: Policies = { identity: [], session: undefined, roleArn: undefined }
/** A user or role with its name, or a provider. */
const IAM_ARN = /^arn:aws:iam::\d*:(user|role|oidc-provider)\/(?:.*\/)?([^/]+)$/s

const chimeActions: ReadonlyMap<string, CheckedAction> = new Map(
  Object.keys(chimeChecks).map((name) => [name, actionOf('chime', name)]),
)

/** Asks the policies that the store has now; documents are compiled once. */
export function createAuthorizer(options: AuthorizerOptions): Authorizer {
  return new PolicyAuthorizer(options)
}

class PolicyAuthorizer implements Authorizer {
  readonly #access: AuthorizerOptions['access']
  readonly #tags: TagReader
  readonly #arnScope: ArnScope
  readonly #policies = new PolicyCache()

  constructor({ access, tags, arnScope }: AuthorizerOptions) {
    this.#access = access
    this.#tags = tags
    this.#arnScope = arnScope
  }

  authorize(request: RequestToAuthorize): Promise<void> {
    const { principal } = request
    // Nobody signs the operations that anyone may ask: see the request chain, step 5.
    if (principal.kind === 'root' || principal.kind === 'anonymous') return Promise.resolve()
    return this.#authorizeBound(request, principal)
  }

  async mayConnect(connect: ConnectToAuthorize): Promise<boolean> {
    if (connect.principal.kind === 'root') return true
    if (connect.principal.kind === 'anonymous') return false
    const { principal, userArn, remoteAddress, isSecure, now } = connect
    const facts = { remoteAddress, isSecure, now }
    const policies = await this.#findPolicies(principal)
    if (policies === undefined) return false
    const check = { action: CONNECT, arn: userArn }
    const decision = await this.#decide(policies, check, { ...facts, principal })
    return decision.allowed
  }

  async #authorizeBound(request: RequestToAuthorize, principal: BoundPrincipal): Promise<void> {
    const { operation, input } = request
    if (isOpen(operation)) return
    const policies = await this.#findPolicies(principal)
    const { now, remoteAddress, isSecure } = request
    const facts = { now, remoteAddress, isSecure, principal, ...factsOf(input) }
    for (const check of await this.#checksOf(request, principal)) {
      const decision =
        policies === undefined ? NOTHING_ALLOWED : await this.#decide(policies, check, facts)
      if (decision.allowed) continue
      const isTrusted =
        operation.service === 'sts' &&
        policies !== undefined &&
        decision.reason === 'no-allow' &&
        (await this.#isNamedByTrust(policies, check, facts))
      if (!isTrusted) throw refusal(operation.service, principal, check, decision)
    }
  }

  /** Undefined for a session of a role that is gone, even if another has its name now. */
  async #findPolicies(principal: BoundPrincipal): Promise<Policies | undefined> {
    if (principal.kind === 'user') {
      const { userName } = principal
      const found = await this.#access.findPolicies({ kind: 'user', userName })
      return { ...NO_POLICIES, identity: this.#policies.all(found) }
    }
    const { roleName, roleId, sessionPolicy } = principal
    const role = await this.#access.findRole(roleName)
    if (role === undefined || role.roleId !== roleId) return undefined
    const found = await this.#access.findPolicies({ kind: 'role', roleName })
    const session =
      sessionPolicy === undefined ? undefined : this.#policies.one(sessionPolicy, 'session')
    return { identity: this.#policies.all(found), session, roleArn: role.arn }
  }

  async #decide(policies: Policies, check: Check, facts: Facts): Promise<AccessDecision> {
    const { identity, session, roleArn } = policies
    const needsTags =
      session?.mentionsResourceTags === true ||
      identity.some(({ mentionsResourceTags }) => mentionsResourceTags)
    const resourceTags = needsTags ? await this.#findTags(check.arn) : undefined
    const { region } = this.#arnScope
    return decideAccess(identity, session, {
      actions: check.action.names,
      resource: resourceOf(check.arn),
      context: createRequestContext({ ...facts, region, roleArn, resourceTags }),
    })
  }

  /** Of resources that exist; neither `*` nor the ARN of a list has any. */
  async #findTags(arn: string): Promise<Tags | undefined> {
    const ours = asArnOf(arn, 'app-instance', 'user', 'bot', 'channel', 'channel-flow')
    if (ours !== undefined) return this.#tags.find(ours)
    const [, kind, name = ''] = IAM_ARN.exec(arn) ?? []
    if (kind === 'user') return (await this.#access.findUser(name))?.tags
    if (kind === 'role') return (await this.#access.findRole(name))?.tags
    return kind === undefined ? undefined : (await this.#access.findProvider(arn))?.tags
  }

  /**
   * Whether the role's trust policy names the caller itself, which is as good as its own policies.
   * What a session policy does not allow stays out of reach.
   */
  // evidence: docs reference_policies_evaluation-logic (same account)
  async #isNamedByTrust(policies: Policies, check: Check, facts: Facts): Promise<boolean> {
    const { session, roleArn } = policies
    if (session !== undefined) {
      const bySession = { ...policies, identity: [session], session: undefined }
      if (!(await this.#decide(bySession, check, facts)).allowed) return false
    }
    const role = await this.#access.findRole(IAM_ARN.exec(check.arn)?.[2] ?? '')
    const { principal } = facts
    if (role?.arn !== check.arn || principal === undefined || principal.kind === 'anonymous') {
      return false
    }
    const { region } = this.#arnScope
    const resourceTags = role.tags
    const decision = evaluateTrust(this.#policies.one(role.trustPolicy, 'trust'), {
      action: check.action.name,
      caller: principal,
      context: createRequestContext({ ...facts, region, roleArn, resourceTags }),
    })
    return decision.allowed && decision.namesCaller
  }

  async #checksOf(
    { operation: { service, name }, input, caller }: RequestToAuthorize,
    principal: BoundPrincipal,
  ): Promise<readonly Check[]> {
    if (service === 'iam' || service === 'sts') {
      const arn = await this.#iamArn(service, name, input, principal)
      const extra = service === 'sts' ? extraRoleActions(input) : []
      const namedArn = this.#namedIamArn(service, name, input, principal)
      return [actionOf(service, name), ...extra].map((action) => ({ action, arn, namedArn }))
    }
    const bearerArn = caller?.identity.arn ?? ''
    const resources = checksOf.chime[name as keyof typeof checksOf.chime]
    const action = chimeActions.get(name) ?? actionOf('chime', name)
    const checks: Check[] = resources.map((resource) => ({
      action,
      arn: chimeArn(resource, input, bearerArn, this.#arnScope),
    }))
    for (const extra of extraPermissions(name, input, bearerArn)) {
      checks.push(...extra.resources.map((arn) => ({ action: extra.action, arn })))
    }
    return checks
  }

  /** The user, role or provider; by its real ARN where it exists, whatever path a client names. */
  async #iamArn(
    service: 'iam' | 'sts',
    operation: string,
    input: Input,
    principal: BoundPrincipal,
  ): Promise<string> {
    const namedArn = this.#namedIamArn(service, operation, input, principal)
    const resource = service === 'sts' ? 'role' : checksOf.iam[operation as keyof IamOperations]
    const [, , name = ''] = IAM_ARN.exec(namedArn) ?? []
    if (resource === 'user' && operation !== 'CreateUser') {
      return (await this.#access.findUser(name))?.arn ?? namedArn
    }
    if (resource === 'role' && operation !== 'CreateRole') {
      return (await this.#access.findRole(name))?.arn ?? namedArn
    }
    return namedArn
  }

  /** The same as the client names it, whether it exists or not. */
  #namedIamArn(
    service: 'iam' | 'sts',
    operation: string,
    input: Input,
    principal: BoundPrincipal,
  ): string {
    const { accountId } = this.#arnScope
    if (service === 'sts') return textOf(input, 'RoleArn')
    const resource = checksOf.iam[operation as keyof IamOperations]
    if (resource === 'user') {
      const userName = textOf(input, 'UserName')
      // Without a name it is about whoever asks. evidence: model (UserName)
      return userName === '' ? principal.arn : newIamArn(accountId, 'user', userName, input)
    }
    return resource === 'role'
      ? newIamArn(accountId, 'role', textOf(input, 'RoleName'), input)
      : listedIamArn(accountId, resource, input)
  }
}

function isOpen({ service, name }: RequestToAuthorize['operation']): boolean {
  return service === 'sts' && checksOf.sts[name as keyof StsOperations] === 'open'
}

/** What the members that carry tags, and those of AssumeRole, say about a request. */
function factsOf(input: Input): Partial<Facts> {
  const { Tags: tags, TagKeys: removedKeys } = input
  const listed = Array.isArray(tags) ? (tags as readonly { Key: string; Value: string }[]) : []
  const removed = Array.isArray(removedKeys) ? (removedKeys as readonly string[]) : []
  const transitiveKeys = input['TransitiveTagKeys']
  return {
    requestTags:
      listed.length === 0 ? undefined : new Map(listed.map((tag) => [tag.Key, tag.Value])),
    tagKeys:
      listed.length + removed.length === 0
        ? undefined
        : [...listed.map((tag) => tag.Key), ...removed],
    externalId: optionalTextOf(input, 'ExternalId'),
    roleSessionName: optionalTextOf(input, 'RoleSessionName'),
    sourceIdentity: optionalTextOf(input, 'SourceIdentity'),
    transitiveTagKeys: Array.isArray(transitiveKeys) ? (transitiveKeys as string[]) : undefined,
  }
}

function textOf(input: Input, name: string): string {
  return optionalTextOf(input, name) ?? ''
}

function optionalTextOf(input: Input, name: string): string | undefined {
  const value = input[name]
  return typeof value === 'string' ? value : undefined
}

/** As AWS says it. evidence: docs troubleshoot_access-denied */
function refusal(
  service: string,
  { arn: principalArn }: BoundPrincipal,
  { action: { name }, arn, namedArn = arn }: Check,
  decision: AccessDecision,
): FrontDoorError {
  const policy = !decision.allowed && decision.by === 'session' ? 'session' : 'identity-based'
  const article = policy === 'session' ? 'a' : 'an'
  const reason =
    !decision.allowed && decision.reason === 'explicit-deny'
      ? `with an explicit deny in ${article} ${policy} policy`
      : `because no ${policy} policy allows the ${name} action`
  const text = `User: ${principalArn} is not authorized to perform: ${name} on resource: ${namedArn} ${reason}`
  // evidence: docs CommonErrors of both protocols
  const isQuery = service === 'iam' || service === 'sts'
  return new FrontDoorError(isQuery ? 'AccessDenied' : 'AccessDeniedException', 403, text)
}
