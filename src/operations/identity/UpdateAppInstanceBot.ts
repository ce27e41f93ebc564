// Replaces name and metadata of a bot, and its configuration if one is given.
import { requireMetadataFits } from '../../domain/byte-limit.ts'
import { ForbiddenException } from '../../domain/errors.ts'
import { appInstanceBotArnOf } from '../../services/input-arns.ts'
import { lexConfigurationOf } from '../../services/presenters/identity-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const UpdateAppInstanceBot = defineOperation({
  name: 'UpdateAppInstanceBot',
  access: 'credential',
  async run({ input, now }, { store }: Pick<OperationDependencies, 'store'>) {
    const arn = appInstanceBotArnOf(input.AppInstanceBotArn)
    requireMetadataFits(input.Metadata)
    return store.transact(async (tx) => {
      const bot = await tx.appInstanceBots.find(arn)
      if (bot === undefined) throw new ForbiddenException()
      tx.appInstanceBots.replace({
        ...bot,
        name: input.Name,
        metadata: input.Metadata,
        configuration:
          input.Configuration === undefined
            ? bot.configuration
            : lexConfigurationOf(input.Configuration),
        lastUpdatedAt: Math.max(now, bot.lastUpdatedAt),
      })
      return { AppInstanceBotArn: arn }
    })
  },
})
