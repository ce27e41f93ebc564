// Takes tags from an app instance, user or bot.
import { untagResource } from '../../services/tagging.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const UntagResource = defineOperation({
  name: 'UntagResource',
  access: 'credential',
  async run({ input }, { store }: Pick<OperationDependencies, 'store'>) {
    await untagResource(store, input)
    return undefined
  },
})
