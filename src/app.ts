// The composition root: one server from its settings, started and closed as a whole. What it
// consists of is constructed in composition/ and nowhere else. Two apps in one process share
// nothing.
import { assert } from './base/assert.ts'
import { systemClock } from './base/clock.ts'
import type { Logger } from './base/logger.ts'
import { addressesOf, isEndpointLocalOnly, sessionEndpointOf } from './config/addresses.ts'
import type { Config } from './config/config.ts'
import type { RootCredential, ServerSecrets } from './config/data-directory.ts'
import { renderWelcome } from './config/welcome.ts'
import type { HttpServer } from './http/http-server.ts'
import { createLogger } from './observability/logger.ts'
import { loadModels } from './protocol/model.ts'
import { sensitiveMemberNames } from './protocol/sensitive.ts'
import { startBackgroundWork } from './composition/background-work.ts'
import { startFoundation, type AppOverrides, type StartContext } from './composition/foundation.ts'
import { startFrontDoor } from './composition/front-door.ts'
import { startOutbound } from './composition/outbound.ts'
import { Parts } from './composition/parts.ts'

/** One server. */
export interface App {
  readonly logger: Logger
  /** Resolves when the server answers. A failed start leaves parts that `close` takes down. */
  start(): Promise<void>
  /** Drains and stops, within 10 s. Idempotent; may be called in any state. */
  close(): Promise<void>
  /** `host:port` of each listener that is on, with its real port. Once started. */
  readonly addresses: { readonly http?: string; readonly https?: string }
  readonly rootCredential: RootCredential
  /** What a person is shown when the server answers; its last line begins with `ready `. */
  welcome(): string
}

/** What only exists once the data directory is open. */
interface Opened {
  readonly secrets: ServerSecrets
  readonly server: HttpServer
  readonly rootCredentialsPath: string
  readonly authorityPath: string | undefined
}

/** Makes a server; nothing is touched before `start`. */
export function createApp(config: Config, overrides: AppOverrides = {}): App {
  const clock = overrides.clock ?? systemClock
  const models = loadModels()
  const logger = createLogger({
    level: config.logLevel,
    isTerminal: process.stderr.isTTY,
    sensitiveNames: sensitiveMemberNames(models),
    write: overrides.writeLog,
  })
  const parts = new Parts(clock, logger)
  let opened: Opened | undefined
  let closing: Promise<void> | undefined

  const requireOpened = (): Opened => {
    assert(opened !== undefined, 'the app has been started')
    return opened
  }
  return {
    logger,
    async start() {
      opened = await startParts({ config, clock, logger, models, overrides, parts })
      if (isEndpointLocalOnly(config)) {
        logger.warn('sessions from other machines need CARILLON_PUBLIC_ENDPOINT')
      }
    },
    close() {
      closing ??= parts.close()
      return closing
    },
    get addresses() {
      return addressesOf(config, requireOpened().server.addresses)
    },
    get rootCredential() {
      return requireOpened().secrets.rootCredential
    },
    welcome() {
      const { secrets, server, authorityPath, rootCredentialsPath } = requireOpened()
      const { http, https } = addressesOf(config, server.addresses)
      const addresses = [
        ...(http === undefined ? [] : [`http://${http}`]),
        ...(https === undefined ? [] : [`https://${https}`]),
      ]
      return renderWelcome({
        url: http === undefined ? `https://${https ?? ''}` : `http://${http}`,
        sessionEndpoint: sessionEndpointOf(config, server.addresses),
        region: config.region,
        ...secrets,
        rootCredentialsPath,
        authorityPath,
        addresses,
      })
    },
  }
}

/** From the ground up: data directory, store, bus, then what talks to clients. */
async function startParts(context: StartContext): Promise<Opened> {
  const foundation = await startFoundation(context)
  const dispatcher = await startOutbound(context, foundation)
  const server = await startFrontDoor(context, foundation, dispatcher)
  await startBackgroundWork(context, foundation)
  const { secrets, certificate, rootCredentialsPath } = foundation
  return { secrets, server, rootCredentialsPath, authorityPath: certificate?.authorityPath }
}
