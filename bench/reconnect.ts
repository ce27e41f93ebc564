// How long it takes until everybody is back when the server is killed (-9) with 15,000 members
// connected and its supervisor starts it again at once, while people go on talking. The members
// come back as amazon-chime-sdk-js does, and none may miss a message that is sent once it is back.
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SendChannelMessageCommand } from '@aws-sdk/client-chime-sdk-messaging'
import { createSdkClients, type SdkClients } from '../test/harness/sdk-clients.ts'
import { startServerProcess, type ServerProcess } from '../test/harness/start-server.ts'
import { createConnectSigner } from './load/connect-targets.ts'
import { elasticDirectory, sampleSubChannels } from './load/elastic-directory.ts'
import { startLineProcess } from './load/frame-reader.ts'
import { cpuSeconds } from './load/process-memory.ts'
import { writeRequestFile } from './load/request-file.ts'
import {
  LOAD_CORE,
  RUNS_COUNT,
  SERVER_CORE,
  compileC,
  median,
  onCore,
  pinProcess,
  recordResult,
  temporaryDirectory,
} from './measure.ts'

const SUB_CHANNELS = Number(process.argv[2] ?? 15)
const SHAPE = { subChannels: SUB_CHANNELS, membersPerSubChannel: 1_000 }
const MEMBERS_COUNT = SHAPE.subChannels * SHAPE.membersPerSubChannel
/** Between two messages in one sub-channel. */
const TALK_MS = 2_000
/** How long people talk before the server dies, and after all are back. */
const CALM_MS = 5_000
const RETRY_MS = 50
const GOAL_SECONDS = 10

interface Run {
  readonly seconds: number
  /** From the kill to the first answer of the new process. */
  readonly startSeconds: number
  /** Of the times that single members were without a session. */
  readonly p50Seconds: number
  readonly p99Seconds: number
  readonly attemptsPerMember: number
  readonly gaveUpCount: number
  /** Of the new process, from its start until all are back. */
  readonly serverCpuSeconds: number
  readonly messagesCount: number
  readonly lostCount: number
}

const directory = temporaryDirectory()
const dataDirectory = join(directory, 'data')
const program = compileC(new URL('load/returning-members.c', import.meta.url))
const { dataDirectory: kept, contents } = await elasticDirectory(SHAPE)

/** Nanoseconds of the monotonic clock, which the members' program reads, too. */
const now = () => process.hrtime.bigint()
const secondsBetween = (from: bigint, to: bigint) => Number(to - from) / 1e9

/** Says one numbered thing after the other until told to stop; resolves with the last number. */
async function talk(
  clients: SdkClients,
  subChannelId: string,
  speakerArn: string,
  state: { readonly isOver: boolean },
): Promise<number> {
  let began = 0n
  for (let number = 1; ; number += 1) {
    const command = new SendChannelMessageCommand({
      ChannelArn: contents.elasticChannelArn,
      SubChannelId: subChannelId,
      ChimeBearer: speakerArn,
      Content: `#${number} ${began} `,
      Type: 'STANDARD',
      Persistence: 'PERSISTENT',
      ClientRequestToken: crypto.randomUUID(),
    })
    began = now()
    // The same token each time: whatever was kept before the crash is not sent twice.
    while (!(await isSent(clients, command))) await sleep(RETRY_MS)
    if (state.isOver) return number
    await sleep(TALK_MS)
  }
}

async function isSent(clients: SdkClients, command: SendChannelMessageCommand): Promise<boolean> {
  try {
    await clients.messaging.send(command)
    return true
  } catch {
    return false
  }
}

/** One request that every member may repeat: whoever asks where to connect is not told apart. */
async function writeEndpointRequest(server: ServerProcess): Promise<string> {
  const file = join(directory, 'endpoint')
  await writeRequestFile(file, server, [{ method: 'GET', path: '/endpoints/messaging-session' }])
  // Without the length in front.
  writeFileSync(file, readFileSync(file).subarray(4))
  return file
}

async function measure(): Promise<Run> {
  rmSync(dataDirectory, { recursive: true, force: true })
  cpSync(kept, dataDirectory, { recursive: true })
  const server = await startServerProcess({ dataDirectory })
  pinProcess(server.pid, SERVER_CORE)
  using clients = createSdkClients(server)
  const { subChannels: rooms, membersPerSubChannel } = SHAPE
  const subChannels = await sampleSubChannels(server, contents, rooms, membersPerSubChannel)
  const sign = createConnectSigner(server, server.httpUrl)
  const lines = subChannels.flatMap(({ memberArns }, room) =>
    memberArns.map((arn) => `${sign(arn)}\t${room}\n`),
  )
  const file = join(directory, 'members')
  writeFileSync(file, lines.join(''))
  const { port } = new URL(server.httpUrl)
  const members = startLineProcess(
    ...onCore(LOAD_CORE, program, [port, file, await writeEndpointRequest(server)]),
  )
  await members.next()

  const state = { isOver: false }
  const talks = subChannels.map(({ subChannelId, memberArns }) =>
    talk(clients, subChannelId, memberArns[0]!, state),
  )
  await sleep(CALM_MS)
  const killedAt = now()
  await server.kill9()
  await server.restart()
  const startedAt = now()
  pinProcess(server.pid, SERVER_CORE)
  const back = (await members.next()).split(' ')
  const serverCpuSeconds = cpuSeconds(server)
  const [, backAt = '', p50 = '', p99 = '', attempts = '', gaveUp = ''] = back
  await sleep(CALM_MS)
  state.isOver = true
  const numbers = await Promise.all(talks)
  for (const [room, number] of numbers.entries()) members.write(`final ${room} ${number}`)
  members.write('wait')
  const [, lost = '', repeated = ''] = (await members.next()).split(' ')
  if (Number(repeated) > 0) throw new Error(`${repeated} messages came twice`)
  members.stop()
  await server.stop()
  return {
    seconds: secondsBetween(killedAt, BigInt(backAt)),
    startSeconds: secondsBetween(killedAt, startedAt),
    p50Seconds: Number(p50) / 1_000,
    p99Seconds: Number(p99) / 1_000,
    attemptsPerMember: Number(attempts) / MEMBERS_COUNT,
    gaveUpCount: Number(gaveUp),
    serverCpuSeconds,
    messagesCount: numbers.reduce((sum, number) => sum + number, 0),
    lostCount: Number(lost),
  }
}

const runs: Run[] = []
for (let run = 0; run < RUNS_COUNT; run += 1) {
  runs.push(await measure())
  console.log(`run ${run + 1}:`, JSON.stringify(runs.at(-1)))
}
const all = (name: keyof Run) => runs.map((run) => run[name])
const results = [
  recordResult({
    bench: 'reconnect',
    figure: `kill -9 until all of ${MEMBERS_COUNT} members have a session`,
    unit: 's',
    runs: all('seconds'),
    goal: { atMost: GOAL_SECONDS },
    details: {
      startSeconds: median(all('startSeconds')),
      p50Seconds: median(all('p50Seconds')),
      p99Seconds: median(all('p99Seconds')),
      attemptsPerMember: median(all('attemptsPerMember')),
      gaveUpCount: Math.max(...all('gaveUpCount')),
      serverCpuSeconds: median(all('serverCpuSeconds')),
      somaxconn: Number(readFileSync('/proc/sys/net/core/somaxconn', 'utf8')),
    },
  }),
  recordResult({
    bench: 'reconnect',
    figure: `deliveries lost to members that were back, of ${MEMBERS_COUNT} members`,
    unit: 'deliveries',
    // All of them: a median would hide one.
    runs: [Math.max(...all('lostCount'))],
    goal: { atMost: 0 },
    details: { messages: median(all('messagesCount')) },
  }),
]
process.exitCode = results.every(Boolean) ? 0 : 1
