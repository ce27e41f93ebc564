// Which messages invoke which bots.
import { describe, expect, test } from 'vitest'
import { appInstanceArnOf, arnWithin, type MemberArn } from '../base/arn.ts'
import { isAloneWithOne, mayInvokeBots, planInvocation } from './bot-rules.ts'
import type { ChannelMessage, MessageId } from './channel-message.ts'
import type { LexConfiguration } from './identity.ts'

const appInstance = appInstanceArnOf({ region: 'us-east-1', accountId: '123456789012' }, 'one')
const user = arnWithin(appInstance, 'user', 'ana')
const bot = arnWithin(appInstance, 'bot', 'clerk')
const otherBot = arnWithin(appInstance, 'bot', 'other')

const sent: ChannelMessage = {
  channelArn: arnWithin(appInstance, 'channel', 'lobby'),
  subChannelId: '',
  sender: { arn: user, name: 'Ana' },
  type: 'STANDARD',
  persistence: 'PERSISTENT',
  content: 'hello',
  messageId: 'm' as MessageId,
  createdAt: 1,
  lastUpdatedAt: 1,
  redacted: false,
  status: 'SENT',
}
const lex: LexConfiguration = { lexBotAliasArn: 'alias', localeId: 'en_US' }
const invokedBy = (
  standardMessages: 'AUTO' | 'ALL' | 'MENTIONS' | 'NONE',
  targetedMessages: 'ALL' | 'NONE' = 'NONE',
): LexConfiguration => ({ ...lex, invokedBy: { standardMessages, targetedMessages } })

test.each<[Partial<ChannelMessage>, boolean]>([
  [{}, true],
  [{ persistence: 'NON_PERSISTENT' }, true],
  [{ type: 'CONTROL' }, false],
  [{ status: 'PENDING' }, false],
  [{ status: 'FAILED' }, false],
  [{ redacted: true }, false],
  [{ content: undefined }, false],
  [{ sender: { arn: bot, name: 'Clerk' } }, false],
])('a message with %j invokes bots: %j', (change, expected) => {
  expect(mayInvokeBots({ ...sent, ...change })).toBe(expected)
})

const attributes = (...StringValues: string[]) => ({ 'CHIME.mentions': StringValues })

describe('a message that is not targeted', () => {
  test.each([
    [invokedBy('ALL'), 'always'],
    [invokedBy('NONE'), 'never'],
    [invokedBy('MENTIONS'), 'never'],
    [invokedBy('AUTO'), 'if-alone'],
    [{ ...lex, respondsTo: 'STANDARD_MESSAGES' } as const, 'always'],
    [lex, 'never'],
    // InvokedBy has the last word.
    [{ ...invokedBy('NONE'), respondsTo: 'STANDARD_MESSAGES' } as const, 'never'],
  ])('of %j: %s', (configuration, expected) => {
    for (const messageAttributes of [
      undefined,
      {},
      attributes(),
      attributes(otherBot, `${bot},${otherBot}`),
      { mentions: [bot] },
    ]) {
      expect(planInvocation({ messageAttributes }, bot, configuration)).toBe(expected)
    }
  })
  test.each([
    ['ALL', 'always'],
    ['NONE', 'never'],
    ['MENTIONS', 'always'],
    ['AUTO', 'always'],
  ] as const)('that mentions a bot of %s: %s', (standardMessages, expected) => {
    const message = { messageAttributes: attributes(otherBot, bot) }
    expect(planInvocation(message, bot, invokedBy(standardMessages))).toBe(expected)
  })
})

test.each<[MemberArn, LexConfiguration, string]>([
  [bot, invokedBy('NONE', 'ALL'), 'always'],
  [bot, invokedBy('ALL', 'NONE'), 'never'],
  [bot, { ...lex, respondsTo: 'STANDARD_MESSAGES' }, 'never'],
  [otherBot, invokedBy('ALL', 'ALL'), 'never'],
  [user, invokedBy('ALL', 'ALL'), 'never'],
])('a message targeted at %s, for a bot of %j: %s', (target, configuration, expected) => {
  const messageAttributes = { 'CHIME.mentions': [bot] }
  expect(planInvocation({ target, messageAttributes }, bot, configuration)).toBe(expected)
})

test('a bot is alone with one when there are two of them', () => {
  expect(isAloneWithOne(bot, [bot, user])).toBe(true)
  expect(isAloneWithOne(bot, [user, bot])).toBe(true)
  // Other bots are members like any other.
  expect(isAloneWithOne(bot, [bot, otherBot])).toBe(true)
  expect(isAloneWithOne(bot, [bot])).toBe(false)
  expect(isAloneWithOne(bot, [bot, user, otherBot])).toBe(false)
})
