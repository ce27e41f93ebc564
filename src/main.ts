#!/usr/bin/env node
// The program: arguments and environment → configuration → app → signals → drain. Nothing else.
import { readFileSync } from 'node:fs'
import { createApp } from './app.ts'
import type { App } from './app.ts'
import { systemClock } from './base/clock.ts'
import { parseCommandLine } from './config/command-line.ts'
import { readEnvironment } from './config/env.ts'

/** The whole stop, after which the process ends whatever hangs. */
const STOP_DEADLINE_MS = 9_500
/** A signal that comes again so soon is the same Ctrl-C, passed on by npm and the launcher. */
const REPEAT_MS = 1_000

const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string }
const invocation = parseCommandLine(process.argv.slice(2), readEnvironment(), version)

// Whoever read our output may be gone; that is no reason to end.
process.stdout.on('error', () => undefined)
process.stderr.on('error', () => undefined)

if (invocation.command === 'print') {
  const output = invocation.exitCode === 0 ? process.stdout : process.stderr
  output.write(invocation.text)
  process.exitCode = invocation.exitCode
} else {
  const app = createApp(invocation.config, { onFatal: () => process.exit(1) })
  stopOnSignals(app, invocation.stopsWithInput)
  try {
    await app.start()
    for (const warning of invocation.warnings) app.logger.warn(warning)
    process.stdout.write(app.welcome())
  } catch (error) {
    process.stderr.write(`carillon: ${error instanceof Error ? error.message : String(error)}\n`)
    app.logger.debug({ err: error }, 'start failed')
    await app.close()
    process.exit(1)
  }
}

function stopOnSignals(app: App, stopsWithInput: boolean): void {
  let stoppingSince: number | undefined
  const stop = (why: string) => {
    const now = systemClock.monotonicMs()
    if (stoppingSince !== undefined) {
      if (now - stoppingSince > REPEAT_MS) process.exit(1)
      return
    }
    stoppingSince = now
    app.logger.info({ why }, 'stopping')
    systemClock.after(STOP_DEADLINE_MS, () => process.exit(1))
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        app.logger.error({ err: error }, 'stop failed')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', () => stop('SIGTERM'))
  process.on('SIGINT', () => stop('SIGINT'))
  if (stopsWithInput) process.stdin.on('close', () => stop('standard input ended')).resume()
}
