// Tags of resources: queries and changes. They lie in the row of what they belong to, and go with
// it.
import { appInstanceArnWithin, parseArn, type ArnKind } from '../../base/arn.ts'
import type { Tags } from '../../domain/tags.ts'
import type * as port from '../../ports/store-tags.ts'
import type { TaggedArn } from '../../ports/store-tags.ts'
import { channelFlowKeyQuery } from './channels/channel-flow-keys.ts'
import type { ReadContext, WriteContext } from './contexts.ts'
import { appInstanceKeyQuery, channelKeyQuery, memberKeyQuery } from './keys.ts'
import { defineStatement, type Queries, type Statement } from './statement.ts'

/** The parts of any of our ARNs, under the names that the look-ups by key know them by. */
interface TaggedPlace {
  readonly appInstanceArn: string
  readonly channelId: string
  readonly flowId: string
  readonly memberAppInstanceArn: string
  readonly memberKind: string
  readonly memberId: string
}

interface TagStatements {
  readonly find: Statement<TaggedPlace, { readonly tags: string | null }>
  readonly put: Statement<TaggedPlace & { readonly tags: string | null }, unknown>
}

const ofMembers: TagStatements = {
  find: defineStatement((db: Queries, place: TaggedPlace) =>
    db.selectFrom('member').select('tags').where('member_key', '=', memberKeyQuery(db, place)),
  ),
  put: defineStatement((db, place) =>
    db
      .updateTable('member')
      .set({ tags: place.tags })
      .where('member_key', '=', memberKeyQuery(db, place)),
  ),
}

const STATEMENTS: Readonly<Record<ArnKind, TagStatements>> = {
  'app-instance': {
    find: defineStatement((db: Queries, { appInstanceArn }: TaggedPlace) =>
      db
        .selectFrom('app_instance')
        .select('tags')
        .where('app_instance_key', '=', appInstanceKeyQuery(db, appInstanceArn)),
    ),
    put: defineStatement((db, { appInstanceArn, tags }) =>
      db
        .updateTable('app_instance')
        .set({ tags })
        .where('app_instance_key', '=', appInstanceKeyQuery(db, appInstanceArn)),
    ),
  },
  user: ofMembers,
  bot: ofMembers,
  channel: {
    find: defineStatement((db: Queries, place: TaggedPlace) =>
      db.selectFrom('channel').select('tags').where('channel_key', '=', channelKeyQuery(db, place)),
    ),
    put: defineStatement((db, place) =>
      db
        .updateTable('channel')
        .set({ tags: place.tags })
        .where('channel_key', '=', channelKeyQuery(db, place)),
    ),
  },
  'channel-flow': {
    find: defineStatement((db: Queries, place: TaggedPlace) =>
      db
        .selectFrom('channel_flow')
        .select('tags')
        .where('channel_flow_key', '=', channelFlowKeyQuery(db, place)),
    ),
    put: defineStatement((db, place) =>
      db
        .updateTable('channel_flow')
        .set({ tags: place.tags })
        .where('channel_flow_key', '=', channelFlowKeyQuery(db, place)),
    ),
  },
}

function placeOf(arn: TaggedArn): { kind: ArnKind; place: TaggedPlace } {
  const appInstanceArn = appInstanceArnWithin(arn)
  const { kind, id } = parseArn(arn) ?? { kind: 'app-instance', id: '' }
  const place = {
    appInstanceArn,
    channelId: id,
    flowId: id,
    memberAppInstanceArn: appInstanceArn,
    memberKind: kind,
    memberId: id,
  }
  return { kind, place }
}

/**
 * Apart from the ARN's own key: whoever tags a channel must not make those run again who send to
 * it.
 */
function tagsKey(arn: TaggedArn): string {
  return `tags ${arn}`
}

export class TagReader implements port.TagReader {
  readonly #context: ReadContext

  constructor(context: ReadContext) {
    this.#context = context
  }

  /** Remembered: conditions of policies ask for it with every request. */
  async find(arn: TaggedArn): Promise<Tags | undefined> {
    const name = tagsKey(arn)
    const { result } = await this.#context.recall(name, async () => {
      const { kind, place } = placeOf(arn)
      const row = await this.#context.first(STATEMENTS[kind].find, place)
      return { result: row && tagsOf(row.tags), keys: [place.appInstanceArn, arn, name] }
    })
    return result
  }
}

export class TagWriter extends TagReader implements port.TagWriter {
  readonly #context: WriteContext

  constructor(context: WriteContext) {
    super(context)
    this.#context = context
  }

  put(arn: TaggedArn, tags: Tags): void {
    const { kind, place } = placeOf(arn)
    this.#context.changeKey(tagsKey(arn))
    const text = tags.size === 0 ? null : JSON.stringify([...tags])
    this.#context.change(STATEMENTS[kind].put, { ...place, tags: text })
  }
}

function tagsOf(text: string | null): Tags {
  return new Map(text === null ? [] : (JSON.parse(text) as [string, string][]))
}
