// How long an app instance keeps its messages: the settings, and what they leave of a conversation.
import type { AppInstanceArn } from '../../../base/arn.ts'
import { DAY_MS } from '../../../domain/expiration.ts'
import type { RetentionSettings } from '../../../domain/identity.ts'
import type * as port from '../../../ports/store-identity.ts'
import type { ReadContext, WriteContext } from '../contexts.ts'
import { appInstanceKeyQuery } from '../keys.ts'
import { defineStatement } from '../statement.ts'

const findRow = defineStatement((db, { appInstanceArn }: { appInstanceArn: string }) =>
  db
    .selectFrom('app_instance')
    .select(['retention_days', 'initiate_deletion_at'])
    .where('arn', '=', appInstanceArn)
    .where('removal', '=', 0),
)

interface RetentionValues {
  readonly appInstanceArn: string
  readonly retentionDays: number | null
  readonly initiateDeletionAt: number
}

const putRow = defineStatement((db, values: RetentionValues) =>
  db
    .updateTable('app_instance')
    .set({
      retention_days: values.retentionDays,
      initiate_deletion_at: values.initiateDeletionAt,
    })
    .where('app_instance_key', '=', appInstanceKeyQuery(db, values.appInstanceArn)),
)

/**
 * Messages created before this instant are past their period and left out of every read; undefined
 * where messages are kept for ever. On the path of every read of messages, hence remembered.
 */
export async function findRetainedSince(
  context: ReadContext,
  appInstanceArn: string,
): Promise<number | undefined> {
  const { retentionDays } = (await recallSettings(context, appInstanceArn)) ?? {}
  return retentionDays === undefined ? undefined : context.now() - retentionDays * DAY_MS
}

interface FoundSettings {
  readonly retentionDays: number | undefined
  readonly initiateDeletionAt: number | undefined
}

/** Apart from the app instance's own key: users and channels depend on that one. */
function retentionKey(appInstanceArn: string): string {
  return `retention of ${appInstanceArn}`
}

async function recallSettings(
  context: ReadContext,
  appInstanceArn: string,
): Promise<FoundSettings | undefined> {
  const name = retentionKey(appInstanceArn)
  const { result } = await context.recall(name, async () => {
    const row = await context.first(findRow, { appInstanceArn })
    const found: FoundSettings | undefined = row && {
      retentionDays: row.retention_days ?? undefined,
      initiateDeletionAt: row.initiate_deletion_at ?? undefined,
    }
    return { result: found, keys: [appInstanceArn, name] }
  })
  return result
}

export class RetentionReader implements port.RetentionReader {
  readonly #context: ReadContext

  constructor(context: ReadContext) {
    this.#context = context
  }

  async find(appInstanceArn: AppInstanceArn): Promise<RetentionSettings | undefined> {
    const found = await recallSettings(this.#context, appInstanceArn)
    if (found?.initiateDeletionAt === undefined) return undefined
    const { retentionDays, initiateDeletionAt } = found
    return { retentionDays, initiateDeletionAt }
  }
}

export class RetentionWriter extends RetentionReader implements port.RetentionWriter {
  readonly #context: WriteContext

  constructor(context: WriteContext) {
    super(context)
    this.#context = context
  }

  put(appInstanceArn: AppInstanceArn, settings: RetentionSettings): void {
    this.#context.changeKey(retentionKey(appInstanceArn))
    this.#context.change(putRow, {
      appInstanceArn,
      retentionDays: settings.retentionDays ?? null,
      initiateDeletionAt: settings.initiateDeletionAt,
    })
  }
}
