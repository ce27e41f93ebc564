// What an error looks like when it is ready to be sent, and what is said when nothing may be said.

/** An answer to be sent as it is. */
export interface RenderedError {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /**
   * True when the operation threw an exception that its model does not list, or that came without
   * an operation: our mistake, sent as a failure of the service. Tests treat it as a failure.
   */
  readonly unlisted: boolean
}

/** The status of any failure that is the server's own. */
export const SERVICE_FAILURE_STATUS = 500
/** Says nothing of the cause: an unknown error's text may hold anything. */
export const SERVICE_FAILURE_MESSAGE = 'The service failed to answer this request'
