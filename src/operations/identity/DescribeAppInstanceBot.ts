// Shows one bot.
import { NotFoundException } from '../../domain/errors.ts'
import { appInstanceBotArnOf } from '../../services/input-arns.ts'
import { presentAppInstanceBot } from '../../services/presenters/identity-presenters.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const DescribeAppInstanceBot = defineOperation({
  name: 'DescribeAppInstanceBot',
  access: 'credential',
  async run({ input }, { store }: Pick<OperationDependencies, 'store'>) {
    const arn = appInstanceBotArnOf(input.AppInstanceBotArn)
    const bot = await store.read.appInstanceBots.find(arn)
    // evidence: model, the only one of the identity API that lists it (behaviour 8.3)
    if (bot === undefined) {
      throw new NotFoundException('AppInstanceBotArn names no bot that exists')
    }
    return { AppInstanceBot: presentAppInstanceBot(bot) }
  },
})
