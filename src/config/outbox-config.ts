// What `carillon outbox` is told: which server, what is to be done there, and with which entries.
import { OUTBOX_KINDS } from '../domain/outbox.ts'
import type { ChosenLetters, OutboxFilter, OutboxTask } from '../domain/outbox-task.ts'
import { createClientConfig, type ClientConfig, type Flags } from './client-config.ts'
import { ConfigError } from './config.ts'
import type { SettingValues } from './settings.ts'

export interface OutboxConfig extends ClientConfig {
  readonly task: OutboxTask
}

/** What stands behind `carillon outbox`. */
const OUTBOX_COMMANDS = ['list', 'retry', 'drop'] as const
export type OutboxCommandName = (typeof OUTBOX_COMMANDS)[number]

export const LIMIT_DEFAULT = 50
/** What one table holds in memory; who has more deals with these first. */
const LIMIT_MAX = 10_000
const ENTRY_ID = /^[1-9]\d{0,14}$/

/** Throws ConfigError for the first thing that is wrong. */
export function createOutboxConfig(
  command: OutboxCommandName,
  entryIds: readonly string[],
  flags: Flags,
  values: SettingValues,
): OutboxConfig {
  return { ...createClientConfig(flags, values), task: taskOf(command, entryIds, flags) }
}

function taskOf(command: OutboxCommandName, entryIds: readonly string[], flags: Flags): OutboxTask {
  if (command !== 'list') {
    const chosen = parseChosen(command, entryIds, flags)
    return command === 'retry'
      ? { name: command, chosen }
      : { name: command, chosen, isConfirmed: flags['yes'] === true }
  }
  const listed = { filter: parseFilter(flags), isJson: flags['json'] === true }
  const { limit } = flags
  if (flags['waiting'] !== true) {
    const name = 'list-dead'
    return { name, ...listed, limit: typeof limit === 'string' ? parseLimit(limit) : LIMIT_DEFAULT }
  }
  if (limit !== undefined) throw new ConfigError('--limit is for dead letters, not for --waiting')
  return { name: 'list-waiting', ...listed }
}

function parseChosen(
  command: OutboxCommandName,
  entryIds: readonly string[],
  flags: Flags,
): ChosenLetters {
  const { all, kind, target } = flags
  if ((all === true) === entryIds.length > 0) {
    throw new ConfigError(`${command} needs ids of dead letters, or --all, and not both`)
  }
  if (all === true) return parseFilter(flags)
  if (kind !== undefined || target !== undefined) {
    throw new ConfigError('--kind and --target go with --all')
  }
  return { entryIds: entryIds.map(parseEntryId) }
}

function parseFilter({ kind: kindText, target }: Flags): OutboxFilter {
  const kind = OUTBOX_KINDS.find((each) => each === kindText)
  if (kindText !== undefined && kind === undefined) {
    throw new ConfigError(`--kind is not allowed; allowed: ${OUTBOX_KINDS.join(', ')}`)
  }
  return { kind, target: typeof target === 'string' ? target : undefined }
}

function parseEntryId(text: string): number {
  if (!ENTRY_ID.test(text)) throw new ConfigError(`"${text}" is not the id of a dead letter`)
  return Number(text)
}

function parseLimit(text: string): number {
  const limit = Number(text)
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > LIMIT_MAX) {
    throw new ConfigError(`--limit is not allowed; allowed: 1 to ${LIMIT_MAX}`)
  }
  return limit
}
