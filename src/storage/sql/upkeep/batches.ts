// How purges go through what belongs to one thing: a bounded batch of rows in the order of an
// index, and then everything in it up to its last row.
import type { WriteContext } from '../contexts.ts'
import type { Statement } from '../statement.ts'

/**
 * Plans the next batch; resolves with how many rows it has, 0 when none are left. A batch says what
 * is purged, and of how many rows at most.
 */
export type PurgeStep<Batch> = (context: WriteContext, batch: Batch) => Promise<number>

/** `list` finds the rows of a batch; each change is of all rows up to the last of them. */
export function purgeStep<Batch extends object, Last extends object>(
  list: Statement<Batch, Last>,
  changes: readonly Statement<Batch & Last, unknown>[],
): PurgeStep<Batch> {
  return async (context, batch) => {
    const rows = await context.all(list, batch)
    const last = rows.at(-1)
    if (last === undefined) return 0
    for (const change of changes) context.change(change, { ...batch, ...last })
    return rows.length
  }
}
