// How many frames a second one core delivers: one SendChannelMessage at a time to 1,000 and to
// 10,000 connected members (the next when all have it), and 16 in flight to 1,000, against a C loop
// that writes the same bytes to as many sockets, one write each. With `--gateway`, the gateway
// alone.
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { textFrame } from '../src/gateway/frame.ts'
import { createFrameReaders, startWriteLoop, type FrameReader } from './load/frame-reader.ts'
import { startGatewaySource, startServerSource, type FanOutSource } from './load/fan-out-source.ts'
import { RUNS_COUNT, median, recordResult } from './measure.ts'

interface Scene {
  readonly membersCount: number
  readonly inFlight: number
  /** Messages of one run; some seconds. */
  readonly messagesCount: number
  /** The same for the loop, which always goes one by one. */
  readonly loopMessagesCount: number
  readonly goal: number
}

const SCENES: readonly Scene[] = [
  { membersCount: 1_000, inFlight: 1, messagesCount: 300, loopMessagesCount: 300, goal: 0.55 },
  { membersCount: 1_000, inFlight: 16, messagesCount: 1_600, loopMessagesCount: 300, goal: 4.5 },
  { membersCount: 10_000, inFlight: 1, messagesCount: 40, loopMessagesCount: 40, goal: 0.7 },
]
/** Rounds before the clock starts. */
const WARM_UP_SHARE = 0.5
/** Deliveries of one run, of which the longest hold counts. */
const HOLD_MESSAGES_COUNT = 20
const HOLD_MEMBERS_COUNT = 10_000
const HOLD_GOAL_MS = 20

const isGatewayAlone = process.argv.includes('--gateway')
const openReader = createFrameReaders()

/** Frames a second; the clock stops when the last member has the last frame. */
async function measure(
  reader: FrameReader,
  scene: Scene,
  send: (count: number, inFlight: number) => Promise<void>,
): Promise<number> {
  const { membersCount, messagesCount, inFlight } = scene
  const rounds = inFlight === 1 ? messagesCount : 1
  const perRound = messagesCount / rounds
  const startedAt = performance.now()
  for (let round = 0; round < rounds; round += 1) {
    await Promise.all([reader.expect(perRound), send(perRound, inFlight)])
  }
  return (messagesCount * membersCount) / ((performance.now() - startedAt) / 1_000)
}

/** One frame as a member reads it. */
async function sampleFrame(source: FanOutSource): Promise<Buffer> {
  const socket = new WebSocket(`ws://127.0.0.1:${source.port}${source.targets[0]}`)
  await once(socket, 'message')
  await source.prepare(1)
  const received = once(socket, 'message') as Promise<[Buffer]>
  await source.send(1, 1)
  const [text] = await received
  socket.close()
  await once(socket, 'close')
  return textFrame(text.toString())
}

async function runScenes(membersCount: number, scenes: readonly Scene[]): Promise<boolean> {
  const start = isGatewayAlone ? startGatewaySource : startServerSource
  const source = await start(membersCount)
  const frame = await sampleFrame(source)
  const loop = await startWriteLoop(membersCount, frame)
  const fromLoop = await openReader(loop.port, source.targets)
  const fromServer = await openReader(source.port, source.targets)
  let isMet = true
  for (const scene of scenes) {
    const measured: number[] = []
    const reference: number[] = []
    for (let run = 0; run <= RUNS_COUNT; run += 1) {
      const share = run === 0 ? WARM_UP_SHARE : 1
      const sized = { ...scene, messagesCount: scene.messagesCount * share }
      // The loop has one way only: one write for each message and socket.
      const oneByOne = { ...scene, messagesCount: scene.loopMessagesCount * share, inFlight: 1 }
      const loopRate = await measure(fromLoop, oneByOne, async (count) => loop.send(count))
      await source.prepare(sized.messagesCount)
      const rate = await measure(fromServer, sized, (count, inFlight) =>
        source.send(count, inFlight),
      )
      if (run === 0) continue
      reference.push(loopRate)
      measured.push(rate)
    }
    const flight = scene.inFlight === 1 ? 'one at a time' : `${scene.inFlight} in flight`
    const isSceneMet = recordResult({
      bench: 'fan-out',
      figure: `${membersCount} members, ${flight}${isGatewayAlone ? ', gateway alone' : ''}`,
      unit: 'frames/s',
      runs: measured,
      reference: { name: 'C write loop', runs: reference },
      goal: { atLeast: scene.goal },
      details: { frameBytes: frame.length },
    })
    isMet = isSceneMet && isMet
  }
  fromServer.stop()
  fromLoop.stop()
  loop.stop()
  await source.stop()
  return isMet
}

/** How long a delivery keeps everything else waiting. Watching costs throughput: not above. */
async function measureHold(): Promise<boolean> {
  const source = await startGatewaySource(HOLD_MEMBERS_COUNT)
  const reader = await openReader(source.port, source.targets)
  await source.probe()
  const runs: number[] = []
  const cpuRuns: number[] = []
  for (let run = 0; run <= RUNS_COUNT; run += 1) {
    await source.longestHold()
    for (let message = 0; message < HOLD_MESSAGES_COUNT; message += 1) {
      await Promise.all([reader.expect(1), source.send(1, 1)])
    }
    const { wallMs, cpuMs } = await source.longestHold()
    if (run === 0) continue
    runs.push(wallMs)
    cpuRuns.push(cpuMs)
  }
  reader.stop()
  await source.stop()
  return recordResult({
    bench: 'fan-out',
    figure: `longest hold of the event loop, ${HOLD_MEMBERS_COUNT} members`,
    unit: 'ms',
    runs,
    goal: { atMost: HOLD_GOAL_MS },
    details: { cpuMs: median(cpuRuns) },
  })
}

let isAllMet = true
for (const membersCount of new Set(SCENES.map((scene) => scene.membersCount))) {
  const scenes = SCENES.filter((scene) => scene.membersCount === membersCount)
  isAllMet = (await runScenes(membersCount, scenes)) && isAllMet
}
isAllMet = (await measureHold()) && isAllMet
process.exitCode = isAllMet ? 0 : 1
