// Conformance of ListUserPolicies.
import { casesOf } from '../kit/conformance-case.ts'
import { useIamWorld } from '../kit/iam-world.ts'
import { listPoliciesCases } from '../kit/own-policy-cases.ts'
import { usersOf } from '../kit/policy-owner.ts'

listPoliciesCases(casesOf('ListUserPolicies'), usersOf(useIamWorld()))
