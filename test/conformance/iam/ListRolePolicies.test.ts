// Conformance of ListRolePolicies.
import { casesOf } from '../kit/conformance-case.ts'
import { useIamWorld } from '../kit/iam-world.ts'
import { listPoliciesCases } from '../kit/own-policy-cases.ts'
import { rolesOf } from '../kit/policy-owner.ts'

listPoliciesCases(casesOf('ListRolePolicies'), rolesOf(useIamWorld()))
