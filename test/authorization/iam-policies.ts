// Policies and requests in few words, for the tests of the policy engine.
import type { Principal } from '../../src/domain/access.ts'
import { compilePolicy } from '../../src/policies/iam/compile-policy.ts'
import { decideAccess, resourceOf, type AccessRequest } from '../../src/policies/iam/evaluate.ts'
import { createRequestContext, type RequestFacts } from '../../src/policies/iam/request-context.ts'

export const ACCOUNT = '210987654321'
export const APP = `arn:aws:chime:us-east-1:${ACCOUNT}:app-instance/one`

export interface StatementText {
  readonly Effect?: string
  readonly [element: string]: unknown
}

/** A document of the newer version; Allow everything unless a statement says otherwise. */
export function policyText(...statements: readonly StatementText[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements.map(whole) })
}

function whole(statement: StatementText): StatementText {
  const hasAction = 'Action' in statement || 'NotAction' in statement
  const hasResource = 'Resource' in statement || 'NotResource' in statement
  return {
    Effect: 'Allow',
    ...(hasAction ? {} : { Action: '*' }),
    ...(hasResource ? {} : { Resource: '*' }),
    ...statement,
  }
}

export const alice: Extract<Principal, { kind: 'user' }> = {
  kind: 'user',
  arn: `arn:aws:iam::${ACCOUNT}:user/people/alice`,
  accountId: ACCOUNT,
  userId: 'AIDAALICE',
  userName: 'alice',
  tags: new Map([
    ['team', 'red'],
    ['pattern', '*'],
  ]),
}

export const session: Extract<Principal, { kind: 'assumed-role' }> = {
  kind: 'assumed-role',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/chat/browser`,
  accountId: ACCOUNT,
  userId: 'AROACHAT:browser',
  roleName: 'chat',
  roleId: 'AROACHAT',
  sessionName: 'browser',
  tags: new Map([['user', 'alice']]),
}

/** 2026-11-22T03:00:00Z */
export const NOW = Date.UTC(2026, 10, 22, 3)

export const FACTS: RequestFacts = {
  now: NOW,
  remoteAddress: '192.0.2.7',
  region: 'us-east-1',
  isSecure: true,
  principal: alice,
}

/** A request for `chime:<action>`. */
export function requestFor(
  action: string,
  resource: string,
  facts: Partial<RequestFacts> = {},
): AccessRequest {
  return {
    actions: [`chime:${action}`.toLowerCase()],
    resource: resourceOf(resource),
    context: createRequestContext({ ...FACTS, ...facts }),
  }
}

/** Whether a single policy allows the request. */
export function isAllowed(
  text: string,
  facts: Partial<RequestFacts> = {},
  resource = `${APP}/channel/lobby`,
  action = 'SendChannelMessage',
): boolean {
  const request = requestFor(action, resource, facts)
  return decideAccess([compilePolicy(text, 'identity')], undefined, request).allowed
}
