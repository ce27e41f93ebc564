// Members of inputs that belong to features which do not exist yet: refused, never ignored.
import { FrontDoorError } from '../base/api-error.ts'

/**
 * Throws the 501 NotImplementedException when `input` carries any of `members`: doing the rest of
 * the request would acknowledge what was not done.
 */
export function refuseUnbuiltMembers<Input extends object>(
  input: Input,
  members: readonly (keyof Input & string)[],
): void {
  const unbuilt = members.filter((member) => input[member] !== undefined)
  if (unbuilt.length === 0) return
  throw new FrontDoorError(
    'NotImplementedException',
    501,
    `This server does not implement ${unbuilt.join(' and ')} yet; send the request without it`,
  )
}
