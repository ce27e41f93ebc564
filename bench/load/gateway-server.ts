// The gateway and its hub in a process of their own, fed by commands instead of by a store: for
// finding out what delivery alone costs. Not the server: bench/fan-out.ts measures that.
//
// Writes `port N`. Commands, one a line, each answered by one line:
//   publish N  publishes N events to the channel in one turn    -> `published`
//   probe      begins to watch how long the event loop is held   -> `probing`
//   hold       longest time that the event loop was held since the last asking -> milliseconds, of
// CPU
//   rss        resident set size after a collection             -> bytes, heap used, external
import { createServer } from 'node:http'
import { performance } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import type { AddressInfo } from 'node:net'
import type { ChannelArn, MemberArn } from '../../src/base/arn.ts'
import { systemClock } from '../../src/base/clock.ts'
import { createInProcessBus } from '../../src/bus/in-process.ts'
import type { ChannelEvent } from '../../src/domain/channel-event.ts'
import { createGateway } from '../../src/gateway/gateway.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { createMetrics } from '../../src/observability/metrics.ts'

const contentCharacters = Number(process.argv[2] ?? 400)
const instanceArn = 'arn:aws:chime:us-east-1:000000000000:app-instance/bench'
const channelArns = ['lobby', 'corner'].map((id) => `${instanceArn}/channel/${id}` as ChannelArn)

const bus = createInProcessBus()
const gateway = createGateway({
  store: {
    members: { findIdentity: async (arn: MemberArn) => ({ arn, name: 'Member' }) },
    memberships: {
      listConversations: async () =>
        channelArns.map((channelArn) => ({ channelArn, subChannelId: '' })),
    },
  } as unknown as Parameters<typeof createGateway>[0]['store'],
  bus,
  credentials: {
    find: async (accessKeyId) => ({
      accessKeyId,
      secretAccessKey: 'secret',
      accountId: '000000000000',
      principal: { kind: 'root', arn: 'arn:aws:iam::0:root', accountId: '0' } as const,
    }),
  },
  authorizer: { mayConnect: async () => true },
  signatures: { verifyQuery: () => undefined },
  clock: systemClock,
  logger: createLogger({ level: 'warn', isTerminal: false, sensitiveNames: new Set() }),
  metrics: createMetrics(),
})
const server = createServer()
server.on('upgrade', gateway.handleUpgrade)
await gateway.start()
server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () => {
  console.log(`port ${(server.address() as AddressInfo).port}`)
})

let sequence = 0
function nextEvent(): ChannelEvent {
  const now = new Date()
  return {
    type: 'CREATE_CHANNEL_MESSAGE',
    messageType: 'STANDARD',
    channelArn: channelArns[0]!,
    subChannelId: '',
    audience: 'members',
    payload: {
      ChannelArn: channelArns[0]!,
      MessageId: String((sequence += 1)).padStart(32, '0'),
      Content: ''.padEnd(contentCharacters, 'All work and no play. '),
      Type: 'STANDARD',
      Persistence: 'PERSISTENT',
      Sender: { Arn: `${instanceArn}/user/0`, Name: 'Member' },
      CreatedTimestamp: now,
      LastUpdatedTimestamp: now,
      Redacted: false,
      Status: { Value: 'SENT' },
    },
    membershipChanges: [],
    endsChannel: false,
  }
}

// Every turn of the event loop runs this once, so the longest gap is the longest hold.
let longestMs = 0
let longestCpuMs = 0
let lastTurn = performance.now()
let lastCpuMs = cpuMs()
/** What this thread itself used: other programs on the core do not count. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

function probe(): void {
  const now = performance.now()
  longestMs = Math.max(longestMs, now - lastTurn)
  lastTurn = now
  const cpu = cpuMs()
  longestCpuMs = Math.max(longestCpuMs, cpu - lastCpuMs)
  lastCpuMs = cpu
}
function probing(): void {
  probe()
  setImmediate(probing)
}

for await (const line of createInterface({ input: process.stdin })) {
  const [command, argument] = line.split(' ')
  if (command === 'publish') {
    for (let left = Number(argument); left > 0; left -= 1) bus.publishToConversation(nextEvent())
    console.log('published')
  } else if (command === 'probe') {
    lastTurn = performance.now()
    probing()
    console.log('probing')
  } else if (command === 'hold') {
    probe()
    console.log(`${longestMs} ${longestCpuMs}`)
    longestMs = 0
    longestCpuMs = 0
  } else if (command === 'rss') {
    globalThis.gc?.()
    globalThis.gc?.()
    const { rss, heapUsed, external } = process.memoryUsage()
    console.log(`${rss} ${heapUsed} ${external}`)
  }
}
process.exit(0)
