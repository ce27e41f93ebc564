// What removed app instances left behind: their channels become removed ones, then everybody and
// everything in them goes, then the app instance itself. One batch changes one table.
import { sql } from 'kysely'
import type { WriteContext } from '../contexts.ts'
import { defineStatement } from '../statement.ts'

interface Batch {
  readonly appInstanceKey: number
  readonly limit: number
}

interface Range {
  readonly appInstanceKey: number
  readonly upTo: number
}

const findRemoved = defineStatement((db, _parameters: object) =>
  db
    .selectFrom('app_instance')
    .select('app_instance_key')
    .where(sql<boolean>`removal <> 0`)
    .orderBy('app_instance_key')
    .limit(sql.lit(1)),
)

const listChannels = defineStatement((db, { appInstanceKey, limit }: Batch) =>
  db
    .selectFrom('channel')
    .select('channel_key as upTo')
    .where('app_instance_key', '=', appInstanceKey)
    .where('removal', '=', 0)
    .orderBy('channel_key')
    .limit(limit),
)

const removeActivities = defineStatement((db, { appInstanceKey, upTo }: Range) =>
  db
    .deleteFrom('channel_activity')
    .where('app_instance_key', '=', appInstanceKey)
    .where('channel_key', '<=', upTo),
)

const retireChannels = defineStatement((db, { appInstanceKey, upTo }: Range) =>
  db
    .updateTable('channel')
    .set((eb) => ({ removal: eb.ref('channel_key') }))
    .where('app_instance_key', '=', appInstanceKey)
    .where('removal', '=', 0)
    .where('channel_key', '<=', upTo),
)

const listFlows = defineStatement((db, { appInstanceKey, limit }: Batch) =>
  db
    .selectFrom('channel_flow')
    .select('channel_flow_key as upTo')
    .where('app_instance_key', '=', appInstanceKey)
    .orderBy('channel_flow_key')
    .limit(limit),
)

const removeFlows = defineStatement((db, { appInstanceKey, upTo }: Range) =>
  db
    .deleteFrom('channel_flow')
    .where('app_instance_key', '=', appInstanceKey)
    .where('channel_flow_key', '<=', upTo),
)

const listMembers = defineStatement((db, { appInstanceKey, limit }: Batch) =>
  db
    .selectFrom('member')
    .select('member_key as upTo')
    .where('app_instance_key', '=', appInstanceKey)
    .orderBy('member_key')
    .limit(limit),
)

const removeEndpoints = defineStatement((db, { appInstanceKey, upTo }: Range) =>
  db
    .deleteFrom('endpoint')
    .where('member_key', 'in', (eb) =>
      eb
        .selectFrom('member')
        .select('member_key')
        .where('app_instance_key', '=', appInstanceKey)
        .where('member_key', '<=', upTo),
    ),
)

const removeAdmins = defineStatement((db, { appInstanceKey, upTo }: Range) =>
  db
    .deleteFrom('app_instance_admin')
    .where('app_instance_key', '=', appInstanceKey)
    .where('member_key', '<=', upTo),
)

const removeMembers = defineStatement((db, { appInstanceKey, upTo }: Range) =>
  db
    .deleteFrom('member')
    .where('app_instance_key', '=', appInstanceKey)
    .where('member_key', '<=', upTo),
)

const removeAppInstance = defineStatement((db, { appInstanceKey }: { appInstanceKey: number }) =>
  db.deleteFrom('app_instance').where('app_instance_key', '=', appInstanceKey),
)

/** In the order in which they must go: channels name their creators. */
const steps = [
  { list: listChannels, changes: [removeActivities, retireChannels] },
  { list: listFlows, changes: [removeFlows] },
  { list: listMembers, changes: [removeEndpoints, removeAdmins, removeMembers] },
]

/**
 * As `UpkeepWriter.purgeRemoved`, for app instances. To be called when no removed channel is left:
 * a channel row names members.
 */
export async function purgeRemovedAppInstances(
  context: WriteContext,
  limit: number,
): Promise<number> {
  const appInstanceKey = (await context.first(findRemoved, {}))?.app_instance_key
  if (appInstanceKey === undefined) return 0
  for (const { list, changes } of steps) {
    const rows = await context.all(list, { appInstanceKey, limit })
    const upTo = rows.at(-1)?.upTo
    if (upTo === undefined) continue
    for (const change of changes) context.change(change, { appInstanceKey, upTo })
    return rows.length
  }
  context.change(removeAppInstance, { appInstanceKey })
  return 1
}
