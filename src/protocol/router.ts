// From method, raw path and raw query to an operation. Not for anything that needs the body, save
// the last step of tag and query-protocol requests (finishRoute).
import { assert } from '../base/assert.ts'
import { FrontDoorError } from '../base/api-error.ts'
import { arnLabelEnd, isIdentityArn } from './arn-label.ts'
import type { CompiledOperation, Models } from './compiled-operation.ts'
import { formOf } from './query-decode.ts'
import { decodePathLabel, parseQueryString } from './query-string.ts'

/** Where a request goes. `tags` and `query` are settled by finishRoute once the body is there. */
export type Route =
  | {
      readonly kind: 'operation'
      readonly operation: CompiledOperation
      /** Percent-decoded, by the names of the model's path. */
      readonly uriLabels: Readonly<Record<string, string>>
    }
  /** One of the operations that the messaging and identity models both bind to `/tags`. */
  | {
      readonly kind: 'tags'
      readonly messaging: CompiledOperation
      readonly identity: CompiledOperation
    }
  /** `/`: the operation is named in the form, a body or a query. */
  | { readonly kind: 'query' }
  | { readonly kind: 'not-found' }

/** Routes requests; immutable, shared by all of them. */
export interface Router {
  /**
   * `rawPath` and `rawQuery` (without `?`) exactly as received. Throws FrontDoorError
   * SerializationException for a malformed percent-encoding.
   */
  route(method: string, rawPath: string, rawQuery: string): Route
  /**
   * The operation of a `tags` or `query` route, decided by query and body. A tag request whose
   * body or ARN is malformed gets either operation: both refuse it alike. Throws FrontDoorError
   * InvalidAction for a form body without a known action.
   */
  finishRoute(route: PendingRoute, rawQuery: string, body: Buffer): CompiledOperation
}

/** A route that needs the body. */
export type PendingRoute = Extract<Route, { kind: 'tags' | 'query' }>

interface Leaf {
  readonly literals: readonly (readonly [name: string, value: string])[]
  readonly labelNames: readonly string[]
  readonly operations: CompiledOperation[]
}

interface Node {
  readonly children: Map<string, Node>
  label: Node | undefined
  /** By method. */
  readonly leaves: Map<string, Leaf[]>
}

const NOT_FOUND: Route = { kind: 'not-found' }
const QUERY: Route = { kind: 'query' }
const NO_PAIRS: ReadonlyMap<string, string> = new Map()

/** The answer to a request that no operation is bound to. */
// evidence: docs CommonErrors
export function unknownOperation(message = 'The operation is not known'): FrontDoorError {
  return new FrontDoorError('UnknownOperationException', 404, message)
}

/** A router for all operations of the models. */
export function createRouter(models: Models): Router {
  const root = newNode()
  const literalNames = new Set<string>()
  const actions = new Map<string, CompiledOperation>()
  for (const operation of models.operations) {
    if (operation.protocol === 'query') actions.set(operation.name, operation)
    else addOperation(root, operation, literalNames)
  }
  return {
    route(method, rawPath, rawQuery) {
      if (rawPath === '/') return isQueryProtocol(method, rawQuery) ? QUERY : NOT_FOUND
      const labels: string[] = []
      const node = walk(root, rawPath, labels)
      const leaves = node?.leaves.get(method)
      if (leaves === undefined) return NOT_FOUND
      const pairs = rawQuery === '' ? NO_PAIRS : parseQueryString(rawQuery)
      const leaf = chooseLeaf(leaves, pairs, literalNames)
      return leaf === undefined ? NOT_FOUND : toRoute(leaf, labels)
    },
    finishRoute(route, rawQuery, body) {
      return route.kind === 'tags'
        ? finishTags(route, rawQuery, body)
        : finishQuery(actions, formOf(rawQuery, body))
    },
  }
}

/** A GET only where it names an action: whoever looks at `/` with a browser asks for a page. */
function isQueryProtocol(method: string, rawQuery: string): boolean {
  return method === 'POST' || (method === 'GET' && parseQueryString(rawQuery).has('Action'))
}

function newNode(): Node {
  return { children: new Map(), label: undefined, leaves: new Map() }
}

function addOperation(root: Node, operation: CompiledOperation, literalNames: Set<string>): void {
  const [path = '', query = ''] = operation.requestUri.split('?')
  const labelNames: string[] = []
  let node = root
  for (const segment of path.split('/').slice(1)) {
    if (segment.startsWith('{')) {
      labelNames.push(segment.slice(1, -1))
      assert(node.children.size === 0, `${path}: a label competes with a literal`)
      node.label ??= newNode()
      node = node.label
    } else {
      assert(node.label === undefined, `${path}: a literal competes with a label`)
      const child = node.children.get(segment) ?? newNode()
      node.children.set(segment, child)
      node = child
    }
  }
  const literals = [...parseQueryString(query)]
  for (const [name] of literals) literalNames.add(name)
  const leaves = node.leaves.get(operation.method) ?? []
  node.leaves.set(operation.method, leaves)
  const twin = leaves.find((leaf) => sameLiterals(leaf.literals, literals))
  if (twin === undefined) leaves.push({ literals, labelNames, operations: [operation] })
  else twin.operations.push(operation)
}

function sameLiterals(left: Leaf['literals'], right: Leaf['literals']): boolean {
  return JSON.stringify(left) === JSON.stringify(right)
}

/** Walks the raw path, so that an encoded slash never parts a label. Fills `labels`, undecoded. */
function walk(root: Node, rawPath: string, labels: string[]): Node | undefined {
  if (!rawPath.startsWith('/')) return undefined
  let node = root
  let start = 1
  for (;;) {
    let end = rawPath.indexOf('/', start)
    if (end === -1) end = rawPath.length
    // An empty segment: a double or a trailing slash.
    if (end === start) return undefined
    if (node.label === undefined) {
      const child = node.children.get(rawPath.slice(start, end))
      if (child === undefined) return undefined
      node = child
    } else {
      end = arnLabelEnd(rawPath, start, end)
      labels.push(rawPath.slice(start, end))
      node = node.label
    }
    if (end === rawPath.length) return node
    start = end + 1
  }
}

/**
 * The leaf whose literals are exactly the literals of the query, so that one with literals wins
 * over one without, and an unknown `operation` or `scope` finds nothing.
 */
function chooseLeaf(
  leaves: readonly Leaf[],
  pairs: ReadonlyMap<string, string>,
  literalNames: ReadonlySet<string>,
): Leaf | undefined {
  let literalsCount = 0
  if (pairs.size > 0) for (const name of literalNames) if (pairs.has(name)) literalsCount++
  return leaves.find(
    ({ literals }) =>
      literals.length === literalsCount &&
      literals.every(([name, value]) => pairs.get(name) === value),
  )
}

function toRoute({ operations, labelNames }: Leaf, labels: readonly string[]): Route {
  const [operation, twin] = operations
  assert(operation !== undefined, 'a leaf has an operation')
  if (twin !== undefined) {
    const isMessaging = operation.service === 'messaging'
    const [messaging, identity] = isMessaging ? [operation, twin] : [twin, operation]
    return { kind: 'tags', messaging, identity }
  }
  const uriLabels: Record<string, string> = {}
  for (let index = 0; index < labelNames.length; index++) {
    uriLabels[labelNames[index] ?? ''] = decodePathLabel(labels[index] ?? '')
  }
  return { kind: 'operation', operation, uriLabels }
}

// evidence: inferred (behaviour 8.6: distinguish by the ARN in the request)
function finishTags(
  { messaging, identity }: Extract<Route, { kind: 'tags' }>,
  rawQuery: string,
  body: Buffer,
): CompiledOperation {
  const [queryMember] = identity.queryMembers
  const arn =
    queryMember === undefined
      ? resourceArnOf(body)
      : parseQueryString(rawQuery).get(queryMember.wireName)
  return arn !== undefined && !isIdentityArn(arn) ? messaging : identity
}

function resourceArnOf(body: Buffer): string | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    if (typeof value !== 'object' || value === null) return undefined
    const arn: unknown = Reflect.get(value, 'ResourceARN')
    return typeof arn === 'string' ? arn : undefined
  } catch {
    // decodeInput refuses this body with the right error.
    return undefined
  }
}

// evidence: model iam, sts (one apiVersion each) | docs CommonErrors
function finishQuery(
  actions: ReadonlyMap<string, CompiledOperation>,
  form: Buffer,
): CompiledOperation {
  const pairs = parseQueryString(form.toString('utf8'))
  const operation = actions.get(pairs.get('Action') ?? '')
  const version = pairs.get('Version')
  if (operation !== undefined && (version ?? operation.apiVersion) === operation.apiVersion) {
    return operation
  }
  throw new FrontDoorError('InvalidAction', 400, unknownActionText(pairs.get('Action'), version))
}

/** A word that could name an action or a version; anything else is not repeated to the client. */
const PLAIN_WORD = /^[\w-]{1,128}$/

// evidence: field (AWS: Could not find operation X for version Y)
function unknownActionText(action = '', version = ''): string {
  if (!PLAIN_WORD.test(action)) return 'The request names no Action that could be one'
  const ofVersion = PLAIN_WORD.test(version) ? ` for version ${version}` : ''
  return `Could not find operation ${action}${ofVersion} on this server`
}
