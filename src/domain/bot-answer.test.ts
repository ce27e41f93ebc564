// What a bot says, as messages of its channel, and what counts as an answer.
import { describe, expect, test } from 'vitest'
import { appInstanceArnOf, arnWithin } from '../base/arn.ts'
import { parseBotAnswer } from './bot-answer-parsing.ts'
import { codeOfFailure, draftAnswer, draftError, failureOf, type BotAnswer } from './bot-answer.ts'
import { requireMessageFits } from './channel-message-rules.ts'
import type { MessageId } from './channel-message.ts'
import type { BotInvocation } from './outbox.ts'

const appInstance = appInstanceArnOf({ region: 'us-east-1', accountId: '123456789012' }, 'one')
const bot = { arn: arnWithin(appInstance, 'bot', 'clerk'), name: 'Clerk' }
const ana = arnWithin(appInstance, 'user', 'ana')
const question: BotInvocation = {
  channelArn: arnWithin(appInstance, 'channel', 'lobby'),
  channelCreatedAt: 0,
  subChannelId: 'sub',
  botArn: bot.arn,
  cause: 'message',
  messageId: 'm' as MessageId,
  senderArn: ana,
  text: 'hello',
  isTargeted: false,
}
const speaker = { bot, invocation: question }
const SESSION = 's'.repeat(64)
const saying = (...contents: string[]): BotAnswer => ({
  messages: contents.map((content) => ({ content, contentType: 'PlainText' })),
})
const said = (answer: BotAnswer) => {
  const drafts = draftAnswer(speaker, answer, SESSION)
  return drafts?.map(({ content }) => {
    const { Messages } = JSON.parse(content ?? '') as { Messages: { Content: string }[] }
    return Messages.map(({ Content }) => Content)
  })
}

describe('an answer', () => {
  test('is a message to everybody in the conversation, or to who asked in private', () => {
    const [draft] = draftAnswer(speaker, saying('Hi'), SESSION) ?? []
    expect(draft).toEqual({
      channelArn: question.channelArn,
      subChannelId: 'sub',
      sender: bot,
      target: undefined,
      type: 'STANDARD',
      persistence: 'PERSISTENT',
      content: '{"Messages":[{"Content":"Hi","ContentType":"PlainText"}]}',
      contentType: 'application/amz-chime-lex-msgs',
      messageAttributes: {
        'CHIME.LEX.sessionState.originatingRequestId': ['m'],
        'CHIME.LEX.sessionState.sessionId': [SESSION],
      },
    })
    const invocation = { ...question, isTargeted: true }
    expect(draftAnswer({ bot, invocation }, saying('Hi'), SESSION)?.[0]?.target).toBe(ana)
  })

  test('goes on in another message exactly when it does not fit', () => {
    const frameBytes = '{"Messages":[]}'.length
    const itemBytes = '{"Content":"","ContentType":"PlainText"}'.length
    const longest = 'x'.repeat(4_096 - frameBytes - itemBytes)
    expect(said(saying(longest))).toEqual([[longest]])
    expect(said(saying(`${longest}x`))).toBeUndefined()
    expect(said(saying('before', longest, 'after'))).toEqual([['before'], [longest], ['after']])
    const half = 'x'.repeat((4_096 - frameBytes - 1) / 2 - itemBytes)
    expect(said(saying(half, half))).toEqual([[half, half]])
    expect(said(saying(half, `${half}x`))).toEqual([[half], [`${half}x`]])
  })

  test('fits into messages whatever Lex says', () => {
    const card = {
      title: '€'.repeat(250),
      subtitle: '€'.repeat(250),
      imageUrl: `https://${'x'.repeat(242)}`,
      buttons: Array.from({ length: 5 }, () => ({ text: '€'.repeat(50), value: '€'.repeat(50) })),
    }
    const longest: BotAnswer = {
      messages: [
        ...['€', '"', '😀'].map((each) => ({
          content: each.repeat(1_024 / each.length),
          contentType: 'PlainText' as const,
        })),
        { contentType: 'ImageResponseCard', imageResponseCard: card },
      ],
      intent: { name: '€'.repeat(100), state: 'FulfillmentInProgress' },
    }
    const invocation = { ...question, messageId: 'm'.repeat(32) as MessageId }
    const drafts = draftAnswer({ bot, invocation }, longest, SESSION) ?? []
    expect(drafts.length).toBeGreaterThan(1)
    for (const draft of drafts) requireMessageFits(draft)
  })

  test('may say nothing', () => {
    expect(said({ messages: [] })).toEqual([[]])
  })
})

test('an error fits into a CONTROL message', () => {
  const draft = draftError(speaker, 429)
  requireMessageFits(draft)
  expect(draft).toMatchObject({ type: 'CONTROL', content: '{"Code":429}' })
})

test('the code of a failure is found again in its text alone', () => {
  expect(codeOfFailure(failureOf(429, 'Lex answered ThrottlingException'))).toBe(429)
  for (const other of [undefined, '', 'too old', '30000 ms without an answer', '200']) {
    expect(codeOfFailure(other)).toBeUndefined()
  }
})

describe('JSON of a bot', () => {
  const card = { title: 'T', buttons: [{ text: 't', value: 'v' }] }
  test.each([
    [{}, { messages: [] }],
    [{ messages: null, sessionState: null, more: 1 }, { messages: [] }],
    [
      { messages: [{ content: 'Hi', contentType: 'SSML', imageResponseCard: null, x: 1 }] },
      { messages: [{ content: 'Hi', contentType: 'SSML' }] },
    ],
    [
      { messages: [{ content: null, contentType: 'ImageResponseCard', imageResponseCard: card }] },
      { messages: [{ contentType: 'ImageResponseCard', imageResponseCard: card }] },
    ],
    [
      { sessionState: { intent: { name: 'Order', state: 'InProgress', slots: {} } } },
      { messages: [], intent: { name: 'Order', state: 'InProgress' } },
    ],
    [{ sessionState: { intent: { name: 'Order' } } }, { messages: [], intent: { name: 'Order' } }],
  ])('%j is an answer', (value, expected) => {
    expect(parseBotAnswer(value)).toEqual(expected)
  })

  const message = { content: 'Hi', contentType: 'PlainText' }
  const half = { text: 't', value: '\ud83d' }
  test.each([
    [undefined],
    [null],
    ['Hi'],
    [[]],
    [{ messages: 'Hi' }],
    [{ messages: ['Hi'] }],
    [{ messages: [{ content: 'Hi' }] }],
    [{ messages: [{ content: 'Hi', contentType: 'Text' }] }],
    [{ messages: [{ content: 1, contentType: 'PlainText' }] }],
    [{ messages: [{ contentType: 'PlainText' }] }],
    [{ messages: [{ contentType: 'ImageResponseCard', imageResponseCard: {} }] }],
    [{ messages: [{ ...message, imageResponseCard: { ...card, buttons: [{ text: 't' }] } }] }],
    [{ messages: [{ ...message, imageResponseCard: { ...card, buttons: 't' } }] }],
    [{ messages: [{ ...message, imageResponseCard: { ...card, subtitle: 1 } }] }],
    [{ messages: Array.from({ length: 11 }, () => message) }],
    [{ sessionState: 'Done' }],
    [{ sessionState: { intent: 'Order' } }],
    [{ sessionState: { intent: { name: '' } } }],
    [{ sessionState: { intent: { name: 'x'.repeat(101) } } }],
    [{ sessionState: { intent: { name: 'a\0b' } } }],
    [{ sessionState: { intent: { name: 'Order', state: 'Done' } } }],
    // Half of a surrogate pair is no text, as in requests.
    [{ messages: [{ ...message, content: 'Hi \ud83d' }] }],
    [{ messages: [{ ...message, imageResponseCard: { ...card, title: '\ude00' } }] }],
    [{ messages: [{ ...message, imageResponseCard: { ...card, subtitle: '\ude00' } }] }],
    [{ messages: [{ ...message, imageResponseCard: { ...card, imageUrl: '\ude00' } }] }],
    [{ messages: [{ ...message, imageResponseCard: { ...card, buttons: [half] } }] }],
    [{ sessionState: { intent: { name: 'Order\ud83d' } } }],
  ])('%j is none', (value) => {
    expect(parseBotAnswer(value)).toBeUndefined()
  })
})
