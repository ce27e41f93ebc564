// Keeps two servers off one database. The lock belongs to the connection that writes: PostgreSQL
// frees it only once that connection's last transaction has ended, one way or the other, so whoever
// gets the lock knows that nobody else's commit is still on its way.
import { DatabaseError, type Client } from 'pg'

/** "Carillon" in ASCII, as one number that no other program is likely to take. */
const LOCK_KEY = '4855287670398283630'
// evidence: docs postgresql.org/docs/current/errcodes-appendix (lock_not_available)
const LOCK_NOT_AVAILABLE = '55P03'

/** Another server holds the lock. */
export class DatabaseInUseError extends Error {
  override readonly name = 'DatabaseInUseError'
}

/** Takes the lock for as long as `client` is connected; throws DatabaseInUseError otherwise. */
export async function lockDatabase(client: Client, waitMs: number): Promise<void> {
  try {
    await client.query(`SET lock_timeout = ${Math.max(1, Math.round(waitMs))}`)
    await client.query(`SELECT pg_advisory_lock(${LOCK_KEY})`)
    await client.query('SET lock_timeout = DEFAULT')
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== LOCK_NOT_AVAILABLE) throw error
    throw new DatabaseInUseError(
      'another server is running on the same database; stop it, or choose another database with ' +
        'CARILLON_STORE (--store)',
      { cause: error },
    )
  }
}
