// Who an access key belongs to. Only the lookup: verifying a signature is protocol/sigv4's.

/** A principal with the secret that its requests are signed with. */
export interface Credential {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly accountId: string
  /** May do everything, whatever policies say. */
  readonly isRoot: boolean
  /** Epoch milliseconds; absent for a credential that does not expire. */
  readonly expiresAt?: number | undefined
}

export interface CredentialSource {
  /**
   * The credential of `accessKeyId`, or undefined when there is none. A temporary credential is
   * only found together with its own session token; any other token counts as unknown.
   */
  find(accessKeyId: string, sessionToken: string | undefined): Promise<Credential | undefined>
}
