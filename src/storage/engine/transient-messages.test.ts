// What is remembered of non-persistent messages, and when it is forgotten.
import { describe, expect, it } from 'vitest'
import type { ChannelMessage } from '../../domain/channel-message.ts'
import { TransientMessages } from './transient-messages.ts'

function messageAt(createdAt: number, content = 'Typing'): ChannelMessage {
  return { createdAt, content } as ChannelMessage
}

describe('TransientMessages', () => {
  it('finds what was added, with its hash', () => {
    const messages = new TransientMessages()
    messages.add('a', messageAt(1), 'hash', 0)
    expect(messages.find('a')).toMatchObject({ requestHash: 'hash', message: { createdAt: 1 } })
    expect(messages.find('b')).toBeUndefined()
  })

  it('forgets what is older than the window', () => {
    const messages = new TransientMessages()
    messages.add('old', messageAt(1), '', 0)
    messages.add('young', messageAt(10), '', 5)
    expect([messages.find('old'), messages.messagesCount]).toEqual([undefined, 1])
  })

  it('keeps the last of those under one key when the first is forgotten', () => {
    const messages = new TransientMessages()
    messages.add('same', messageAt(1), 'first', 0)
    messages.add('same', messageAt(10), 'second', 0)
    messages.add('other', messageAt(11), '', 5)
    expect(messages.find('same')?.requestHash).toBe('second')
  })

  it('stays within its memory, the oldest going first', () => {
    const messages = new TransientMessages()
    const content = 'x'.repeat(4_096)
    for (let index = 0; index < 10_000; index++)
      messages.add(`${index}`, messageAt(index, content), '', 0)
    // 32 MiB of 9,216 bytes each.
    expect(messages.messagesCount).toBe(Math.floor((32 * 1024 * 1024) / (2 * 4_096 + 1_024)))
    expect(messages.find('0')).toBeUndefined()
    expect(messages.find('9999')).toBeDefined()
  })
})
