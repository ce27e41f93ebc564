// Names an issuer whose tokens roles may trust.
import { FrontDoorError } from '../../base/api-error.ts'
import { EntityAlreadyExistsException, LimitExceededException } from '../../domain/iam-errors.ts'
import { iamQuotaText, type Limits } from '../../domain/limits.ts'
import { requireIamQuota, requireIamTags } from '../../services/iam/iam-entities.ts'
import { presentIamTags } from '../../services/presenters/iam-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const CreateOpenIDConnectProvider = defineOperation({
  name: 'CreateOpenIDConnectProvider',
  access: 'credential',
  async run(
    { input, now },
    { store, arnScope, limits }: Pick<OperationDependencies, 'store' | 'arnScope' | 'limits'>,
  ) {
    const url = providerUrlOf(input.Url)
    const clientIds = [...new Set(input.ClientIDList)]
    const thumbprints = [...new Set(input.ThumbprintList)]
    requireFits(limits, 'clientIdsPerOpenIdConnectProvider', clientIds)
    requireFits(limits, 'thumbprintsPerOpenIdConnectProvider', thumbprints)
    const tags = requireIamTags(input.Tags)
    const arn = `arn:aws:iam::${arnScope.accountId}:oidc-provider/${url}`
    await store.transact(async (tx) => {
      if ((await tx.access.findProvider(arn)) !== undefined) {
        throw new EntityAlreadyExistsException(`Provider with url https://${url} already exists.`)
      }
      await requireIamQuota(tx, limits, 'openid-connect-providers')
      tx.access.insertProvider({ arn, url, clientIds, thumbprints, tags, createdAt: now })
    })
    return { OpenIDConnectProviderArn: arn, Tags: presentIamTags(tags) }
  },
})

const WRONG_URL =
  'Invalid Open ID Connect Provider URL: it begins with https:// and has neither user, query nor ' +
  'fragment'

/** The URL without its scheme, as ARNs have it. Throws ValidationException if it is not https. */
// evidence: docs CreateOpenIDConnectProvider | field (the text) | inferred (ports are allowed: an
// issuer of one's own has one)
function providerUrlOf(text: string): string {
  const isPlain = /^https:\/\/[^\s?#@\\]+$/i.test(text)
  if (!isPlain || !URL.canParse(text)) {
    throw new FrontDoorError('ValidationException', 400, WRONG_URL)
  }
  return text.slice('https://'.length)
}

function requireFits(
  limits: Limits,
  quota: 'clientIdsPerOpenIdConnectProvider' | 'thumbprintsPerOpenIdConnectProvider',
  items: readonly string[],
): void {
  if (items.length <= limits[quota]) return
  throw new LimitExceededException(iamQuotaText(limits, quota))
}
