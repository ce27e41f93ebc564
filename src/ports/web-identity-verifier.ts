// Whether a web identity token was issued by an OpenID Connect provider, and what it claims. Only
// the token: who may assume which role with it is the operation's.

/** A provider that an account trusts. */
export interface TrustedProvider {
  /** With its scheme, exactly as in the claim `iss`. */
  readonly issuer: string
  /** Audiences that the provider's tokens may be for. */
  readonly clientIds: readonly string[]
}

/** What an authentic token says. */
export interface WebIdentity {
  /** Never empty. */
  readonly subject: string
  /** The one of the client ids that the token is for: `azp` where it has one, else of `aud`. */
  readonly audience: string
  /** All claims, unchecked beyond those above. */
  readonly claims: Readonly<Record<string, unknown>>
}

/** Looks at web identity tokens, in two steps: whose it is, then whether it is. */
export interface WebIdentityVerifier {
  /**
   * The issuer that a token names, before anything of it is verified.
   * @throws InvalidIdentityTokenException when it is no JWT, names no issuer or an issuer whose
   * keys would have to be fetched without TLS from another machine, or is not signed with a key
   * pair (`none` and HMAC are not accepted).
   */
  issuerOf(token: string): string
  /**
   * What `token` claims, once its signature, times and audience are checked against the keys that
   * the provider publishes. Takes bounded time, however slow the provider is. `now` is in epoch
   * milliseconds.
   * @throws InvalidIdentityTokenException, ExpiredTokenException, IDPRejectedClaimException,
   * IDPCommunicationErrorException.
   */
  verify(token: string, provider: TrustedProvider, now: number): Promise<WebIdentity>
}
