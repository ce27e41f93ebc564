// Every operation that this server knows, by service and name.
import { iamOperations } from './iam-operations.ts'
import { identityOperations } from './identity-operations.ts'
import { messagingOperations } from './messaging-operations.ts'
import type { RegistryEntry } from './operation-entry.ts'
import { stsOperations } from './sts-operations.ts'

export type Registry = Readonly<
  Record<'messaging' | 'identity' | 'iam' | 'sts', Readonly<Record<string, RegistryEntry>>>
>

/** By service, then by name: the tag operations stand in both Chime APIs. */
export const registry: Registry = {
  messaging: withoutPrototype(messagingOperations),
  identity: withoutPrototype(identityOperations),
  iam: withoutPrototype(iamOperations),
  sts: withoutPrototype(stsOperations),
}

/** So that no name of a request finds what objects inherit. */
function withoutPrototype(
  entries: Readonly<Record<string, RegistryEntry>>,
): Readonly<Record<string, RegistryEntry>> {
  return Object.assign(Object.create(null) as Record<string, RegistryEntry>, entries)
}
