// Publishes records of data streams to NATS JetStream and waits for its acknowledgement. A record
// that was published before is known there by its Nats-Msg-Id.
import { jetstream, type JetStreamClient } from '@nats-io/jetstream'
import {
  connect,
  credsAuthenticator,
  headers,
  type ConnectionOptions,
  type NatsConnection,
} from '@nats-io/transport-node'
import { DeliveryError } from '../domain/delivery-error.ts'
import type { JetStreamTarget } from '../domain/outbound-mapping.ts'
import type { RecordFailure, StreamRecord, StreamSink } from '../ports/stream-sinks.ts'
import { untilAborted } from './until-aborted.ts'

const CONNECT_MS_MAX = 5_000
const ACKNOWLEDGE_MS_MAX = 5_000

interface Connected {
  readonly connection: NatsConnection
  readonly client: JetStreamClient
  /** Aborted when the connection is closed: the client itself would wait for acknowledgements. */
  readonly lost: AbortSignal
}

/** One connection for each target, made anew by the next attempt after it was lost. */
export function createJetStreamSink(): StreamSink<JetStreamTarget> {
  // No more than the operator has written down.
  const connections = new Map<JetStreamTarget, Promise<Connected>>()
  let isClosed = false

  function connectionOf(target: JetStreamTarget): Promise<Connected> {
    const known = connections.get(target)
    if (known !== undefined) return known
    const made = open(target)
    connections.set(target, made)
    const forget = () => {
      if (connections.get(target) === made) connections.delete(target)
    }
    made.then(({ connection }) => connection.closed()).then(forget, forget)
    return made
  }

  return {
    async put(target, streamArn, records, signal) {
      if (isClosed) throw down('the sink is closed')
      const connected = await untilAborted(connectionOf(target), signal).catch((error: unknown) => {
        throw down(`no connection to NATS: ${reasonOf(error)}`)
      })
      const attempts = records.map((record) =>
        publish(connected, target, streamArn, record, signal),
      )
      return Promise.all(attempts)
    },
    async close() {
      isClosed = true
      for (const made of connections.values()) {
        const connected = await made.catch(() => undefined)
        await connected?.connection.close()
      }
    },
  }
}

async function open(target: JetStreamTarget): Promise<Connected> {
  const connection = await connect({
    servers: [...target.servers],
    name: 'carillon',
    timeout: CONNECT_MS_MAX,
    // While it is away nothing may pile up in memory: it does in the outbox.
    reconnect: false,
    // Only where the operator says, not where a server of NATS says.
    ignoreClusterUpdates: true,
    noAsyncTraces: true,
    ...(target.servers.some((server) => server.startsWith('tls://')) ? { tls: {} } : {}),
    ...credentialsOf(target),
  })
  const lost = new AbortController()
  const lose = () => lost.abort()
  connection.closed().then(lose, lose)
  const client = jetstream(connection, { timeout: ACKNOWLEDGE_MS_MAX })
  return { connection, client, lost: lost.signal }
}

function credentialsOf({ credentials, token, user, password }: JetStreamTarget): ConnectionOptions {
  if (credentials !== undefined) {
    return { authenticator: credsAuthenticator(new TextEncoder().encode(credentials)) }
  }
  if (token !== undefined) return { token }
  return {
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { pass: password }),
  }
}

async function publish(
  { client, lost }: Connected,
  { subject }: JetStreamTarget,
  streamArn: string,
  { id, partitionKey, record }: StreamRecord,
  signal: AbortSignal,
): Promise<RecordFailure | undefined> {
  const head = headers()
  head.set('Carillon-Stream-Arn', streamArn)
  head.set('Carillon-Partition-Key', partitionKey)
  try {
    const acknowledged = client.publish(subject, record, { msgID: id, headers: head, retries: 1 })
    // A race against a promise of the connection's would be remembered as long as that lives.
    const known = untilAborted(acknowledged, lost, 'the connection was lost')
    await untilAborted(known, signal)
    return undefined
  } catch (error) {
    const reason = `JetStream did not take the record: ${reasonOf(error)}`
    return { reason, isRetryable: true, isDestinationDown: true }
  }
}

/** The library's texts name subjects and servers, never what was published. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown'
}

function down(message: string): DeliveryError {
  return new DeliveryError(message, { isRetryable: true, isDestinationDown: true })
}
