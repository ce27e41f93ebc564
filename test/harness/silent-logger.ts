// A logger for parts that are put together without the program's own.
import type { Logger } from '../../src/base/logger.ts'

/** Drops every line. */
export const silent: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  fatal() {},
  child: () => silent,
}
