// Creates a role that those may assume whom its trust policy names.
import { newIamId } from '../../base/ids.ts'
import { EntityAlreadyExistsException } from '../../domain/iam-errors.ts'
import {
  refusePermissionsBoundary,
  requireIamQuota,
  requireIamTags,
} from '../../services/iam/iam-entities.ts'
import {
  encodePolicyDocument,
  requirePolicy,
  requireTrustPolicyFits,
} from '../../services/iam/policy-documents.ts'
import { presentRole } from '../../services/presenters/iam-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

/** How long a session of a role may be when its maker does not say. */
// evidence: docs CreateRole
const SESSION_DURATION_DEFAULT_S = 3600

export const CreateRole = defineOperation({
  name: 'CreateRole',
  access: 'credential',
  async run(
    { input, now },
    { store, arnScope, limits }: Pick<OperationDependencies, 'store' | 'arnScope' | 'limits'>,
  ) {
    refusePermissionsBoundary(input)
    const { RoleName: roleName, Path: path = '/', AssumeRolePolicyDocument: trustPolicy } = input
    requireTrustPolicyFits(trustPolicy, limits)
    requirePolicy(trustPolicy, 'trust')
    const role = {
      roleName,
      roleId: newIamId('AROA'),
      arn: `arn:aws:iam::${arnScope.accountId}:role${path}${roleName}`,
      path,
      description: input.Description,
      trustPolicy,
      maxSessionDurationS: input.MaxSessionDuration ?? SESSION_DURATION_DEFAULT_S,
      tags: requireIamTags(input.Tags),
      createdAt: now,
    }
    await store.transact(async (tx) => {
      if (await tx.access.isRoleNameTaken(roleName)) {
        throw new EntityAlreadyExistsException(`Role with name ${roleName} already exists.`)
      }
      await requireIamQuota(tx, limits, 'iam-roles')
      tx.access.insertRole(role)
    })
    return { Role: presentRole(role, encodePolicyDocument(trustPolicy)) }
  },
})
