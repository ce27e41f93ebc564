// What the core scenario asks of a client: to make one call as its users make it. Each client of
// another maker or generation has an adapter that does only this.
import type { Credentials, Endpoint } from '../../harness/start-server.ts'

export type Service = 'messaging' | 'identity' | 'iam' | 'sts'
export type Input = Readonly<Record<string, unknown>>
/** An answer as the client gives it; members have the API's names. */
export type Output = Readonly<Record<string, unknown>>

export interface CoreClient extends AsyncDisposable {
  /** Rejects with a `CallRefused` when the server refuses. */
  call(service: Service, operation: string, input?: Input): Promise<Output>
  /** Whether this version of the client knows the operation at all. */
  has(service: Service, operation: string): Promise<boolean>
  /** The same client for somebody else. */
  as(credentials: Credentials): CoreClient
}

/** A client of `server`; it tries again as it does for its users, or not at all. */
export type OpenClient = (server: Endpoint, options: { readonly retries: boolean }) => CoreClient

/** What a client made of a refusal. */
export class CallRefused extends Error {
  /** The class or code by which its users tell errors apart; modelled ones by the class's name. */
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = 'CallRefused'
    this.code = code
  }
}
