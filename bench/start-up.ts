// How long a start takes, from spawning the program to its `ready` line, with a million messages in
// the data directory and with none. Both directories have been started before, so that neither time
// holds the making of keys and certificates.
import { join } from 'node:path'
import { startServerProcess } from '../test/harness/start-server.ts'
import { filledDirectory } from './load/filled-directory.ts'
import { RUNS_COUNT, median, recordResult, temporaryDirectory } from './measure.ts'

const CHANNELS_COUNT = 1_000
const MESSAGES_COUNT = 1_000_000
const GOAL = 1.5

async function startMs(dataDirectory: string): Promise<number> {
  const before = performance.now()
  const server = await startServerProcess({ dataDirectory })
  const took = performance.now() - before
  await server.stop()
  return took
}

const filled = await filledDirectory(CHANNELS_COUNT, MESSAGES_COUNT)
const emptyDirectory = join(temporaryDirectory(), 'data')
const firstEverMs = await startMs(emptyDirectory)
await startMs(filled.dataDirectory)

const full: number[] = []
const empty: number[] = []
for (let run = 0; run < RUNS_COUNT; run++) {
  empty.push(await startMs(emptyDirectory))
  full.push(await startMs(filled.dataDirectory))
}

recordResult({
  bench: 'start-up',
  figure: '1,000,000 messages in 1,000 channels',
  unit: 'ms',
  runs: full,
  reference: { name: 'no messages', runs: empty },
  goal: { atMost: GOAL },
  details: { firstEverMs, maxMs: Math.max(...full), medianMs: median(full) },
})
