// AssumeRoleWithWebIdentity: temporary credentials of a role for whoever an OpenID Connect provider
// vouches for. Comes unsigned: the token says who asks.
import { FrontDoorError } from '../../base/api-error.ts'
import { InvalidIdentityTokenException } from '../../domain/sts-errors.ts'
import { packedSizePercent } from '../../services/access/session-tokens.ts'
import {
  checkGrantInput,
  durationOf,
  grantSession,
  invalidParameter,
  sessionTagsOf,
} from '../../services/sts/role-session-grant.ts'
import { findUntrustedAction, findRoleByArn } from '../../services/sts/role-trust.ts'
import {
  claimedSourceIdentityOf,
  claimedTagsOf,
  conditionClaimsOf,
} from '../../services/sts/web-identity-claims.ts'
import { defineOperation } from '../define-operation.ts'

export const AssumeRoleWithWebIdentity = defineOperation({
  name: 'AssumeRoleWithWebIdentity',
  access: 'unsigned',
  async run({ input, accountId, remoteAddress, isSecure, now }, deps) {
    const { access } = deps.store.read
    if (input.ProviderId !== undefined) {
      throw invalidParameter('ProviderId is for OAuth 2.0 access tokens; pass an ID Token without')
    }
    checkGrantInput(input)
    const { RoleArn: roleArn, RoleSessionName: sessionName, WebIdentityToken: token } = input

    const issuer = deps.webIdentities.issuerOf(token)
    const url = issuer.replace(/^https?:\/\//, '')
    const provider = await access.findProvider(`arn:aws:iam::${accountId}:oidc-provider/${url}`)
    if (provider === undefined) {
      // evidence: field (the text that STS answers)
      const message = `No OpenIDConnect provider found in your account for ${issuer}`
      throw new InvalidIdentityTokenException(message)
    }
    const { clientIds } = provider
    const identity = await deps.webIdentities.verify(token, { issuer, clientIds }, now)
    const claimed = claimedTagsOf(identity)
    const sessionTags = sessionTagsOf(claimed.tags, claimed.transitiveTagKeys)
    const sourceIdentity = claimedSourceIdentityOf(identity)

    const role = await findRoleByArn(access, roleArn, accountId)
    if (role === undefined) throw denied()
    const untrustedAction = await findUntrustedAction(access, 'sts:AssumeRoleWithWebIdentity', {
      role,
      caller: { kind: 'federated', providerArn: provider.arn, url },
      sessionName,
      sessionTags: sessionTags.tags,
      transitiveTagKeys: sessionTags.transitiveTagKeys,
      sourceIdentity,
      claims: conditionClaimsOf(url, identity),
      remoteAddress,
      isSecure,
      region: deps.arnScope.region,
      now,
    })
    if (untrustedAction !== undefined) throw denied(untrustedAction)
    const durationS = durationOf(input.DurationSeconds, role, false)
    const asked = { sessionName, sessionTags, sessionPolicy: input.Policy, sourceIdentity }
    const granted = grantSession(
      { role, accountId, ...asked, durationS, now },
      { sessionTokens: deps.sessionTokens, packedSizePercent },
    )
    return {
      ...granted,
      SubjectFromWebIdentityToken: identity.subject,
      Audience: identity.audience,
      // evidence: field (the ARN for providers of the account, where the docs speak of `iss`)
      Provider: provider.arn,
      SourceIdentity: sourceIdentity,
    }
  },
})

/** The same for a role that does not exist: what exists is not told. */
// evidence: field (the text that STS answers)
function denied(action = 'sts:AssumeRoleWithWebIdentity'): FrontDoorError {
  return new FrontDoorError('AccessDeniedException', 403, `Not authorized to perform ${action}`)
}
