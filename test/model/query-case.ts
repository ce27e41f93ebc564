// One case of AWS's query protocol tests, run from the server's side: forms are decoded, answers
// and errors written as XML, which is compared without its white space. Throws for a case that uses
// what the server does not serve.
import { ApiError } from '../../src/base/api-error.ts'
import { compileModel } from '../../src/protocol/model.ts'
import type { CompiledOperation } from '../../src/protocol/model.ts'
import { decodeQueryInput } from '../../src/protocol/query-decode.ts'
import { encodeQueryAnswer } from '../../src/protocol/query-encode.ts'
import type { RawReference } from '../../src/protocol/raw-model.ts'
import { createRouter } from '../../src/protocol/router.ts'
import { renderError } from '../../src/protocol/wire-error.ts'
import { collectUsed, toValue } from './protocol-case.ts'
import type { CaseOutcome, ProtocolCase } from './protocol-case.ts'

export interface QueryCase extends ProtocolCase {
  readonly metadata: { readonly apiVersion: string }
}

/** What no model of a query API has. */
const UNSERVED_TYPES: readonly string[] = ['blob', 'double', 'float', 'long', 'map']

const SENDER_FAULT = { httpStatusCode: 400 }

interface QueryReference extends RawReference {
  readonly flattened?: boolean
}

class VectorError extends ApiError {}

/** A form of the vectors, routed by its action and decoded. */
export function runQueryInput(testCase: QueryCase): CaseOutcome {
  const { shapes, given, params = {}, serialized } = testCase
  const operation = compile(testCase, params, 'input')
  const router = createRouter({
    operations: [operation],
    operation: () => operation,
    errorStatus: () => undefined,
  })
  const { method, uri, body = '' } = serialized!
  const route = router.route(method, uri, '')
  if (route.kind !== 'query') throw new Error(`${method} ${uri} is ${route.kind}`)
  const routed = router.finishRoute(route, '', Buffer.from(body))
  return {
    actual: decodeQueryInput(routed, Buffer.from(body)),
    expected: toValue(shapes, given.input, params),
  }
}

/** The served part of a result of the vectors, written. */
export function runQueryOutput(testCase: QueryCase): CaseOutcome {
  const { shapes, given, response } = testCase
  const full = Object.entries((testCase.result ?? {}) as Record<string, unknown>)
  const members = given.output === undefined ? {} : (shapes[given.output.shape]!.members ?? {})
  const unserved = full.filter(([name]) => !isServed(shapes, members[name]!))
  const result = Object.fromEntries(full.filter((entry) => !unserved.includes(entry)))
  if (unserved.length > 0 && unserved.length === full.length) throw new Error('nothing is served')
  const operation = compile(testCase, result, 'output')
  const output = toValue(shapes, given.output, result) as object
  const { status_code: status, body: whole = '' } = response!
  const body = unserved.reduce(
    (text, [name]) => withoutElement(text, members[name]!.locationName ?? name),
    whole,
  )
  // The vectors' answers have no request id, which every real one has.
  const metadata = '<ResponseMetadata><RequestId>request</RequestId></ResponseMetadata>'
  const written = encodeQueryAnswer(operation, output, 'request')
  if (!written.includes(metadata)) throw new Error(`no request id in ${written}`)
  return {
    actual: [operation.successStatus, withoutSpace(written.replace(metadata, ''))],
    expected: [status, withoutSpace(body === '' ? emptyAnswer(operation) : body)],
  }
}

/** An error of the vectors. */
export function runQueryError(testCase: QueryCase): CaseOutcome {
  const { errorCode = '', errorMessage = '', response } = testCase
  const operation = { ...compile(testCase, {}, 'output'), xmlNamespace: undefined }
  const wireName = [...operation.errorDetails].find(([, { code }]) => code === errorCode)?.[0]
  const error = new VectorError(wireName ?? errorCode, errorMessage)
  const { status, body } = renderError(error, operation, 'foo-id', 'query')
  return {
    actual: [status, withoutSpace(body)],
    expected: [response!.status_code, withoutSpace(response!.body ?? '')],
  }
}

/** With only those members that the case uses, so that no other can matter. */
function compile(testCase: QueryCase, value: unknown, side: 'input' | 'output'): CompiledOperation {
  const { shapes, given, metadata, response } = testCase
  const root = rootOf(testCase, side)
  const used = new Map<string, Set<string>>()
  if (root !== undefined) collectUsed(shapes, root, value, used)
  const pruned = Object.entries(shapes).map(([name, shape]) => {
    // The vectors leave out the status where it is the usual one; every model states it.
    if (shape.exception === true) return [name, { ...shape, error: shape.error ?? SENDER_FAULT }]
    if (shape.type !== 'structure') return [name, shape]
    const members = Object.entries(shape.members ?? {})
    const kept = members.filter(([member]) => used.get(name)?.has(member) === true)
    return [name, { ...shape, members: Object.fromEntries(kept) }]
  })
  const { name, http, errors = [] } = given
  const [operation] = compileModel('iam', {
    metadata: {
      apiVersion: metadata.apiVersion,
      protocol: 'query',
      ...namespaceOf(response?.body),
    },
    operations: { [name]: { name, http, errors, ...(root === undefined ? {} : { [side]: root }) } },
    shapes: Object.fromEntries(pruned) as typeof shapes,
  })
  return operation!
}

function isServed(shapes: QueryCase['shapes'], reference: QueryReference): boolean {
  const { type, member } = shapes[reference.shape]!
  if (reference.flattened === true || UNSERVED_TYPES.includes(type)) return false
  return member === undefined || isServed(shapes, member)
}

function withoutElement(xml: string, name: string): string {
  return xml.replaceAll(new RegExp(`<${name}( [^>]*)?(/>|>.*?</${name}>)`, 'gs'), '')
}

/** The vectors leave out the name of the element around the result, which every model states. */
function rootOf({ given }: QueryCase, side: 'input' | 'output') {
  const root = given[side]
  return side === 'output' && root !== undefined
    ? { resultWrapper: `${given.name}Result`, ...root }
    : root
}

/** The vectors' suites do not name their namespace, but their answers have it. */
function namespaceOf(body = ''): { xmlNamespace?: string } {
  const xmlNamespace = /^<\w+Response xmlns="([^"]*)"/.exec(body)?.[1]
  return xmlNamespace === undefined ? {} : { xmlNamespace }
}

/** An answer without members is written in full, where the vectors have nothing at all. */
function emptyAnswer({ name, xmlNamespace, resultWrapper }: CompiledOperation): string {
  const result = resultWrapper === undefined ? '' : `<${resultWrapper}/>`
  const namespace = xmlNamespace === undefined ? '' : ` xmlns="${xmlNamespace}"`
  return `<${name}Response${namespace}>${result}</${name}Response>`
}

/** White space between tags says nothing; an empty element may be written in either way. */
function withoutSpace(xml: string): string {
  return xml
    .replaceAll(/>\s+</g, '><')
    .replaceAll(/<(\w+)([^<>/]*)><\/\1>/g, '<$1$2/>')
    .trim()
}
