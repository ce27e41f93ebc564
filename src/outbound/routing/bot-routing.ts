// Which bots are asked because of an event: those of the conversation that a message invokes, and
// one that has just joined and has a welcome to say. Hidden bots are not asked: they cannot send.
import { isBot } from '../../base/arn.ts'
import {
  isAloneWithOne,
  mayInvokeBots,
  MEMBERSHIPS_TELLING_ALONE,
  planInvocation,
} from '../../domain/bot-rules.ts'
import type { ChannelEvent } from '../../domain/channel-event.ts'
import type { OutboundMapping } from '../../domain/outbound-mapping.ts'
import type { BotInvocation } from '../../domain/outbox.ts'
import type { ChannelBot } from '../../ports/store-outbox.ts'
import type { StoreTransaction } from '../../ports/store.ts'
import type { EventRoute } from './outbound-router.ts'

// evidence: docs InvokedBy, welcome intents; a bot that is mapped nowhere is not asked (behaviour
// 7.3)
export const routeToBots: EventRoute = (tx, event, { bots }, mapping) => {
  if (event.type === 'CREATE_CHANNEL_MESSAGE') {
    return bots.length === 0 ? undefined : routeMessage(tx, event, bots, mapping)
  }
  const isOfNewMembers =
    event.type === 'CREATE_CHANNEL_MEMBERSHIP' || event.type === 'BATCH_CREATE_CHANNEL_MEMBERSHIP'
  return isOfNewMembers && hasNewBot(event) ? routeWelcomes(tx, event, mapping) : undefined
}

async function routeMessage(
  tx: StoreTransaction,
  { message, channelArn, subChannelId }: ChannelEvent,
  bots: readonly ChannelBot[],
  mapping: OutboundMapping,
): Promise<void> {
  if (message === undefined || !mayInvokeBots(message)) return
  const channel = await tx.channels.find(channelArn)
  if (channel === undefined) return
  for (const { bot, configuration, type, subChannelId: botSubChannelId } of bots) {
    if (type === 'HIDDEN' || botSubChannelId !== subChannelId) continue
    if (mapping.bot(configuration.lexBotAliasArn) === undefined) continue
    const plan = planInvocation(message, bot.arn, configuration)
    if (plan === 'never') continue
    if (plan === 'if-alone') {
      const page = { limit: MEMBERSHIPS_TELLING_ALONE }
      const { items } = await tx.memberships.list({ channelArn, subChannelId }, 'DEFAULT', page)
      const arns = items.map(({ member }) => member.arn)
      if (!isAloneWithOne(bot.arn, arns)) continue
    }
    ask(tx, configuration.lexBotAliasArn, {
      channelArn,
      channelCreatedAt: channel.createdAt,
      subChannelId,
      botArn: bot.arn,
      cause: 'message',
      messageId: message.messageId,
      senderArn: message.sender.arn,
      text: message.content,
      isTargeted: message.target !== undefined,
    })
  }
}

/** Only hidden members join by an event that not everybody hears. */
function hasNewBot({ membershipChanges, audience }: ChannelEvent): boolean {
  return (
    audience === 'members' &&
    membershipChanges.some(({ change, memberArn }) => change === 'joined' && isBot(memberArn))
  )
}

/** The settings were read before the bot joined, so it is not among them. */
async function routeWelcomes(
  tx: StoreTransaction,
  { channelArn, membershipChanges, channelCreatedAt: madeAt }: ChannelEvent,
  mapping: OutboundMapping,
): Promise<void> {
  const channelCreatedAt = madeAt ?? (await tx.channels.find(channelArn))?.createdAt
  if (channelCreatedAt === undefined) return
  for (const { change, memberArn, subChannelId } of membershipChanges) {
    if (change !== 'joined' || !isBot(memberArn)) continue
    const bot = await tx.appInstanceBots.find(memberArn)
    const intent = bot?.configuration.welcomeIntent
    if (bot === undefined || intent === undefined) continue
    const { lexBotAliasArn } = bot.configuration
    if (mapping.bot(lexBotAliasArn) === undefined) continue
    ask(tx, lexBotAliasArn, {
      channelArn,
      channelCreatedAt,
      subChannelId,
      botArn: memberArn,
      cause: 'welcome',
      intent,
    })
  }
}

/** The questions to a bot of one conversation are asked one after the other. */
function ask(tx: StoreTransaction, target: string, content: BotInvocation): void {
  const orderingKey = `${content.channelArn} ${content.botArn}` as const
  tx.outbox.append({ kind: 'bot', target, orderingKey, content })
}
