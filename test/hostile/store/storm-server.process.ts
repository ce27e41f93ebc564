// A server in a process of its own whose background work comes every fraction of a second, to be
// killed in the middle of it. Prints `ready <url>`; ends on SIGTERM.
import { createApp } from '../../../src/app.ts'
import { systemClock, type Clock } from '../../../src/base/clock.ts'
import { createConfig } from '../../../src/config/config.ts'
import type { SettingValues } from '../../../src/config/settings.ts'

/** Waits of background work are a minute and more; those of requests are shorter. */
const LONG_MS = 60_000
const TIMES_AS_SOON = 600

const hasty: Clock = {
  ...systemClock,
  after: (ms, run) => systemClock.after(ms >= LONG_MS ? ms / TIMES_AS_SOON : ms, run),
}

const settings = JSON.parse(process.argv[2] ?? '{}') as SettingValues
const app = createApp(createConfig(settings), { clock: hasty })
await app.start()
process.on('SIGTERM', () => void app.close().then(() => process.exit(0)))
process.stdout.write(`ready http://${app.addresses.http ?? ''}\n`)
