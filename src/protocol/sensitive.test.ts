// Which member names count as sensitive for the log.
import { describe, expect, it } from 'vitest'
import { loadModels } from './model.ts'
import { sensitiveMemberNames } from './sensitive.ts'

const models = loadModels()
const names = sensitiveMemberNames(models)

describe('sensitiveMemberNames', () => {
  it.each([
    'Content',
    'Metadata',
    'Name',
    'NextToken',
    'next-token',
    'ClientRequestToken',
    'ChannelId',
    'AppInstanceUserId',
    'DeviceToken',
    'MessageAttributes',
    'StringValues',
    'FilterRule',
    'TagKeys',
    'Value',
    'SecretAccessKey',
  ])('has %s', (name) => {
    expect(names.has(name)).toBe(true)
  })

  it.each([
    'ChannelArn',
    'MessageId',
    'MaxResults',
    'Persistence',
    'SubChannelId',
    'x-amz-chime-bearer',
  ])('lacks %s', (name) => {
    expect(names.has(name)).toBe(false)
  })

  it('is told apart by operation', () => {
    const send = models.operation('messaging', 'SendChannelMessage')
    expect(send.sensitiveMembers.has('Content')).toBe(true)
    expect(send.sensitiveMembers.has('NextToken')).toBe(false)
  })
})
