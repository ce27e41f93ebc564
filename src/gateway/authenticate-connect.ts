// Who asks for a messaging session, and whether they may have it: the signature of the connect URL,
// then the user that it names. Throws the close code with which the session is to be refused.
import { FrontDoorError } from '../base/api-error.ts'
import { asArnOf, parseArn, type AppInstanceUserArn, type MemberArn } from '../base/arn.ts'
import type { Principal } from '../domain/access.ts'
import type { CredentialSource } from '../ports/credential-source.ts'
import type { PrefetchOrder } from '../ports/store-moderation.ts'
import type { StoreReader } from '../ports/store.ts'
import type { RawRequest } from '../protocol/sigv4/raw-request.ts'
import type { SignatureChecker } from '../protocol/sigv4/signature-checker.ts'
import { parseQuerySignature } from '../protocol/sigv4/verify-query.ts'
import type { Authorizer, ConnectToAuthorize } from '../services/access/authorizer.ts'
import { CLOSE_CODES, type CloseCode } from './close-codes.ts'

/** Longest session id; stock clients send 36 characters at most. */
// evidence: inferred (docs name no bound)
const SESSION_ID_LENGTH_MAX = 128

/** What a connect request was granted. */
export interface ConnectGrant {
  readonly memberArn: MemberArn
  /** Absent when the client named none: the session then supersedes no other. */
  readonly sessionId: string | undefined
  /** When the credential ends, epoch milliseconds. */
  readonly expiresAt: number | undefined
  /** Which channels the session is to be shown first; undefined when it asks for none. */
  readonly prefetchOrder: PrefetchOrder | undefined
}

/** Thrown for a connect request that is refused; its message becomes the close reason. */
export class ConnectRefusal extends Error {
  override readonly name = 'ConnectRefusal'
  readonly closeCode: CloseCode

  constructor(closeCode: CloseCode, message: string) {
    super(message)
    this.closeCode = closeCode
  }
}

export interface ConnectAuthenticatorOptions {
  readonly members: Pick<StoreReader['members'], 'findIdentity'>
  readonly credentials: CredentialSource
  readonly authorizer: Pick<Authorizer, 'mayConnect'>
  readonly signatures: Pick<SignatureChecker, 'verifyQuery'>
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** A connect request, with the address that it came from: the condition key `aws:SourceIp`. */
export interface ConnectRequest extends RawRequest {
  readonly remoteAddress: string
  /** Whether it came by TLS: the condition key `aws:SecureTransport`. */
  readonly isSecure: boolean
}

export type ConnectAuthenticator = (request: ConnectRequest) => Promise<ConnectGrant>

/** Rejects with ConnectRefusal; anything else that it rejects with is a failure of ours. */
export function createConnectAuthenticator(
  options: ConnectAuthenticatorOptions,
): ConnectAuthenticator {
  return async (request) => {
    const credential = await verifiedCredential(request, options)
    const parameters = readParameters(request.rawQuery)
    const memberArn = connectingUser(parameters.userArn)
    // Before the user is looked up: who may not connect as a user is not told whether it exists.
    // evidence: docs service authorization (chime:Connect on the AppInstanceUser)
    const connect = new Connect(memberArn, credential.principal, options.now(), request)
    if (!(await options.authorizer.mayConnect(connect))) {
      throw forbidden('The credentials do not allow chime:Connect on this user')
    }
    const identity = await options.members.findIdentity(memberArn)
    if (identity === undefined) throw forbidden('userArn names no AppInstanceUser that exists')
    return {
      memberArn: identity.arn,
      sessionId: parameters.sessionId,
      expiresAt: credential.expiresAt,
      prefetchOrder: prefetchOrderOf(parameters),
    }
  }
}

/** A class, so that the address is looked up only where it is asked for. */
class Connect implements ConnectToAuthorize {
  readonly userArn: AppInstanceUserArn
  readonly principal: Principal
  readonly now: number
  readonly #request: ConnectRequest

  constructor(
    userArn: AppInstanceUserArn,
    principal: Principal,
    now: number,
    request: ConnectRequest,
  ) {
    this.userArn = userArn
    this.principal = principal
    this.now = now
    this.#request = request
  }

  get remoteAddress(): string {
    return this.#request.remoteAddress
  }

  get isSecure(): boolean {
    return this.#request.isSecure
  }
}

async function verifiedCredential(request: RawRequest, options: ConnectAuthenticatorOptions) {
  try {
    const presented = parseQuerySignature(request)
    const { accessKeyId, sessionToken } = presented
    const credential = await options.credentials.find(accessKeyId, sessionToken)
    if (credential === undefined) throw unauthorized('The security token is invalid')
    const now = options.now()
    options.signatures.verifyQuery(request, presented, credential.secretAccessKey, now)
    if (credential.expiresAt !== undefined && credential.expiresAt <= now) {
      throw unauthorized('The security token has expired')
    }
    return credential
  } catch (error) {
    if (error instanceof FrontDoorError) throw unauthorized(error.message)
    throw error
  }
}

// evidence: docs service authorization (Connect lists only app-instance-user); behaviour 1.3
function connectingUser(userArn: string | undefined): AppInstanceUserArn {
  if (userArn === undefined) throw forbidden('userArn is missing')
  const user = asArnOf(userArn, 'user')
  if (user !== undefined) return user
  if (parseArn(userArn) !== undefined) throw forbidden('Only an AppInstanceUser may connect')
  throw forbidden('userArn is not an ARN of an AppInstanceUser')
}

type ParameterName = 'userArn' | 'sessionId' | 'prefetch-on' | 'prefetch-sort-by'
type ConnectParameters = Partial<Record<ParameterName, string>>

const PARAMETER_NAMES: ReadonlySet<string> = new Set<ParameterName>([
  'userArn',
  'sessionId',
  'prefetch-on',
  'prefetch-sort-by',
])

function isParameterName(name: string): name is ParameterName {
  return PARAMETER_NAMES.has(name)
}

/** Unknown parameters are only signed. */
// evidence: behaviour 1.2
function readParameters(rawQuery: string): ConnectParameters {
  const parameters: ConnectParameters = {}
  for (const pair of rawQuery.split('&')) {
    const equals = pair.indexOf('=')
    const name = equals < 0 ? pair : pair.slice(0, equals)
    if (!isParameterName(name)) continue
    if (parameters[name] !== undefined) throw forbidden(`${name} may be present only once`)
    parameters[name] = decodeValue(equals < 0 ? '' : pair.slice(equals + 1), name)
  }
  if (parameters.sessionId === '') delete parameters.sessionId
  if ((parameters.sessionId?.length ?? 0) > SESSION_ID_LENGTH_MAX) {
    throw forbidden(`sessionId is longer than ${SESSION_ID_LENGTH_MAX} characters`)
  }
  return parameters
}

/** Values that the service does not know are tolerated like unknown parameters. */
// evidence: docs prefetch (behaviour 1.2, 1.11) | sdk MessagingSessionConfiguration (the default)
// | inferred (unknown values)
function prefetchOrderOf(parameters: ConnectParameters): PrefetchOrder | undefined {
  if (parameters['prefetch-on'] !== 'connect') return undefined
  const order = parameters['prefetch-sort-by']
  return order === 'last-message-timestamp' ? order : 'unread'
}

/** A copy of its own: a slice would keep the whole URL in memory as long as the session. */
function decodeValue(text: string, name: string): string {
  try {
    return Buffer.from(decodeURIComponent(text)).toString()
  } catch {
    throw forbidden(`${name} holds a malformed percent-encoding`)
  }
}

function unauthorized(message: string): ConnectRefusal {
  return new ConnectRefusal(CLOSE_CODES.unauthorized, message)
}

function forbidden(message: string): ConnectRefusal {
  return new ConnectRefusal(CLOSE_CODES.forbidden, message)
}
