// From the ARN of a channel flow to its row: the parts of it that the table is keyed by.
import type { ChannelFlowArn } from '../../../base/arn.ts'
import { appInstanceKeyQuery } from '../keys.ts'
import type { Queries } from '../statement.ts'

export interface ChannelFlowPlace {
  readonly appInstanceArn: string
  readonly flowId: string
}

export function channelFlowPlaceOf(arn: ChannelFlowArn): ChannelFlowPlace {
  const idStart = arn.lastIndexOf('/')
  const kindStart = arn.lastIndexOf('/', idStart - 1)
  return { appInstanceArn: arn.slice(0, kindStart), flowId: arn.slice(idStart + 1) }
}

export function channelFlowKeyQuery(db: Queries, place: ChannelFlowPlace) {
  return db
    .selectFrom('channel_flow')
    .select('channel_flow_key')
    .where('app_instance_key', '=', appInstanceKeyQuery(db, place.appInstanceArn))
    .where('flow_id', '=', place.flowId)
}

/** Whether any channel uses the flow, as a key to depend on. */
export function channelFlowUseKey(arn: ChannelFlowArn): string {
  return `use of ${arn}`
}
