// Tells of one OpenID Connect provider.
import { noSuchProvider } from '../../services/iam/iam-entities.ts'
import { presentIamTags, presentInstant } from '../../services/presenters/iam-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const GetOpenIDConnectProvider = defineOperation({
  name: 'GetOpenIDConnectProvider',
  access: 'credential',
  async run({ input }, { store }: Pick<OperationDependencies, 'store'>) {
    const provider = await store.read.access.findProvider(input.OpenIDConnectProviderArn)
    if (provider === undefined) throw noSuchProvider(input.OpenIDConnectProviderArn)
    return {
      Url: provider.url,
      ClientIDList: [...provider.clientIds],
      ThumbprintList: [...provider.thumbprints],
      CreateDate: presentInstant(provider.createdAt),
      Tags: presentIamTags(provider.tags),
    }
  },
})
