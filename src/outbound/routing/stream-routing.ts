// Which data streams hear of an event: those that the app instance has configured for its kind and
// the operator has mapped. An entry of the outbox for each, with the whole record.
import type { ChannelEvent } from '../../domain/channel-event.ts'
import type { StreamingConfiguration } from '../../domain/identity.ts'
import type { EventRoute } from './outbound-router.ts'
import { streamDataTypeOf, streamRecordOf } from '../../domain/stream-record.ts'

// evidence: docs data streaming; a stream that is mapped nowhere gets nothing (behaviour 6)
export const routeToStreams: EventRoute = (tx, event, { streams }, mapping) => {
  if (streams.length === 0) return undefined
  const dataType = streamDataTypeOf(event.type)
  if (dataType === undefined) return undefined
  const targets = streams.filter(
    (stream) => stream.dataType === dataType && mapping.stream(stream.resourceArn) !== undefined,
  )
  if (targets.length === 0) return undefined
  const record = streamRecordOf(event)
  const orderingKey = orderingKeyOf(event, dataType)
  for (const { resourceArn: target } of targets) {
    tx.outbox.append({ kind: 'stream', target, orderingKey, content: { record } })
  }
  return undefined
}

/**
 * What happens to a channel and who belongs to it has one order. So have the messages of a
 * conversation; those of a hundred sub-channels must not wait for each other one by one.
 */
// evidence: inferred (behaviour 6)
function orderingKeyOf(
  { channelArn, subChannelId }: ChannelEvent,
  dataType: StreamingConfiguration['dataType'],
) {
  if (dataType === 'Channel' || subChannelId === '') return channelArn
  return `${channelArn} ${subChannelId}` as const
}
