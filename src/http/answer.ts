// An answer before it is written: what every way through the server ends in.

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Text that goes out as UTF-8; empty for no body. */
  readonly body: string
}
