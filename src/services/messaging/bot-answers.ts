// Whether a bot that was asked may still answer: it, its membership and whom it speaks to may have
// gone meanwhile. Then nothing is said.
import { isBot } from '../../base/arn.ts'
import { assert } from '../../base/assert.ts'
import { addresseeOf, type BotSpeaker } from '../../domain/bot-answer.ts'
import type { Channel } from '../../domain/channel.ts'
import type { AppInstanceBot } from '../../domain/identity.ts'
import type { BotInvocation } from '../../domain/outbox.ts'
import { canBeTarget, canSendMessage } from '../../policies/channel-message.ts'
import { canTakePartIn } from '../../policies/sub-channel.ts'
import type { StoreReader } from '../../ports/store.ts'

/** A bot that may answer now, with the channel that it answers in. */
export interface AnsweringBot extends BotSpeaker {
  readonly channel: Channel
  readonly configuration: AppInstanceBot['configuration']
}

/** Undefined for a bot that may not answer any more. */
// evidence: inferred (behaviour 7.3)
export async function findAnsweringBot(
  reader: Pick<StoreReader, 'appInstanceBots' | 'channels'>,
  invocation: BotInvocation,
): Promise<AnsweringBot | undefined> {
  const { channelArn, channelCreatedAt, subChannelId, botArn } = invocation
  assert(isBot(botArn), 'only bots are invoked')
  const found = await reader.appInstanceBots.find(botArn)
  if (found === undefined) return undefined
  const decision = canSendMessage(await reader.channels.findAccess(channelArn, botArn))
  if (!decision.allowed) return undefined
  const access = decision.checked
  // What was said in a channel that was deleted is answered in no other one.
  if (access.channel.createdAt !== channelCreatedAt) return undefined
  if (subChannelId !== '' && !canTakePartIn(access, subChannelId).allowed) return undefined
  const addressee = addresseeOf(invocation)
  if (addressee !== undefined) {
    const target = await reader.channels.findAccess(channelArn, addressee)
    if (!canBeTarget(target?.caller, { subChannelId }).allowed) return undefined
  }
  const { name, configuration } = found
  return { bot: { arn: botArn, name }, invocation, channel: access.channel, configuration }
}
