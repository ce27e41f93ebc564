// Forgets an issuer; no more of its tokens are taken.
import { noSuchProvider } from '../../services/iam/iam-entities.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DeleteOpenIDConnectProvider = defineOperation({
  name: 'DeleteOpenIDConnectProvider',
  access: 'credential',
  async run({ input }, { store }: Pick<OperationDependencies, 'store'>) {
    const arn = input.OpenIDConnectProviderArn
    await store.transact(async ({ access }) => {
      if ((await access.findProvider(arn)) === undefined) throw noSuchProvider(arn)
      access.removeProvider(arn)
    })
    return undefined
  },
})
