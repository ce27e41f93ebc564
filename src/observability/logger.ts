// The real logger: pino on the standard error, so that the standard output keeps what a person or a
// script reads. JSON, one object a line; readable lines when the standard error is a terminal.
import { destination, pino } from 'pino'
import pretty from 'pino-pretty'
import type { Logger } from '../base/logger.ts'

export interface LoggerOptions {
  /** A pino level, or `silent`. */
  readonly level: string
  readonly isTerminal: boolean
  /** Members that no line may show, as the models name them. */
  readonly sensitiveNames: ReadonlySet<string>
  /** Where lines go instead of the standard error. */
  readonly write?: ((line: string) => void) | undefined
}

const STANDARD_ERROR = 2
const REDACTED = '[redacted]'
/** Fields are looked through this deep; what lies deeper is cut, so nothing slips below. */
const DEPTH_MAX = 6
/** Never shown, whatever the models say. */
const SECRET_NAMES = ['authorization', 'secretAccessKey', 'sessionToken', 'signature', 'password']

/**
 * Lines carry `requestId` where there is a request. Successes and refusals of requests are logged
 * at debug, because a line for each costs more than the request; failures of the server at error.
 */
export function createLogger(options: LoggerOptions): Logger {
  const hidden = hiddenNames(options.sensitiveNames)
  const stream =
    options.write !== undefined
      ? { write: options.write }
      : options.isTerminal
        ? pretty({ destination: STANDARD_ERROR, sync: true, ignore: 'pid,hostname' })
        : destination({ fd: STANDARD_ERROR, sync: true })
  const settings = {
    level: options.level,
    base: { pid: process.pid },
    formatters: {
      log: (fields: Record<string, unknown>) =>
        redact(fields, hidden, 0) as Record<string, unknown>,
    },
  }
  return pino(settings, stream)
}

/** The models' names, and the same as our own objects write them: `Content` and `content`. */
function hiddenNames(sensitiveNames: ReadonlySet<string>): ReadonlySet<string> {
  const names = new Set(SECRET_NAMES)
  for (const name of sensitiveNames) {
    names.add(name).add(name.charAt(0).toLowerCase() + name.slice(1))
  }
  return names
}

/** Errors are left to pino, which writes type, message and stack. */
function redact(value: unknown, hidden: ReadonlySet<string>, depth: number): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Error) return value
  if (depth >= DEPTH_MAX) return REDACTED
  if (Array.isArray(value)) return value.map((item) => redact(item, hidden, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      hidden.has(name) ? REDACTED : redact(member, hidden, depth + 1),
    ]),
  )
}
