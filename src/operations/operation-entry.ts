// What stands in the lists of operations: how to run one, once input and caller fit.
import type { Principal } from '../domain/access.ts'
import type { BearerCaller } from '../policies/caller.ts'
import type {
  OperationAccess,
  OperationDefinition,
  OperationDependencies,
  OperationName,
} from './define-operation.ts'

/** An operation that later work brings: it is answered with the 501 NotImplementedException. */
export interface NotImplementedOperation {
  readonly run?: undefined
}

/** An operation as the request chain runs it, once input and caller fit its name and access. */
export interface ImplementedOperation {
  readonly name: OperationName
  readonly access: OperationAccess
  run(
    request: {
      readonly input: object
      readonly caller: BearerCaller | undefined
      readonly now: number
      readonly accountId: string
      readonly principal: Principal
      readonly remoteAddress: string
      readonly isSecure: boolean
    },
    dependencies: OperationDependencies,
  ): Promise<object | undefined>
}

export type RegistryEntry = ImplementedOperation | NotImplementedOperation

/** A line for each of `Names`. */
export type EntriesFor<Names extends OperationName> = {
  readonly [Name in Names]:
    | OperationDefinition<Name, 'bearer'>
    | OperationDefinition<Name, 'credential'>
    | OperationDefinition<Name, 'unsigned'>
    | NotImplementedOperation
}

export const notImplemented: NotImplementedOperation = {}

/** Whether an entry can be run; the others are answered with 501. */
export function isImplemented(entry: RegistryEntry): entry is ImplementedOperation {
  return entry.run !== undefined
}
