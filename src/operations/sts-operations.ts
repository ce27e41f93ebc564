// The operations of STS that this server serves, each by its name. The generated types make the list
// complete: an operation without a line does not compile.
import type { Operations as StsOperations } from '../protocol/generated/sts-types.ts'
import { notImplemented, type EntriesFor } from './operation-entry.ts'

/** The 3 operations of STS that this server serves. */
export const stsOperations = {
  AssumeRole: notImplemented,
  AssumeRoleWithWebIdentity: notImplemented,
  GetCallerIdentity: notImplemented,
} satisfies EntriesFor<keyof StsOperations>
