// A server whose days pass when a case says so, and clients that sign with its time.
import { createMovedClock } from '../../harness/moved-clock.ts'
import { startServer } from '../../harness/start-server.ts'
import { createRecordedClients, type RecordedClients } from './recorded-clients.ts'

export const DAY_MS = 24 * 60 * 60 * 1000

export interface MovedTime extends AsyncDisposable {
  /** To be asked for before every call: an SDK sets its own clock by each answer. */
  readonly clients: RecordedClients
  pass(spanMs: number): void
}

export async function startMovedTime(): Promise<MovedTime> {
  const clock = createMovedClock()
  const server = await startServer({ overrides: { clock } })
  const clients = createRecordedClients({ ...server, endpoint: server.httpUrl })
  return {
    get clients() {
      for (const { config } of [clients.identity, clients.messaging]) {
        config.systemClockOffset = clock.offsetMs
      }
      return clients
    },
    pass: (spanMs) => clock.pass(spanMs),
    async [Symbol.asyncDispose]() {
      clients.destroy()
      await server.stop()
    },
  }
}
