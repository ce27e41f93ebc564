// The highest sequence number of a commit that the tables remember, whatever the clock says:
// numbers go on from there after a restart.
import { sql } from 'kysely'
import { defineStatement, type Statement } from './statement.ts'

/** One look into the index per app instance and privacy. */
const findNewestActivity = defineStatement((db, _parameters: object) =>
  db
    .selectFrom('app_instance as a')
    .innerJoin(
      sql<{ privacy: string }>`(select 'PUBLIC' as privacy union all select 'PRIVATE')`.as('p'),
      (join) => join.onTrue(),
    )
    .select((eb) =>
      eb.fn
        .max<number | null>(
          eb
            .selectFrom('channel_activity as y')
            .select((inner) => inner.fn.max('y.last_activity').as('newest'))
            .whereRef('y.app_instance_key', '=', 'a.app_instance_key')
            .whereRef('y.privacy', '=', 'p.privacy'),
        )
        .as('newest'),
    ),
)

/** Joins of elastic channels move no activity. A look at each sub-channel, once, at the start. */
const findNewestCount = defineStatement((db, _parameters: object) =>
  db
    .selectFrom('sub_channel')
    .select((eb) => eb.fn.max<number | null>('counted_sequence').as('newest')),
)

interface Newest {
  readonly newest: number | null
}

/** `first` runs a statement and resolves with its first row. */
export async function findNewestSequence(
  first: (statement: Statement<object, Newest>) => Promise<Newest | undefined>,
): Promise<number> {
  const found = [await first(findNewestActivity), await first(findNewestCount)]
  return Math.max(...found.map((row) => row?.newest ?? 0))
}
