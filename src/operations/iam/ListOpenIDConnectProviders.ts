// Lists the ARNs of all OpenID Connect providers.
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const ListOpenIDConnectProviders = defineOperation({
  name: 'ListOpenIDConnectProviders',
  access: 'credential',
  async run(_request, { store }: Pick<OperationDependencies, 'store'>) {
    const providers = await store.read.access.listProviders()
    return { OpenIDConnectProviderList: providers.map(({ arn }) => ({ Arn: arn })) }
  },
})
