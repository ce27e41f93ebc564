// The form body of a request of the query protocol, in its parts.
import type { SdkRequest } from './recorded-clients.ts'

/** The pairs as they stand in the body, still encoded. */
export function formPairsOf({ body }: SdkRequest): readonly string[] {
  if (typeof body !== 'string' || !body.startsWith('Action=')) throw new Error('no form')
  return body.split('&')
}
