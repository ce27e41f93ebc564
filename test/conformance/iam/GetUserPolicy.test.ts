// Conformance of GetUserPolicy.
import { casesOf } from '../kit/conformance-case.ts'
import { useIamWorld } from '../kit/iam-world.ts'
import { getPolicyCases } from '../kit/own-policy-cases.ts'
import { usersOf } from '../kit/policy-owner.ts'

getPolicyCases(casesOf('GetUserPolicy'), usersOf(useIamWorld()))
