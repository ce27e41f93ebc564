// What happens to the tables when a user goes: its roles go with it, its row stays as the name
// under its messages. Bounded by the quota of memberships per member, so it fits one transaction.
import { memberKeyQuery, type MemberPlace } from './keys.ts'
import { defineStatement, type Statement } from './statement.ts'

const uncountMemberships = defineStatement((db, place: MemberPlace) =>
  db
    .updateTable('channel')
    .set((eb) => ({ memberships_count: eb('memberships_count', '-', 1) }))
    .where('channel_key', 'in', (eb) =>
      eb
        .selectFrom('membership')
        .select('channel_key')
        .where('member_key', '=', memberKeyQuery(db, place)),
    ),
)

const removeMemberships = defineStatement((db, place: MemberPlace) =>
  db.deleteFrom('membership').where('member_key', '=', memberKeyQuery(db, place)),
)

const uncountModerators = defineStatement((db, place: MemberPlace) =>
  db
    .updateTable('channel')
    .set((eb) => ({ moderators_count: eb('moderators_count', '-', 1) }))
    .where('channel_key', 'in', (eb) =>
      eb
        .selectFrom('moderator')
        .select('channel_key')
        .where('member_key', '=', memberKeyQuery(db, place)),
    ),
)

const removeModerators = defineStatement((db, place: MemberPlace) =>
  db.deleteFrom('moderator').where('member_key', '=', memberKeyQuery(db, place)),
)

const removeBans = defineStatement((db, place: MemberPlace) =>
  db.deleteFrom('ban').where('member_key', '=', memberKeyQuery(db, place)),
)

/** Runs while the roles are still there, so that they can be counted out of the app instance. */
const uncountInAppInstance = defineStatement((db, place: MemberPlace) =>
  db
    .updateTable('app_instance')
    .set((eb) => ({
      users_count: eb('users_count', '-', 1),
      admins_count: eb(
        'admins_count',
        '-',
        eb
          .selectFrom('app_instance_admin as d')
          .select((count) => count.fn.countAll<number>().as('admins'))
          .whereRef('d.app_instance_key', '=', 'app_instance.app_instance_key')
          .where('d.member_key', '=', memberKeyQuery(db, place)),
      ),
    }))
    .where('app_instance_key', '=', (eb) =>
      eb
        .selectFrom('member')
        .select('app_instance_key')
        .where('member_key', '=', memberKeyQuery(db, place)),
    ),
)

const removeAdmin = defineStatement((db, place: MemberPlace) =>
  db
    .deleteFrom('app_instance_admin')
    .where('app_instance_key', '=', (eb) =>
      eb
        .selectFrom('member')
        .select('app_instance_key')
        .where('member_key', '=', memberKeyQuery(db, place)),
    )
    .where('member_key', '=', memberKeyQuery(db, place)),
)

const retire = defineStatement((db, place: MemberPlace) =>
  db
    .updateTable('member')
    .set((eb) => ({ removal: eb.ref('member_key'), metadata: null, memberships_count: 0 }))
    .where('member_key', '=', memberKeyQuery(db, place)),
)

/** The statements, in the order in which they must run. */
export const removalOfMember: readonly Statement<MemberPlace, unknown>[] = [
  uncountMemberships,
  removeMemberships,
  uncountModerators,
  removeModerators,
  removeBans,
  uncountInAppInstance,
  removeAdmin,
  retire,
]
