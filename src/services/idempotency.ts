// Client request tokens: the same request again gets the first answer and changes nothing, another
// request under the same token is refused. The store remembers the tokens.
import { hash } from 'node:crypto'
import { ConflictException } from '../domain/errors.ts'
import type { RequestTokenReference, StoreTransaction } from '../ports/store.ts'

/** How long the token of a create operation is remembered. */
// evidence: inferred (behaviour 3.7)
export const CREATE_TOKEN_WINDOW_MS = 24 * 60 * 60 * 1000

/** A request that may be the repetition of an earlier one. */
export interface RepeatableRequest {
  /** Everything within which the token must be unique: account, operation, bearer, resource. */
  readonly scope: readonly string[]
  /** Absent when the client sent none: then every request is a new one. */
  // evidence: field (behaviour 13.7), not every client sends one though the models require it
  readonly token: string | undefined
  readonly requestHash: string
  readonly now: number
}

/**
 * The first answer to this request, or that of `work` when it is new. Throws ConflictException when
 * the token came with another request. Answers must survive JSON.
 */
export async function answerOnce<Output extends object>(
  tx: Pick<StoreTransaction, 'requestTokens'>,
  request: RepeatableRequest,
  work: () => Promise<Output>,
): Promise<Output> {
  const { token } = request
  if (token === undefined) return work()
  const reference: RequestTokenReference = { scope: request.scope.join(' '), token }
  const recorded = await tx.requestTokens.find(reference)
  if (recorded !== undefined) {
    requireSameRequest(recorded.requestHash, request.requestHash)
    return JSON.parse(recorded.response) as Output
  }
  const output = await work()
  tx.requestTokens.record(
    reference,
    { requestHash: request.requestHash, response: JSON.stringify(output) },
    request.now + CREATE_TOKEN_WINDOW_MS,
  )
  return output
}

/** Throws ConflictException unless the hashes of the first and the present request are equal. */
// evidence: inferred (behaviour 3.7)
export function requireSameRequest(firstHash: string, presentHash: string): void {
  if (firstHash === presentHash) return
  throw new ConflictException(
    'ClientRequestToken was already used for a request with other parameters; use a new token',
  )
}

/** A hash of the input that depends neither on the order of members nor on the token itself. */
export function hashRequest(input: object): string {
  return hash('sha256', JSON.stringify(canonicalForm(input, 'ClientRequestToken')), 'base64url')
}

/**
 * Objects as flat lists of names and values in the order of names: cheaper than to sort and rebuild
 * them. No shape takes either an object or a list in one place, so two inputs never look alike.
 */
function canonicalForm(value: unknown, omitted?: string): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (Array.isArray(value)) return value.map((item) => canonicalForm(item))
  const members = value as Readonly<Record<string, unknown>>
  const form: unknown[] = []
  for (const name of Object.keys(members).toSorted()) {
    const member = members[name]
    if (member !== undefined && name !== omitted) form.push(name, canonicalForm(member))
  }
  return form
}
