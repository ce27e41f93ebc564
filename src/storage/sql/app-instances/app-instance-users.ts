// Queries and changes of users.
import type { AppInstanceArn, AppInstanceUserArn } from '../../../base/arn.ts'
import { appInstanceArnWithin } from '../../../base/arn.ts'
import type { AppInstanceUser } from '../../../domain/identity.ts'
import type { Page, PageRequest } from '../../../ports/paging.ts'
import type { StoreReader, StoreTransaction } from '../../../ports/store.ts'
import type { ReadContext, WriteContext } from '../contexts.ts'
import { appInstanceKeyQuery, memberKeyQuery, memberPlaceOf, type MemberPlace } from '../keys.ts'
import { pageOf } from '../paging.ts'
import { appInstanceUserOf } from '../rows.ts'
import { defineStatement } from '../statement.ts'
import { removalOfUser } from '../upkeep/member-removal.ts'

const COLUMNS = [
  'arn',
  'name',
  'metadata',
  'expiration_days',
  'created_at',
  'last_updated_at',
] as const

const findRow = defineStatement((db, place: MemberPlace) =>
  db.selectFrom('member').select(COLUMNS).where('member_key', '=', memberKeyQuery(db, place)),
)

interface ListParameters {
  readonly appInstanceArn: string
  readonly afterId: string
  readonly limit: number
}

const listById = defineStatement((db, { appInstanceArn, afterId, limit }: ListParameters) =>
  db
    .selectFrom('member')
    .select(['member_id', ...COLUMNS])
    .where('app_instance_key', '=', appInstanceKeyQuery(db, appInstanceArn))
    .where('kind', '=', 'user')
    .where('member_id', '>', afterId)
    .where('removal', '=', 0)
    .orderBy('member_id')
    .limit(limit),
)

interface UserValues extends MemberPlace {
  readonly arn: string
  readonly name: string
  readonly metadata: string | null
  readonly expirationDays: number | null
  readonly createdAt: number
  readonly lastUpdatedAt: number
}

const insertRow = defineStatement((db, values: UserValues) =>
  db.insertInto('member').values({
    app_instance_key: appInstanceKeyQuery(db, values.memberAppInstanceArn),
    kind: values.memberKind,
    member_id: values.memberId,
    arn: values.arn,
    name: values.name,
    metadata: values.metadata,
    expiration_days: values.expirationDays,
    created_at: values.createdAt,
    last_updated_at: values.lastUpdatedAt,
  }),
)

interface ReplaceValues extends MemberPlace {
  readonly name: string
  readonly metadata: string | null
  readonly expirationDays: number | null
  readonly lastUpdatedAt: number
}

const replaceRow = defineStatement((db, values: ReplaceValues) =>
  db
    .updateTable('member')
    .set({
      name: values.name,
      metadata: values.metadata,
      expiration_days: values.expirationDays,
      last_updated_at: values.lastUpdatedAt,
    })
    .where('member_key', '=', memberKeyQuery(db, values)),
)

export class AppInstanceUserReader implements Pick<
  StoreReader['appInstanceUsers'],
  'find' | 'list'
> {
  readonly #context: ReadContext

  constructor(context: ReadContext) {
    this.#context = context
  }

  async find(arn: AppInstanceUserArn): Promise<AppInstanceUser | undefined> {
    const place = memberPlaceOf(arn)
    this.#context.dependOn(place.memberAppInstanceArn)
    this.#context.dependOn(arn)
    const row = await this.#context.first(findRow, place)
    return row && appInstanceUserOf(row)
  }

  async list(appInstanceArn: AppInstanceArn, page: PageRequest): Promise<Page<AppInstanceUser>> {
    const rows = await this.#context.all(listById, {
      appInstanceArn,
      afterId: String(page.after?.[0] ?? ''),
      limit: page.limit + 1,
    })
    return pageOf(rows, page.limit, appInstanceUserOf, (row) => [row.member_id])
  }
}

export class AppInstanceUserWriter
  extends AppInstanceUserReader
  implements Pick<StoreTransaction['appInstanceUsers'], 'insert' | 'replace' | 'remove'>
{
  readonly #context: WriteContext

  constructor(context: WriteContext) {
    super(context)
    this.#context = context
  }

  insert(user: AppInstanceUser): void {
    const place = memberPlaceOf(user.arn)
    this.#context.dependOn(place.memberAppInstanceArn)
    this.#context.changeKey(user.arn)
    this.#context.change(insertRow, {
      ...place,
      arn: user.arn,
      name: user.name,
      metadata: user.metadata ?? null,
      expirationDays: user.expirationDays ?? null,
      createdAt: user.createdAt,
      lastUpdatedAt: user.lastUpdatedAt,
    })
    this.#context.countOneMore({ kind: 'users', of: appInstanceArnWithin(user.arn) })
  }

  replace(user: AppInstanceUser): void {
    this.#context.changeKey(user.arn)
    this.#context.change(replaceRow, {
      ...memberPlaceOf(user.arn),
      name: user.name,
      metadata: user.metadata ?? null,
      expirationDays: user.expirationDays ?? null,
      lastUpdatedAt: user.lastUpdatedAt,
    })
  }

  remove(arn: AppInstanceUserArn): void {
    this.#context.changeKey(arn)
    const place = memberPlaceOf(arn)
    for (const step of removalOfUser) this.#context.change(step, place)
  }
}
