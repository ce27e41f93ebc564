// The door to signature checks for the request chain and the gateway: parse, look the credential up
// (not here), verify.

import { checkCredentialScope } from './credential-scope.ts'
import type { PresentedSignature } from './presented-signature.ts'
import type { RawRequest } from './raw-request.ts'
import { createSigningKeyCache } from './signing-key-cache.ts'
import { verifyHeaderSignature } from './verify-header.ts'
import { verifyQuerySignature, type PresentedQuerySignature } from './verify-query.ts'

/** Most public host names, so that a wrong signature costs a bounded time. */
const PUBLIC_HOSTS_MAX = 8

/** See {@link createSignatureChecker}. */
export interface SignatureCheckerOptions {
  /** The region that a credential scope must name. */
  readonly region: string
  /**
   * Further regions to accept. IAM and STS need `us-east-1` here: clients sign their global
   * endpoints with it, whatever region they are set to.
   */
  readonly globalRegions?: readonly string[]
  /** Signing names: `chime` for both REST APIs and the socket, `iam` and `sts` for `POST /`. */
  readonly services: readonly string[]
  /**
   * Hosts, with their port if it is part of the URL, under which clients know this server while a
   * proxy rewrites `Host`. The first eight count.
   */
  // evidence: inferred (behaviour 1.3)
  readonly publicHosts?: readonly string[]
}

/**
 * Verifies signatures of one set of services. Both functions return when the request was signed
 * with `secretAccessKey`, for this server, now; every header, parameter and body byte that was
 * signed is then as the client meant it. `presented` must come from the parse function called with
 * the same request. Whether the credential exists, has expired, or matches
 * `presented.sessionToken` is for the caller to decide before.
 */
export interface SignatureChecker {
  /**
   * @throws FrontDoorError 403 InvalidSignatureException (scope, clock, unsigned part, body hash,
   * signature; the first that fails, in this order), or IncompleteSignatureException when a bound
   * is passed.
   */
  verifyHeader(
    request: RawRequest,
    presented: PresentedSignature,
    secretAccessKey: string,
    nowMs: number,
  ): void
  /** As `verifyHeader`, with the expiry that the URL carries. */
  verifyQuery(
    request: RawRequest,
    presented: PresentedQuerySignature,
    secretAccessKey: string,
    nowMs: number,
  ): void
}

/** Makes a checker with its own cache of signing keys. Make one per set of services and keep it. */
export function createSignatureChecker(options: SignatureCheckerOptions): SignatureChecker {
  const expected = {
    regions: [...new Set([options.region, ...(options.globalRegions ?? [])])],
    services: options.services,
  }
  const publicHosts = (options.publicHosts ?? [])
    .slice(0, PUBLIC_HOSTS_MAX)
    .map((host) => host.toLowerCase())
    // Clients leave the default port out.
    .flatMap((host) => (host.endsWith(':443') ? [host, host.slice(0, -4)] : [host]))
  const signingKeys = createSigningKeyCache()

  return {
    verifyHeader(request, presented, secretAccessKey, nowMs) {
      checkCredentialScope(presented.scope, expected, presented.timestamp)
      const signingKeyOf = () =>
        signingKeys.get(presented.accessKeyId, presented.scope, secretAccessKey)
      verifyHeaderSignature(request, presented, signingKeyOf, nowMs, publicHosts)
    },
    verifyQuery(request, presented, secretAccessKey, nowMs) {
      checkCredentialScope(presented.scope, expected, presented.timestamp)
      const signingKeyOf = () =>
        signingKeys.get(presented.accessKeyId, presented.scope, secretAccessKey)
      verifyQuerySignature(request, presented, signingKeyOf, nowMs, publicHosts)
    },
  }
}
