// Encoding of outputs: what is written, what is left out, and our own mistakes.
import { describe, expect, it } from 'vitest'
import { AssertionError } from '../base/assert.ts'
import { encodeOutput } from './encode.ts'
import { compileModel, loadModels } from './model.ts'

const models = loadModels()
const describeChannel = models.operation('messaging', 'DescribeChannel')
const getMessage = models.operation('messaging', 'GetChannelMessage')
const listMemberships = models.operation('messaging', 'ListChannelMemberships')

describe('encodeOutput', () => {
  it('writes only members of the model, without absent ones', () => {
    const Channel = { Name: 'a "b"\n', Secret: 1, Metadata: undefined, Mode: null }
    expect(encodeOutput(describeChannel, { Channel, Other: 1 })).toBe(
      '{"Channel":{"Name":"a \\"b\\"\\n"}}',
    )
  })

  it('writes instants as epoch seconds', () => {
    const Channel = { CreatedTimestamp: new Date(1777892523004) }
    expect(encodeOutput(describeChannel, { Channel })).toBe(
      '{"Channel":{"CreatedTimestamp":1777892523.004}}',
    )
  })

  it('writes booleans, maps and nested lists', () => {
    const ChannelMessage = {
      Redacted: false,
      MessageAttributes: { a: { StringValues: ['1', '2'] }, b: {}, c: undefined },
    }
    expect(JSON.parse(encodeOutput(getMessage, { ChannelMessage }))).toEqual({
      ChannelMessage: {
        Redacted: false,
        MessageAttributes: { a: { StringValues: ['1', '2'] }, b: {} },
      },
    })
  })

  it('writes empty lists and an empty output', () => {
    expect(encodeOutput(listMemberships, { ChannelMemberships: [] })).toBe(
      '{"ChannelMemberships":[]}',
    )
    expect(encodeOutput(listMemberships, {})).toBe('{}')
  })

  it('keeps the key __proto__ of a map', () => {
    const MessageAttributes = JSON.parse('{"__proto__":{"StringValues":["x"]}}') as object
    expect(encodeOutput(getMessage, { ChannelMessage: { MessageAttributes } })).toBe(
      '{"ChannelMessage":{"MessageAttributes":{"__proto__":{"StringValues":["x"]}}}}',
    )
  })

  it('is empty for every operation without an output', () => {
    const without = models.operations.filter(({ output }) => output === undefined)
    expect(without.map((operation) => encodeOutput(operation, undefined)).join('')).toBe('')
    const deletes = models.operations.filter(({ successStatus }) => successStatus === 204)
    expect(without).toEqual(expect.arrayContaining(deletes))
  })

  it.each([
    [{ Channel: { Name: 1 } }],
    [{ Channel: [] }],
    [{ Channel: { CreatedTimestamp: 5 } }],
    [{ Channel: { CreatedTimestamp: new Date(NaN) } }],
    [{ Channel: { ElasticChannelConfiguration: { MaximumSubChannels: 1.5 } } }],
  ])('refuses %j, our own mistake', (output) => {
    expect(() => encodeOutput(describeChannel, output)).toThrow(AssertionError)
  })

  it('does not tell the wrong value', () => {
    expect(() => encodeOutput(describeChannel, { Channel: 'secret' })).toThrow(/^(?!.*secret)/)
    expect(() => encodeOutput(describeChannel, undefined)).toThrow(AssertionError)
    expect(() => encodeOutput(getMessage, { ChannelMessage: { Redacted: 'yes' } })).toThrow(
      AssertionError,
    )
    expect(() => encodeOutput(getMessage, { ChannelMessage: { MessageAttributes: [] } })).toThrow(
      AssertionError,
    )
    expect(() => encodeOutput(listMemberships, { ChannelMemberships: {} })).toThrow(AssertionError)
  })

  it('follows a shape that contains itself', () => {
    const [operation] = compileModel('messaging', {
      metadata: { apiVersion: '', protocol: 'rest-json' },
      operations: {
        Tree: { name: 'Tree', http: { method: 'GET', requestUri: '/' }, output: { shape: 'Node' } },
      },
      shapes: {
        Node: { type: 'structure', members: { Children: { shape: 'Nodes' } } },
        Nodes: { type: 'list', member: { shape: 'Node' } },
      },
    })
    expect(encodeOutput(operation!, { Children: [{ Children: [] }, {}] })).toBe(
      '{"Children":[{"Children":[]},{}]}',
    )
  })
})
