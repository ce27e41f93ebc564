// Servers whose outbox has something in it from the start: written by a store of its own on the
// data directory before the server opens it.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { OutboxDraft } from '../../src/domain/outbox.ts'
import { createMetrics } from '../../src/observability/metrics.ts'
import { createSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts'
import { createFakeClock } from './fake-clock.ts'
import { silent } from './silent-logger.ts'

export interface DeadDraft {
  readonly draft: OutboxDraft
  readonly failure: string
  /** Epoch milliseconds: when it was made and when it was given up. */
  readonly createdAt: number
  readonly diedAt: number
}

/** Makes the database in `dataDirectory` with these; resolves with their ids, in their order. */
export async function seedDeadLetters(
  dataDirectory: string,
  letters: readonly DeadDraft[],
): Promise<readonly number[]> {
  await mkdir(dataDirectory, { recursive: true })
  const clock = createFakeClock()
  const store = createSqliteStore({
    file: join(dataDirectory, 'carillon.sqlite'),
    clock,
    logger: silent,
    metrics: createMetrics(),
    committedEvents: {
      channelEvent() {},
      memberRemoved() {},
      appInstanceRemoved() {},
      outboxAppended() {},
    },
    onFatal(error) {
      throw error
    },
  })
  await store.start()
  const entryIds: number[] = []
  for (const { draft, failure, createdAt, diedAt } of letters) {
    clock.advance(createdAt - clock.now())
    await store.transact(async (tx) => tx.outbox.append(draft))
    const last = entryIds.at(-1) ?? 0
    const [entry] = await store.read.outbox.listWaiting(draft, last, 1)
    if (entry === undefined) throw new Error('what was appended does not wait')
    clock.advance(diedAt - clock.now())
    await store.transact(async (tx) => tx.outbox.bury(entry.entryId, 3, failure))
    entryIds.push(entry.entryId)
  }
  await store.close()
  return entryIds
}

/**
 * Writes a file for CARILLON_OUTBOUND into `directory`, with `secrets` in files beside it by their
 * names; resolves with its path.
 */
export async function writeOutboundFile(
  directory: string,
  targets: object,
  secrets: Readonly<Record<string, string>>,
): Promise<string> {
  await mkdir(directory, { recursive: true })
  for (const [name, text] of Object.entries(secrets)) {
    await writeFile(join(directory, name), text, { mode: 0o600 })
  }
  const path = join(directory, 'outbound.json')
  await writeFile(path, JSON.stringify(targets))
  return path
}
