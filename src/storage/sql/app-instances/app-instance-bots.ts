// Queries and changes of bots. Who is known as a member, user or bot, is in members.ts.
import {
  appInstanceArnWithin,
  type AppInstanceArn,
  type AppInstanceBotArn,
} from '../../../base/arn.ts'
import type { AppInstanceBot } from '../../../domain/identity.ts'
import type { Page, PageRequest } from '../../../ports/paging.ts'
import type * as port from '../../../ports/store-identity.ts'
import type { ReadContext, WriteContext } from '../contexts.ts'
import { appInstanceKeyQuery, memberKeyQuery, memberPlaceOf, type MemberPlace } from '../keys.ts'
import { pageOf } from '../paging.ts'
import { appInstanceBotOf } from '../rows.ts'
import { defineStatement } from '../statement.ts'
import { removalOfBot } from '../upkeep/member-removal.ts'

const COLUMNS = [
  'arn',
  'name',
  'metadata',
  'configuration',
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
    .where('kind', '=', 'bot')
    .where('member_id', '>', afterId)
    .where('removal', '=', 0)
    .orderBy('member_id')
    .limit(limit),
)

interface BotValues extends MemberPlace {
  readonly arn: string
  readonly name: string
  readonly metadata: string | null
  /** JSON. */
  readonly configuration: string
  readonly createdAt: number
  readonly lastUpdatedAt: number
}

const insertRow = defineStatement((db, values: BotValues) =>
  db.insertInto('member').values({
    app_instance_key: appInstanceKeyQuery(db, values.memberAppInstanceArn),
    kind: values.memberKind,
    member_id: values.memberId,
    arn: values.arn,
    name: values.name,
    metadata: values.metadata,
    configuration: values.configuration,
    created_at: values.createdAt,
    last_updated_at: values.lastUpdatedAt,
  }),
)

const replaceRow = defineStatement((db, values: BotValues) =>
  db
    .updateTable('member')
    .set({
      name: values.name,
      metadata: values.metadata,
      configuration: values.configuration,
      last_updated_at: values.lastUpdatedAt,
    })
    .where('member_key', '=', memberKeyQuery(db, values)),
)

export class AppInstanceBotReader implements port.AppInstanceBotReader {
  readonly #context: ReadContext

  constructor(context: ReadContext) {
    this.#context = context
  }

  async find(arn: AppInstanceBotArn): Promise<AppInstanceBot | undefined> {
    const place = memberPlaceOf(arn)
    this.#context.dependOn(place.memberAppInstanceArn)
    this.#context.dependOn(arn)
    const row = await this.#context.first(findRow, place)
    return row && appInstanceBotOf(row)
  }

  async list(appInstanceArn: AppInstanceArn, page: PageRequest): Promise<Page<AppInstanceBot>> {
    const rows = await this.#context.all(listById, {
      appInstanceArn,
      afterId: String(page.after?.[0] ?? ''),
      limit: page.limit + 1,
    })
    return pageOf(rows, page.limit, appInstanceBotOf, (row) => [row.member_id])
  }
}

export class AppInstanceBotWriter
  extends AppInstanceBotReader
  implements port.AppInstanceBotWriter
{
  readonly #context: WriteContext

  constructor(context: WriteContext) {
    super(context)
    this.#context = context
  }

  insert(bot: AppInstanceBot): void {
    const appInstanceArn = appInstanceArnWithin(bot.arn)
    this.#context.dependOn(appInstanceArn)
    this.#context.changeKey(bot.arn)
    this.#context.change(insertRow, valuesOf(bot))
    this.#context.countOneMore({ kind: 'bots', of: appInstanceArn })
  }

  replace(bot: AppInstanceBot): void {
    this.#context.changeKey(bot.arn)
    this.#context.change(replaceRow, valuesOf(bot))
  }

  remove(arn: AppInstanceBotArn): void {
    this.#context.changeKey(arn)
    const place = memberPlaceOf(arn)
    for (const step of removalOfBot) this.#context.change(step, place)
  }
}

function valuesOf(bot: AppInstanceBot): BotValues {
  return {
    ...memberPlaceOf(bot.arn),
    arn: bot.arn,
    name: bot.name,
    metadata: bot.metadata ?? null,
    configuration: JSON.stringify(bot.configuration),
    createdAt: bot.createdAt,
    lastUpdatedAt: bot.lastUpdatedAt,
  }
}
