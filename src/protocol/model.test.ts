// Loading and compiling the models, and applying our departures from them.
import { describe, expect, it } from 'vitest'
import { AssertionError } from '../base/assert.ts'
import { compileModel, loadModels } from './model.ts'
import { applyDeviations } from './raw-model.ts'
import type { Deviation, RawModel } from './raw-model.ts'

const models = loadModels()

const model = (shapes: RawModel['shapes'], errors: { shape: string }[] = []): RawModel => ({
  metadata: { apiVersion: '', protocol: 'rest-json' },
  operations: {
    Do: { name: 'Do', http: { method: 'GET', requestUri: '/' }, input: { shape: 'In' }, errors },
  },
  shapes,
})

const deviation = (change: Deviation['change'], path: string, value?: string): Deviation => ({
  model: 'messaging',
  paths: [path],
  change,
  ...(value === undefined ? {} : { value }),
  what: '',
  why: '',
  evidence: '',
})

describe('loadModels', () => {
  it('has all operations of the four services', () => {
    const counts = Map.groupBy(models.operations, ({ service }) => service)
    expect([...counts].map(([service, list]) => [service, list.length])).toEqual([
      ['messaging', 51],
      ['identity', 30],
      ['iam', 25],
      ['sts', 3],
    ])
  })

  it('returns values that share nothing', () => {
    expect(loadModels().operations[0]).not.toBe(models.operations[0])
  })

  it.each([
    ['messaging', 'SendChannelMessage', 201],
    ['messaging', 'BatchCreateChannelMembership', 200],
    ['messaging', 'DeleteChannel', 204],
    ['messaging', 'TagResource', 204],
    ['identity', 'ListAppInstances', 200],
    ['identity', 'RegisterAppInstanceUserEndpoint', 201],
  ] as const)('%s %s succeeds with %d', (service, name, status) => {
    expect(models.operation(service, name).successStatus).toBe(status)
  })

  it('knows which operations may say NotFound', () => {
    const names = models.operations
      .filter(({ protocol, errors }) => protocol === 'rest-json' && errors.has('NotFoundException'))
      .map(({ name }) => name)
    expect(names.toSorted()).toEqual(
      [
        'AssociateChannelFlow',
        'BatchCreateChannelMembership',
        'CreateChannelMembership',
        'DescribeAppInstanceBot',
        'DescribeChannelBan',
        'DescribeChannelMembership',
        'DescribeChannelModerator',
        'DisassociateChannelFlow',
        'GetChannelMessage',
        'GetMessagingStreamingConfigurations',
        'PutMessagingStreamingConfigurations',
      ].toSorted(),
    )
  })

  it('knows which headers are required', () => {
    const bearer = new Set(['x-amz-chime-bearer'])
    expect(models.operation('messaging', 'SearchChannels').requiredHeaders).toEqual(bearer)
    expect(models.operation('messaging', 'ListChannelFlows').requiredHeaders).toEqual(new Set())
  })

  it('throws for an operation that no model has', () => {
    expect(() => models.operation('identity', 'SendChannelMessage')).toThrow(AssertionError)
    expect(models.errorStatus('NoSuchException')).toBeUndefined()
  })
})

describe('compileModel', () => {
  const text = { type: 'string' }

  it.each([
    ['a missing shape', model({ In: { type: 'structure', members: { A: { shape: 'B' } } } })],
    [
      'a type that is not served',
      model({ In: { type: 'structure', members: { A: { shape: 'B' } } }, B: { type: 'blob' } }),
    ],
    [
      'a location that is not served',
      model({
        In: { type: 'structure', members: { A: { shape: 'B', location: 'headers' } } },
        B: text,
      }),
    ],
    [
      'a list in the query',
      model({
        In: { type: 'structure', members: { A: { shape: 'B', location: 'querystring' } } },
        B: { type: 'list', member: { shape: 'C' } },
        C: text,
      }),
    ],
    ['an input that is no structure', model({ In: text })],
    ['an error without a status', model({ In: { type: 'structure' } }, [{ shape: 'E' }])],
  ])('refuses %s', (_title, raw) => {
    expect(() => compileModel('messaging', raw)).toThrow(AssertionError)
  })
})

it('refuses an output member outside the body', () => {
  const raw: RawModel = {
    metadata: { apiVersion: '', protocol: 'rest-json' },
    operations: {
      Do: { name: 'Do', http: { method: 'GET', requestUri: '/' }, output: { shape: 'Out' } },
    },
    shapes: {
      Out: { type: 'structure', members: { A: { shape: 'B', location: 'header' } } },
      B: { type: 'string' },
    },
  }
  expect(() => compileModel('messaging', raw)).toThrow('travels in header')
})

describe('applyDeviations', () => {
  const raw: RawModel = {
    metadata: { apiVersion: '', protocol: 'rest-json' },
    operations: {},
    shapes: {
      A: { type: 'structure', required: ['X'], members: {} },
      B: { type: 'string', pattern: '.*' },
    },
  }

  it('changes a copy of its own model only', () => {
    const changes = [
      deviation('remove-item', '/shapes/A/required', 'X'),
      deviation('add-item', '/shapes/A/required', 'Y'),
      deviation('remove', '/shapes/B/pattern'),
      deviation('set', '/shapes/B/lengthUnit', 'utf8-bytes'),
    ]
    const { shapes } = applyDeviations('messaging', raw, changes)
    expect(shapes['A']?.required).toEqual(['Y'])
    expect(shapes['B']).toEqual({ type: 'string', lengthUnit: 'utf8-bytes' })
    expect(raw.shapes['B']?.pattern).toBe('.*')
    expect(applyDeviations('identity', raw, changes)).toEqual(raw)
  })

  it.each([
    deviation('remove', '/shapes/B/max'),
    deviation('remove', '/shapes/C/pattern'),
    deviation('remove-item', '/shapes/A/required', 'Z'),
    deviation('remove-item', '/shapes/B/required', 'X'),
    deviation('add-item', '/shapes/A/required', 'X'),
    deviation('set', '/shapes/B/pattern', '.*'),
    deviation('set', '', 'x'),
  ])('refuses a departure from what the model does not say: $change $paths', (change) => {
    expect(() => applyDeviations('messaging', raw, [change])).toThrow(AssertionError)
  })
})
