// Conformance of GetRolePolicy.
import { casesOf } from '../kit/conformance-case.ts'
import { useIamWorld } from '../kit/iam-world.ts'
import { getPolicyCases } from '../kit/own-policy-cases.ts'
import { rolesOf } from '../kit/policy-owner.ts'

getPolicyCases(casesOf('GetRolePolicy'), rolesOf(useIamWorld()))
