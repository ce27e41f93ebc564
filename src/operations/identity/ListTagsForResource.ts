// Lists the tags of an app instance, user or bot.
import { listTags } from '../../services/tagging.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const ListTagsForResource = defineOperation({
  name: 'ListTagsForResource',
  access: 'credential',
  async run({ input }, { store }: Pick<OperationDependencies, 'store'>) {
    return { Tags: await listTags(store.read, input) }
  },
})
