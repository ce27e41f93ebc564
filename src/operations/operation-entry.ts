// What stands in the lists of operations: how to run one, once input and caller fit.
import type { Principal } from '../domain/access.ts'
import type { BearerCaller } from '../policies/caller.ts'
import type {
  OperationAccess,
  OperationDefinition,
  OperationDependencies,
  OperationName,
} from './define-operation.ts'

/** An operation as the request chain runs it, once input and caller fit its name and access. */
export interface RegistryEntry {
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

/** A line for each of `Names`. */
export type EntriesFor<Names extends OperationName> = {
  readonly [Name in Names]:
    | OperationDefinition<Name, 'bearer'>
    | OperationDefinition<Name, 'credential'>
    | OperationDefinition<Name, 'unsigned'>
}
