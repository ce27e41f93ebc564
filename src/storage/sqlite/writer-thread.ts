// The worker thread that owns the only writing connection: runs groups of changes, each as one
// durable transaction, so that neither fsync nor checkpoint stalls the main thread.
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { assert } from '../../base/assert.ts'
import { configureWriting, openFile } from './open-file.ts'
import type {
  NewStatement,
  WriteGroup,
  WriterFailure,
  WriterReply,
  WriterRequest,
  WriterSettings,
} from './writer-protocol.ts'

/** A primary result code is the low byte of what SQLite reports. */
const PRIMARY_CODE_MASK = 0xff

interface KnownStatement extends NewStatement {
  /** Made when it is first run: even that may fail, and then it is tried again. */
  prepared: StatementSync | undefined
}

function serve(): void {
  const port = parentPort
  assert(port, 'the writer runs as a worker thread')
  const { file, pagesMax } = workerData as WriterSettings
  const database = openFile(file)
  configureWriting(database)
  if (pagesMax !== undefined) database.exec(`PRAGMA max_page_count = ${pagesMax}`)
  const begin = database.prepare('BEGIN IMMEDIATE')
  const commit = database.prepare('COMMIT')
  const known: KnownStatement[] = []

  port.on('message', (request: WriterRequest) => {
    if (request === 'close') {
      database.close()
      port.close()
      return
    }
    // Before anything that can fail: the main thread sends each text once and counts on its number.
    for (const { text, parametersCount } of request.newStatements) {
      known.push({ text, parametersCount, prepared: undefined })
    }
    let reply: WriterReply = {}
    try {
      begin.run()
      run(database, known, request)
      commit.run()
    } catch (error) {
      reply = { failure: failureOf(error) }
      if (database.isTransaction) database.exec('ROLLBACK')
    }
    port.postMessage(reply)
  })
}

function run(database: DatabaseSync, known: readonly KnownStatement[], group: WriteGroup): void {
  let used = 0
  for (const number of group.statements) {
    const next = known[number]
    assert(next, 'a group names only statements that were sent')
    next.prepared ??= database.prepare(next.text)
    next.prepared.run(...group.values.slice(used, used + next.parametersCount))
    used += next.parametersCount
  }
}

function failureOf(error: unknown): WriterFailure {
  const message = error instanceof Error ? error.message : String(error)
  const code =
    error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
      ? error.errcode & PRIMARY_CODE_MASK
      : undefined
  return { message, code }
}

serve()
