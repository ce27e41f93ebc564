// How a bot is asked, whoever is behind it: Lex itself, or an address that speaks as Lex does.
import type { BotAnswer } from '../domain/bot-answer.ts'
import type { WebhookTarget } from '../domain/outbound-mapping.ts'

/** One question to a bot. */
export interface BotRequest {
  /** `arn:aws:lex:REGION:ACCOUNT:bot-alias/BOTID/ALIASID`. */
  readonly botAliasArn: string
  readonly localeId: string
  /** Questions of one session are one conversation to the bot. */
  readonly sessionId: string
  readonly requestAttributes: Readonly<Record<string, string>>
  /** What somebody said, or the intent that the bot is to begin with by itself. */
  readonly input:
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'intent'; readonly intent: string }
  /** The same for each attempt at the same question. */
  readonly id: string
  readonly signal: AbortSignal
}

/** Amazon Lex, or what speaks its API. */
export interface LexClient {
  /** Throws DeliveryError, with Lex's status where Lex answered. Never asks more than once. */
  ask(request: BotRequest): Promise<BotAnswer>
  close(): void
}

/** A webhook of the operator's that speaks as Lex does. */
export interface WebhookBot {
  /** As LexClient's; an answer that is none is a DeliveryError of status 502. */
  ask(target: WebhookTarget, request: BotRequest): Promise<BotAnswer>
}
