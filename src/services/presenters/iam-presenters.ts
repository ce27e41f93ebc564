// IAM's users, roles and access keys as its answers show them. Instants are whole seconds there.
import type { AccessKey, IamRole, IamUser } from '../../domain/access.ts'
import type { Tags } from '../../domain/tags.ts'
import type * as wire from '../../protocol/generated/iam-types.ts'

const MS_PER_SECOND = 1000

/** As lists show it: without tags. */
// evidence: docs ListUsers
export function presentListedUser(user: IamUser): wire.User {
  return {
    Path: user.path,
    UserName: user.userName,
    UserId: user.userId,
    Arn: user.arn,
    CreateDate: presentInstant(user.createdAt),
  }
}

export function presentUser(user: IamUser): wire.User {
  return { ...presentListedUser(user), Tags: presentIamTags(user.tags) }
}

/** As lists show it: without tags. `document` is the trust policy as answers carry it. */
// evidence: docs ListRoles
export function presentListedRole(role: IamRole, document: string): wire.Role {
  return {
    Path: role.path,
    RoleName: role.roleName,
    RoleId: role.roleId,
    Arn: role.arn,
    CreateDate: presentInstant(role.createdAt),
    AssumeRolePolicyDocument: document,
    Description: role.description,
    MaxSessionDuration: role.maxSessionDurationS,
  }
}

export function presentRole(role: IamRole, document: string): wire.Role {
  return { ...presentListedRole(role, document), Tags: presentIamTags(role.tags) }
}

/** Without the secret, which is shown once, when the key is made. */
export function presentAccessKey(key: AccessKey) {
  return {
    UserName: key.userName,
    AccessKeyId: key.accessKeyId,
    Status: key.status,
    CreateDate: presentInstant(key.createdAt),
  }
}

/** Absent when there are none. */
// evidence: docs GetUser
export function presentIamTags(tags: Tags): wire.Tag[] | undefined {
  return tags.size === 0 ? undefined : [...tags].map(([Key, Value]) => ({ Key, Value }))
}

/** Whole seconds. */
// evidence: docs GetUser (the sample answers)
export function presentInstant(epochMs: number): Date {
  return new Date(Math.floor(epochMs / MS_PER_SECOND) * MS_PER_SECOND)
}
