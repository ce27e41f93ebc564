// What it costs to look around in an elastic channel of a million members, against one of a
// thousand: signed requests, one at a time, with pages of the same size.
import { join } from 'node:path'
import { startServerProcess } from '../test/harness/start-server.ts'
import type { ServerProcess } from '../test/harness/start-server.ts'
import {
  elasticDirectory,
  sampleSubChannels,
  type ElasticContents,
  type SubChannelSample,
} from './load/elastic-directory.ts'
import type { ElasticShape } from './load/elastic-members.ts'
import { createHttpLoad, portOf } from './load/http-load.ts'
import { writeRequestFile, type PreparedRequest } from './load/request-file.ts'
import { RUNS_COUNT, SERVER_CORE, pinProcess, recordResult, temporaryDirectory } from './measure.ts'

const LARGE = { subChannels: Number(process.argv[2] ?? 1_000), membersPerSubChannel: 1_000 }
const SMALL = { subChannels: 50, membersPerSubChannel: 20 }
/** As many as the small one has of both. */
const SUB_CHANNELS_COUNT = 50
const MEMBERS_COUNT = 20
const WARM_UP_COUNT = 500
const MEASURED_COUNT = 1_500
const GOAL = 1.3

interface Subject {
  readonly server: ServerProcess
  readonly contents: ElasticContents
  readonly samples: readonly SubChannelSample[]
}

const load = createHttpLoad()
const file = join(temporaryDirectory(), 'requests')

async function start(shape: ElasticShape): Promise<Subject> {
  const { dataDirectory, contents } = await elasticDirectory(shape)
  const server = await startServerProcess({ dataDirectory })
  pinProcess(server.pid, SERVER_CORE)
  const samples = await sampleSubChannels(server, contents, SUB_CHANNELS_COUNT, MEMBERS_COUNT)
  return { server, contents, samples }
}

/** One request for each sub-channel and, where it matters, each of its members. */
const scenes: Readonly<Record<string, (subject: Subject) => readonly PreparedRequest[]>> = {
  ListSubChannels: ({ contents }) => [
    requestOf(contents, '/subchannels', { 'max-results': String(SUB_CHANNELS_COUNT) }),
  ],
  ListChannelMemberships: ({ contents, samples }) =>
    samples.map(({ subChannelId }) =>
      requestOf(contents, '/memberships', {
        'sub-channel-id': subChannelId,
        'max-results': String(MEMBERS_COUNT),
      }),
    ),
  DescribeChannelMembership: ({ contents, samples }) =>
    samples.flatMap(({ subChannelId, memberArns }) =>
      memberArns.map((memberArn) =>
        requestOf(contents, `/memberships/${encodeURIComponent(memberArn)}`, {
          'sub-channel-id': subChannelId,
        }),
      ),
    ),
}

function requestOf(
  { crowd, elasticChannelArn }: ElasticContents,
  path: string,
  query: Readonly<Record<string, string>>,
): PreparedRequest {
  return {
    method: 'GET',
    path: `/channels/${encodeURIComponent(elasticChannelArn)}${path}`,
    query,
    bearer: crowd.moderatorArn,
  }
}

async function p50Us({ server }: Subject, requests: readonly PreparedRequest[]): Promise<number> {
  const all = Array.from(
    { length: WARM_UP_COUNT + MEASURED_COUNT },
    (_, index) => requests[index % requests.length]!,
  )
  await writeRequestFile(file, server, all)
  const port = portOf(server.httpUrl)
  return (await load({ port, connections: 1, file, warmUp: WARM_UP_COUNT, status: 200 })).p50Us
}

const large = await start(LARGE)
const small = await start(SMALL)
for (const [operation, requestsFor] of Object.entries(scenes)) {
  const runs: number[] = []
  const reference: number[] = []
  for (let run = 0; run < RUNS_COUNT; run++) {
    reference.push(await p50Us(small, requestsFor(small)))
    runs.push(await p50Us(large, requestsFor(large)))
  }
  recordResult({
    bench: 'elastic-lists',
    figure: `${operation}, ${LARGE.subChannels * LARGE.membersPerSubChannel} members`,
    unit: 'µs p50',
    runs,
    reference: { name: '1,000 members', runs: reference },
    goal: { atMost: GOAL },
  })
}
await large.server.stop()
await small.server.stop()
