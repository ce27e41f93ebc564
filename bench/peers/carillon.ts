// This server, whole: `serve` as a process of its own with its SQLite database, members connected
// by signed sessions, messages sent by signed SendChannelMessage requests.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  BatchCreateChannelMembershipCommand,
  ListSubChannelsCommand,
} from '@aws-sdk/client-chime-sdk-messaging'
import type { CreateChannelCommandInput } from '@aws-sdk/client-chime-sdk-messaging'
import { signConnectUrl } from '../../test/harness/messaging-session.ts'
import { createScenario } from '../../test/harness/scenario.ts'
import { createSdkClients } from '../../test/harness/sdk-clients.ts'
import { startServerProcess } from '../../test/harness/start-server.ts'
import type { Endpoint } from '../../test/harness/start-server.ts'
import { inParallel } from '../load/fan-out-source.ts'
import { requestsIn, writeRequestFile } from '../load/request-file.ts'
import type { PreparedRequest } from '../load/request-file.ts'
import { SERVER_CORE, pinProcess } from '../measure.ts'
import { endAtExit } from './children.ts'
import { contentOf } from './load-program.ts'
import type { EmptyRoom, Peer, RunningPeer } from './peer.ts'
import { PONG_FRAME, upgradeRequest } from './web-socket-frames.ts'

/** Longest batch of the API. */
const BATCH_MAX = 100
/** Seconds that the connect URLs are good for: all are signed before the first is used. */
const CONNECT_EXPIRES_S = 3_600
/** Connections that send, each one message at a time. */
const SENDERS_COUNT = 16

/** What differs between the rows of this server. */
interface Kind {
  readonly isElastic: boolean
  readonly persistence: 'PERSISTENT' | 'NON_PERSISTENT'
}

export const carillonChannel: Peer = {
  name: 'Carillon, channel',
  keeps: 'SQLite, flushed before the answer',
  isOurs: true,
  missing: () => undefined,
  start: (room) => startCarillon(room, { isElastic: false, persistence: 'PERSISTENT' }),
}

export const carillonSubChannel: Peer = {
  name: 'Carillon, sub-channel',
  keeps: 'SQLite, flushed before the answer',
  isOurs: true,
  sharesMemoryFigure: true,
  missing: () => undefined,
  start: (room) => startCarillon(room, { isElastic: true, persistence: 'PERSISTENT' }),
}

export const carillonNonPersistent: Peer = {
  name: 'Carillon, non-persistent messages',
  keeps: 'nothing',
  isOurs: true,
  sharesMemoryFigure: true,
  missing: () => undefined,
  start: (room) => startCarillon(room, { isElastic: false, persistence: 'NON_PERSISTENT' }),
}

async function startCarillon(
  { membersCount, directory }: EmptyRoom,
  kind: Kind,
): Promise<RunningPeer> {
  const server = await startServerProcess({
    dataDirectory: join(directory, 'data'),
  })
  const first = endAtExit(server.pid)
  const room = await makeRoom(server, membersCount, kind)
  // Started anew, so that memory which only the making needed is not there to be used again.
  await server.restart()
  first()
  const ended = endAtExit(server.pid)
  pinProcess(server.pid, SERVER_CORE)
  const port = Number(new URL(server.httpUrl).port)
  const targets = await inParallel(membersCount, (index) =>
    connectTarget(server, room.memberArns[index]!),
  )
  const file = join(directory, 'requests')
  return {
    pid: server.pid,
    script: {
      port,
      // The end of the payload, which is a text with JSON in it, and of the frame around it.
      messageEnd: '}"}',
      answer: { start: 'HTTP/1.1 201', end: '\r\n\r\n' },
      keepAlive: PONG_FRAME,
      members: targets.map((target) => [
        { write: upgradeRequest(port, target), wait: 'SESSION_ESTABLISHED' },
      ]),
      senders: Array.from({ length: SENDERS_COUNT }, () => []),
    },
    async messages(count) {
      await writeRequestFile(file, server, sendRequests(room, kind, count))
      return requestsIn(readFileSync(file))
    },
    async stop() {
      await server.stop()
      ended()
    },
  }
}

interface CarillonRoom {
  readonly channelArn: string
  readonly subChannelId?: string
  readonly memberArns: readonly string[]
}

async function makeRoom(server: Endpoint, membersCount: number, kind: Kind): Promise<CarillonRoom> {
  using clients = createSdkClients(server)
  const scenario = await createScenario(clients)
  const memberArns = await inParallel(membersCount, (index) => scenario.user(`member-${index}`))
  // Who makes an elastic channel is its moderator, not a member.
  const moderator = kind.isElastic ? await scenario.user('moderator') : memberArns[0]!
  const channelArn = await scenario.channel(
    moderator,
    kind.isElastic ? elasticInput(membersCount) : {},
  )
  for (let at = kind.isElastic ? 0 : 1; at < membersCount; at += BATCH_MAX) {
    await clients.messaging.send(
      new BatchCreateChannelMembershipCommand({
        ChannelArn: channelArn,
        MemberArns: memberArns.slice(at, at + BATCH_MAX),
        ChimeBearer: moderator,
      }),
    )
  }
  if (!kind.isElastic) return { channelArn, memberArns }
  const { SubChannels = [] } = await clients.messaging.send(
    new ListSubChannelsCommand({ ChannelArn: channelArn, ChimeBearer: moderator }),
  )
  const [subChannel, ...others] = SubChannels
  if (others.length > 0 || subChannel?.MembershipCount !== membersCount) {
    throw new Error(`the members are not in one sub-channel: ${JSON.stringify(SubChannels)}`)
  }
  return { channelArn, memberArns, subChannelId: subChannel.SubChannelId! }
}

function elasticInput(membersCount: number): Partial<CreateChannelCommandInput> {
  return {
    ElasticChannelConfiguration: {
      MaximumSubChannels: 2,
      TargetMembershipsPerSubChannel: membersCount,
      MinimumMembershipPercentage: 1,
    },
  }
}

async function connectTarget(server: Endpoint, memberArn: string): Promise<string> {
  const signed = await signConnectUrl(server, memberArn, { expiresIn: CONNECT_EXPIRES_S })
  const { pathname, search } = new URL(signed)
  return pathname + search
}

/** Sends of `count` messages in the name of one member after the other. */
function* sendRequests(room: CarillonRoom, kind: Kind, count: number): Generator<PreparedRequest> {
  for (let index = 0; index < count; index += 1) {
    yield {
      method: 'POST',
      path: `/channels/${encodeURIComponent(room.channelArn)}/messages`,
      bearer: room.memberArns[index % SENDERS_COUNT]!,
      body: JSON.stringify({
        Content: contentOf(index),
        Type: 'STANDARD',
        Persistence: kind.persistence,
        ClientRequestToken: randomUUID(),
        SubChannelId: room.subChannelId,
      }),
    }
  }
}
