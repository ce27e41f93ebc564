// Shapes of a model compiled for use at request time: references resolved, patterns built, member
// lists split. Not for walking values: see decode.ts, validate.ts and encode.ts.
import { AssertionError } from '../base/assert.ts'
import { compilePattern } from './pattern.ts'
import type { RawModel, RawReference, RawShape } from './raw-model.ts'

/** A string with its constraints. `max` is Infinity where the model states none. */
export interface StringShape {
  readonly type: 'string'
  readonly name: string
  readonly sensitive: boolean
  readonly min: number
  readonly max: number
  /** Characters are Unicode code points. */
  readonly lengthUnit: 'characters' | 'utf8-bytes'
  /** The pattern as the model writes it, for messages. */
  readonly patternText: string | undefined
  readonly expression: RegExp | undefined
  readonly values: ReadonlySet<string> | undefined
}

/** An integer of 32 bits, the only kind the models have. */
export interface IntegerShape {
  readonly type: 'integer'
  readonly name: string
  readonly sensitive: boolean
  readonly min: number
  readonly max: number
}

/** A boolean or an instant; neither has constraints. */
export interface PlainShape {
  readonly type: 'boolean' | 'timestamp'
  readonly name: string
  readonly sensitive: boolean
}

/** A list; `min` and `max` count its items. */
export interface ListShape {
  readonly type: 'list'
  readonly name: string
  readonly sensitive: boolean
  readonly min: number
  readonly max: number
  /** The name of each item in XML and in forms. */
  readonly itemName: string
  readonly member: Shape
}

/** A map from strings. */
export interface MapShape {
  readonly type: 'map'
  readonly name: string
  readonly sensitive: boolean
  readonly min: number
  readonly max: number
  readonly key: StringShape
  readonly value: Shape
}

/** A structure; `members` in the model's order. */
export interface StructureShape {
  readonly type: 'structure'
  readonly name: string
  readonly sensitive: boolean
  readonly members: readonly Member[]
}

/** Any shape of the models. */
export type Shape = StringShape | IntegerShape | PlainShape | ListShape | MapShape | StructureShape

/** Where a member of an operation's input travels. */
export type MemberLocation = 'body' | 'uri' | 'querystring' | 'header'

/** A member of a structure. `wireName` is its key in body, query, path or (lower case) header. */
export interface Member {
  readonly name: string
  readonly wireName: string
  readonly location: MemberLocation
  readonly required: boolean
  readonly idempotencyToken: boolean
  readonly shape: Shape
}

/** Source: AWS's query protocol. */
const DEFAULT_ITEM_NAME = 'member'
const LOCATIONS: ReadonlySet<string> = new Set(['uri', 'querystring', 'header'])
const COMPOUND_TYPES: ReadonlySet<string> = new Set(['list', 'map', 'structure'])

/**
 * Compiles shapes of one model by name, each once, so that equal references are the same object.
 * Throws AssertionError for a shape type or a location that the server does not serve.
 */
export function createShapeCompiler(model: Pick<RawModel, 'shapes'>): (name: string) => Shape {
  const compiled = new Map<string, Shape>()
  const compile = (name: string): Shape => {
    const known = compiled.get(name)
    if (known !== undefined) return known
    const raw = model.shapes[name]
    if (raw === undefined) throw new AssertionError(`the model has no shape ${name}`)
    if (raw.type === 'structure') {
      const members: Member[] = []
      const shape: Shape = { type: 'structure', name, sensitive: raw.sensitive === true, members }
      // Entered before its members are compiled, so that a recursive shape ends in itself.
      compiled.set(name, shape)
      for (const [memberName, reference] of Object.entries(raw.members ?? {})) {
        members.push(compileMember(memberName, reference, raw, compile))
      }
      return shape
    }
    const shape = compileValueShape(name, raw, compile)
    compiled.set(name, shape)
    return shape
  }
  return compile
}

function compileMember(
  name: string,
  reference: RawReference,
  parent: RawShape,
  compile: (name: string) => Shape,
): Member {
  const { location, locationName = name } = reference
  if (location !== undefined && !LOCATIONS.has(location)) {
    throw new AssertionError(`member ${name} travels in ${location}, which is not served`)
  }
  const shape = compile(reference.shape)
  if (location !== undefined && COMPOUND_TYPES.has(shape.type)) {
    throw new AssertionError(
      `member ${name} is a ${shape.type} in ${location}, which is not served`,
    )
  }
  return {
    name,
    wireName: location === 'header' ? locationName.toLowerCase() : locationName,
    location: (location ?? 'body') as MemberLocation,
    required: parent.required?.includes(name) === true,
    idempotencyToken: reference.idempotencyToken === true,
    shape,
  }
}

function compileValueShape(
  name: string,
  raw: RawShape,
  compile: (name: string) => Shape,
): Exclude<Shape, StructureShape> {
  const sensitive = raw.sensitive === true
  const { min = 0, max = Infinity } = raw
  switch (raw.type) {
    case 'string':
      return {
        type: 'string',
        name,
        sensitive,
        min,
        max,
        lengthUnit: raw.lengthUnit ?? 'characters',
        patternText: raw.pattern,
        expression: raw.pattern === undefined ? undefined : compilePattern(raw.pattern),
        values: raw.enum === undefined ? undefined : new Set(raw.enum),
      }
    case 'integer':
      return { type: 'integer', name, sensitive, min: raw.min ?? -Infinity, max }
    case 'boolean':
    case 'timestamp':
      return { type: raw.type, name, sensitive }
    case 'list': {
      if (raw.flattened === true) throw new AssertionError(`list ${name} is flattened, not served`)
      const member = compile(target(name, raw.member))
      const itemName = raw.member?.locationName ?? DEFAULT_ITEM_NAME
      return { type: 'list', name, sensitive, min, max, itemName, member }
    }
    case 'map': {
      const key = compile(target(name, raw.key))
      if (key.type !== 'string') throw new AssertionError(`keys of map ${name} are not strings`)
      return {
        type: 'map',
        name,
        sensitive,
        min,
        max,
        key,
        value: compile(target(name, raw.value)),
      }
    }
    default:
      throw new AssertionError(`shape ${name} is a ${raw.type}, which is not served`)
  }
}

function target(name: string, reference: RawReference | undefined): string {
  if (reference === undefined) throw new AssertionError(`shape ${name} lacks its element`)
  return reference.shape
}
