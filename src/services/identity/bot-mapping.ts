// Tells the operator of a bot that leads nowhere: it acts as a bearer, but is never asked anything.
import type { Logger } from '../../base/logger.ts'
import type { LexConfiguration } from '../../domain/identity.ts'
import type { OutboundMapping } from '../../domain/outbound-mapping.ts'

const NOT_MAPPED_TEXT = 'the bot leads nowhere, so it is never asked: see CARILLON_OUTBOUND'

export function warnOfDeadEnd(
  { lexBotAliasArn }: LexConfiguration,
  mapping: Pick<OutboundMapping, 'bot'>,
  logger: Logger,
): void {
  if (mapping.bot(lexBotAliasArn) !== undefined) return
  logger.warn({ lexBotAliasArn }, NOT_MAPPED_TEXT)
}
