// Who makes a request, as far as role rules are concerned.
import type { AppInstanceArn } from '../base/arn.ts'
import type { Identity } from '../domain/identity.ts'

/** The user or bot that the `x-amz-chime-bearer` header names, known to exist. */
export interface BearerCaller {
  readonly identity: Identity
  readonly appInstanceArn: AppInstanceArn
}
