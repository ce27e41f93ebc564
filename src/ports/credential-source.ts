// Who an access key belongs to. Only the lookup: verifying a signature is protocol/sigv4's.

import type { Principal } from '../domain/access.ts'

/** A principal with the secret that its requests are signed with. */
export interface Credential {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly accountId: string
  /** Whom it speaks for. */
  readonly principal: Principal
  /** Epoch milliseconds; absent for a credential that does not expire. */
  readonly expiresAt?: number | undefined
}

/** All credentials: the root's, those of IAM users, and temporary ones. */
export interface CredentialSource {
  /**
   * The credential of `accessKeyId`, or undefined when there is none. A temporary credential is
   * only found together with its own session token; any other token counts as unknown.
   */
  find(accessKeyId: string, sessionToken: string | undefined): Promise<Credential | undefined>
}
