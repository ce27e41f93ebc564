// Whether the policies of whoever signed a request allow it: the IAM gate of behaviour 2.1.
import { FrontDoorError } from '../base/api-error.ts'
import type { AppInstanceUserArn } from '../base/arn.ts'
import type { Principal } from '../domain/access.ts'
import type { BearerCaller } from '../policies/caller.ts'

/** A request whose input is valid and whose bearer exists. */
export interface RequestToAuthorize {
  readonly operation: { readonly service: string; readonly name: string }
  readonly input: Readonly<Record<string, unknown>>
  readonly caller: BearerCaller | undefined
  readonly principal: Principal
  /** The value of `aws:SourceIp`. */
  readonly remoteAddress: string
  /** Epoch milliseconds. */
  readonly now: number
}

/** A messaging session that is about to begin. */
export interface ConnectToAuthorize {
  readonly userArn: AppInstanceUserArn
  readonly principal: Principal
  readonly remoteAddress: string
  readonly now: number
}

export interface Authorizer {
  /** Rejects with the front door's AccessDeniedException unless every resource is allowed. */
  authorize(request: RequestToAuthorize): Promise<void>
  /** Whether `chime:Connect` is allowed on the user. */
  mayConnect(connect: ConnectToAuthorize): Promise<boolean>
}

/** Allows everything to the root credential and nothing to anyone else. */
export function createAuthorizer(): Authorizer {
  return {
    async authorize({ principal }) {
      if (principal.kind === 'root' || principal.kind === 'anonymous') return
      throw new FrontDoorError('AccessDeniedException', 403, 'User is not authorized')
    },
    async mayConnect({ principal }) {
      return principal.kind === 'root'
    },
  }
}
