// The ordered list of steps that every request takes. The order is part of the product: it decides
// which of several errors a client is told. Not the listeners: see http-server.ts.
import type { IncomingHttpHeaders } from 'node:http'
import { FrontDoorError } from '../base/api-error.ts'
import { assert } from '../base/assert.ts'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import { splitRequestTarget } from '../base/request-target.ts'
import { ServiceUnavailableException } from '../domain/errors.ts'
import { CONNECT_PATH } from '../domain/messaging-session.ts'
import type { Metrics } from '../observability/metrics.ts'
import type { OperationDependencies } from '../operations/define-operation.ts'
import type { RegistryEntry } from '../operations/operation-entry.ts'
import type { Registry } from '../operations/registry.ts'
import type { Credential, CredentialSource } from '../ports/credential-source.ts'
import { StoreUnavailableError } from '../ports/store.ts'
import type { CompiledOperation } from '../protocol/compiled-operation.ts'
import { decodeInput } from '../protocol/decode.ts'
import { encodeOutput } from '../protocol/encode.ts'
import { decodeQueryInput, formOf } from '../protocol/query-decode.ts'
import { encodeQueryAnswer } from '../protocol/query-encode.ts'
import { unknownOperation } from '../protocol/router.ts'
import type { Route, Router } from '../protocol/router.ts'
import type { RawRequest } from '../protocol/sigv4/raw-request.ts'
import type { SignatureChecker } from '../protocol/sigv4/signature-checker.ts'
import { invalidInput, validateInput } from '../protocol/validate.ts'
import { renderError } from '../protocol/wire-error.ts'
import type { Authorizer } from '../services/access/authorizer.ts'
import type { Throttle } from '../services/throttle.ts'
import type { Answer } from './answer.ts'
import { BEARER_HEADER, checkBearerAppInstance, findBearer } from './bearer.ts'
import { CROSS_ORIGIN_HEADERS, preflightHeaders } from './cross-origin.ts'
import { answerWatcher } from './health.ts'
import type { ServerState } from './health.ts'
import { answerOperator, isOperators, type OperatorServices } from './operator.ts'
import { ClientGoneError } from './request-body.ts'
import { findSigningCredential, headersWithBearer } from './signer.ts'

/** A request as the listener hands it over; nothing in it is decoded. */
export interface RawHttpRequest {
  readonly requestId: string
  readonly method: string
  /** Path and query as on the request line. */
  readonly url: string
  readonly rawHeaders: readonly string[]
  readonly headers: IncomingHttpHeaders
  /** Of the peer; the condition key `aws:SourceIp`. */
  readonly remoteAddress: string
  /** Whether it came by TLS; the condition key `aws:SecureTransport`. */
  readonly isSecure: boolean
  /** Reads the body, within bounds; throws FrontDoorError and ClientGoneError. */
  readBody(): Promise<Buffer>
}

/** What the steps need; each takes only its own part. */
export interface RequestChainParts {
  readonly router: Router
  readonly registry: Registry
  readonly dependencies: OperationDependencies
  readonly credentials: CredentialSource
  readonly authorizer: Authorizer
  readonly throttle: Throttle
  /** For both REST APIs, and for the query protocol at `/`. */
  readonly signatures: { readonly chime: SignatureChecker; readonly query: SignatureChecker }
  readonly state: ServerState
  readonly operatorServices: OperatorServices
  readonly metrics: Metrics
  readonly logger: Logger
  readonly clock: Clock
}

/** Answers any request; rejects only with ClientGoneError, when nobody is left to answer. */
export type RequestChain = (request: RawHttpRequest) => Promise<Answer>

/** What is known of a request when it is done, however it ends. */
interface Progress {
  operation: CompiledOperation | undefined
  protocol: 'rest-json' | 'query'
}

const NO_LABELS: Readonly<Record<string, string>> = {}

/** The chain over `parts`; one per server. */
export function createRequestChain(parts: RequestChainParts): RequestChain {
  return async (request) => {
    const startedAt = parts.clock.monotonicMs()
    const progress: Progress = { operation: undefined, protocol: 'rest-json' }
    let answer: Answer
    try {
      answer = await takeSteps(request, parts, progress)
    } catch (error) {
      if (error instanceof ClientGoneError) throw error
      answer = answerError(error, request, parts, progress)
    }
    const durationMs = parts.clock.monotonicMs() - startedAt
    const name = progress.operation?.name ?? 'none'
    parts.metrics.requestFinished(name, answer.status, durationMs)
    // Debug, because a line for each request costs more than the request.
    const { requestId, headers } = request
    parts.logger.debug({ requestId, operation: name, status: answer.status, durationMs }, 'request')
    return headers.origin === undefined ? answer : withCrossOrigin(answer)
  }
}

/** The list. Each step refuses by throwing, or hands its result to those below. */
// evidence: inferred (behaviour 8.5, 12b): signature 403, bearer 401, input 400, then the operation
async function takeSteps(
  request: RawHttpRequest,
  parts: RequestChainParts,
  progress: Progress,
): Promise<Answer> {
  const { method, requestId } = request
  const { rawPath, rawQuery } = splitRequestTarget(request.url)

  // 1. Body limit: the signature covers every byte, so nothing can be decided without them.
  const body = await request.readBody()

  // 2. Preflights and probes come without credentials; what only the operator may see, with the
  //    root's. evidence: sdk (behaviour 13.9)
  if (method === 'OPTIONS') {
    return { status: 204, headers: preflightHeaders(request.headers), body: '' }
  }
  const watched = await answerWatcher(method, rawPath, parts.state, parts.metrics)
  if (watched !== undefined) return watched
  const signed = { method, rawPath, rawQuery, rawHeaders: request.rawHeaders, body }
  if (isOperators(signed)) {
    const { principal } = await findSigningCredential(signed, parts.signatures.chime, parts)
    return answerOperator(principal, signed, parts.operatorServices, requestId)
  }

  // 3. Route. An unknown operation is told to anyone: that it is unknown is no secret.
  const route = parts.router.route(method, rawPath, rawQuery)
  if (route.kind === 'not-found') throw nothingThere(method, rawPath)
  if (route.kind === 'query') progress.protocol = 'query'
  if (route.kind === 'operation') progress.operation = route.operation

  // 4. The operation, where only the body tells it: some come without a signature.
  const operation = finishRoute(route, rawQuery, body, parts.router)
  progress.operation = operation
  const entry = parts.registry[operation.service][operation.name]
  assert(entry !== undefined, 'the registry has every operation of the models')

  // 5. Signature, over the raw bytes. evidence: behaviour 1.3
  const { principal, accountId } = await findSigner(signed, operation, entry, parts)

  // 6. Bearer, before anything that the body says; one that floods us is told before
  //    its input is read. evidence: behaviour 8.5, 12b
  const headers = headersWithBearer(signed, request.headers)
  const caller =
    entry.access === 'bearer'
      ? await findBearer(headerOf(headers, BEARER_HEADER), parts.dependencies.store)
      : undefined
  parts.throttle.checkBearer({ operation, caller })

  // 7. Types, then the bearer against the resource that is now known, then constraints.
  const uriLabels = route.kind === 'operation' ? route.uriLabels : NO_LABELS
  const input =
    operation.protocol === 'query'
      ? decodeQueryInput(operation, formOf(rawQuery, body))
      : decodeInput(operation, { uriLabels, rawQuery, headers, body })
  if (caller !== undefined) checkBearerAppInstance(caller, input, parts.dependencies.arnScope)
  const violations = validateInput(operation, input)
  if (violations.length > 0) throw invalidInput(operation, violations)

  // 8. What the credential's policies allow, then how often. evidence: behaviour 2.1, 2.5, 8.2
  const now = parts.clock.now()
  const { remoteAddress, isSecure } = request
  const authorization = { operation, input, caller, principal, remoteAddress, isSecure, now }
  await parts.authorizer.authorize(authorization)
  const admitted = parts.throttle.admit({ operation, input, caller, accountId })
  if (admitted !== undefined) await admitted

  // 9. The operation: existence, role, state, quotas.
  const output = await entry.run(
    { input, caller, now, accountId, principal, remoteAddress, isSecure },
    parts.dependencies,
  )

  // 10. Encode. evidence: model (status), behaviour 8.6
  return encodeSuccess(operation, output, requestId)
}

/** Whoever signed the request; one that comes unsigned is asked by nobody in particular. */
async function findSigner(
  signed: RawRequest,
  operation: CompiledOperation,
  entry: RegistryEntry,
  parts: RequestChainParts,
): Promise<Pick<Credential, 'principal' | 'accountId'>> {
  if (entry.access === 'unsigned') {
    const { accountId } = parts.dependencies.arnScope
    return { accountId, principal: { kind: 'anonymous', accountId } }
  }
  const checker = operation.protocol === 'query' ? parts.signatures.query : parts.signatures.chime
  return findSigningCredential(signed, checker, parts)
}

/** Whose proxy drops the upgrade finds the reason here: browsers tell of a close code alone. */
function nothingThere(method: string, rawPath: string): FrontDoorError {
  if (method !== 'GET' || rawPath !== CONNECT_PATH) return unknownOperation()
  return unknownOperation(
    'Messaging sessions begin with a WebSocket upgrade, and this request asks for none: ' +
      'a proxy in front must pass the headers Upgrade and Connection',
  )
}

function finishRoute(
  route: Exclude<Route, { kind: 'not-found' }>,
  rawQuery: string,
  body: Buffer,
  router: Router,
): CompiledOperation {
  return route.kind === 'operation' ? route.operation : router.finishRoute(route, rawQuery, body)
}

function encodeSuccess(
  operation: CompiledOperation,
  output: object | undefined,
  requestId: string,
): Answer {
  const status = operation.successStatus
  if (operation.protocol === 'query') {
    const headers = { 'Content-Type': 'text/xml', 'x-amzn-RequestId': requestId }
    return { status, headers, body: encodeQueryAnswer(operation, output, requestId) }
  }
  if (status === 204) return { status, headers: { 'x-amzn-RequestId': requestId }, body: '' }
  const headers = { 'Content-Type': 'application/json', 'x-amzn-RequestId': requestId }
  // A success without members is still an object: old SDKs parse it.
  return { status, headers, body: encodeOutput(operation, output) || '{}' }
}

function answerError(
  error: unknown,
  { requestId, method }: RawHttpRequest,
  { logger }: RequestChainParts,
  { operation, protocol }: Progress,
): Answer {
  const rendered = renderError(answerableError(error), operation, requestId, protocol)
  const fields = { requestId, operation: operation?.name ?? 'none', status: rendered.status }
  if (rendered.unlisted) {
    logger.error({ ...fields, err: error }, 'an error that the model does not list')
  } else if (rendered.status === 500) {
    logger.error({ ...fields, err: error }, 'request failed')
  } else if (rendered.status > 500) {
    logger.warn({ ...fields, err: error }, 'request refused')
  } else if (error instanceof FrontDoorError) {
    // Without the URL: path and query may hold what the models mark sensitive. So may the text of
    // a malformed body's error, which names places such as the key of an attribute.
    const reason = error.wireName === 'SerializationException' ? error.wireName : error.message
    logger.debug({ ...fields, method, reason }, 'front door refused')
  }
  return rendered
}

/** A database that cannot write now is no fault of ours that lasts: SDKs are to try again. */
function answerableError(error: unknown): unknown {
  return error instanceof StoreUnavailableError
    ? new ServiceUnavailableException('The database does not answer at the moment; try again')
    : error
}

function withCrossOrigin({ status, headers, body }: Answer): Answer {
  return { status, headers: { ...headers, ...CROSS_ORIGIN_HEADERS }, body }
}

function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'object' ? value[0] : value
}
