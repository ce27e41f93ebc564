// What is to leave the server because of what happens in a channel: read with every message, and
// so answered from memory until something that shows in it changes.
import { appInstanceArnWithin, type ChannelArn, type MemberArn } from '../../../base/arn.ts'
import type { MembershipType } from '../../../domain/channel.ts'
import type { LexConfiguration, StreamingConfiguration } from '../../../domain/identity.ts'
import type * as port from '../../../ports/store-outbox.ts'
import type { ReadContext } from '../contexts.ts'
import {
  appInstanceKeyQuery,
  botsKey,
  channelKeyQuery,
  channelPlaceOf,
  devicesKey,
  streamingKey,
  type ChannelPlace,
} from '../keys.ts'
import type { KeyedResult } from '../read-cache.ts'
import { identityOf } from '../rows.ts'
import { defineStatement } from '../statement.ts'
import { sql } from 'kysely'

const findStreams = defineStatement((db, place: ChannelPlace) =>
  db
    .selectFrom('app_instance')
    .select('streaming_configurations')
    .where('app_instance_key', '=', appInstanceKeyQuery(db, place.appInstanceArn)),
)

/** From the few bots of the app instance to their memberships: never over a channel's members. */
const listBots = defineStatement((db, place: ChannelPlace) =>
  db
    .selectFrom('member as m')
    // SQLite takes the tables of a cross join in the order in which they are written.
    .crossJoin('membership as s')
    .select(['m.arn', 'm.name', 'm.configuration', 's.type', 's.sub_channel_id'])
    .whereRef('s.member_key', '=', 'm.member_key')
    .where('m.app_instance_key', '=', appInstanceKeyQuery(db, place.appInstanceArn))
    .where('m.kind', '=', sql.lit('bot'))
    .where('m.removal', '=', 0)
    .where('s.channel_key', '=', channelKeyQuery(db, place)),
)

/** By an index that holds only those who have any: the conditions are written as it has them. */
const findAnyEndpoint = defineStatement((db, place: { readonly appInstanceArn: string }) =>
  db
    .selectFrom('member')
    .select('member_key')
    .where('app_instance_key', '=', appInstanceKeyQuery(db, place.appInstanceArn))
    .where('removal', '=', 0)
    .where('endpoints_count', '>', 0)
    .limit(1),
)

export class OutboundSettingsReader implements port.OutboundSettingsReader {
  readonly #context: ReadContext

  constructor(context: ReadContext) {
    this.#context = context
  }

  async find(channelArn: ChannelArn): Promise<port.OutboundSettings> {
    const name = `outbound ${channelArn}`
    const { result } = await this.#context.recall(name, () => this.#read(channelArn))
    return result
  }

  async hasEndpoints(memberArn: MemberArn): Promise<boolean> {
    const appInstanceArn = appInstanceArnWithin(memberArn)
    const key = devicesKey(appInstanceArn)
    const { result } = await this.#context.recall(key, async () => ({
      result: (await this.#context.first(findAnyEndpoint, { appInstanceArn })) !== undefined,
      keys: [key],
    }))
    return result
  }

  async #read(channelArn: ChannelArn): Promise<KeyedResult<port.OutboundSettings>> {
    const place = channelPlaceOf(channelArn)
    const appInstanceArn = appInstanceArnWithin(channelArn)
    const row = await this.#context.first(findStreams, place)
    const bots = await this.#context.all(listBots, place)
    return {
      result: {
        streams: JSON.parse(row?.streaming_configurations ?? '[]') as StreamingConfiguration[],
        bots: bots.map(({ arn, name, configuration, type, sub_channel_id: subChannelId }) => ({
          bot: identityOf(arn, name),
          configuration: JSON.parse(configuration ?? '{}') as LexConfiguration,
          type: type as MembershipType,
          subChannelId,
        })),
      },
      keys: [
        appInstanceArn,
        // Another one of the same id has other members.
        channelArn,
        streamingKey(appInstanceArn),
        botsKey(channelArn),
        ...bots.map(({ arn }) => arn),
      ],
    }
  }
}
