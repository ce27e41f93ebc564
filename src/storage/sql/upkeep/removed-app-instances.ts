// What removed app instances left behind: their channels become removed ones, then everybody and
// everything in them goes, then the app instance itself. One batch changes one table.
import { sql } from 'kysely'
import type { WriteContext } from '../contexts.ts'
import { defineStatement, type Queries } from '../statement.ts'
import { purgeStep, type PurgeStep } from './batches.ts'

interface AppInstance {
  readonly appInstanceKey: number
}

interface Batch extends AppInstance {
  readonly limit: number
}

/** Batches follow the indexes by id: in the order of keys, each would sort all that are left. */
interface Range {
  readonly appInstanceKey: number
  readonly upToId: string
}

interface MemberRange extends Range {
  readonly upToKind: string
  readonly upToRemoval: number
}

const findRemoved = defineStatement((db, _parameters: object) =>
  db
    .selectFrom('app_instance')
    .select('app_instance_key')
    .where(sql<boolean>`removal <> 0`)
    .orderBy('app_instance_key')
    .limit(1),
)

const listChannels = defineStatement((db, { appInstanceKey, limit }: Batch) =>
  db
    .selectFrom('channel')
    .select('channel_id as upToId')
    .where('app_instance_key', '=', appInstanceKey)
    .where('removal', '=', 0)
    .orderBy('channel_id')
    .limit(limit),
)

function livingChannels(db: Queries, { appInstanceKey, upToId }: Range) {
  return db
    .selectFrom('channel')
    .select('channel_key')
    .where('app_instance_key', '=', appInstanceKey)
    .where('channel_id', '<=', upToId)
    .where('removal', '=', 0)
}

const removeActivities = defineStatement((db, range: Range) =>
  db.deleteFrom('channel_activity').where('channel_key', 'in', livingChannels(db, range)),
)

const retireChannels = defineStatement((db, range: Range) =>
  db
    .updateTable('channel')
    .set((eb) => ({ removal: eb.ref('channel_key') }))
    .where('channel_key', 'in', livingChannels(db, range)),
)

const listFlows = defineStatement((db, { appInstanceKey, limit }: Batch) =>
  db
    .selectFrom('channel_flow')
    .select('flow_id as upToId')
    .where('app_instance_key', '=', appInstanceKey)
    .orderBy('flow_id')
    .limit(limit),
)

const removeFlows = defineStatement((db, { appInstanceKey, upToId }: Range) =>
  db
    .deleteFrom('channel_flow')
    .where('app_instance_key', '=', appInstanceKey)
    .where('flow_id', '<=', upToId),
)

const listMembers = defineStatement((db, { appInstanceKey, limit }: Batch) =>
  db
    .selectFrom('member')
    .select(['kind as upToKind', 'member_id as upToId', 'removal as upToRemoval'])
    .where('app_instance_key', '=', appInstanceKey)
    .orderBy('kind')
    .orderBy('member_id')
    .orderBy('removal')
    .limit(limit),
)

function membersUpTo(db: Queries, range: MemberRange) {
  return db
    .selectFrom('member')
    .select('member_key')
    .where('app_instance_key', '=', range.appInstanceKey)
    .where(
      sql<boolean>`(kind, member_id, removal) <=
        (${range.upToKind}, ${range.upToId}, ${range.upToRemoval})`,
    )
}

const removeEndpoints = defineStatement((db, range: MemberRange) =>
  db.deleteFrom('endpoint').where('member_key', 'in', membersUpTo(db, range)),
)

const removeAdmins = defineStatement((db, range: MemberRange) =>
  db
    .deleteFrom('app_instance_admin')
    .where('app_instance_key', '=', range.appInstanceKey)
    .where('member_key', 'in', membersUpTo(db, range)),
)

const removeMembers = defineStatement((db, range: MemberRange) =>
  db.deleteFrom('member').where('member_key', 'in', membersUpTo(db, range)),
)

const removeAppInstance = defineStatement((db, { appInstanceKey }: AppInstance) =>
  db.deleteFrom('app_instance').where('app_instance_key', '=', appInstanceKey),
)

/** In the order in which they must go: channels name their creators. */
const steps: readonly PurgeStep<Batch>[] = [
  purgeStep(listChannels, [removeActivities, retireChannels]),
  purgeStep(listFlows, [removeFlows]),
  purgeStep(listMembers, [removeEndpoints, removeAdmins, removeMembers]),
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
  for (const plan of steps) {
    const count = await plan(context, { appInstanceKey, limit })
    if (count > 0) return count
  }
  context.change(removeAppInstance, { appInstanceKey })
  return 1
}
