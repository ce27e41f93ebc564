// Answers of the query protocol: an operation's output to XML. Not for errors: see query-error.ts.
import { AssertionError, assertNever } from '../base/assert.ts'
import type { CompiledOperation } from './compiled-operation.ts'
import { createCompiler, wrongType, type Encode } from './shape-encoder.ts'
import type { Shape, StructureShape } from './shape.ts'
import { formatInstant } from './timestamp.ts'
import { escapeXml, xmlElement } from './xml.ts'

/**
 * The whole body of a success: the output's members within their wrapper, then the request's id,
 * which operations without output have, too. Members as in encodeOutput; instants are RFC 3339.
 */
// evidence: docs AWS query protocol serialization | model (resultWrapper, xmlNamespace)
export function encodeQueryAnswer(
  operation: Pick<CompiledOperation, 'name' | 'xmlNamespace' | 'resultWrapper' | 'encodeBody'>,
  output: object | undefined,
  requestId: string,
): string {
  const { name, xmlNamespace, resultWrapper, encodeBody } = operation
  const result = resultWrapper === undefined ? '' : xmlElement(resultWrapper, encodeBody(output))
  const metadata = `<ResponseMetadata><RequestId>${escapeXml(requestId)}</RequestId>`
  return (
    `<${name}Response${namespaceAttribute(xmlNamespace)}>${result}` +
    `${metadata}</ResponseMetadata></${name}Response>`
  )
}

/** ` xmlns="…"` where the model names a namespace, else nothing. */
export function namespaceAttribute(xmlNamespace: string | undefined): string {
  return xmlNamespace === undefined ? '' : ` xmlns="${escapeXml(xmlNamespace)}"`
}

/** The encoder of the members of one output shape, compiled once. */
export function compileXmlEncoder(output: StructureShape | undefined): (output: unknown) => string {
  if (output === undefined) return () => ''
  return createCompiler(encoderOf)(output)
}

function encoderOf(shape: Shape, compile: (shape: Shape) => Encode): Encode {
  switch (shape.type) {
    case 'string':
      return (value) => {
        if (typeof value !== 'string') throw wrongType(shape, value)
        return escapeXml(value)
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
        return formatInstant(value)
      }
    case 'list': {
      const { itemName } = shape
      const encodeItem = compile(shape.member)
      return (value) => {
        if (!Array.isArray(value)) throw wrongType(shape, value)
        return value.map((item: unknown) => xmlElement(itemName, encodeItem(item))).join('')
      }
    }
    case 'map':
      throw new AssertionError(`${shape.name} is a map, which no answer in XML has`)
    case 'structure':
      return structureEncoder(shape, compile)
    default:
      return assertNever(shape)
  }
}

function structureEncoder(shape: StructureShape, compile: (shape: Shape) => Encode): Encode {
  const members = shape.members.map(({ name, wireName, shape: memberShape }) => ({
    name,
    wireName,
    encode: compile(memberShape),
  }))
  return (value) => {
    if (typeof value !== 'object' || value === null) throw wrongType(shape, value)
    const source = value as Readonly<Record<string, unknown>>
    let text = ''
    for (const { name, wireName, encode } of members) {
      const item = source[name]
      if (item !== undefined && item !== null) text += xmlElement(wireName, encode(item))
    }
    return text
  }
}
