// A bot that takes orders of flowers, as a Lex bot of AWS's tutorial does: it gets what Lex would get
// from RecognizeText, and answers what Lex would answer.

/** What a bot is asked. */
export interface BotRequest {
  readonly sessionId: string
  /** Absent when the bot is welcomed: then `sessionState` names the intent. */
  readonly text?: string
  readonly sessionState?: { readonly intent?: { readonly name: string } }
}

/** What it answers. */
export interface BotAnswer {
  readonly messages: readonly { readonly content: string; readonly contentType: 'PlainText' }[]
  readonly sessionState: {
    readonly intent: {
      readonly name: string
      readonly state: 'InProgress' | 'Fulfilled' | 'Failed'
    }
  }
  readonly sessionId: string
}

const FLOWERS = ['roses', 'lilies', 'tulips']

/** One conversation for each session, held in memory. */
export function createFlowerBot(): (request: BotRequest) => BotAnswer {
  const chosenBySession = new Map<string, string>()
  return ({ sessionId, text, sessionState }) => {
    const say = (
      name: string,
      state: BotAnswer['sessionState']['intent']['state'],
      ...lines: string[]
    ) => ({
      messages: lines.map((content) => ({ content, contentType: 'PlainText' as const })),
      sessionState: { intent: { name, state } },
      sessionId,
    })
    if (sessionState?.intent?.name === 'Welcome') {
      return say('Welcome', 'Fulfilled', 'I can order flowers for you.')
    }
    const said = text?.toLowerCase() ?? ''
    const flower = FLOWERS.find((each) => said.includes(each))
    if (flower !== undefined) {
      chosenBySession.set(sessionId, flower)
      return say('OrderFlowers', 'InProgress', `${flower}, good. What day shall they be delivered?`)
    }
    const chosen = chosenBySession.get(sessionId)
    if (chosen !== undefined) {
      chosenBySession.delete(sessionId)
      return say('OrderFlowers', 'Fulfilled', `Your ${chosen} will be there on ${text ?? ''}.`)
    }
    if (said.includes('flowers')) {
      return say(
        'OrderFlowers',
        'InProgress',
        `What type of flowers? I have ${FLOWERS.join(', ')}.`,
      )
    }
    return say('FallbackIntent', 'Failed', 'I only know flowers.')
  }
}
