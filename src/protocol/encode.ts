// The third stage: an operation's output to the JSON body of a success. Not for errors: see
// wire-error.ts.
import { assertNever } from '../base/assert.ts'
import type { CompiledOperation } from './compiled-operation.ts'
import { createCompiler, wrongType, type Encode } from './shape-encoder.ts'
import type { Shape, StructureShape } from './shape.ts'
import { formatEpochSeconds } from './timestamp.ts'

/**
 * The body of a success: only members of the model, absent ones left out, never null, instants as
 * epoch seconds. Empty when the operation has no output (all those with 204). Throws
 * AssertionError when a member has a type that is not the model's, which is our own mistake.
 */
// evidence: model | behaviour 8.6
export function encodeOutput(
  operation: Pick<CompiledOperation, 'encodeBody'>,
  output: object | undefined,
): string {
  return operation.encodeBody(output)
}

/** The encoder of one output shape, compiled once. Constraints are not checked on the way out. */
export function compileEncoder(output: StructureShape | undefined): (output: unknown) => string {
  if (output === undefined) return () => ''
  return createCompiler(encoderOf)(output)
}

function encoderOf(shape: Shape, compile: (shape: Shape) => Encode): Encode {
  switch (shape.type) {
    case 'string':
      return (value) => {
        if (typeof value !== 'string') throw wrongType(shape, value)
        return JSON.stringify(value)
      }
    case 'integer':
      return (value) => {
        if (!Number.isSafeInteger(value)) throw wrongType(shape, value)
        return String(value)
      }
    case 'boolean':
      return (value) => {
        if (typeof value !== 'boolean') throw wrongType(shape, value)
        return value ? 'true' : 'false'
      }
    case 'timestamp':
      return (value) => {
        if (!(value instanceof Date) || Number.isNaN(value.getTime())) throw wrongType(shape, value)
        return formatEpochSeconds(value)
      }
    case 'list': {
      const encodeItem = compile(shape.member)
      return (value) => {
        if (!Array.isArray(value)) throw wrongType(shape, value)
        let text = ''
        for (const item of value) text += text === '' ? encodeItem(item) : `,${encodeItem(item)}`
        return `[${text}]`
      }
    }
    case 'map': {
      const encodeItem = compile(shape.value)
      return (value) => {
        if (!isObject(value)) throw wrongType(shape, value)
        let text = ''
        for (const [key, item] of Object.entries(value)) {
          if (item === undefined || item === null) continue
          text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${encodeItem(item)}`
        }
        return `{${text}}`
      }
    }
    case 'structure':
      return structureEncoder(shape, compile)
    default:
      return assertNever(shape)
  }
}

function structureEncoder(shape: StructureShape, compile: (shape: Shape) => Encode): Encode {
  const members = shape.members.map((member) => ({
    name: member.name,
    prefix: `${JSON.stringify(member.wireName)}:`,
    encode: compile(member.shape),
  }))
  return (value) => {
    if (!isObject(value)) throw wrongType(shape, value)
    let text = ''
    for (const { name, prefix, encode } of members) {
      const item = value[name]
      if (item === undefined || item === null) continue
      text += text === '' ? prefix + encode(item) : `,${prefix}${encode(item)}`
    }
    return `{${text}}`
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
