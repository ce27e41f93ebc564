// One PostgreSQL for a whole run of tests; vitest's projects name this file as their set-up.
import { startPostgres } from './postgres.ts'

export async function setup(): Promise<() => Promise<void>> {
  return startPostgres()
}
