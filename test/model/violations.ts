// For each operation a minimal valid input, and for each constraint of each of its members, at any
// depth, an input that breaks exactly that one. Generated from the models, written for the
// constraint test and for suites that send the same over HTTP.
import type { RawModel, RawShape } from '../../src/protocol/raw-model.ts'
import { readRawModel } from './raw-models.ts'
import type { ServiceName } from '../../src/protocol/compiled-operation.ts'

/** The five kinds of constraint that the models have. */
export type Rule = 'required' | 'min' | 'max' | 'pattern' | 'enum'

/** An input that breaks one constraint. */
export interface Violation {
  readonly service: ServiceName
  readonly operation: string
  /** The place as the server names it, for example `Processors[0].Name`. */
  readonly member: string
  readonly rule: Rule
  readonly input: Readonly<Record<string, unknown>>
}

interface Break {
  readonly member: string
  readonly rule: Rule
  readonly value: unknown
}

const SAMPLE_ARN =
  'arn:aws:chime:us-east-1:000000000000:app-instance/0b9c2c1e-77aa-4e5e-9d53-3c1f6f0a5b11'
const NAME_PATTERN =
  '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]*'
const ID_PATTERN = '[A-Za-z0-9]([A-Za-z0-9\\:\\-\\_\\.\\@]{0,62}[A-Za-z0-9])?'

/** For each pattern a text that keeps it and one that breaks it, or why none can. */
export const PATTERN_SAMPLES: Readonly<
  Record<string, { readonly valid: string; readonly invalid: string | undefined }>
> = {
  'arn:[a-z0-9-\\.]{1,63}:[a-z0-9-\\.]{0,63}:[a-z0-9-\\.]{0,63}:[a-z0-9-\\.]{0,63}:[^/].{0,1023}': {
    valid: SAMPLE_ARN,
    invalid: 'no ARN at all',
  },
  'arn:aws:lambda:[a-z]{2}-[a-z]+-\\d{1}:\\d{12}:function:[a-zA-Z0-9\\-_\\.]+(:(\\$LATEST|[a-zA-Z0-9\\-_]+))?':
    {
      valid: 'arn:aws:lambda:us-east-1:000000000000:function:flow:$LATEST',
      invalid: 'arn:aws:lambda:us-east-1:000000000000:function:',
    },
  'arn:aws:lex:[a-z]{2}-[a-z]+-\\d{1}:\\d{12}:bot-alias/[A-Z0-9]{10}/[A-Z0-9]{10}': {
    valid: 'arn:aws:lex:us-east-1:000000000000:bot-alias/ABCDEFGHI0/ABCDEFGHI1',
    invalid: 'arn:aws:lex:us-east-1:000000000000:bot-alias/abc/def',
  },
  '^([A-Za-z]_?)+$': { valid: 'Welcome_Intent', invalid: 'Welcome__Intent' },
  '[-_a-zA-Z0-9]*': { valid: 'abc-DEF_0', invalid: 'a b' },
  [NAME_PATTERN]: { valid: 'Räume 🎉', invalid: 'a\u0000b' },
  [ID_PATTERN]: { valid: 'us-east-1:a.b@c_d', invalid: '-starts-badly' },
  '.*': { valid: 'one line', invalid: 'two\nlines' },
  '.*\\S.*': { valid: 'Anna B', invalid: '   ' },
  // Of IAM and STS; the invalid ones are long enough for every shape that has the pattern.
  '(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)': { valid: '/a/', invalid: 'a' },
  '[\\d]*': { valid: '123456', invalid: 'aaaaaa' },
  '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*': { valid: 'Größe 1', invalid: 'a<b' },
  '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+': { valid: 'Größe 1', invalid: 'a<b' },
  '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+':
    { valid: 'arn:aws:iam::000000000000:role/a', invalid: 'a\u0000bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb' },
  '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*': { valid: 'Größe', invalid: '日本' },
  '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+': { valid: '{"a":"é"}', invalid: '{"日本"}' },
  '[\\u0020-\\u00FF]+': { valid: 'AAAA', invalid: '日本' },
  '[\\w+=,.@-]*': { valid: 'abc_1', invalid: 'a ba ba ba ba ba b' },
  '[\\w+=,.@-]+': { valid: 'abc_1', invalid: 'a ba ba ba ba ba b' },
  '[\\w+=,.@:\\/-]*': { valid: 'abc_1', invalid: 'a ba ba ba ba ba b' },
  '[\\w+=/:,.@-]*': { valid: 'abc_1', invalid: 'a ba ba ba ba ba b' },
  '[\\w]+': { valid: 'abc_1', invalid: 'a ba ba ba ba ba b' },
  '\\u002F[\\u0021-\\u007F]*': { valid: '/a', invalid: 'a' },
  // Accepts every text: there is nothing to break.
  '[\\s\\S]*': { valid: 'any\ntext', invalid: undefined },
}

/** All violations of one operation, in the model's order. */
export function violationsOf(service: ServiceName, operation: string): readonly Violation[] {
  const model = readRawModel(service)
  const { input } = operationOf(model, operation)
  if (input === undefined) return []
  return [...breaksOf(model, input.shape)].map(({ member, rule, value }) => ({
    service,
    operation,
    member: member.slice(1),
    rule,
    input: value as Record<string, unknown>,
  }))
}

/** The smallest input that keeps every constraint: required members alone. */
export function minimalInput(service: ServiceName, operation: string): Record<string, unknown> {
  const model = readRawModel(service)
  const { input } = operationOf(model, operation)
  return input === undefined ? {} : (validValue(model, input.shape) as Record<string, unknown>)
}

/** A value that keeps every constraint of a shape; of structures the required members only. */
export function validValue(model: RawModel, name: string): unknown {
  const shape = shapeOf(model, name)
  switch (shape.type) {
    case 'string':
      return validText(shape)
    case 'integer':
      return shape.min ?? 1
    case 'boolean':
      return true
    case 'timestamp':
      return new Date('2026-01-02T03:04:05.678Z')
    case 'list':
      return Array.from({ length: Math.max(1, shape.min ?? 0) }, () =>
        validValue(model, shape.member!.shape),
      )
    case 'map':
      return {
        [validText(shapeOf(model, shape.key!.shape))]: validValue(model, shape.value!.shape),
      }
    case 'structure':
      return Object.fromEntries(
        (shape.required ?? []).map((member) => [
          member,
          validValue(model, shape.members![member]!.shape),
        ]),
      )
    default:
      throw new Error(`no sample for shape type ${shape.type}`)
  }
}

function* breaksOf(model: RawModel, name: string): Generator<Break> {
  const shape = shapeOf(model, name)
  if (shape.type === 'string') yield* textBreaks(shape)
  if (shape.type === 'integer') yield* integerBreaks(shape)
  if (shape.type === 'list') yield* listBreaks(model, shape)
  if (shape.type === 'map') yield* mapBreaks(model, shape)
  if (shape.type === 'structure') {
    const minimal = validValue(model, name) as Record<string, unknown>
    for (const [member, reference] of Object.entries(shape.members ?? {})) {
      if (shape.required?.includes(member) === true) {
        const { [member]: _, ...value } = minimal
        yield { member: `.${member}`, rule: 'required', value }
      }
      for (const inner of breaksOf(model, reference.shape)) {
        const value = { ...minimal, [member]: inner.value }
        yield { member: `.${member}${inner.member}`, rule: inner.rule, value }
      }
    }
  }
}

function* textBreaks(shape: RawShape): Generator<Break> {
  if (shape.enum !== undefined) yield { member: '', rule: 'enum', value: 'NO_SUCH_VALUE' }
  const { min = 0, max } = shape
  if (min > 0) yield { member: '', rule: 'min', value: 'a'.repeat(min - 1) }
  if (max !== undefined) yield { member: '', rule: 'max', value: 'a'.repeat(max + 1) }
  if (shape.pattern === undefined) return
  const { invalid } = samplesOf(shape.pattern)
  if (invalid !== undefined) yield { member: '', rule: 'pattern', value: invalid }
}

function* integerBreaks({ min, max }: RawShape): Generator<Break> {
  if (min !== undefined) yield { member: '', rule: 'min', value: min - 1 }
  if (max !== undefined) yield { member: '', rule: 'max', value: max + 1 }
}

function* listBreaks(model: RawModel, shape: RawShape): Generator<Break> {
  const item = validValue(model, shape.member!.shape)
  const { min = 0, max } = shape
  if (min > 0) yield { member: '', rule: 'min', value: Array(min - 1).fill(item) }
  if (max !== undefined) yield { member: '', rule: 'max', value: Array(max + 1).fill(item) }
  for (const inner of breaksOf(model, shape.member!.shape)) {
    const value = [inner.value, ...(Array(Math.max(0, min - 1)).fill(item) as unknown[])]
    yield { member: `[0]${inner.member}`, rule: inner.rule, value }
  }
}

function* mapBreaks(model: RawModel, shape: RawShape): Generator<Break> {
  const key = validText(shapeOf(model, shape.key!.shape))
  const item = validValue(model, shape.value!.shape)
  for (const { rule, value } of textBreaks(shapeOf(model, shape.key!.shape))) {
    const badKey = value as string
    // The server shows no more than the first 64 characters of a key.
    yield { member: `.${badKey.slice(0, 64)}`, rule, value: { [badKey]: item } }
  }
  for (const inner of breaksOf(model, shape.value!.shape)) {
    yield { member: `.${key}${inner.member}`, rule: inner.rule, value: { [key]: inner.value } }
  }
}

function validText({ enum: values, pattern, min = 0 }: RawShape): string {
  if (values !== undefined) return values[0]!
  const text = pattern === undefined ? 'sample' : samplesOf(pattern).valid
  return text.padEnd(min, 'a')
}

function samplesOf(pattern: string): {
  readonly valid: string
  readonly invalid: string | undefined
} {
  const samples = PATTERN_SAMPLES[pattern]
  if (samples === undefined) throw new Error(`PATTERN_SAMPLES lacks ${pattern}`)
  return samples
}

function shapeOf(model: RawModel, name: string): RawShape {
  const shape = model.shapes[name]
  if (shape === undefined) throw new Error(`the model has no shape ${name}`)
  return shape
}

function operationOf(model: RawModel, name: string): RawModel['operations'][string] {
  const operation = model.operations[name]
  if (operation === undefined) throw new Error(`the model has no operation ${name}`)
  return operation
}
