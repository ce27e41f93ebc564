// From a request to a message, and what is refused on the way.
import { expect, test } from 'vitest'
import { appInstanceArnOf, arnWithin } from '../../base/arn.ts'
import { BadRequestException } from '../../domain/errors.ts'
import { draftMessage } from './message-draft.ts'

const appInstanceArn = appInstanceArnOf({ region: 'us-east-1', accountId: '0' }, 'one')
const address = {
  channelArn: arnWithin(appInstanceArn, 'channel', 'lobby'),
  sender: { arn: arnWithin(appInstanceArn, 'user', 'ana'), name: 'Ana' },
  target: undefined,
}
const input = { Content: 'Hello', Type: 'STANDARD', Persistence: 'PERSISTENT' } as const

test('a draft holds what was sent, and attributes as plain lists', () => {
  const MessageAttributes = { topic: { StringValues: ['food'] }, empty: {} }
  expect(draftMessage({ ...input, MessageAttributes, ContentType: 'text/plain' }, address)).toEqual(
    {
      ...address,
      subChannelId: '',
      type: 'STANDARD',
      persistence: 'PERSISTENT',
      content: 'Hello',
      contentType: 'text/plain',
      messageAttributes: { topic: ['food'], empty: [] },
    },
  )
})

test('a draft that breaks a rule is refused', () => {
  expect(() => draftMessage({ ...input, Content: 'x'.repeat(4097) }, address)).toThrow(
    BadRequestException,
  )
  expect(() => draftMessage({ ...input, PushNotification: {} }, address)).toThrow(
    'PushNotification needs a Title or a Body',
  )
  const pushed = draftMessage({ ...input, PushNotification: { Body: 'Hi' } }, address)
  expect(pushed.pushNotification).toEqual({ body: 'Hi', type: 'DEFAULT' })
})

test('a draft is for the conversation that is named; an empty id is none', () => {
  expect(draftMessage({ ...input, SubChannelId: 's1' }, address).subChannelId).toBe('s1')
  expect(draftMessage({ ...input, SubChannelId: '' }, address).subChannelId).toBe('')
})
