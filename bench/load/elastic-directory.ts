// A data directory with one elastic channel that is full, beside a plain channel of a thousand
// members: for what is measured once everybody is there. Kept for the next bench.
import { ListChannelMembershipsCommand } from '@aws-sdk/client-chime-sdk-messaging'
import { createScenario } from '../../test/harness/scenario.ts'
import { createSdkClients } from '../../test/harness/sdk-clients.ts'
import type { Endpoint } from '../../test/harness/start-server.ts'
import {
  joinMembers,
  listSubChannels,
  makeCrowd,
  makeElasticChannel,
  makeUsers,
  memberArnOf,
  requireMembers,
  type Crowd,
  type ElasticShape,
} from './elastic-members.ts'
import { keptDirectory } from './filled-directory.ts'

export const PLAIN_MEMBERS_COUNT = 1_000

export interface ElasticContents {
  readonly crowd: Crowd
  readonly elasticChannelArn: string
  /** Of the first thousand users and the moderator of the crowd. */
  readonly plainChannelArn: string
}

/** A directory with `count` users and nothing else. */
export async function usersDirectory(count: number) {
  return keptDirectory(`users-${count}`, async (server): Promise<Crowd> => {
    console.log(`making ${count} users, once`)
    const crowd = await makeCrowd(server)
    await makeUsers(server, crowd, 0, count)
    return crowd
  })
}

/** A directory with as many users as the elastic channel of this shape has room for. */
export async function elasticDirectory(shape: ElasticShape) {
  const { subChannels, membersPerSubChannel } = shape
  const count = subChannels * membersPerSubChannel
  const name = `elastic-${subChannels}-${membersPerSubChannel}`
  const { dataDirectory, contents: crowd } = await usersDirectory(count)
  async function fill(server: Endpoint): Promise<ElasticContents> {
    console.log(`filling an elastic channel with ${count} members, once`)
    const elasticChannelArn = await makeElasticChannel(server, crowd, shape)
    await joinMembers(server, crowd, elasticChannelArn, 0, count)
    await requireMembers(server, crowd, elasticChannelArn, count)
    return { crowd, elasticChannelArn, plainChannelArn: await makePlainChannel(server, crowd) }
  }
  return keptDirectory(name, fill, dataDirectory)
}

async function makePlainChannel(server: Endpoint, crowd: Crowd): Promise<string> {
  using clients = createSdkClients(server)
  const scenario = await createScenario(clients)
  const { appInstanceArn, moderatorArn } = crowd
  const channelArn = await scenario.channel(moderatorArn, { AppInstanceArn: appInstanceArn })
  await joinMembers(server, crowd, channelArn, 0, PLAIN_MEMBERS_COUNT)
  return channelArn
}

/** A sub-channel, and who of its members was asked for. */
export interface SubChannelSample {
  readonly subChannelId: string
  readonly memberArns: readonly string[]
}

/** `count` sub-channels, evenly spread, each with its oldest `membersCount` members. */
export async function sampleSubChannels(
  server: Endpoint,
  { crowd, elasticChannelArn }: ElasticContents,
  count: number,
  membersCount: number,
): Promise<readonly SubChannelSample[]> {
  const all = await listSubChannels(server, crowd, elasticChannelArn)
  using clients = createSdkClients(server)
  const samples: SubChannelSample[] = []
  for (let index = 0; index < count; index++) {
    const { SubChannelId: subChannelId } = all[Math.floor((index * all.length) / count)]!
    const memberArns: string[] = []
    let token: string | undefined
    while (memberArns.length < membersCount) {
      const page = await clients.messaging.send(
        new ListChannelMembershipsCommand({
          ChannelArn: elasticChannelArn,
          ChimeBearer: crowd.moderatorArn,
          SubChannelId: subChannelId,
          MaxResults: Math.min(50, membersCount - memberArns.length),
          NextToken: token,
        }),
      )
      memberArns.push(...(page.ChannelMemberships ?? []).map(({ Member }) => Member!.Arn!))
      token = page.NextToken
      if (token === undefined) break
    }
    samples.push({ subChannelId: subChannelId!, memberArns })
  }
  return samples
}

/** The members of the plain channel whom benches let speak. */
export function plainMemberArns({ crowd }: ElasticContents): readonly string[] {
  return Array.from({ length: PLAIN_MEMBERS_COUNT }, (_, number) => memberArnOf(crowd, number))
}
