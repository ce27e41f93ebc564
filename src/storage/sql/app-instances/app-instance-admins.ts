// Queries and changes of who administers an app instance.
import { sql } from 'kysely'
import type { AppInstanceArn, MemberArn } from '../../../base/arn.ts'
import type { AppInstanceAdmin } from '../../../domain/identity.ts'
import type { Page, PageRequest } from '../../../ports/paging.ts'
import type { ReadContext, WriteContext } from '../contexts.ts'
import {
  appInstanceKeyQuery,
  memberKeyQuery,
  memberPlaceOf,
  relationKey,
  type MemberPlace,
} from '../keys.ts'
import { pageOf, placeOf } from '../paging.ts'
import { identityOf } from '../rows.ts'
import { defineStatement } from '../statement.ts'

interface AdminPlace extends MemberPlace {
  readonly appInstanceArn: string
}

const findRow = defineStatement((db, place: AdminPlace) =>
  db
    .selectFrom('app_instance_admin as d')
    .innerJoin('member as m', 'm.member_key', 'd.member_key')
    .select(['m.arn', 'm.name', 'd.created_at'])
    .where('d.app_instance_key', '=', appInstanceKeyQuery(db, place.appInstanceArn))
    .where('d.member_key', '=', memberKeyQuery(db, place)),
)

interface ListParameters {
  readonly appInstanceArn: string
  readonly afterValue: number
  readonly afterKey: number
  readonly limit: number
}

const listByAge = defineStatement((db, place: ListParameters) =>
  db
    .selectFrom('app_instance_admin as d')
    .innerJoin('member as m', 'm.member_key', 'd.member_key')
    .select(['m.arn', 'm.name', 'd.created_at', 'd.member_key'])
    .where('d.app_instance_key', '=', appInstanceKeyQuery(db, place.appInstanceArn))
    .where(sql<boolean>`(d.created_at, d.member_key) > (${place.afterValue}, ${place.afterKey})`)
    .orderBy('d.created_at')
    .orderBy('d.member_key')
    .limit(place.limit),
)

const insertRow = defineStatement((db, place: AdminPlace & { readonly createdAt: number }) =>
  db.insertInto('app_instance_admin').values({
    app_instance_key: appInstanceKeyQuery(db, place.appInstanceArn),
    member_key: memberKeyQuery(db, place),
    created_at: place.createdAt,
  }),
)

const countOneLess = defineStatement((db, place: AdminPlace) =>
  db
    .updateTable('app_instance')
    .set((eb) => ({ admins_count: eb('admins_count', '-', 1) }))
    .where('app_instance_key', '=', (eb) =>
      eb
        .selectFrom('app_instance_admin')
        .select('app_instance_key')
        .where('app_instance_key', '=', appInstanceKeyQuery(db, place.appInstanceArn))
        .where('member_key', '=', memberKeyQuery(db, place)),
    ),
)

const removeRow = defineStatement((db, place: AdminPlace) =>
  db
    .deleteFrom('app_instance_admin')
    .where('app_instance_key', '=', appInstanceKeyQuery(db, place.appInstanceArn))
    .where('member_key', '=', memberKeyQuery(db, place)),
)

export class AppInstanceAdminReader {
  readonly #context: ReadContext

  constructor(context: ReadContext) {
    this.#context = context
  }

  async find(
    appInstanceArn: AppInstanceArn,
    adminArn: MemberArn,
  ): Promise<AppInstanceAdmin | undefined> {
    this.#context.dependOn(appInstanceArn)
    this.#context.dependOn(adminArn)
    this.#context.dependOn(relationKey(appInstanceArn, adminArn))
    const row = await this.#context.first(findRow, { appInstanceArn, ...memberPlaceOf(adminArn) })
    return row && adminOf(appInstanceArn, row)
  }

  async list(appInstanceArn: AppInstanceArn, page: PageRequest): Promise<Page<AppInstanceAdmin>> {
    const rows = await this.#context.all(listByAge, {
      appInstanceArn,
      ...placeOf(page.after),
      limit: page.limit + 1,
    })
    return pageOf(
      rows,
      page.limit,
      (row) => adminOf(appInstanceArn, row),
      (row) => [row.created_at, row.member_key],
    )
  }
}

export class AppInstanceAdminWriter extends AppInstanceAdminReader {
  readonly #context: WriteContext

  constructor(context: WriteContext) {
    super(context)
    this.#context = context
  }

  insert({ appInstanceArn, admin, createdAt }: AppInstanceAdmin): void {
    this.#context.dependOn(appInstanceArn)
    this.#context.dependOn(admin.arn)
    this.#context.changeKey(relationKey(appInstanceArn, admin.arn))
    this.#context.change(insertRow, { appInstanceArn, ...memberPlaceOf(admin.arn), createdAt })
    this.#context.countOneMore({ kind: 'admins', of: appInstanceArn })
  }

  remove(appInstanceArn: AppInstanceArn, adminArn: MemberArn): void {
    this.#context.changeKey(relationKey(appInstanceArn, adminArn))
    const place = { appInstanceArn, ...memberPlaceOf(adminArn) }
    this.#context.change(countOneLess, place)
    this.#context.change(removeRow, place)
  }
}

function adminOf(
  appInstanceArn: AppInstanceArn,
  row: { readonly arn: string; readonly name: string; readonly created_at: number },
): AppInstanceAdmin {
  return { appInstanceArn, admin: identityOf(row.arn, row.name), createdAt: row.created_at }
}
