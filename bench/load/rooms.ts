// The channels that benches talk in, made through the official clients, and the sends that fill
// them.
import { randomUUID } from 'node:crypto'
import { createScenario } from '../../test/harness/scenario.ts'
import { createSdkClients } from '../../test/harness/sdk-clients.ts'
import type { Endpoint } from '../../test/harness/start-server.ts'
import type { PreparedRequest } from './request-file.ts'

/** A small channel: what most channels of a chat product are. */
const MEMBERS_PER_CHANNEL = 5
/** Users are shared between channels, as they are in life. */
const USERS_COUNT = 100

/** A channel with its members, as ARNs, or a part of an elastic one. */
export interface Room {
  readonly channelArn: string
  readonly subChannelId?: string
  readonly memberArns: readonly string[]
}

/** Makes an app instance with 100 users and `count` channels of five members each. */
export async function makeRooms(server: Endpoint, count: number): Promise<Room[]> {
  using clients = createSdkClients(server)
  const scenario = await createScenario(clients)
  const users = await Promise.all(
    Array.from({ length: USERS_COUNT }, (_, index) => scenario.user(`user-${index}`)),
  )
  const rooms: Room[] = []
  for (let index = 0; index < count; index++) {
    const memberArns = Array.from(
      { length: MEMBERS_PER_CHANNEL },
      (_, place) => users[(index + place) % users.length]!,
    )
    const [creator, ...others] = memberArns
    const channelArn = await scenario.channel(creator!, { MemberArns: others })
    rooms.push({ channelArn, memberArns })
  }
  return rooms
}

/** `count` persistent sends that go round the rooms and, from round to round, round the members. */
export function* sendRequests(
  rooms: readonly Room[],
  count: number,
  contentCharacters: number,
): Generator<PreparedRequest> {
  for (let index = 0; index < count; index++) {
    const room = rooms[index % rooms.length]!
    const round = Math.floor(index / rooms.length)
    yield {
      method: 'POST',
      path: messagesPath(room),
      bearer: room.memberArns[round % room.memberArns.length]!,
      body: JSON.stringify({
        Content: `${index} `.padEnd(contentCharacters, 'All work and no play. '),
        Type: 'STANDARD',
        Persistence: 'PERSISTENT',
        ClientRequestToken: randomUUID(),
        SubChannelId: room.subChannelId,
      }),
    }
  }
}

/** `count` requests for the newest messages, `pageSize` of them, going round the rooms. */
export function* pageRequests(
  rooms: readonly Room[],
  count: number,
  pageSize: number,
): Generator<PreparedRequest> {
  for (let index = 0; index < count; index++) {
    const room = rooms[index % rooms.length]!
    yield {
      method: 'GET',
      path: messagesPath(room),
      query: { 'max-results': String(pageSize), 'sort-order': 'DESCENDING' },
      bearer: room.memberArns[0]!,
    }
  }
}

function messagesPath(room: Room): string {
  return `/channels/${encodeURIComponent(room.channelArn)}/messages`
}
