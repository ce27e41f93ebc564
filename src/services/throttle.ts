// How often requests may come: the rates of behaviour 8.2.
import type { BearerCaller } from '../policies/caller.ts'

/** A request that is about to be carried out. */
export interface RequestToAdmit {
  readonly operation: { readonly service: string; readonly name: string }
  readonly input: Readonly<Record<string, unknown>>
  readonly caller: BearerCaller | undefined
  readonly accountId: string
}

export interface Throttle {
  /** Throws ThrottledClientException when the request comes too soon. */
  admit(request: RequestToAdmit): void
}

/** Admits everything. */
export const unlimited: Throttle = { admit() {} }
