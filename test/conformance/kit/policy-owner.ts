// Users and roles as those who hold policies of their own. The operations on these policies are the
// same twice; so are their cases, in own-policy-cases.ts.
import type { IAM } from '@aws-sdk/client-iam'
import type { MarkedInput } from './iam-cases.ts'
import { policyOf, type IamWorld } from './iam-world.ts'

/** Users or roles, with the operations on the policies of one, by its name. */
export interface PolicyOwner {
  readonly kind: 'User' | 'Role'
  readonly word: 'user' | 'role'
  readonly world: IamWorld
  /** Makes one and returns its name. */
  create(): Promise<string>
  put(name: string, PolicyName: string, PolicyDocument?: string, iam?: IAM): Promise<object>
  get(name: string, PolicyName: string, iam?: IAM): Promise<{ PolicyDocument?: string | undefined }>
  remove(name: string, PolicyName: string, iam?: IAM): Promise<object>
  list(name: string, page?: MarkedInput, iam?: IAM): Promise<PolicyNamesPage>
}

/** What both lists answer. */
export interface PolicyNamesPage {
  readonly PolicyNames: string[] | undefined
  readonly IsTruncated?: boolean | undefined
  readonly Marker?: string | undefined
}

/** For cases in which it does not matter what it says. */
export const SOME_POLICY = policyOf('iam:GetUser')

export function usersOf(world: IamWorld): PolicyOwner {
  return {
    kind: 'User',
    word: 'user',
    world,
    create: () => world.user(),
    put: (UserName, PolicyName, PolicyDocument = SOME_POLICY, iam = world.iam) =>
      iam.putUserPolicy({ UserName, PolicyName, PolicyDocument }),
    get: (UserName, PolicyName, iam = world.iam) => iam.getUserPolicy({ UserName, PolicyName }),
    remove: (UserName, PolicyName, iam = world.iam) =>
      iam.deleteUserPolicy({ UserName, PolicyName }),
    list: (UserName, page, iam = world.iam) => iam.listUserPolicies({ UserName, ...page }),
  }
}

export function rolesOf(world: IamWorld): PolicyOwner {
  return {
    kind: 'Role',
    word: 'role',
    world,
    create: () => world.role(),
    put: (RoleName, PolicyName, PolicyDocument = SOME_POLICY, iam = world.iam) =>
      iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument }),
    get: (RoleName, PolicyName, iam = world.iam) => iam.getRolePolicy({ RoleName, PolicyName }),
    remove: (RoleName, PolicyName, iam = world.iam) =>
      iam.deleteRolePolicy({ RoleName, PolicyName }),
    list: (RoleName, page, iam = world.iam) => iam.listRolePolicies({ RoleName, ...page }),
  }
}
