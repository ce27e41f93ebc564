// Where the events of app instances are streamed to: queries and changes.
import type { AppInstanceArn } from '../../../base/arn.ts'
import type { StreamingConfiguration } from '../../../domain/identity.ts'
import type * as port from '../../../ports/store-flows.ts'
import type { ReadContext, WriteContext } from '../contexts.ts'
import { appInstanceKeyQuery, streamingKey } from '../keys.ts'
import { defineStatement } from '../statement.ts'

const findText = defineStatement((db, { appInstanceArn }: { readonly appInstanceArn: string }) =>
  db
    .selectFrom('app_instance')
    .select('streaming_configurations')
    .where('app_instance_key', '=', appInstanceKeyQuery(db, appInstanceArn)),
)

const putText = defineStatement(
  (db, values: { readonly appInstanceArn: string; readonly text: string | null }) =>
    db
      .updateTable('app_instance')
      .set({ streaming_configurations: values.text })
      .where('app_instance_key', '=', appInstanceKeyQuery(db, values.appInstanceArn)),
)

export class StreamingConfigurationReader implements port.StreamingConfigurationReader {
  readonly #context: ReadContext

  constructor(context: ReadContext) {
    this.#context = context
  }

  async list(appInstanceArn: AppInstanceArn): Promise<readonly StreamingConfiguration[]> {
    this.#context.dependOn(appInstanceArn)
    this.#context.dependOn(streamingKey(appInstanceArn))
    const row = await this.#context.first(findText, { appInstanceArn })
    const text = row?.streaming_configurations ?? '[]'
    return JSON.parse(text) as readonly StreamingConfiguration[]
  }
}

export class StreamingConfigurationWriter
  extends StreamingConfigurationReader
  implements port.StreamingConfigurationWriter
{
  readonly #context: WriteContext

  constructor(context: WriteContext) {
    super(context)
    this.#context = context
  }

  put(appInstanceArn: AppInstanceArn, configurations: readonly StreamingConfiguration[]): void {
    this.#context.changeKey(streamingKey(appInstanceArn))
    const text = configurations.length === 0 ? null : JSON.stringify(configurations)
    this.#context.change(putText, { appInstanceArn, text })
  }
}
