// Random values that keep a shape's constraints, for round trips through the SDKs.
import * as fc from 'fast-check'
import type { RawModel, RawShape } from '../../src/protocol/raw-model.ts'

/** Longer texts and lists find nothing that these do not. */
const UNITS_MAX = 40
const ITEMS_MAX = 4
/** Largest 32-bit integer, the models' only number. */
const INTEGER_MAX = 2 ** 31 - 1

const idCharacters = fc.constantFrom(...Array.from('abcXYZ019:-_.@'))
const tokenCharacters = fc.constantFrom(...Array.from('abcXYZ019-_'))

const arn = fc
  .record({
    appInstance: fc.uuid(),
    kind: fc.constantFrom('user', 'bot', 'channel', 'channel-flow'),
    id: fc.option(fc.string({ unit: idCharacters, minLength: 1, maxLength: UNITS_MAX })),
  })
  .map(({ appInstance, kind, id }) => {
    const root = `arn:aws:chime:us-east-1:000000000000:app-instance/${appInstance}`
    return id === null ? root : `${root}/${kind}/${id}`
  })

/** Any text but U+0000, which no store can keep: the server refuses it. */
const anyText = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: 'binary', minLength, maxLength }).map((text) => text.replaceAll('\0', ' '))

const oneLine = (minLength: number): fc.Arbitrary<string> =>
  anyText(minLength, UNITS_MAX).map((text) => text.replaceAll(/[\n\r\u2028\u2029]/g, '_'))

/** By pattern: texts that keep it. */
const TEXTS: readonly (readonly [RegExp, (minLength: number) => fc.Arbitrary<string>])[] = [
  [/^arn:\[/, () => arn],
  [/^arn:aws:lambda/, () => fc.constant('arn:aws:lambda:us-east-1:000000000000:function:a-b_c:1')],
  [
    /^arn:aws:lex/,
    () => fc.constant('arn:aws:lex:us-east-1:000000000000:bot-alias/ABCDEFGHI0/0123456789'),
  ],
  [/^\^\(\[A-Za-z\]_\?\)\+\$$/, () => fc.constantFrom('A', 'Welcome', 'Wel_come_')],
  [
    /^\[-_a-zA-Z0-9\]\*$/,
    (minLength) => fc.string({ unit: tokenCharacters, minLength, maxLength: UNITS_MAX }),
  ],
  [
    /^\[A-Za-z0-9\]\(/,
    () => fc.string({ unit: idCharacters, maxLength: UNITS_MAX }).map((text) => `a${text}z`),
  ],
  [
    /^\[\\u0009/,
    (minLength) =>
      fc
        .string({ unit: 'grapheme', minLength, maxLength: UNITS_MAX })
        .filter((text) => !/[\ufffe\uffff]/.test(text)),
  ],
  [/^\.\*$/, oneLine],
  [/^\.\*\\S\.\*$/, () => oneLine(0).map((text) => `x${text}`)],
  [/^\[\\s\\S\]\*$/, (minLength) => anyText(minLength, UNITS_MAX)],
]

/**
 * Values of the shape `name`. Idempotency tokens are always present, because SDKs would add them;
 * maps never have the key `__proto__`, which the SDKs themselves lose.
 */
export function arbitraryValue(model: RawModel, name: string): fc.Arbitrary<unknown> {
  const shape = model.shapes[name]!
  switch (shape.type) {
    case 'string':
      return arbitraryText(shape)
    case 'integer':
      return fc.integer({ min: shape.min ?? 0, max: shape.max ?? INTEGER_MAX })
    case 'boolean':
      return fc.boolean()
    case 'timestamp':
      return fc.date({
        min: new Date('2000-01-01T00:00:00Z'),
        max: new Date('2099-12-31T23:59:59.999Z'),
        noInvalidDate: true,
      })
    case 'list': {
      const { min = 0, max = ITEMS_MAX } = shape
      const item = arbitraryValue(model, shape.member!.shape)
      return fc.array(item, { minLength: min, maxLength: Math.max(min, Math.min(max, ITEMS_MAX)) })
    }
    case 'map': {
      const key = arbitraryValue(model, shape.key!.shape) as fc.Arbitrary<string>
      return fc.dictionary(
        key.filter((text) => text !== '__proto__'),
        arbitraryValue(model, shape.value!.shape),
        { maxKeys: ITEMS_MAX, noNullPrototype: true },
      )
    }
    case 'structure':
      return arbitraryStructure(model, shape)
    default:
      throw new Error(`no values for shape type ${shape.type}`)
  }
}

function arbitraryStructure(model: RawModel, shape: RawShape): fc.Arbitrary<unknown> {
  const members: Record<string, fc.Arbitrary<unknown>> = {}
  const requiredKeys: string[] = []
  for (const [member, reference] of Object.entries(shape.members ?? {})) {
    const values = arbitraryValue(model, reference.shape)
    // The SDKs refuse to send an empty path label.
    members[member] = reference.location === 'uri' ? values.filter((value) => value !== '') : values
    const isRequired = shape.required?.includes(member) === true
    if (isRequired || reference.idempotencyToken === true) requiredKeys.push(member)
  }
  return fc.record(members, { requiredKeys, noNullPrototype: true })
}

function arbitraryText(shape: RawShape): fc.Arbitrary<string> {
  if (shape.enum !== undefined) return fc.constantFrom(...shape.enum)
  const { min = 0, max = UNITS_MAX, pattern } = shape
  const known = TEXTS.find(([expression]) => pattern !== undefined && expression.test(pattern))
  if (pattern !== undefined && known === undefined) throw new Error(`no texts for ${pattern}`)
  const maxLength = Math.max(min, Math.min(max, UNITS_MAX))
  const text = known === undefined ? anyText(min, maxLength) : known[1](min)
  return text
    .map((value) => value.padEnd(min, 'a'))
    .filter((value) => {
      const length =
        shape.lengthUnit === 'utf8-bytes' ? Buffer.byteLength(value) : Array.from(value).length
      return length >= min && length <= max
    })
}
