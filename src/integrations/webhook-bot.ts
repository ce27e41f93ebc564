// Asks a bot behind an address of the operator's: the JSON of Lex's RecognizeText, signed as every
// webhook, and an answer in the same form.
import { parseBotAnswer } from '../domain/bot-answer-parsing.ts'
import { INVALID_ANSWER_CODE } from '../domain/bot-answer.ts'
import { DeliveryError } from '../domain/delivery-error.ts'
import type { BotRequest, WebhookBot } from '../ports/bot-client.ts'
import type { WebhookClient } from './webhook-client.ts'

export function createWebhookBot(webhooks: Pick<WebhookClient, 'post'>): WebhookBot {
  return {
    async ask(target, request) {
      const { id, signal } = request
      const body = JSON.stringify(bodyOf(request))
      const text = await webhooks.post(target, { kind: 'bot', id, body, signal })
      const answer = parseBotAnswer(parsed(text))
      if (answer !== undefined) return answer
      throw new DeliveryError('the webhook gave an answer that is none', {
        isRetryable: false,
        isDestinationDown: false,
        status: INVALID_ANSWER_CODE,
      })
    },
  }
}

function bodyOf({ botAliasArn, localeId, sessionId, requestAttributes, input }: BotRequest) {
  const common = { botAliasArn, localeId, sessionId, requestAttributes }
  return input.kind === 'text'
    ? { ...common, text: input.text }
    : { ...common, sessionState: { intent: { name: input.intent } } }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
