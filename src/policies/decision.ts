// What every rule about roles returns: allowed, with the values that were checked, or denied.
import { ForbiddenException, ACCESS_DENIED_TEXT } from '../domain/errors.ts'

/** `checked` holds what the rule made sure of, so that code that skips the rule lacks it. */
export type Decision<Checked> =
  | { readonly allowed: true; readonly checked: Checked }
  | { readonly allowed: false; readonly reason?: string | undefined }

export function allow<Checked>(checked: Checked): Decision<Checked> {
  return { allowed: true, checked }
}

/** `reason` is shown to the caller: absent where it would tell that something exists. */
export function deny(reason?: string): Decision<never> {
  return { allowed: false, reason }
}

/** What was checked; throws ForbiddenException when the rule denies. */
export function requireAllowed<Checked>(decision: Decision<Checked>): Checked {
  if (decision.allowed) return decision.checked
  throw new ForbiddenException(
    decision.reason === undefined ? undefined : `${ACCESS_DENIED_TEXT}: ${decision.reason}`,
  )
}
