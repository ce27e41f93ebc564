// Errors to answers. The one place where an exception becomes a status, headers and a body.
import { ApiError, FrontDoorError } from '../base/api-error.ts'
import type { CompiledError, CompiledOperation, WireProtocol } from './compiled-operation.ts'
import { errorCode } from './error-code.ts'

/** An answer to be sent as it is. */
export interface RenderedError {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /**
   * True when the operation threw an exception that its model does not list, or that came without
   * an operation: our mistake, sent as ServiceFailureException. Tests treat it as a failure.
   */
  readonly unlisted: boolean
}

const SERVICE_FAILURE = 'ServiceFailureException'
const SERVICE_FAILURE_STATUS = 500
/** Says nothing of the cause: an unknown error's text may hold anything. */
const SERVICE_FAILURE_MESSAGE = 'The service failed to answer this request'
/** Header fields of more than a few KB are refused by clients and proxies. */
const HEADER_TEXT_CHARACTERS_MAX = 512

/** The answer of an operation that the model has and the server does not yet. */
export function notImplemented(operation: Pick<CompiledOperation, 'name'>): FrontDoorError {
  const message = `${operation.name} is not implemented by this server yet`
  return new FrontDoorError('NotImplementedException', 501, message)
}

/**
 * The answer to any thrown value. ApiError: status and `Code` from the operation's model.
 * FrontDoorError: its own status, a body without `Code`. Anything else: ServiceFailureException
 * with a fixed text. `protocol` decides between JSON and XML where there is no operation.
 */
export function renderError(
  error: unknown,
  operation: CompiledOperation | undefined,
  requestId: string,
  protocol: WireProtocol,
): RenderedError {
  if (error instanceof FrontDoorError) {
    const { wireName, status, message } = error
    return protocol === 'query'
      ? renderXml(operation, requestId, { status, code: wireName }, message, false)
      : renderFrontDoor(requestId, error)
  }
  const isModelled = error instanceof ApiError
  const details = isModelled ? operation?.errorDetails.get(error.wireName) : undefined
  if (isModelled && details !== undefined) {
    const { wireName, message } = error
    return protocol === 'query'
      ? renderXml(operation, requestId, details, message, false)
      : renderModelled(requestId, wireName, details, message, false)
  }
  const failure = { status: SERVICE_FAILURE_STATUS, code: errorCode(SERVICE_FAILURE) }
  const message = SERVICE_FAILURE_MESSAGE
  return protocol === 'query'
    ? renderXml(operation, requestId, failure, message, isModelled)
    : renderModelled(requestId, SERVICE_FAILURE, failure, message, isModelled)
}

// evidence: behaviour 8.4 | sdk client protocols (the header decides the exception's class)
function renderModelled(
  requestId: string,
  wireName: string,
  { status, code }: CompiledError,
  message: string,
  unlisted: boolean,
): RenderedError {
  return {
    status,
    headers: {
      'Content-Type': 'application/json',
      'x-amzn-ErrorType': wireName,
      'x-amzn-RequestId': requestId,
    },
    body: JSON.stringify({ Code: code, Message: message }),
    unlisted,
  }
}

// evidence: behaviour 13.6 (no `Code`; Go v1 reads the text from the header only)
function renderFrontDoor(
  requestId: string,
  { wireName, status, message }: FrontDoorError,
): RenderedError {
  return {
    status,
    headers: {
      'Content-Type': 'application/json',
      'x-amzn-ErrorType': wireName,
      'x-amzn-ErrorMessage': toHeaderText(message),
      'x-amzn-RequestId': requestId,
    },
    body: JSON.stringify({ message }),
    unlisted: false,
  }
}

// evidence: docs AWS query protocol error responses
function renderXml(
  operation: CompiledOperation | undefined,
  requestId: string,
  { status, code }: CompiledError,
  message: string,
  unlisted: boolean,
): RenderedError {
  const namespace = operation?.xmlNamespace
  const attribute = namespace === undefined ? '' : ` xmlns="${escapeXml(namespace)}"`
  const type = status < SERVICE_FAILURE_STATUS ? 'Sender' : 'Receiver'
  return {
    status,
    headers: { 'Content-Type': 'text/xml', 'x-amzn-RequestId': requestId },
    body:
      `<ErrorResponse${attribute}><Error><Type>${type}</Type><Code>${escapeXml(code)}</Code>` +
      `<Message>${escapeXml(message)}</Message></Error>` +
      `<RequestId>${escapeXml(requestId)}</RequestId></ErrorResponse>`,
    unlisted,
  }
}

/** Printable ASCII only, bounded: Node refuses to send control characters. */
function toHeaderText(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, HEADER_TEXT_CHARACTERS_MAX)
}

const XML_ENTITIES: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Characters that XML 1.0 cannot hold at all become question marks. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u0020-\ufffd\u{10000}-\u{10ffff}]/gu, '?')
    .replaceAll(/[<>&"']/g, (character) => XML_ENTITIES[character] ?? character)
}
