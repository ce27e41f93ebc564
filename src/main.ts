#!/usr/bin/env node
// The program: arguments and environment → configuration → app → signals → drain; or a client of a
// server that runs elsewhere. Nothing else.
import { readFileSync } from 'node:fs'
import type { App } from './app.ts'
import { stayAlive, systemClock } from './base/clock.ts'
import { readClientAccess, type ClientConfig } from './config/client-config.ts'
import { parseCommandLine, USAGE_EXIT_CODE } from './config/command-line.ts'
import { ConfigError } from './config/config.ts'
import { openCompileCache, writeCompileCache } from './config/compile-cache.ts'
import { readEnvironment } from './config/env.ts'
import type { OutboxConfig } from './config/outbox-config.ts'
import type { TopConfig } from './config/top-config.ts'
import {
  createOperatorClient,
  type OperatorClientOptions,
} from './operator-client/operator-client.ts'
import { confirmationOn } from './outbox-command/confirmation.ts'
import { runOutboxCommand } from './outbox-command/outbox-command.ts'
import { createOverviewClient } from './top/overview-client.ts'
import { createTop } from './top/top.ts'

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
} else if (invocation.command === 'top') {
  await watch(invocation.config)
} else if (invocation.command === 'outbox') {
  await tendOutbox(invocation.config)
} else {
  // Only now: whoever watches a server does not wait for another one to be loaded.
  openCompileCache(invocation.config.dataDirectory)
  const { createApp } = await import('./app.ts')
  const app = createApp(invocation.config, { onFatal: () => process.exit(1) })
  stopOnSignals(app, invocation.stopsWithInput)
  try {
    await app.start()
    for (const warning of invocation.warnings) app.logger.warn(warning)
    process.stdout.write(app.welcome())
    writeCompileCache()
  } catch (error) {
    process.stderr.write(`carillon: ${error instanceof Error ? error.message : String(error)}\n`)
    app.logger.debug({ err: error }, 'start failed')
    await app.close()
    process.exit(error instanceof ConfigError ? USAGE_EXIT_CODE : 1)
  }
}

/** Ends with whoever reads its output, too. */
async function watch(config: TopConfig): Promise<void> {
  const options = clientOptionsOf(config)
  if (options === undefined) return
  const top = createTop({
    ...config,
    endpoint: config.endpoint.origin,
    client: createOverviewClient(options),
    input: process.stdin,
    output: process.stdout,
    clock: systemClock,
  })
  const stop = () => top.stop()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  process.stdout.on('error', stop)
  // Whatever goes wrong, the terminal is given back.
  process.on('exit', stop)
  const alive = stayAlive()
  process.exitCode = await top.run()
  alive.cancel()
}

async function tendOutbox({ task, ...config }: OutboxConfig): Promise<void> {
  const options = clientOptionsOf(config)
  if (options === undefined) return
  const client = createOperatorClient(options)
  process.exitCode = await runOutboxCommand({
    task,
    client,
    ask: confirmationOn({ input: process.stdin, output: process.stdout }),
    print: (text) => process.stdout.write(text),
    complain: (text) => process.stderr.write(text),
    clock: systemClock,
  })
  client.close()
}

/** What a client signs with and trusts; undefined, and said why, where there is no credential. */
function clientOptionsOf(config: ClientConfig): OperatorClientOptions | undefined {
  try {
    const { endpoint, region } = config
    return { endpoint, region, ...readClientAccess(config), clock: systemClock }
  } catch (error) {
    process.stderr.write(`carillon: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = USAGE_EXIT_CODE
    return undefined
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
