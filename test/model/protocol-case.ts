// One case of AWS's rest-json protocol tests, run from the server's side: requests are decoded,
// responses encoded. Throws for a case that uses what the server does not serve.
import { ApiError } from '../../src/base/api-error.ts'
import { decodeInput } from '../../src/protocol/decode.ts'
import { encodeOutput } from '../../src/protocol/encode.ts'
import { compileModel } from '../../src/protocol/model.ts'
import type { CompiledOperation } from '../../src/protocol/model.ts'
import type { RawOperation, RawReference, RawShape } from '../../src/protocol/raw-model.ts'
import { createRouter } from '../../src/protocol/router.ts'
import { renderError } from '../../src/protocol/wire-error.ts'

/** Shape types that the models do not have, so that the server does not either. */
const UNSERVED_TYPES: readonly string[] = ['blob', 'double', 'float', 'long']
const LOCATIONS: readonly (string | undefined)[] = [undefined, 'uri', 'querystring', 'header']

interface VectorReference extends RawReference {
  readonly jsonvalue?: boolean
}

type Shapes = Readonly<
  Record<
    string,
    RawShape & {
      readonly payload?: string
      readonly document?: boolean
      readonly timestampFormat?: string
    }
  >
>

/** A case as the vectors have it, with its suite's shapes. */
export interface ProtocolCase {
  readonly id: string
  readonly shapes: Shapes
  readonly given: RawOperation
  readonly params?: unknown
  readonly serialized?: {
    readonly method: string
    readonly uri: string
    readonly body?: string
    readonly headers?: Readonly<Record<string, string>>
  }
  readonly result?: unknown
  readonly errorCode?: string
  readonly errorMessage?: string
  readonly response?: {
    readonly status_code: number
    readonly body?: string
    readonly headers?: Readonly<Record<string, string>>
  }
}

/** What came out and what the vectors expect; equal when the case passes. */
export interface CaseOutcome {
  readonly actual: unknown
  readonly expected: unknown
}

class VectorError extends ApiError {}

/** A request of the vectors, routed and decoded. */
export function runInputCase(testCase: ProtocolCase): CaseOutcome {
  const { shapes, given, serialized } = testCase
  const params = servedPart(shapes, given.input, testCase.params ?? {}, LOCATIONS)
  const operation = compile(shapes, given, params, given.input)
  const { method, uri, body = '', headers = {} } = serialized!
  const [rawPath = '', rawQuery = ''] = uri.split('?')
  const router = createRouter({
    operations: [operation],
    operation: () => operation,
    errorStatus: () => undefined,
  })
  const route = router.route(method, rawPath, rawQuery)
  if (route.kind !== 'operation') throw new Error(`${method} ${uri} is ${route.kind}`)
  const { uriLabels } = route
  const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
  const parts = {
    uriLabels,
    rawQuery,
    headers: Object.fromEntries(lowerCase) as Record<string, string>,
    body: Buffer.from(body),
  }
  return { actual: decodeInput(operation, parts), expected: toValue(shapes, given.input, params) }
}

/** A result of the vectors, encoded. */
export function runOutputCase(testCase: ProtocolCase): CaseOutcome {
  const { shapes, given, response } = testCase
  const full = testCase.result ?? {}
  const result = servedPart(shapes, given.output, full, [undefined])
  const operation = compile(shapes, given, result, given.output)
  const output = toValue(shapes, given.output, result)
  const { status_code: status, body = '' } = response!
  const expected = parseBody(body) as Record<string, unknown>
  for (const name of Object.keys(full)) {
    const { locationName = name } = shapes[given.output!.shape]!.members![name]!
    if (!(name in result)) delete expected[locationName]
  }
  return {
    actual: [operation.successStatus, parseBody(encodeOutput(operation, output as object))],
    expected: [status, expected],
  }
}

/** An error of the vectors: status, name and, where the case has one, the text. */
export function runErrorCase(testCase: ProtocolCase): CaseOutcome {
  const { shapes, given, errorCode = '', errorMessage, response } = testCase
  const operation = compile(shapes, given, {}, undefined)
  const error = new VectorError(errorCode, errorMessage ?? '')
  const { status, headers, body } = renderError(error, operation, 'request', 'rest-json')
  const expectedBody = parseBody(response!.body ?? '') as Record<string, unknown>
  const actualBody = parseBody(body) as Record<string, unknown>
  const names = Object.keys(expectedBody)
  return {
    actual: [status, headers['x-amzn-ErrorType'], names.map((name) => actualBody[name])],
    expected: [
      response!.status_code,
      response!.headers?.['X-Amzn-Errortype'],
      Object.values(expectedBody),
    ],
  }
}

/**
 * The members of a case's value that the server serves; the others are to it like members that it
 * does not know. Throws when nothing is left, because then the case says nothing about the server.
 */
function servedPart(
  shapes: Shapes,
  root: RawReference | undefined,
  value: unknown,
  locations: readonly (string | undefined)[],
): Record<string, unknown> {
  const entries = Object.entries(value as Record<string, unknown>)
  const members = root === undefined ? {} : (shapes[root.shape]!.members ?? {})
  const served = entries.filter(
    ([name]) => locations.includes(members[name]!.location) && isServed(shapes, members[name]!),
  )
  if (entries.length > 0 && served.length === 0) throw new Error('no member of the case is served')
  return Object.fromEntries(served)
}

function isServed(shapes: Shapes, reference: VectorReference): boolean {
  const shape = shapes[reference.shape]!
  const { location } = reference
  if (reference.jsonvalue === true || shape.document === true) return false
  if (UNSERVED_TYPES.includes(shape.type)) return false
  // HTTP dates; they are also what a header's timestamp has by default.
  const format = shape.timestampFormat ?? (location === 'header' ? 'rfc822' : undefined)
  if (shape.type === 'timestamp' && format === 'rfc822') return false
  if (shape.type === 'list' || shape.type === 'map') {
    return location === undefined && isServed(shapes, shape.member ?? shape.value!)
  }
  return true
}

/** An empty body carries what an empty object carries. */
function parseBody(body: string): unknown {
  return body.trim() === '' ? {} : (JSON.parse(body) as unknown)
}

/** The operation with only those members that the case uses, so that no other can matter. */
function compile(
  shapes: Shapes,
  given: RawOperation,
  value: unknown,
  root: RawReference | undefined,
): CompiledOperation {
  const used = new Map<string, Set<string>>()
  if (root !== undefined) collectUsed(shapes, root, value, used)
  const pruned = Object.entries(shapes).map(([name, shape]) => {
    if (shape.type !== 'structure') return [name, shape]
    const members = Object.entries(shape.members ?? {})
    const kept = members.filter(([member]) => used.get(name)?.has(member) === true)
    return [name, { ...shape, members: Object.fromEntries(kept) }]
  })
  const { name, http, input, output, errors = [] } = given
  const [operation] = compileModel('messaging', {
    metadata: { apiVersion: '', protocol: 'rest-json' },
    operations: {
      [name]: {
        name,
        http,
        errors,
        ...(input === undefined ? {} : { input }),
        ...(output === undefined ? {} : { output }),
      },
    },
    shapes: Object.fromEntries(pruned) as Shapes,
  })
  return operation!
}

export function collectUsed(
  shapes: Shapes,
  reference: RawReference,
  value: unknown,
  used: Map<string, Set<string>>,
): void {
  const shape = shapes[reference.shape]!
  if (shape.payload !== undefined) throw new Error('a member is the whole body')
  if (typeof value !== 'object' || value === null) return
  if (shape.type === 'list') {
    for (const item of value as unknown[]) collectUsed(shapes, shape.member!, item, used)
  } else if (shape.type === 'map') {
    for (const item of Object.values(value)) collectUsed(shapes, shape.value!, item, used)
  } else if (shape.type === 'structure') {
    const members = used.get(reference.shape) ?? new Set()
    used.set(reference.shape, members)
    for (const [member, item] of Object.entries(value)) {
      members.add(member)
      collectUsed(shapes, shape.members![member]!, item, used)
    }
  }
}

/** The vectors' plain JSON as the server's values: instants as Dates, nulls left out. */
export function toValue(
  shapes: Shapes,
  reference: RawReference | undefined,
  value: unknown,
): unknown {
  if (reference === undefined) return value
  const shape = shapes[reference.shape]!
  if (shape.type === 'timestamp') return new Date((value as number) * 1000)
  if (typeof value !== 'object' || value === null) return value
  if (shape.type === 'list') {
    return (value as unknown[]).map((item) => toValue(shapes, shape.member, item))
  }
  const entries = Object.entries(value).filter(([, item]) => item !== null)
  return Object.fromEntries(
    entries.map(([name, item]) => [
      name,
      toValue(shapes, shape.type === 'map' ? shape.value : shape.members?.[name], item),
    ]),
  )
}
