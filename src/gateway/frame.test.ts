// The bytes that clients read: the frame's header and the JSON in it.
import { describe, expect, it } from 'vitest'
import type { ChannelArn } from '../base/arn.ts'
import type { ChannelEvent } from '../domain/channel-event.ts'
import { SESSION_ESTABLISHED_FRAME, eventFrame, pongFrame, textFrame, textsOf } from './frame.ts'

function event(payload: object): ChannelEvent {
  return {
    type: 'CREATE_CHANNEL_MESSAGE',
    messageType: 'CONTROL',
    channelArn: 'arn' as ChannelArn,
    subChannelId: '',
    audience: 'members',
    payload,
    membershipChanges: [],
    endsChannel: false,
  }
}

function textOf(frame: Buffer): string {
  return textsOf(frame).join('')
}

describe('the text of an event', () => {
  it('holds the payload as a string with JSON, instants as ISO texts and nothing absent', () => {
    const payload = { Content: 'Grüße "👋"\n', At: new Date(1), SubChannelId: undefined }
    const frame = JSON.parse(textOf(eventFrame(event(payload)))) as Record<string, unknown>
    expect(frame).toEqual({
      Headers: {
        'x-amz-chime-event-type': 'CREATE_CHANNEL_MESSAGE',
        'x-amz-chime-message-type': 'CONTROL',
      },
      Payload: '{"Content":"Grüße \\"👋\\"\\n","At":"1970-01-01T00:00:00.001Z"}',
    })
  })

  // evidence: docs elastic channels (behaviour 1.10)
  it('names the reason where there is one', () => {
    const frame = eventFrame({ ...event({}), reason: 'subchannel_DELETED' })
    expect((JSON.parse(textOf(frame)) as { Headers: object }).Headers).toEqual({
      'x-amz-chime-event-type': 'CREATE_CHANNEL_MESSAGE',
      'x-amz-chime-message-type': 'CONTROL',
      'x-amz-chime-event-reason': 'subchannel_DELETED',
    })
  })

  it('stays valid UTF-8 when the content holds half of a surrogate pair', () => {
    const text = textOf(eventFrame(event({ Content: '\ud83d' })))
    expect(text).not.toContain('\ufffd')
    const { Payload } = JSON.parse(text) as { Payload: string }
    expect(JSON.parse(Payload)).toEqual({ Content: '\ud83d' })
  })

  it('has no Payload key in SESSION_ESTABLISHED', () => {
    expect(JSON.parse(textOf(SESSION_ESTABLISHED_FRAME))).toEqual({
      Headers: {
        'x-amz-chime-event-type': 'SESSION_ESTABLISHED',
        'x-amz-chime-message-type': 'SYSTEM',
      },
    })
  })
})

describe('the frame around it', () => {
  // evidence: docs RFC 6455 5.2, 5.7
  it.each([
    [0, '8100'],
    [125, '817d'],
    [126, '817e007e'],
    [65_535, '817effff'],
    [65_536, '817f0000000000010000'],
  ])('announces %i bytes as %s', (length, header) => {
    const frame = textFrame('x'.repeat(length))
    expect(frame.subarray(0, header.length / 2).toString('hex')).toBe(header)
    expect(frame.length).toBe(header.length / 2 + length)
  })

  it('can be taken apart again', () => {
    const texts = ['', 'a', 'ü'.repeat(200), 'z'.repeat(70_000)]
    const joined = Buffer.concat(texts.map(textFrame))
    expect(textsOf(joined).map(String)).toEqual(texts)
  })

  it('answers a ping with its own payload', () => {
    expect(pongFrame(Buffer.from('Hi')).toString('hex')).toBe('8a024869')
  })
})
