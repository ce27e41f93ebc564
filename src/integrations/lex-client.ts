// Asks bots of Amazon Lex V2 through AWS's SDK, which finds endpoint and credentials by itself
// (AWS_ENDPOINT_URL_LEX_RUNTIME_V2 and the like). Asks once: to ask again is up to the outbox.
import { gunzipSync } from 'node:zlib'
import {
  LexRuntimeV2Client,
  LexRuntimeV2ServiceException,
  PutSessionCommand,
  RecognizeTextCommand,
} from '@aws-sdk/client-lex-runtime-v2'
import type { Clock } from '../base/clock.ts'
import { parseBotAnswer } from '../domain/bot-answer-parsing.ts'
import { INVALID_ANSWER_CODE } from '../domain/bot-answer.ts'
import { DeliveryError } from '../domain/delivery-error.ts'
import type { BotRequest, LexClient } from '../ports/bot-client.ts'
import { awsFailureOf, THROTTLED_STATUS } from './aws-failure.ts'
import { OversizedAnswerError } from './bounded-http-handler.ts'
import { RegionalClients } from './regional-clients.ts'
import { untilAborted } from './until-aborted.ts'

/** Bytes of what Lex packs into a header, unpacked. */
// evidence: inferred
const UNPACKED_BYTES_MAX = 256 * 1024
const TEXT_TYPE = 'text/plain; charset=utf-8'

export function createLexClient(clock: Clock): LexClient {
  const clients = new RegionalClients((settings) => new LexRuntimeV2Client(settings))
  return {
    async ask(request) {
      const { region, botId, botAliasId } = aliasOf(request.botAliasArn)
      const { localeId, sessionId } = request
      const session = { botId, botAliasId, localeId, sessionId }
      let value: unknown
      try {
        const asked = valueOf(clients.of(region), session, request)
        // The SDK may look for credentials first, and hears no signal as long.
        value = await untilAborted(asked, request.signal)
      } catch (error) {
        throw error instanceof DeliveryError ? error : deliveryErrorOf(error, clock.now())
      }
      const answer = parseBotAnswer(value)
      if (answer === undefined) throw invalidAnswer()
      return answer
    },
    close() {
      clients.close()
    },
  }
}

interface LexSession {
  readonly botId: string
  readonly botAliasId: string
  readonly localeId: string
  readonly sessionId: string
}

/** What Lex says, in the form of RecognizeText's answer. */
// evidence: docs AppInstanceBot permissions, which name RecognizeText and PutSession; docs managing
// sessions, PutSession lets a bot start the conversation
async function valueOf(
  client: LexRuntimeV2Client,
  session: LexSession,
  { input, requestAttributes, signal: abortSignal }: BotRequest,
): Promise<unknown> {
  if (input.kind === 'text') {
    const command = new RecognizeTextCommand({ ...session, requestAttributes, text: input.text })
    return client.send(command, { abortSignal })
  }
  const sessionState = {
    dialogAction: { type: 'Delegate' },
    intent: { name: input.intent },
  } as const
  const {
    messages,
    sessionState: state,
    audioStream,
  } = await client.send(
    new PutSessionCommand({
      ...session,
      requestAttributes,
      sessionState,
      responseContentType: TEXT_TYPE,
    }),
    { abortSignal },
  )
  // There is none for text, but the connection is free again only when it was read.
  await audioStream?.transformToByteArray()
  return { messages: unpacked(messages), sessionState: unpacked(state) }
}

/** JSON that Lex sends in a header: compressed, then in base64. */
// evidence: model PutSession
function unpacked(text: string | undefined): unknown {
  if (text === undefined || text === '') return undefined
  try {
    const bytes = gunzipSync(Buffer.from(text, 'base64'), { maxOutputLength: UNPACKED_BYTES_MAX })
    return JSON.parse(bytes.toString())
  } catch {
    throw invalidAnswer()
  }
}

/** The pattern of the API's model holds for each alias that was kept. */
function aliasOf(botAliasArn: string) {
  const [, , , region = '', , resource = ''] = botAliasArn.split(':')
  const [, botId = '', botAliasId = ''] = resource.split('/')
  return { region, botId, botAliasId }
}

function deliveryErrorOf(error: unknown, now: number): DeliveryError {
  const { name, status, code, isThrottled, isOfSigner, retryAfterMs } = awsFailureOf(error, now)
  if (error instanceof LexRuntimeV2ServiceException) {
    const isDown = isThrottled || isOfSigner
    const isDestinationDown = isDown || (status !== undefined && status >= 500)
    // Lex's own text may quote what was said.
    return new DeliveryError(`Lex answered ${name}`, {
      isRetryable: isDestinationDown,
      isDestinationDown,
      status: isThrottled ? THROTTLED_STATUS : status,
      retryAfterMs,
    })
  }
  if (name === 'CredentialsProviderError') {
    // evidence: inferred, as if Lex had refused
    const options = { isRetryable: false, isDestinationDown: true, status: 403 }
    return new DeliveryError('there are no credentials for Lex', options)
  }
  if (error instanceof SyntaxError || error instanceof OversizedAnswerError) return invalidAnswer()
  return new DeliveryError(`Lex could not be reached: ${code ?? name}`, {
    isRetryable: true,
    isDestinationDown: true,
  })
}

function invalidAnswer(): DeliveryError {
  return new DeliveryError('Lex gave an answer that is none', {
    isRetryable: false,
    isDestinationDown: false,
    status: INVALID_ANSWER_CODE,
  })
}
