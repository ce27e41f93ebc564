// A crowd and the elastic channels that it joins, all through the API: users one by one, joins in
// batches of a hundred, many callers at once.
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { ListSubChannelsCommand, type SubChannelSummary } from '@aws-sdk/client-chime-sdk-messaging'
import { createScenario } from '../../test/harness/scenario.ts'
import { createSdkClients } from '../../test/harness/sdk-clients.ts'
import type { Endpoint } from '../../test/harness/start-server.ts'
import { temporaryDirectory } from '../measure.ts'
import { createHttpLoad, portOf, readAnswerTimes } from './http-load.ts'
import type { LoadReport } from './http-load.ts'
import { writeRequestFile } from './request-file.ts'
import type { PreparedRequest } from './request-file.ts'

/** The most that the API takes. */
export const BATCH_MEMBERS = 100
/** Signed and sent at a time: signatures are good for five minutes. */
const USERS_PER_FILE = 50_000
const USER_CONNECTIONS = 64
/** Callers that add members at the same time. */
export const JOIN_CONNECTIONS = 16

const directory = temporaryDirectory()
const load = createHttpLoad()

/** An app instance whose users are numbered, and who adds them to channels. */
export interface Crowd {
  readonly appInstanceArn: string
  readonly moderatorArn: string
}

export async function makeCrowd(server: Endpoint): Promise<Crowd> {
  using clients = createSdkClients(server)
  const scenario = await createScenario(clients)
  return {
    appInstanceArn: scenario.appInstanceArn,
    moderatorArn: await scenario.user('moderator'),
  }
}

/** The ARN of the user of this number. */
export function memberArnOf({ appInstanceArn }: Crowd, number: number): string {
  return `${appInstanceArn}/user/${memberIdOf(number)}`
}

function memberIdOf(number: number): string {
  return `member-${String(number).padStart(7, '0')}`
}

/** Makes the users `from` to `from + count`; one rate for each file of requests. */
export async function makeUsers(
  server: Endpoint,
  { appInstanceArn }: Crowd,
  from: number,
  count: number,
): Promise<readonly LoadReport[]> {
  const file = join(directory, 'users')
  const reports: LoadReport[] = []
  for (let done = 0; done < count; done += USERS_PER_FILE) {
    const requests = userRequests(
      appInstanceArn,
      from + done,
      Math.min(USERS_PER_FILE, count - done),
    )
    await writeRequestFile(file, server, requests)
    const port = portOf(server.httpUrl)
    reports.push(await load({ port, connections: USER_CONNECTIONS, file, warmUp: 0, status: 201 }))
  }
  return reports
}

function* userRequests(
  appInstanceArn: string,
  from: number,
  count: number,
): Generator<PreparedRequest> {
  for (let number = from; number < from + count; number++) {
    yield {
      method: 'POST',
      path: '/app-instance-users',
      body: JSON.stringify({
        AppInstanceArn: appInstanceArn,
        AppInstanceUserId: memberIdOf(number),
        Name: `Member ${number}`,
        ClientRequestToken: randomUUID(),
      }),
    }
  }
}

export interface ElasticShape {
  readonly subChannels: number
  readonly membersPerSubChannel: number
}

/** A channel with room for exactly as many as `shape` says; nobody is in it. */
export async function makeElasticChannel(
  server: Endpoint,
  crowd: Crowd,
  shape: ElasticShape,
): Promise<string> {
  using clients = createSdkClients(server)
  const scenario = await createScenario(clients)
  return scenario.channel(crowd.moderatorArn, {
    AppInstanceArn: crowd.appInstanceArn,
    ElasticChannelConfiguration: {
      MaximumSubChannels: shape.subChannels,
      TargetMembershipsPerSubChannel: shape.membersPerSubChannel,
      // Sub-channels that a batch opens stand by themselves with what is in the batch.
      MinimumMembershipPercentage: 10,
    },
  })
}

/**
 * Adds the users `from` to `from + count` to a channel, a hundred with each request; returns when
 * each request was answered, in seconds, in the order of the answers.
 */
export async function joinMembers(
  server: Endpoint,
  crowd: Crowd,
  channelArn: string,
  from: number,
  count: number,
): Promise<readonly number[]> {
  const [file, times] = [join(directory, 'joins'), join(directory, 'times')]
  await writeRequestFile(file, server, joinRequests(crowd, channelArn, from, count))
  const connections = Math.min(JOIN_CONNECTIONS, Math.ceil(count / BATCH_MEMBERS))
  const port = portOf(server.httpUrl)
  await load({ port, connections, file, warmUp: 0, status: 200, times })
  return readAnswerTimes(times)
}

function* joinRequests(
  crowd: Crowd,
  channelArn: string,
  from: number,
  count: number,
): Generator<PreparedRequest> {
  for (let number = from; number < from + count; number += BATCH_MEMBERS) {
    const size = Math.min(BATCH_MEMBERS, from + count - number)
    yield {
      method: 'POST',
      path: `/channels/${encodeURIComponent(channelArn)}/memberships`,
      query: { operation: 'batch-create' },
      bearer: crowd.moderatorArn,
      body: JSON.stringify({
        MemberArns: Array.from({ length: size }, (_, index) => memberArnOf(crowd, number + index)),
      }),
    }
  }
}

/** All sub-channels of a channel, as the API tells. */
export async function listSubChannels(
  server: Endpoint,
  { moderatorArn }: Crowd,
  channelArn: string,
): Promise<readonly SubChannelSummary[]> {
  using clients = createSdkClients(server)
  const found: SubChannelSummary[] = []
  let token: string | undefined
  do {
    const page = await clients.messaging.send(
      new ListSubChannelsCommand({
        ChannelArn: channelArn,
        ChimeBearer: moderatorArn,
        MaxResults: 50,
        NextToken: token,
      }),
    )
    found.push(...(page.SubChannels ?? []))
    token = page.NextToken
  } while (token !== undefined)
  return found
}

/** Throws unless every one of `count` members is in a sub-channel of its own channel. */
export async function requireMembers(
  server: Endpoint,
  crowd: Crowd,
  channelArn: string,
  count: number,
): Promise<readonly SubChannelSummary[]> {
  const subChannels = await listSubChannels(server, crowd, channelArn)
  const members = subChannels.reduce((sum, { MembershipCount = 0 }) => sum + MembershipCount, 0)
  if (members !== count) throw new Error(`the channel has ${members} members instead of ${count}`)
  return subChannels
}
