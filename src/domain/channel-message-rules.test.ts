// The limits of a message, and what editing and redacting leave of it.
import { describe, expect, test } from 'vitest'
import { appInstanceArnOf, arnWithin } from '../base/arn.ts'
import { editMessage, redactMessage, requireMessageFits } from './channel-message-rules.ts'
import type { ChannelMessage, ChannelMessageType, MessageId } from './channel-message.ts'
import { BadRequestException, ConflictException } from './errors.ts'

const appInstanceArn = appInstanceArnOf({ region: 'us-east-1', accountId: '0' }, 'one')

function messageWith(changes: Partial<ChannelMessage> = {}): ChannelMessage {
  return {
    channelArn: arnWithin(appInstanceArn, 'channel', 'lobby'),
    subChannelId: '',
    messageId: '1' as MessageId,
    sender: { arn: arnWithin(appInstanceArn, 'user', 'ana'), name: 'Ana' },
    type: 'STANDARD',
    persistence: 'PERSISTENT',
    content: 'Lunch?',
    metadata: '{}',
    contentType: 'text/plain',
    messageAttributes: { topic: ['food'] },
    createdAt: 1_000,
    lastUpdatedAt: 1_000,
    redacted: false,
    status: 'SENT',
    ...changes,
  }
}

describe('requireMessageFits', () => {
  const limits: readonly (readonly [ChannelMessageType, 'content' | 'metadata', number])[] = [
    ['STANDARD', 'content', 4096],
    ['STANDARD', 'metadata', 1024],
    ['CONTROL', 'content', 30],
  ]

  test.each(limits)('%s: %s of %i bytes at most, counted in UTF-8', (type, member, bytesMax) => {
    const umlauts = 'ü'.repeat(bytesMax / 2)
    expect(() => requireMessageFits({ type, [member]: umlauts })).not.toThrow()
    const error = catchOf(() => requireMessageFits({ type, [member]: `${umlauts}x` }))
    expect(error).toBeInstanceOf(BadRequestException)
    const name = member === 'content' ? `Content of a ${type} message` : 'Metadata'
    expect(error.message).toBe(
      `Channel Messages size limit exceeded: ${name} may have at most ${bytesMax} bytes in ` +
        `UTF-8, but has ${bytesMax + 1}`,
    )
  })

  test('a CONTROL message has no metadata, though an empty one does no harm', () => {
    const message = { type: 'CONTROL', content: 'Typing' } as const
    expect(() => requireMessageFits({ ...message, metadata: '' })).not.toThrow()
    expect(() => requireMessageFits({ ...message, metadata: '{}' })).toThrow(
      'Metadata is not allowed in a message of type CONTROL',
    )
  })

  test('names and values of attributes share 1024 bytes', () => {
    const values = ['y'.repeat(508), 'z'] as const
    const fitting = { a: ['x'.repeat(512)], bc: values }
    const oversize = { ...fitting, d: [] }
    const parts = { type: 'STANDARD', content: 'Hello' } as const
    expect(() => requireMessageFits({ ...parts, messageAttributes: fitting })).not.toThrow()
    expect(() => requireMessageFits({ ...parts, messageAttributes: oversize })).toThrow(
      'may have at most 1024 bytes in UTF-8, but has 1025',
    )
  })
})

describe('editMessage', () => {
  test('sets what is given, keeps the rest, and moves both stamps', () => {
    const edited = editMessage(messageWith(), { content: 'At two?' }, 2_000)
    expect(edited).toEqual(
      messageWith({ content: 'At two?', lastEditedAt: 2_000, lastUpdatedAt: 2_000 }),
    )
    const edit = { content: 'At two?', metadata: '', contentType: 'text/html' }
    expect(editMessage(messageWith(), edit, 2_000)).toMatchObject(edit)
  })

  test('never moves a stamp back when the clock did', () => {
    const edited = editMessage(messageWith(), { content: 'At two?' }, 500)
    expect([edited.lastEditedAt, edited.lastUpdatedAt]).toEqual([1_000, 1_000])
  })

  test('refuses a redacted message, one that is not SENT, and one that no longer fits', () => {
    const edit = { content: 'x'.repeat(31) }
    expect(() => editMessage(messageWith({ redacted: true }), edit, 1)).toThrow(BadRequestException)
    expect(() => editMessage(messageWith({ status: 'PENDING' }), edit, 1)).toThrow(
      ConflictException,
    )
    const control = messageWith({ type: 'CONTROL', content: 'Typing', metadata: undefined })
    expect(() => editMessage(control, edit, 1)).toThrow('at most 30 bytes')
  })
})

describe('redactMessage', () => {
  test('takes content, metadata and attributes, and leaves who, when and which kind', () => {
    expect(redactMessage(messageWith(), 2_000)).toEqual(
      messageWith({
        content: undefined,
        metadata: undefined,
        messageAttributes: undefined,
        redacted: true,
        lastUpdatedAt: 2_000,
      }),
    )
  })

  test('changes nothing the second time, and nothing that is not SENT', () => {
    expect(redactMessage(messageWith({ redacted: true }), 2_000)).toBeUndefined()
    expect(() => redactMessage(messageWith({ status: 'FAILED' }), 2_000)).toThrow(ConflictException)
  })
})

function catchOf(action: () => void): Error {
  try {
    action()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('nothing was thrown')
}
