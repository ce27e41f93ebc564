// What a part of the server may ask of its logger. The real one is made in observability/logger.ts.

type LogMethod = {
  (fields: Readonly<Record<string, unknown>>, message: string): void
  (message: string): void
}

/** Structured logging. Fields never hold secrets or what the models mark sensitive. */
export interface Logger {
  readonly debug: LogMethod
  readonly info: LogMethod
  readonly warn: LogMethod
  readonly error: LogMethod
  readonly fatal: LogMethod
  /** A logger that adds `fields` to every line. */
  child(fields: Readonly<Record<string, unknown>>): Logger
}
