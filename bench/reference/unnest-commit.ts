// Reference for durable writes to PostgreSQL: one connection in a loop, rows like those of
// messages, one index, one INSERT from arrays and one flush a transaction.
import { Client } from 'pg'

/** As many rows as 64 senders, of whom each waits for its answer, can have on their way. */
const GROUP_ROWS = 64

/** As long as the hash of a request. */
const HASH = 'x'.repeat(43)

/** Rows per second over `durationMs`, into a new table of the database at `url`. */
export async function runUnnestCommit(
  url: string,
  content: string,
  channelsCount: number,
  durationMs: number,
): Promise<number> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(
    `DROP TABLE IF EXISTS reference_message;
    CREATE TABLE reference_message (channel_key bigint NOT NULL, sub_channel_id text NOT NULL,
      message_id text NOT NULL, sender_key bigint NOT NULL, type text NOT NULL, content text,
      created_at bigint NOT NULL, request_token text, request_hash text);
    CREATE UNIQUE INDEX ON reference_message (channel_key, sub_channel_id, message_id)`,
  )
  const startedAtMs = performance.now()
  let rows = 0
  let elapsedMs = 0
  while (elapsedMs < durationMs) {
    const numbers = Array.from({ length: GROUP_ROWS }, (_, n) => rows + n)
    rows += GROUP_ROWS
    await client.query({
      name: 'insert',
      text:
        "INSERT INTO reference_message SELECT c, '', m, 1, 'STANDARD', t, a, k, h FROM unnest(" +
        '$1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[]) ' +
        'AS v (c, m, t, a, k, h)',
      values: [
        numbers.map((n) => n % channelsCount),
        numbers.map((n) => n.toString(16).padStart(32, '0')),
        numbers.map(() => content),
        numbers,
        numbers.map((n) => `token-${n}`),
        numbers.map(() => HASH),
      ],
    })
    elapsedMs = performance.now() - startedAtMs
  }
  await client.query('DROP TABLE reference_message')
  await client.end()
  return rows / (elapsedMs / 1_000)
}
