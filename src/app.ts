// The composition root: the only file that constructs the parts of a server and ties them together.
// Two apps in one process share nothing.
import type { ChannelArn } from './base/arn.ts'
import { assert } from './base/assert.ts'
import type { Clock } from './base/clock.ts'
import { systemClock } from './base/clock.ts'
import type { Logger } from './base/logger.ts'
import { createInProcessBus } from './bus/in-process.ts'
import {
  addressesOf,
  certificateHostsOf,
  isEndpointLocalOnly,
  sessionEndpointOf,
} from './config/addresses.ts'
import type { Config } from './config/config.ts'
import { openDataDirectory, openServerSecrets } from './config/data-directory.ts'
import type { RootCredential, ServerSecrets } from './config/data-directory.ts'
import { openLocalCertificate, readCertificateFiles } from './config/local-certificate.ts'
import type { ServerCertificate } from './config/local-certificate.ts'
import { renderWelcome } from './config/welcome.ts'
import { awsLimits, relaxedLimits, type Limits } from './domain/limits.ts'
import { awsRates, relaxedRates, type RequestRates } from './domain/request-rates.ts'
import { createGateway } from './gateway/gateway.ts'
import type { HttpLimits } from './http/http-limits.ts'
import { createHttpServer } from './http/http-server.ts'
import type { HttpServer, ListenerOptions } from './http/http-server.ts'
import { createRequestChain } from './http/request-chain.ts'
import { SweepSchedule } from './jobs/sweep.ts'
import { createSweeps } from './jobs/sweeps.ts'
import { createLogger } from './observability/logger.ts'
import { createMetrics } from './observability/metrics.ts'
import type { Metrics } from './observability/metrics.ts'
import type { OperationDependencies } from './operations/define-operation.ts'
import { registry } from './operations/registry.ts'
import { createWebIdentityVerifier } from './openid/web-identity-verifier.ts'
import type { EventBus } from './ports/event-bus.ts'
import type { Store } from './ports/store.ts'
import type { Models } from './protocol/compiled-operation.ts'
import { loadModels } from './protocol/model.ts'
import { createRouter } from './protocol/router.ts'
import { sensitiveMemberNames } from './protocol/sensitive.ts'
import { createSignatureChecker } from './protocol/sigv4/signature-checker.ts'
import { createAuthorizer } from './services/authorizer.ts'
import { createCredentialSource } from './services/credential-source.ts'
import { createEventPublisher } from './services/event-publisher.ts'
import { createNextTokens } from './services/next-tokens.ts'
import { createSecretSealer, type SecretSealer } from './services/secret-sealer.ts'
import { createSessionTokens, type SessionTokens } from './services/session-tokens.ts'
import { createThrottle, type Throttle } from './services/throttle.ts'
import type { StoreOptions } from './storage/engine/store-engine.ts'
import { createPostgresStore } from './storage/postgres/postgres-store.ts'
import { lockDirectory } from './storage/sqlite/directory-lock.ts'
import { createSqliteStore } from './storage/sqlite/sqlite-store.ts'

/** What whoever embeds the app may replace. */
export interface AppOverrides {
  /** The server cannot go on: the process is to end. */
  readonly onFatal?: (error: Error) => void
  readonly clock?: Clock
  readonly httpLimits?: Partial<HttpLimits>
  /** Instead of the rates of the settings. */
  readonly throttle?: Throttle
  /** Takes log lines instead of the standard error. */
  readonly writeLog?: (line: string) => void
}

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

/** A long-lived part; parts start in the order of their list and close in reverse. */
interface Part {
  readonly name: string
  start(): Promise<void>
  close(): Promise<void>
}

/** What only exists once the data directory is open. */
interface Opened {
  readonly secrets: ServerSecrets
  readonly server: HttpServer
  readonly rootCredentialsPath: string
  readonly authorityPath: string | undefined
}

/** For each part; the listeners and the gateway have half of it for requests in flight. */
const PART_CLOSE_MS = 8_000
/** Where clients sign IAM's and STS's global endpoints, whatever region they are set to. */
const GLOBAL_REGION = 'us-east-1'
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
  const started: Part[] = []
  let opened: Opened | undefined
  let closing: Promise<void> | undefined

  const startPart = async (part: Part): Promise<void> => {
    // Listed first: a part that fails half way is closed, too.
    started.push(part)
    await part.start()
  }
  const requireOpened = (): Opened => {
    assert(opened !== undefined, 'the app has been started')
    return opened
  }
  return {
    logger,
    async start() {
      opened = await startParts({ config, clock, logger, models, overrides, startPart })
      if (isEndpointLocalOnly(config)) {
        logger.warn('sessions from other machines need CARILLON_PUBLIC_ENDPOINT')
      }
    },
    close() {
      closing ??= closeParts(started, clock, logger)
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

interface StartContext {
  readonly config: Config
  readonly clock: Clock
  readonly logger: Logger
  readonly models: Models
  readonly overrides: AppOverrides
  readonly startPart: (part: Part) => Promise<void>
}

/** What everything that talks to clients stands on. */
interface Foundation {
  readonly secrets: ServerSecrets
  readonly rootCredentialsPath: string
  readonly certificate: ServerCertificate | undefined
  readonly metrics: Metrics
  readonly bus: EventBus
  readonly store: Store
  readonly secretSealer: SecretSealer
  readonly sessionTokens: SessionTokens
}

/** From the ground up: data directory, store, bus, then what talks to clients. */
async function startParts(context: StartContext): Promise<Opened> {
  const foundation = await startFoundation(context)
  const server = await startFrontDoor(context, foundation)
  await startBackgroundWork(context, foundation)
  const { secrets, certificate, rootCredentialsPath } = foundation
  return { secrets, server, rootCredentialsPath, authorityPath: certificate?.authorityPath }
}

async function startFoundation(context: StartContext): Promise<Foundation> {
  const { config, clock, logger, startPart } = context
  const directory = openDataDirectory(config)
  const lock = lockDirectory(directory.lockPath)
  await startPart({
    name: 'data directory',
    start: () => Promise.resolve(),
    close: async () => lock.release(),
  })
  const secrets = openServerSecrets(directory, config)
  const certificate = await openCertificate(config, directory.tlsPath, clock)
  const metrics = createMetrics()
  const bus = createInProcessBus()
  const store = createStore(config, directory.databasePath, {
    committedEvents: createEventPublisher(bus),
    clock,
    metrics,
    logger,
    onFatal(error) {
      logger.fatal({ err: error }, 'the database cannot be written any more; a restart recovers')
      context.overrides.onFatal?.(error)
    },
  })
  await startPart({ name: 'store', start: () => store.start(), close: () => store.close() })
  await startPart({ name: 'bus', start: () => bus.start(), close: () => bus.close() })
  const { rootCredentialsPath } = directory
  const secretSealer = createSecretSealer(secrets.keys.secrets)
  const sessionTokens = createSessionTokens(secrets.keys.sessionTokens)
  const made = { secrets, rootCredentialsPath, certificate, metrics, bus }
  return { ...made, store, secretSealer, sessionTokens }
}

function createStore({ store }: Config, file: string, options: StoreOptions): Store {
  return store.kind === 'sqlite'
    ? createSqliteStore({ ...options, file })
    : createPostgresStore({ ...options, url: store.url })
}

async function startFrontDoor(context: StartContext, foundation: Foundation): Promise<HttpServer> {
  const { config, clock, logger, startPart } = context
  const { metrics, bus, store } = foundation
  const { credentials, authorizer } = createAccessControl(config, foundation)
  const state = { isDraining: false }
  const signatures = createSignatureCheckers(config)
  const gateway = createGateway({
    store: store.read,
    bus,
    credentials,
    authorizer,
    signatures: signatures.chime,
    clock,
    logger,
    metrics,
    limits: limitsOf(config),
    connectsPerUserPerSecond: ratesOf(config).connectsPerUserPerSecond,
  })
  const chain = createRequestChain({
    router: createRouter(context.models),
    registry,
    dependencies: operationDependencies(context, foundation, () => server),
    credentials,
    authorizer,
    throttle: context.overrides.throttle ?? createRequestThrottle(context, foundation),
    signatures,
    state,
    metrics,
    logger,
    clock,
  })
  const server = createHttpServer({
    listeners: listenersOf(config, foundation.certificate),
    chain,
    handleUpgrade: gateway.handleUpgrade,
    logger,
    clock,
    limits: context.overrides.httpLimits,
  })
  metrics.gauge(
    'carillon_requests_in_flight',
    'Requests that are being read or answered',
    () => server.requestsInFlight,
  )
  await startPart({
    name: 'listeners and gateway',
    async start() {
      await gateway.start()
      await server.start()
    },
    // Together: sessions are told at once, and the listeners wait for the gateway's sockets.
    async close() {
      state.isDraining = true
      await Promise.all([server.close(), gateway.close()])
    },
  })
  return server
}

/** Who signs requests, and what they may do. */
function createAccessControl(config: Config, foundation: Foundation) {
  const { secrets, store, secretSealer, sessionTokens } = foundation
  const { accountId, region } = config
  return {
    credentials: createCredentialSource({
      root: secrets.rootCredential,
      accountId,
      access: store.read.access,
      secrets: secretSealer,
      sessionTokens,
    }),
    authorizer: createAuthorizer({
      access: store.read.access,
      tags: store.read.tags,
      arnScope: { region, accountId },
    }),
  }
}

function createRequestThrottle(
  { config, clock }: StartContext,
  { store, metrics }: Foundation,
): Throttle {
  return createThrottle({
    rates: ratesOf(config),
    clock,
    metrics,
    async isElasticChannel(channelArn, { identity }) {
      const access = await store.read.channels.findAccess(channelArn as ChannelArn, identity.arn)
      return access?.channel.elasticChannelConfiguration !== undefined
    },
  })
}

async function startBackgroundWork(
  { clock, logger, startPart }: StartContext,
  { store }: Foundation,
): Promise<void> {
  const schedule = new SweepSchedule({ sweeps: createSweeps(store), clock, logger })
  await startPart({
    name: 'background work',
    start: () => schedule.start(),
    close: () => schedule.close(),
  })
}

function operationDependencies(
  { config, clock, logger }: StartContext,
  { store, secrets, secretSealer, sessionTokens }: Foundation,
  server: () => HttpServer,
): OperationDependencies {
  return {
    store,
    arnScope: { region: config.region, accountId: config.accountId },
    limits: limitsOf(config),
    nextTokens: createNextTokens(secrets.keys.nextTokens),
    secretSealer,
    sessionTokens,
    webIdentities: createWebIdentityVerifier(clock, logger),
    // Known once the listeners have their ports.
    get sessionEndpoint() {
      return sessionEndpointOf(config, server().addresses)
    },
  }
}

function limitsOf({ quotas }: Config): Limits {
  return quotas === 'aws' ? awsLimits : relaxedLimits
}

function ratesOf({ quotas }: Config): RequestRates {
  return quotas === 'aws' ? awsRates : relaxedRates
}

function createSignatureCheckers({ region, publicEndpoint }: Config) {
  return {
    chime: createSignatureChecker({
      region,
      services: ['chime'],
      publicHosts: publicEndpoint === undefined ? [] : [publicEndpoint],
    }),
    query: createSignatureChecker({
      region,
      globalRegions: [GLOBAL_REGION],
      services: ['iam', 'sts'],
    }),
  }
}

async function closeParts(started: Part[], clock: Clock, logger: Logger): Promise<void> {
  for (const part of started.splice(0).toReversed()) {
    try {
      const inTime = await withDeadline(part.close(), PART_CLOSE_MS, clock)
      if (!inTime) logger.warn({ part: part.name }, 'a part did not close in time')
    } catch (error) {
      logger.error({ part: part.name, err: error }, 'a part failed to close')
    }
  }
}

/** False when `work` was still running after `timeoutMs`; it is then no longer waited for. */
function withDeadline(work: Promise<void>, timeoutMs: number, clock: Clock): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(timeoutMs, () => resolve(false))
    work.then(() => resolve(true), reject).finally(() => timer.cancel())
  })
}

async function openCertificate(
  config: Config,
  tlsPath: string,
  clock: Clock,
): Promise<ServerCertificate | undefined> {
  if (config.listenTls === undefined) return undefined
  if (config.tlsFiles !== undefined) return readCertificateFiles(config.tlsFiles)
  return openLocalCertificate(tlsPath, certificateHostsOf(config), clock.now())
}

function listenersOf(config: Config, tls: ServerCertificate | undefined): ListenerOptions[] {
  const { listen, listenTls } = config
  return [
    ...(listen === undefined ? [] : [listen]),
    ...(listenTls === undefined ? [] : [{ ...listenTls, tls }]),
  ]
}
