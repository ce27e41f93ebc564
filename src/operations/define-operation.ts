// The one way to write an operation: it ties the wire name to the types of input and output, says
// who may call, and what the operation may touch.
import type { ArnScope } from '../base/arn.ts'
import type { Logger } from '../base/logger.ts'
import type { Principal } from '../domain/access.ts'
import type { Limits } from '../domain/limits.ts'
import type { OutboundMapping } from '../domain/outbound-mapping.ts'
import type { BearerCaller } from '../policies/caller.ts'
import type { Store } from '../ports/store.ts'
import type { WebIdentityVerifier } from '../ports/web-identity-verifier.ts'
import type { Operations as IamOperations } from '../protocol/generated/iam-types.ts'
import type { Operations as IdentityOperations } from '../protocol/generated/identity-types.ts'
import type { Operations as MessagingOperations } from '../protocol/generated/messaging-types.ts'
import type { Operations as StsOperations } from '../protocol/generated/sts-types.ts'
import type { SecretSealer } from '../services/access/secret-sealer.ts'
import type { SessionTokens } from '../services/access/session-tokens.ts'
import type { NextTokens } from '../services/next-tokens.ts'

/** The three tag operations stand in both models with the same shapes. */
export type ModelOperations = MessagingOperations &
  Omit<IdentityOperations, keyof MessagingOperations> &
  IamOperations &
  StsOperations
export type OperationName = keyof ModelOperations

/** Everything that operations may be given; each names the few members that it uses. */
export interface OperationDependencies {
  readonly store: Store
  readonly arnScope: ArnScope
  readonly limits: Limits
  readonly nextTokens: NextTokens
  /** Under the server's key; the context of an access key's secret is its id. */
  readonly secretSealer: SecretSealer
  readonly sessionTokens: SessionTokens
  readonly webIdentities: WebIdentityVerifier
  /** `host:port` that clients connect their messaging sessions to. */
  readonly sessionEndpoint: string
  /** Where things go that leave the server, so that whoever names a dead end can be told. */
  readonly outboundMapping: OutboundMapping
  readonly logger: Logger
}

/**
 * Operations of the messaging API act for a bearer; identity and developer ones do not, nor do IAM
 * and STS. `unsigned` ones come without any credential: their input proves who asks.
 */
export type OperationAccess = 'bearer' | 'credential' | 'unsigned'

export interface OperationRequest<
  Name extends OperationName,
  Access extends OperationAccess = OperationAccess,
> {
  /** Decoded and valid by the model. */
  readonly input: ModelOperations[Name]['input']
  readonly caller: Access extends 'bearer' ? BearerCaller : undefined
  /** The instant of the request, epoch milliseconds. */
  readonly now: number
  /** Names the credential's account in the scope of request tokens. */
  readonly accountId: string
  /** Whose credential signed the request. */
  readonly principal: Principal
  /** Of the peer; the condition key `aws:SourceIp`. */
  readonly remoteAddress: string
  /** Whether it came by TLS; the condition key `aws:SecureTransport`. */
  readonly isSecure: boolean
}

export interface OperationDefinition<
  Name extends OperationName = OperationName,
  Access extends OperationAccess = OperationAccess,
> {
  readonly name: Name
  readonly access: Access
  run(
    request: OperationRequest<Name, Access>,
    dependencies: OperationDependencies,
  ): Promise<ModelOperations[Name]['output']>
}

/** Keeps the name, access and types of one operation together; `run` names what it needs. */
export function defineOperation<Name extends OperationName, Access extends OperationAccess>(
  definition: OperationDefinition<Name, Access>,
): OperationDefinition<Name, Access> {
  return definition
}
