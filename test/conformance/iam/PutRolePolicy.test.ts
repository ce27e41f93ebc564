// Conformance of PutRolePolicy.
import { casesOf } from '../kit/conformance-case.ts'
import { useIamWorld } from '../kit/iam-world.ts'
import { putPolicyCases } from '../kit/own-policy-cases.ts'
import { rolesOf } from '../kit/policy-owner.ts'

putPolicyCases(casesOf('PutRolePolicy'), rolesOf(useIamWorld()))
