// What one reader that does not read costs the others: deliveries to a thousand members with and
// without it, alternately. Each round has a new one, as the server closes it once its queue is
// full.
import { createFrameReaders, type FrameReader } from './load/frame-reader.ts'
import { startServerSource } from './load/fan-out-source.ts'
import { cpuSeconds } from './load/process-memory.ts'
import { RUNS_COUNT, median, recordResult } from './measure.ts'

interface Scene {
  readonly inFlight: number
  readonly messagesPerRound: number
}

const MEMBERS_COUNT = 1_000
const SCENES: readonly Scene[] = [
  { inFlight: 1, messagesPerRound: 150 },
  // Enough to fill what may wait for one session, and then some.
  { inFlight: 16, messagesPerRound: 5_000 },
]
const ROUNDS_COUNT = 3
const GOAL = 0.97

const source = await startServerSource(MEMBERS_COUNT + 1)
const others = source.targets.slice(0, MEMBERS_COUNT)
const slow = source.targets.slice(MEMBERS_COUNT)
const openSlowReader = createFrameReaders('slow')
const reader = await createFrameReaders()(source.port, others)

/** Seconds; the clock stops when the last of the others has the last message. */
async function runRound({ inFlight, messagesPerRound }: Scene): Promise<number> {
  await source.prepare(messagesPerRound)
  const batches = inFlight === 1 ? messagesPerRound : 1
  const perBatch = messagesPerRound / batches
  const startedAt = performance.now()
  for (let batch = 0; batch < batches; batch += 1) {
    await Promise.all([reader.expect(perBatch), source.send(perBatch, inFlight)])
  }
  return (performance.now() - startedAt) / 1_000
}

interface Measured {
  /** Deliveries to the others in a second. */
  readonly rate: number
  /** Of CPU of the server, for each of them: what a busy machine disturbs least. */
  readonly microseconds: number
}

async function measure(scene: Scene, hasSlowReader: boolean): Promise<Measured> {
  let seconds = 0
  const cpuBefore = cpuSeconds(source)
  for (let round = 0; round < ROUNDS_COUNT; round += 1) {
    const slowReader: FrameReader | undefined = hasSlowReader
      ? await openSlowReader(source.port, slow)
      : undefined
    seconds += await runRound(scene)
    slowReader?.stop()
  }
  const deliveries = scene.messagesPerRound * ROUNDS_COUNT * MEMBERS_COUNT
  const microseconds = ((cpuSeconds(source) - cpuBefore) * 1e6) / deliveries
  return { rate: deliveries / seconds, microseconds }
}

async function slowReadersClosed(): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${source.port}/metrics`)
  const found = /^carillon_sessions_closed_total\{code="4008"\} (\d+)$/m.exec(await answer.text())
  return Number(found?.[1] ?? 0)
}

let isAllMet = true
for (const scene of SCENES) {
  const withIt: Measured[] = []
  const without: Measured[] = []
  const closedBefore = await slowReadersClosed()
  await measure(scene, true)
  for (let run = 0; run < RUNS_COUNT; run += 1) {
    // Whoever goes first has the colder machine: they take turns.
    const order = run % 2 === 0 ? [true, false] : [false, true]
    for (const hasSlowReader of order) {
      const measured = await measure(scene, hasSlowReader)
      if (hasSlowReader) withIt.push(measured)
      else without.push(measured)
    }
  }
  const flight = scene.inFlight === 1 ? 'one at a time' : `${scene.inFlight} in flight`
  const isMet = recordResult({
    bench: 'slow-reader',
    figure: `one among ${MEMBERS_COUNT} that does not read, ${flight}`,
    unit: 'frames/s',
    runs: withIt.map(({ rate }) => rate),
    reference: { name: 'without it', runs: without.map(({ rate }) => rate) },
    goal: { atLeast: GOAL },
    details: {
      closedForNotReading: (await slowReadersClosed()) - closedBefore,
      serverMicrosecondsEach: median(withIt.map(({ microseconds }) => microseconds)),
      serverMicrosecondsWithout: median(without.map(({ microseconds }) => microseconds)),
    },
  })
  isAllMet = isMet && isAllMet
}
reader.stop()
await source.stop()
process.exitCode = isAllMet ? 0 : 1
