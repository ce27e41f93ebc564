// Client request tokens of everything but SendChannelMessage, whose tokens lie in the message rows.
import type { RecordedRequest, RequestTokenReference } from '../../ports/store.ts'
import type { ReadContext, WriteContext } from './contexts.ts'
import { defineStatement } from './statement.ts'

interface FindParameters {
  readonly scope: string
  readonly token: string
  readonly now: number
}

const findRow = defineStatement((db, { scope, token, now }: FindParameters) =>
  db
    .selectFrom('request_token')
    .select(['request_hash as requestHash', 'response'])
    .where('scope', '=', scope)
    .where('token', '=', token)
    .where('expires_at', '>', now),
)

interface TokenValues {
  readonly scope: string
  readonly token: string
  readonly requestHash: string
  readonly response: string
  readonly expiresAt: number
}

const recordRow = defineStatement((db, values: TokenValues) =>
  db
    .insertInto('request_token')
    .values({
      scope: values.scope,
      token: values.token,
      request_hash: values.requestHash,
      response: values.response,
      expires_at: values.expiresAt,
    })
    .onConflict((conflict) =>
      conflict.columns(['scope', 'token']).doUpdateSet((eb) => ({
        request_hash: eb.ref('excluded.request_hash'),
        response: eb.ref('excluded.response'),
        expires_at: eb.ref('excluded.expires_at'),
      })),
    ),
)

const listExpired = defineStatement((db, { now, limit }: { now: number; limit: number }) =>
  db
    .selectFrom('request_token')
    .select(['scope', 'token'])
    .where('expires_at', '<=', now)
    .orderBy('expires_at')
    .limit(limit),
)

const removeExpired = defineStatement(
  (db, { scope, token, now }: { scope: string; token: string; now: number }) =>
    db
      .deleteFrom('request_token')
      .where('scope', '=', scope)
      .where('token', '=', token)
      .where('expires_at', '<=', now),
)

/** Forgets at most `limit` tokens that expired before `now`; resolves with how many. */
export async function purgeRequestTokens(
  context: WriteContext,
  now: number,
  limit: number,
): Promise<number> {
  const rows = await context.all(listExpired, { now, limit })
  for (const { scope, token } of rows) context.change(removeExpired, { scope, token, now })
  return rows.length
}

export class RequestTokenReader {
  readonly #context: ReadContext

  constructor(context: ReadContext) {
    this.#context = context
  }

  find(reference: RequestTokenReference): Promise<RecordedRequest | undefined> {
    this.#context.dependOn(keyOf(reference))
    const { scope, token } = reference
    return this.#context.first(findRow, { scope, token, now: this.#context.now() })
  }
}

export class RequestTokenWriter extends RequestTokenReader {
  readonly #context: WriteContext

  constructor(context: WriteContext) {
    super(context)
    this.#context = context
  }

  record(reference: RequestTokenReference, request: RecordedRequest, expiresAt: number): void {
    this.#context.changeKey(keyOf(reference))
    this.#context.change(recordRow, {
      scope: reference.scope,
      token: reference.token,
      requestHash: request.requestHash,
      response: request.response,
      expiresAt,
    })
  }
}

function keyOf({ scope, token }: RequestTokenReference): string {
  return `token ${scope} ${token}`
}
