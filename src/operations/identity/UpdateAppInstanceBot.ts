// Replaces name and metadata of a bot, and its configuration if one is given.
import { requireMetadataFits } from '../../domain/byte-limit.ts'
import { ForbiddenException } from '../../domain/errors.ts'
import { appInstanceBotArnOf } from '../../services/input-arns.ts'
import { warnOfDeadEnd } from '../../services/identity/bot-mapping.ts'
import { lexConfigurationOf } from '../../services/presenters/identity-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

type Dependencies = Pick<OperationDependencies, 'store' | 'outboundMapping' | 'logger'>

export const UpdateAppInstanceBot = defineOperation({
  name: 'UpdateAppInstanceBot',
  access: 'credential',
  async run({ input, now }, { store, outboundMapping, logger }: Dependencies) {
    const arn = appInstanceBotArnOf(input.AppInstanceBotArn)
    requireMetadataFits(input.Metadata)
    const configuration =
      input.Configuration === undefined ? undefined : lexConfigurationOf(input.Configuration)
    const output = await store.transact(async (tx) => {
      const bot = await tx.appInstanceBots.find(arn)
      if (bot === undefined) throw new ForbiddenException()
      tx.appInstanceBots.replace({
        ...bot,
        name: input.Name,
        metadata: input.Metadata,
        configuration: configuration ?? bot.configuration,
        lastUpdatedAt: Math.max(now, bot.lastUpdatedAt),
      })
      return { AppInstanceBotArn: arn }
    })
    if (configuration !== undefined) warnOfDeadEnd(configuration, outboundMapping, logger)
    return output
  },
})
