// Errors of the query protocol: XML bodies, and the names that this protocol has for what goes
// wrong before an operation is reached. SDKs and the CLI decide by them.
import { ApiError, FrontDoorError } from '../base/api-error.ts'
import type { CompiledError, CompiledOperation } from './compiled-operation.ts'
import { namespaceAttribute } from './query-encode.ts'
import {
  SERVICE_FAILURE_MESSAGE,
  SERVICE_FAILURE_STATUS,
  type RenderedError,
} from './rendered-error.ts'
import { escapeXml } from './xml.ts'

/** The `Code` for each error of the front door that is called otherwise in JSON. */
// evidence: docs IAM and STS CommonErrors | sdk (retries and clock corrections go by these)
const FRONT_DOOR_CODES: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AccessDenied',
  ExpiredTokenException: 'ExpiredToken',
  IncompleteSignatureException: 'IncompleteSignature',
  InvalidSignatureException: 'SignatureDoesNotMatch',
  MissingAuthenticationTokenException: 'MissingAuthenticationToken',
  SerializationException: 'MalformedInput',
  UnknownOperationException: 'InvalidAction',
  UnrecognizedClientException: 'InvalidClientTokenId',
  ValidationException: 'ValidationError',
}

/** What any operation may be answered although no model of a query API lists it. */
// evidence: docs IAM and STS CommonErrors (Throttling is a 400 there)
const COMMON_ERRORS: Readonly<Record<string, CompiledError>> = {
  ServiceUnavailableException: { status: 503, code: 'ServiceUnavailable' },
  ThrottledClientException: { status: 400, code: 'Throttling' },
}

const SERVICE_FAILURE = 'ServiceFailureException'
const INTERNAL_FAILURE: CompiledError = { status: SERVICE_FAILURE_STATUS, code: 'InternalFailure' }

/** The answer to any thrown value; renderError of wire-error.ts tells which is which. */
export function renderQueryError(
  error: unknown,
  operation: CompiledOperation | undefined,
  requestId: string,
): RenderedError {
  if (error instanceof FrontDoorError) {
    const { wireName, status, message } = error
    const code = FRONT_DOOR_CODES[wireName] ?? wireName
    return render(operation, requestId, { status, code }, message, false)
  }
  const isModelled = error instanceof ApiError
  if (isModelled) {
    const { wireName, message } = error
    const details = operation?.errorDetails.get(wireName) ?? COMMON_ERRORS[wireName]
    if (details !== undefined) return render(operation, requestId, details, message, false)
  }
  const failure = operation?.errorDetails.get(SERVICE_FAILURE) ?? INTERNAL_FAILURE
  return render(operation, requestId, failure, SERVICE_FAILURE_MESSAGE, isModelled)
}

// evidence: docs AWS query protocol error responses
function render(
  operation: CompiledOperation | undefined,
  requestId: string,
  { status, code }: CompiledError,
  message: string,
  unlisted: boolean,
): RenderedError {
  const type = status < SERVICE_FAILURE_STATUS ? 'Sender' : 'Receiver'
  return {
    status,
    headers: { 'Content-Type': 'text/xml', 'x-amzn-RequestId': requestId },
    body:
      `<ErrorResponse${namespaceAttribute(operation?.xmlNamespace)}><Error><Type>${type}</Type>` +
      `<Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message></Error>` +
      `<RequestId>${escapeXml(requestId)}</RequestId></ErrorResponse>`,
    unlisted,
  }
}
