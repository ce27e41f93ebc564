// Which data streams hear of an event: those that the app instance has configured for its kind and
// the operator has mapped. An entry of the outbox for each, with the whole record.
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
  for (const { resourceArn: target } of targets) {
    const orderingKey = event.channelArn
    tx.outbox.append({ kind: 'stream', target, orderingKey, content: { record } })
  }
  return undefined
}
