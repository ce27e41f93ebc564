// Queries and changes of app instances.
import { sql } from 'kysely'
import type { AppInstanceArn } from '../../../base/arn.ts'
import type { AppInstance } from '../../../domain/identity.ts'
import type { Page, PageRequest } from '../../../ports/paging.ts'
import type { StoreReader, StoreTransaction } from '../../../ports/store.ts'
import type { ReadContext, WriteContext } from '../contexts.ts'
import { pageOf, placeOf } from '../paging.ts'
import { appInstanceOf } from '../rows.ts'
import { defineStatement } from '../statement.ts'

const findByArn = defineStatement((db, { arn }: { arn: string }) =>
  db
    .selectFrom('app_instance')
    .select(['arn', 'name', 'metadata', 'created_at', 'last_updated_at'])
    .where('arn', '=', arn)
    .where('removal', '=', 0),
)

interface PlaceParameters {
  readonly afterValue: number
  readonly afterKey: number
  readonly limit: number
}

const listByAge = defineStatement((db, { afterValue, afterKey, limit }: PlaceParameters) =>
  db
    .selectFrom('app_instance')
    .select(['app_instance_key', 'arn', 'name', 'metadata', 'created_at', 'last_updated_at'])
    .where('removal', '=', 0)
    .where(sql<boolean>`(created_at, app_instance_key) > (${afterValue}, ${afterKey})`)
    .orderBy('created_at')
    .orderBy('app_instance_key')
    .limit(limit),
)

interface AppInstanceValues {
  readonly arn: string
  readonly name: string
  readonly metadata: string | null
  readonly createdAt: number
  readonly lastUpdatedAt: number
}

const insertRow = defineStatement((db, values: AppInstanceValues) =>
  db.insertInto('app_instance').values({
    arn: values.arn,
    name: values.name,
    metadata: values.metadata,
    created_at: values.createdAt,
    last_updated_at: values.lastUpdatedAt,
  }),
)

const replaceRow = defineStatement((db, values: Omit<AppInstanceValues, 'createdAt'>) =>
  db
    .updateTable('app_instance')
    .set({
      name: values.name,
      metadata: values.metadata,
      last_updated_at: values.lastUpdatedAt,
    })
    .where('arn', '=', values.arn)
    .where('removal', '=', 0),
)

const countOneLess = defineStatement((db, { arn }: { arn: string }) =>
  db
    .updateTable('counter')
    .set((eb) => ({ value: eb('value', '-', 1) }))
    .where('name', '=', 'app-instances')
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('app_instance')
          .select('app_instance_key')
          .where('arn', '=', arn)
          .where('removal', '=', 0),
      ),
    ),
)

/** What belongs to it stays behind for a later purge: every read passes through this row. */
const removeRow = defineStatement((db, { arn }: { arn: string }) =>
  db
    .updateTable('app_instance')
    .set((eb) => ({ removal: eb.ref('app_instance_key') }))
    .where('arn', '=', arn)
    .where('removal', '=', 0),
)

export class AppInstanceReader implements Pick<StoreReader['appInstances'], 'find' | 'list'> {
  readonly #context: ReadContext

  constructor(context: ReadContext) {
    this.#context = context
  }

  async find(arn: AppInstanceArn): Promise<AppInstance | undefined> {
    this.#context.dependOn(arn)
    const row = await this.#context.first(findByArn, { arn })
    return row && appInstanceOf(row)
  }

  async list(page: PageRequest): Promise<Page<AppInstance>> {
    const rows = await this.#context.all(listByAge, {
      ...placeOf(page.after),
      limit: page.limit + 1,
    })
    return pageOf(rows, page.limit, appInstanceOf, (row) => [row.created_at, row.app_instance_key])
  }
}

type Changes = StoreTransaction['appInstances']

export class AppInstanceWriter extends AppInstanceReader implements Changes {
  readonly #context: WriteContext

  constructor(context: WriteContext) {
    super(context)
    this.#context = context
  }

  insert(appInstance: AppInstance): void {
    this.#context.changeKey(appInstance.arn)
    this.#context.change(insertRow, {
      arn: appInstance.arn,
      name: appInstance.name,
      metadata: appInstance.metadata ?? null,
      createdAt: appInstance.createdAt,
      lastUpdatedAt: appInstance.lastUpdatedAt,
    })
    this.#context.countOneMore({ kind: 'app-instances' })
  }

  replace(appInstance: AppInstance): void {
    this.#context.changeKey(appInstance.arn)
    this.#context.change(replaceRow, {
      arn: appInstance.arn,
      name: appInstance.name,
      metadata: appInstance.metadata ?? null,
      lastUpdatedAt: appInstance.lastUpdatedAt,
    })
  }

  remove(arn: AppInstanceArn): void {
    this.#context.changeKey(arn)
    this.#context.change(countOneLess, { arn })
    this.#context.change(removeRow, { arn })
  }
}
