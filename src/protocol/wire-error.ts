// Errors to answers. The one place where an exception becomes a status, headers and a body.
import { ApiError, FrontDoorError } from '../base/api-error.ts'
import type { CompiledError, CompiledOperation, WireProtocol } from './compiled-operation.ts'
import { errorCode } from './error-code.ts'
import { renderQueryError } from './query-error.ts'
import {
  SERVICE_FAILURE_MESSAGE,
  SERVICE_FAILURE_STATUS,
  type RenderedError,
} from './rendered-error.ts'

export type { RenderedError } from './rendered-error.ts'

const SERVICE_FAILURE = 'ServiceFailureException'
/** Header fields of more than a few KB are refused by clients and proxies. */
const HEADER_TEXT_CHARACTERS_MAX = 512

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
  if (protocol === 'query') return renderQueryError(error, operation, requestId)
  if (error instanceof FrontDoorError) return renderFrontDoor(requestId, error)
  const isModelled = error instanceof ApiError
  const details = isModelled ? operation?.errorDetails.get(error.wireName) : undefined
  if (isModelled && details !== undefined) {
    return renderModelled(requestId, error.wireName, details, error.message, false)
  }
  const failure = { status: SERVICE_FAILURE_STATUS, code: errorCode(SERVICE_FAILURE) }
  return renderModelled(requestId, SERVICE_FAILURE, failure, SERVICE_FAILURE_MESSAGE, isModelled)
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

/** Printable ASCII only, bounded: Node refuses to send control characters. */
function toHeaderText(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, HEADER_TEXT_CHARACTERS_MAX)
}
