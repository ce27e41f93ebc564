// Which message invokes which bot, and what the bot is told of it. Whom a bot's configuration leads
// to, and whether it is there, is decided elsewhere.
import { isBot, type MemberArn } from '../base/arn.ts'
import type { ChannelMessage } from './channel-message.ts'
import type { LexConfiguration } from './identity.ts'

/** The attribute of a message that names whom it mentions. */
// evidence: docs InvokedBy
const MENTIONS_ATTRIBUTE = 'CHIME.mentions'

type InvokedBy = NonNullable<LexConfiguration['invokedBy']>

/**
 * What invokes a bot of this configuration: `respondsTo` alone means every message that is not
 * targeted, and a bot that names nothing answers nobody.
 */
// evidence: docs LexConfiguration; respondsTo for targeted messages inferred (behaviour 7.3)
function invocationRulesOf({ invokedBy, respondsTo }: LexConfiguration): InvokedBy {
  if (invokedBy !== undefined) return invokedBy
  const standardMessages = respondsTo === undefined ? 'NONE' : 'ALL'
  return { standardMessages, targetedMessages: 'NONE' }
}

/**
 * Whether a message that was just sent may invoke any bot at all. Messages of bots never do:
 * otherwise two of them would talk for ever.
 */
// evidence: docs InvokedBy, standard messages; messages of bots inferred (behaviour 7.3)
export function mayInvokeBots(
  message: ChannelMessage,
): message is ChannelMessage & { readonly content: string } {
  return (
    message.type === 'STANDARD' &&
    message.status === 'SENT' &&
    !message.redacted &&
    message.content !== undefined &&
    !isBot(message.sender.arn)
  )
}

/**
 * Whether `message`, one that may invoke bots, invokes this one. `if-alone` when that depends on
 * how many others are in the conversation: it does if there is exactly one who is not hidden.
 */
// evidence: docs InvokedBy
export function planInvocation(
  message: Pick<ChannelMessage, 'target' | 'messageAttributes'>,
  botArn: MemberArn,
  configuration: LexConfiguration,
): 'always' | 'never' | 'if-alone' {
  const { standardMessages, targetedMessages } = invocationRulesOf(configuration)
  if (message.target !== undefined) {
    return message.target === botArn && targetedMessages === 'ALL' ? 'always' : 'never'
  }
  if (standardMessages === 'ALL') return 'always'
  if (standardMessages === 'NONE') return 'never'
  if (isMentioned(message, botArn)) return 'always'
  return standardMessages === 'AUTO' ? 'if-alone' : 'never'
}

function isMentioned(
  { messageAttributes }: Pick<ChannelMessage, 'messageAttributes'>,
  botArn: MemberArn,
): boolean {
  return messageAttributes?.[MENTIONS_ATTRIBUTE]?.includes(botArn) === true
}

/** Memberships that tell whether a bot is alone with one other: itself, that one, and a third. */
export const MEMBERSHIPS_TELLING_ALONE = 3

/**
 * Whether a bot has exactly one other for company; of the members that are not hidden, `arns` are
 * all of them, or MEMBERSHIPS_TELLING_ALONE.
 */
export function isAloneWithOne(botArn: MemberArn, arns: readonly MemberArn[]): boolean {
  return arns.filter((arn) => arn !== botArn).length === 1
}
