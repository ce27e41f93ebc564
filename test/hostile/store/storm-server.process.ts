// A server in a process of its own whose background work comes every fraction of a second, to be
// killed in the middle of it. The first argument is its settings; the second, if any, the instant
// since when its clock runs fast. Prints `ready <url>`; ends on SIGTERM.
import { createApp } from '../../../src/app.ts'
import { systemClock, type Clock } from '../../../src/base/clock.ts'
import { createConfig } from '../../../src/config/config.ts'
import type { SettingValues } from '../../../src/config/settings.ts'
import { stormAheadMs } from './storm-clock.ts'

/** Waits of background work are a minute and more; those of requests are shorter. */
const LONG_MS = 60_000
const TIMES_AS_SOON = 600

const fastSince = Number(process.argv[3] ?? Infinity)

const hasty: Clock = {
  ...systemClock,
  now: () => systemClock.now() + stormAheadMs(fastSince),
  after: (ms, run) => systemClock.after(ms >= LONG_MS ? ms / TIMES_AS_SOON : ms, run),
}

const settings = JSON.parse(process.argv[2] ?? '{}') as SettingValues
const app = createApp(createConfig(settings), { clock: hasty })
await app.start()
process.on('SIGTERM', () => void app.close().then(() => process.exit(0)))
process.stdout.write(`ready http://${app.addresses.http ?? ''}\n`)
