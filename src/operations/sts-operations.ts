// The operations of STS that this server serves, each by its name. The generated types make the
// list complete: an operation without a line does not compile.
import type { Operations as StsOperations } from '../protocol/generated/sts-types.ts'
import type { EntriesFor } from './operation-entry.ts'
import { AssumeRole } from './sts/AssumeRole.ts'
import { AssumeRoleWithWebIdentity } from './sts/AssumeRoleWithWebIdentity.ts'
import { GetCallerIdentity } from './sts/GetCallerIdentity.ts'

/** The 3 operations of STS that this server serves. */
export const stsOperations = {
  AssumeRole,
  AssumeRoleWithWebIdentity,
  GetCallerIdentity,
} satisfies EntriesFor<keyof StsOperations>
