// The credential that a signature presents: access key id and scope. Reads and checks it; knows no
// secrets.

import { incompleteSignature, invalidSignature } from './signature-errors.ts'

/** Longest credential taken. AWS's access key ids end at 128 characters, the scope near 60. */
const CREDENTIAL_LENGTH_MAX = 256
const TERMINATOR = 'aws4_request'
/** Printable ASCII without space: what is quoted in an error text must be harmless there. */
const PRINTABLE = /^[\x21-\x7e]+$/

/** What a credential is good for. */
export interface CredentialScope {
  /** `yyyymmdd`. */
  readonly date: string
  readonly region: string
  readonly service: string
  readonly terminator: string
  /** `date/region/service/terminator`, as presented: a line of the string to sign. */
  readonly text: string
}

/** A presented credential, well-formed but not checked. */
export interface Credential {
  readonly accessKeyId: string
  readonly scope: CredentialScope
}

/**
 * Splits `accessKeyId/date/region/service/terminator`. It is read from the right, so an access key
 * id that contains a slash is taken too.
 * @throws FrontDoorError 403 IncompleteSignatureException.
 */
export function parseCredential(text: string): Credential {
  if (text.length > CREDENTIAL_LENGTH_MAX || !PRINTABLE.test(text)) throw malformed()
  const terminatorAt = text.lastIndexOf('/')
  const serviceAt = text.lastIndexOf('/', terminatorAt - 1)
  const regionAt = text.lastIndexOf('/', serviceAt - 1)
  const dateAt = text.lastIndexOf('/', regionAt - 1)
  // A negative start makes lastIndexOf look at index 0, so check the order and not only the sign.
  const inOrder =
    dateAt > 0 && dateAt < regionAt && regionAt < serviceAt && serviceAt < terminatorAt
  if (!inOrder) throw malformed()
  return {
    accessKeyId: text.slice(0, dateAt),
    scope: {
      date: text.slice(dateAt + 1, regionAt),
      region: text.slice(regionAt + 1, serviceAt),
      service: text.slice(serviceAt + 1, terminatorAt),
      terminator: text.slice(terminatorAt + 1),
      text: text.slice(dateAt + 1),
    },
  }
}

/** What a scope must be at this server. */
export interface ExpectedScope {
  readonly regions: readonly string[]
  readonly services: readonly string[]
}

/**
 * Checks a scope against the server and the day of the request's timestamp (`yyyymmddThhmmssZ`).
 * @throws FrontDoorError 403 InvalidSignatureException that names what was expected and got.
 */
export function checkCredentialScope(
  scope: CredentialScope,
  expected: ExpectedScope,
  timestamp: string,
): void {
  if (scope.terminator !== TERMINATOR) {
    throw misScoped('with a valid terminator', [TERMINATOR], scope.terminator)
  }
  if (!expected.regions.includes(scope.region)) {
    throw misScoped('to a valid region', expected.regions, scope.region)
  }
  if (!expected.services.includes(scope.service)) {
    throw misScoped('to correct service', expected.services, scope.service)
  }
  if (!timestamp.startsWith(`${scope.date}T`)) {
    throw invalidSignature(
      'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from ' +
        `HTTP: '${scope.date}' != '${timestamp.slice(0, 8)}', from '${timestamp}'.`,
    )
  }
}

function misScoped(what: string, expected: readonly string[], got: string) {
  const wanted = expected.map((value) => `'${value}'`).join(' or ')
  return invalidSignature(`Credential should be scoped ${what}: expected ${wanted}, got '${got}'.`)
}

function malformed() {
  return incompleteSignature(
    'Credential must have five slash-delimited elements: ' +
      'access key id/YYYYMMDD/region/service/aws4_request.',
  )
}
