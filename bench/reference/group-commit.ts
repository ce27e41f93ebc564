// Reference for durable writes: SQLite alone in a loop, rows like those of messages, one index, one
// fsync per group. No server can store more than this on the same disk.
import { DatabaseSync } from 'node:sqlite'

/** As many rows as the store puts into one commit at most. */
const GROUP_ROWS = 64

export interface GroupCommitRun {
  readonly rowsPerSecond: number
  readonly commitsPerSecond: number
}

/** Writes rows for `durationMs` into a new table of the database file at `file`. */
export function runGroupCommit(
  file: string,
  content: string,
  channelsCount: number,
  durationMs: number,
): GroupCommitRun {
  const database = new DatabaseSync(file)
  database.exec('PRAGMA journal_mode = WAL')
  database.exec('PRAGMA synchronous = FULL')
  database.exec(
    `CREATE TABLE message (channel_key INTEGER NOT NULL, sub_channel_id TEXT NOT NULL,
      message_id TEXT NOT NULL, sender_key INTEGER NOT NULL, type TEXT NOT NULL,
      content TEXT, created_at INTEGER NOT NULL, request_token TEXT, request_hash TEXT)`,
  )
  database.exec(
    'CREATE UNIQUE INDEX message_by_id ON message (channel_key, sub_channel_id, message_id)',
  )
  const insert = database.prepare('INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const begin = database.prepare('BEGIN IMMEDIATE')
  const commit = database.prepare('COMMIT')
  const startedAtMs = performance.now()
  let rows = 0
  let elapsedMs = 0
  while (elapsedMs < durationMs) {
    begin.run()
    for (let n = 0; n < GROUP_ROWS; n++, rows++) {
      const id = rows.toString(16).padStart(32, '0')
      const channel = rows % channelsCount
      insert.run(channel, '', id, 1, 'STANDARD', content, rows, `token-${rows}`, HASH)
    }
    commit.run()
    elapsedMs = performance.now() - startedAtMs
  }
  database.close()
  const seconds = elapsedMs / 1_000
  return { rowsPerSecond: rows / seconds, commitsPerSecond: rows / GROUP_ROWS / seconds }
}

/** As long as the hash of a request. */
const HASH = 'x'.repeat(43)
