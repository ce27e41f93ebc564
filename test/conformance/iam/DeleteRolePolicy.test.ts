// Conformance of DeleteRolePolicy.
import { casesOf } from '../kit/conformance-case.ts'
import { useIamWorld } from '../kit/iam-world.ts'
import { deletePolicyCases } from '../kit/own-policy-cases.ts'
import { rolesOf } from '../kit/policy-owner.ts'

deletePolicyCases(casesOf('DeleteRolePolicy'), rolesOf(useIamWorld()))
