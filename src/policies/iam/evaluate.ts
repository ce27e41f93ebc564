// What policies say about a request: an explicit Deny wins, else an Allow is needed.
// evidence: docs reference_policies_evaluation-logic
import { splitArn, type SplitArn } from './arn-template.ts'
import type { CompiledPolicy } from './compile-policy.ts'
import type { ConditionContext } from './condition-keys.ts'
import type { TrustCaller } from './principals.ts'

/** One action on one resource. */
export interface AccessRequest {
  /** All names of the action, in lower case, as `chime:sendchannelmessage`. */
  readonly actions: readonly string[]
  /** An ARN, perhaps with `*` where a list has no single resource, or `*`. See `resourceOf`. */
  readonly resource: SplitArn
  readonly context: ConditionContext
}

export type AccessDecision =
  | { readonly allowed: true }
  | {
      readonly allowed: false
      /** Why: a statement said no, or none said yes. */
      readonly reason: 'explicit-deny' | 'no-allow'
      /** Whose policies decided. */
      readonly by: 'identity' | 'session'
    }

/** A resource in the form in which policies are held against it. */
export function resourceOf(arn: string): SplitArn {
  return splitArn(arn)
}

const ALLOWED: AccessDecision = { allowed: true }

/**
 * Whether the policies of a principal allow the request. With a session policy both must: it can
 * take away and never give.
 */
export function decideAccess(
  identity: readonly CompiledPolicy[],
  session: CompiledPolicy | undefined,
  request: AccessRequest,
): AccessDecision {
  const byIdentity = verdictOf(identity, request)
  const bySession = session === undefined ? 'allow' : verdictOf([session], request)
  if (byIdentity === 'deny') return { allowed: false, reason: 'explicit-deny', by: 'identity' }
  if (bySession === 'deny') return { allowed: false, reason: 'explicit-deny', by: 'session' }
  if (byIdentity === 'none') return { allowed: false, reason: 'no-allow', by: 'identity' }
  if (bySession === 'none') return { allowed: false, reason: 'no-allow', by: 'session' }
  return ALLOWED
}

function verdictOf(
  policies: readonly CompiledPolicy[],
  { actions, resource, context }: AccessRequest,
): 'allow' | 'deny' | 'none' {
  let verdict: 'allow' | 'none' = 'none'
  for (const policy of policies) {
    for (const statement of policy.statementsAbout(actions)) {
      // Once something allows, only a Deny can change the answer.
      if (verdict === 'allow' && statement.effect === 'Allow') continue
      if (!statement.isAboutResource(resource, context)) continue
      if (!statement.isInEffect(context)) continue
      if (statement.effect === 'Deny') return 'deny'
      verdict = 'allow'
    }
  }
  return verdict
}

/** What a role's trust policy says of someone who asks to assume it. */
export interface TrustDecision {
  readonly allowed: boolean
  readonly isExplicitDeny: boolean
  /**
   * True when the policy names the caller itself: then its own policies need not allow it. An
   * account, or "*", only leaves it to them.
   */
  readonly namesCaller: boolean
}

/**
 * Asks a trust policy. `action` as `sts:AssumeRole`; `sts:TagSession` is an action of its own.
 * evidence: docs reference_policies_evaluation-logic (role trust policies)
 */
export function evaluateTrust(
  policy: CompiledPolicy,
  request: {
    readonly action: string
    readonly caller: TrustCaller
    readonly context: ConditionContext
  },
): TrustDecision {
  const actions = [request.action.toLowerCase()]
  let allowed = false
  let namesCaller = false
  for (const statement of policy.statementsAbout(actions)) {
    const { effect, principal } = statement
    if (principal === undefined) continue
    const match = principal.match(request.caller)
    if ((match === 'none') !== principal.isExcluded) continue
    if (!statement.isInEffect(request.context)) continue
    if (effect === 'Deny') return { allowed: false, isExplicitDeny: true, namesCaller: false }
    allowed = true
    namesCaller ||= match === 'self'
  }
  return { allowed, isExplicitDeny: false, namesCaller }
}
