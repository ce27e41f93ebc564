// What a server stands on: the data directory with its secrets, the store, the bus.
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import { createInProcessBus } from '../bus/in-process.ts'
import { certificateHostsOf } from '../config/addresses.ts'
import type { Config } from '../config/config.ts'
import { openDataDirectory, openServerSecrets } from '../config/data-directory.ts'
import type { ServerSecrets } from '../config/data-directory.ts'
import { openLocalCertificate, readCertificateFiles } from '../config/local-certificate.ts'
import type { ServerCertificate } from '../config/local-certificate.ts'
import type { OutboundMapping } from '../domain/outbound-mapping.ts'
import type { Limits } from '../domain/limits.ts'
import type { HttpLimits } from '../http/http-limits.ts'
import { createMetrics } from '../observability/metrics.ts'
import type { Metrics } from '../observability/metrics.ts'
import { OutboxNudges } from '../outbound/outbox-nudges.ts'
import { routeToBots } from '../outbound/routing/bot-routing.ts'
import { createOutboundRouter } from '../outbound/routing/outbound-router.ts'
import { routeToPush } from '../outbound/routing/push-routing.ts'
import { routeToStreams } from '../outbound/routing/stream-routing.ts'
import type { EventBus } from '../ports/event-bus.ts'
import type { Store } from '../ports/store.ts'
import type { Models } from '../protocol/compiled-operation.ts'
import { createSecretSealer, type SecretSealer } from '../services/access/secret-sealer.ts'
import { createSessionTokens, type SessionTokens } from '../services/access/session-tokens.ts'
import { createEventPublisher } from '../services/event-publisher.ts'
import { type Throttle } from '../services/throttle.ts'
import type { StoreOptions } from '../storage/engine/store-engine.ts'
import { createPostgresStore } from '../storage/postgres/postgres-store.ts'
import { lockDirectory } from '../storage/sqlite/directory-lock.ts'
import { createSqliteStore } from '../storage/sqlite/sqlite-store.ts'
import { openOutboundMapping } from './outbound-mapping.ts'
import type { Parts } from './parts.ts'

/** What whoever embeds the app may replace. */
export interface AppOverrides {
  /** The server cannot go on: the process is to end. */
  readonly onFatal?: (error: Error) => void
  readonly clock?: Clock
  readonly httpLimits?: Partial<HttpLimits>
  /** Instead of some of the quotas of the settings. */
  readonly limits?: Partial<Limits>
  /** Instead of the rates of the settings. */
  readonly throttle?: Throttle
  /** Takes log lines instead of the standard error. */
  readonly writeLog?: (line: string) => void
}

/** What every step of a start may use. */
export interface StartContext {
  readonly config: Config
  readonly clock: Clock
  readonly logger: Logger
  readonly models: Models
  readonly overrides: AppOverrides
  readonly parts: Parts
}

/** What everything that talks to clients stands on. */
export interface Foundation {
  readonly secrets: ServerSecrets
  readonly rootCredentialsPath: string
  readonly certificate: ServerCertificate | undefined
  readonly metrics: Metrics
  readonly bus: EventBus
  readonly store: Store
  readonly secretSealer: SecretSealer
  readonly sessionTokens: SessionTokens
  readonly outboundMapping: OutboundMapping
  readonly outboxNudges: OutboxNudges
}

/** Data directory, store and bus. */
export async function startFoundation(context: StartContext): Promise<Foundation> {
  const { config, clock, logger, parts } = context
  // First: a word of the operator's that cannot be understood leaves everything as it was.
  const outboundMapping = openOutboundMapping(config, logger)
  const ownCertificate =
    config.listenTls && config.tlsFiles && readCertificateFiles(config.tlsFiles)
  const directory = openDataDirectory(config)
  const lock = lockDirectory(directory.lockPath)
  await parts.start({
    name: 'data directory',
    start: () => Promise.resolve(),
    close: async () => lock.release(),
  })
  const secrets = openServerSecrets(directory, config)
  const certificate = ownCertificate ?? (await makeCertificate(config, directory.tlsPath, clock))
  const metrics = createMetrics()
  const bus = createInProcessBus()
  const outboxNudges = new OutboxNudges()
  const store = createStore(config, directory.databasePath, {
    committedEvents: createEventPublisher(bus, outboxNudges),
    outboundRouting: createOutboundRouter(outboundMapping, [
      routeToStreams,
      routeToPush,
      routeToBots,
    ]),
    clock,
    metrics,
    logger,
    onFatal(error) {
      logger.fatal({ err: error }, 'the database cannot be written any more; a restart recovers')
      context.overrides.onFatal?.(error)
    },
  })
  await parts.start({ name: 'store', start: () => store.start(), close: () => store.close() })
  await parts.start({ name: 'bus', start: () => bus.start(), close: () => bus.close() })
  const { rootCredentialsPath } = directory
  const secretSealer = createSecretSealer(secrets.keys.secrets)
  const sessionTokens = createSessionTokens(secrets.keys.sessionTokens)
  const made = { secrets, rootCredentialsPath, certificate, metrics, bus }
  return { ...made, store, secretSealer, sessionTokens, outboundMapping, outboxNudges }
}

function createStore({ store }: Config, file: string, options: StoreOptions): Store {
  return store.kind === 'sqlite'
    ? createSqliteStore({ ...options, file })
    : createPostgresStore({ ...options, url: store.url })
}

/** The one that the server makes for itself; undefined where it does not speak TLS. */
async function makeCertificate(
  config: Config,
  tlsPath: string,
  clock: Clock,
): Promise<ServerCertificate | undefined> {
  if (config.listenTls === undefined) return undefined
  return openLocalCertificate(tlsPath, certificateHostsOf(config), clock.now())
}
