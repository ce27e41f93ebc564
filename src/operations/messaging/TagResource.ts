// Adds tags to a channel or channel flow, or gives those that it has another value.
import { tagResource } from '../../services/tagging.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const TagResource = defineOperation({
  name: 'TagResource',
  access: 'credential',
  async run({ input }, { store, limits }: Pick<OperationDependencies, 'store' | 'limits'>) {
    await tagResource(store, limits, input)
    return undefined
  },
})
