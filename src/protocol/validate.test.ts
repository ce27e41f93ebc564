// Wording, order and bounds of violations; each single constraint is tested in test/model.
import { describe, expect, it } from 'vitest'
import { ApiError, FrontDoorError } from '../base/api-error.ts'
import { loadModels } from './model.ts'
import { invalidInput, toBadRequestMessage, validateInput, VIOLATIONS_MAX } from './validate.ts'

const ARN = 'arn:aws:chime:us-east-1:000000000000:app-instance/a/channel/c'

const models = loadModels()
const send = models.operation('messaging', 'SendChannelMessage')
const list = models.operation('messaging', 'ListChannelMessages')
const create = models.operation('identity', 'CreateAppInstance')

function validSend(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    ChannelArn: ARN,
    ChimeBearer: ARN,
    Content: 'x',
    Type: 'STANDARD',
    Persistence: 'PERSISTENT',
    ...more,
  }
}

function violation(member: string, rule: string): string {
  return `Value at '${member}' failed to satisfy constraint: ${rule}`
}

function faultsOf(more: Record<string, unknown>): number {
  return validateInput(create, { Name: 'n', ...more }).length
}

describe('validateInput', () => {
  it('tells all violations in the order of the model', () => {
    const input = validSend({
      Content: '',
      Type: 'LOUD',
      ChimeBearer: undefined,
      Metadata: 'm'.repeat(1025),
    })
    expect(validateInput(send, input)).toEqual([
      violation('Content', 'Member must have length greater than or equal to 1'),
      violation('Type', 'Member must satisfy enum value set: [STANDARD, CONTROL]'),
      violation('Metadata', 'Member must have length less than or equal to 1024 (bytes in UTF-8)'),
      violation('ChimeBearer', 'Member must not be null'),
    ])
  })

  it('does not miss an absent idempotency token, but checks a present one', () => {
    expect(validateInput(send, validSend())).toEqual([])
    expect(validateInput(send, validSend({ ClientRequestToken: '!' }))).toHaveLength(1)
  })

  it('stops counting at the bound', () => {
    const MessageAttributes = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`k${index}`, { StringValues: ['', ''] }]),
    )
    expect(validateInput(send, validSend({ MessageAttributes }))).toHaveLength(VIOLATIONS_MAX)
  })

  it('names places inside maps and lists', () => {
    const MessageAttributes = { topic: { StringValues: ['ok', ''] } }
    expect(validateInput(send, validSend({ MessageAttributes }))).toEqual([
      "Value at 'MessageAttributes.topic.StringValues[1]' failed to satisfy constraint: " +
        'Member must have length greater than or equal to 1',
    ])
  })

  it('refuses U+0000 in every text, keys of maps included', () => {
    const rule = 'Member holds the character U+0000, which cannot be stored'
    const MessageAttributes = { 'to\0pic': { StringValues: ['ok', 'a\0'] } }
    const input = validSend({ Content: 'a\0b', Metadata: '\0', MessageAttributes })
    const violations = validateInput(send, input)
    expect(violations).toHaveLength(4)
    expect(violations).toEqual(
      expect.arrayContaining([violation('Content', rule), violation('Metadata', rule)]),
    )
    expect(violations.filter((text) => text.endsWith(`Map keys: ${rule}`))).toHaveLength(1)
    expect(violations.filter((text) => text.includes('StringValues[1]'))).toHaveLength(1)
    // What only looks like it is text as any other.
    expect(validateInput(send, validSend({ Content: '\\u0000 \u0001' }))).toEqual([])
  })

  it('says nothing of values', () => {
    const input = validSend({
      ChannelArn: 'secret',
      Type: 'secret',
      Metadata: 'secret'.repeat(999),
    })
    expect(validateInput(send, input).join()).not.toContain('secret')
  })

  it('reports query text that is no number, instant or enum value', () => {
    const input = {
      ChannelArn: ARN,
      ChimeBearer: ARN,
      MaxResults: 'abc',
      NotBefore: 'soon',
      SortOrder: 'UP',
    }
    expect(validateInput(list, input)).toEqual([
      violation('SortOrder', 'Member must satisfy enum value set: [ASCENDING, DESCENDING]'),
      violation('NotBefore', 'Member must be a date and time (RFC 3339)'),
      violation('MaxResults', 'Member must be an integer'),
    ])
  })

  it('finds nothing wrong with an operation without input', () => {
    expect(validateInput({ input: undefined }, { anything: 1 })).toEqual([])
  })
})

describe('lengths', () => {
  it('count characters of names as code points', () => {
    expect(faultsOf({ Name: '🎉'.repeat(256) })).toBe(0)
    expect(faultsOf({ Name: '🎉'.repeat(257) })).toBe(1)
    expect(faultsOf({ Name: 'a'.repeat(256) })).toBe(0)
    expect(faultsOf({ Name: 'a'.repeat(257) })).toBe(1)
    expect(faultsOf({ Name: '🎉' })).toBe(0)
    expect(faultsOf({ Name: '' })).toBe(1)
  })

  it('a token of one astral character is one short of two', () => {
    expect(validateInput(create, { Name: 'n', ClientRequestToken: '🎉' })[0]).toContain(
      'length greater than or equal to 2',
    )
  })

  it('count metadata in bytes, line breaks allowed', () => {
    expect(faultsOf({ Metadata: 'é'.repeat(512) })).toBe(0)
    expect(faultsOf({ Metadata: 'é'.repeat(513) })).toBe(1)
    expect(faultsOf({ Metadata: 'a'.repeat(1024) })).toBe(0)
    expect(faultsOf({ Metadata: '{\r\n}\u2028' })).toBe(0)
    expect(faultsOf({ Metadata: '' })).toBe(0)
  })

  it('lone surrogates are not characters of a name', () => {
    expect(faultsOf({ Name: '\ud800' })).toBe(1)
    expect(faultsOf({ Name: 'a\udfffb' })).toBe(1)
  })
})

describe('what is told to the caller', () => {
  it('counts the errors', () => {
    expect(toBadRequestMessage(['A'])).toBe('1 validation error detected: A')
    expect(toBadRequestMessage(['A', 'B'])).toBe('2 validation errors detected: A; B')
  })

  it('is a BadRequestException where the model lists it', () => {
    const error = invalidInput(send, ['A'])
    expect(error).toBeInstanceOf(ApiError)
    expect(error.wireName).toBe('BadRequestException')
  })

  it('is a front-door error where it does not', () => {
    const error = invalidInput(models.operation('messaging', 'GetMessagingSessionEndpoint'), ['A'])
    expect(error).toBeInstanceOf(FrontDoorError)
    expect(error).toMatchObject({ wireName: 'ValidationException', status: 400 })
  })
})
