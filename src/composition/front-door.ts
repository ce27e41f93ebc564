// What talks to clients: the listeners, the request chain, the gateway, and what they ask.
import type { ChannelArn } from '../base/arn.ts'
import { sessionEndpointOf } from '../config/addresses.ts'
import type { Config } from '../config/config.ts'
import type { ServerCertificate } from '../config/local-certificate.ts'
import {
  awsLimits,
  awsRates,
  type Limits,
  relaxedLimits,
  relaxedRates,
  type RequestRates,
} from '../domain/limits.ts'
import { createGateway } from '../gateway/gateway.ts'
import { createHttpServer } from '../http/http-server.ts'
import type { HttpServer, ListenerOptions } from '../http/http-server.ts'
import { createRequestChain } from '../http/request-chain.ts'
import { startEventLoopMeter } from '../observability/event-loop-meter.ts'
import { createWebIdentityVerifier } from '../openid/web-identity-verifier.ts'
import type { OperationDependencies } from '../operations/define-operation.ts'
import { registry } from '../operations/registry.ts'
import type { OutboundOverviewSource } from '../ports/outbound.ts'
import { createRouter } from '../protocol/router.ts'
import { createSignatureChecker } from '../protocol/sigv4/signature-checker.ts'
import { createAuthorizer } from '../services/access/authorizer.ts'
import { createCredentialSource } from '../services/access/credential-source.ts'
import { createNextTokens } from '../services/next-tokens.ts'
import { createOutboxAdministration } from '../services/outbox-administration.ts'
import { createOverviewReader } from '../services/overview-reader.ts'
import { createThrottle, type Throttle } from '../services/throttle.ts'
import type { Foundation, StartContext } from './foundation.ts'

/** Where clients sign IAM's and STS's global endpoints, whatever region they are set to. */
const GLOBAL_REGION = 'us-east-1'

/** Starts the listeners with everything behind them; resolves when they answer. */
export async function startFrontDoor(
  context: StartContext,
  foundation: Foundation,
  outbound: OutboundOverviewSource,
): Promise<HttpServer> {
  const { config, clock, logger, parts } = context
  const { metrics, bus, store } = foundation
  const accessControl = createAccessControl(context, foundation)
  const state = { isDraining: false }
  const signatures = createSignatureCheckers(config)
  const gateway = createGateway({
    ...accessControl,
    store: store.read,
    bus,
    signatures: signatures.chime,
    clock,
    logger,
    metrics,
    limits: limitsOf(context),
    connectsPerUserPerSecond: ratesOf(config).connectsPerUserPerSecond,
  })
  const eventLoop = startEventLoopMeter()
  const outbox = createOutboxAdministration({ store, outbound, logger })
  const seen = { store: store.read, hub: gateway, metrics, eventLoop, state, outbox, clock }
  const chain = createRequestChain({
    ...accessControl,
    router: createRouter(context.models),
    registry,
    dependencies: operationDependencies(context, foundation, () => server),
    throttle: context.overrides.throttle ?? createRequestThrottle(context, foundation),
    signatures,
    state,
    operatorServices: { overviews: createOverviewReader(seen), outbox },
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
  measureRequests(metrics, server)
  await parts.start({
    name: 'listeners and gateway',
    async start() {
      await gateway.start()
      await server.start()
    },
    // Together: sessions are told at once, and the listeners wait for the gateway's sockets.
    async close() {
      state.isDraining = true
      await Promise.all([server.close(), gateway.close()])
      eventLoop.stop()
    },
  })
  return server
}

function measureRequests(metrics: Foundation['metrics'], server: HttpServer): void {
  const help = 'Requests that are being read or answered'
  metrics.gauge('carillon_requests_in_flight', help, () => server.requestsInFlight)
}

/** Who signs requests, and what they may do. */
function createAccessControl({ config, logger }: StartContext, foundation: Foundation) {
  const { secrets, store, secretSealer, sessionTokens } = foundation
  const { accountId, region } = config
  return {
    credentials: createCredentialSource({
      root: secrets.rootCredential,
      accountId,
      access: store.read.access,
      secrets: secretSealer,
      sessionTokens,
      logger,
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

function operationDependencies(
  context: StartContext,
  { store, secrets, secretSealer, sessionTokens, outboundMapping }: Foundation,
  server: () => HttpServer,
): OperationDependencies {
  const { config, clock, logger } = context
  return {
    store,
    arnScope: { region: config.region, accountId: config.accountId },
    limits: limitsOf(context),
    nextTokens: createNextTokens(secrets.keys.nextTokens),
    secretSealer,
    sessionTokens,
    outboundMapping,
    logger,
    webIdentities: createWebIdentityVerifier(clock, logger),
    // Known once the listeners have their ports.
    get sessionEndpoint() {
      return sessionEndpointOf(config, server().addresses)
    },
  }
}

function limitsOf({ config, overrides }: StartContext): Limits {
  return { ...(config.quotas === 'aws' ? awsLimits : relaxedLimits), ...overrides.limits }
}

function ratesOf({ quotas }: Config): RequestRates {
  return quotas === 'aws' ? awsRates : relaxedRates
}

function createSignatureCheckers({ region, publicEndpoint }: Config) {
  const publicHosts = publicEndpoint === undefined ? [] : [publicEndpoint]
  return {
    chime: createSignatureChecker({ region, services: ['chime'], publicHosts }),
    query: createSignatureChecker({
      region,
      globalRegions: [GLOBAL_REGION],
      services: ['iam', 'sts'],
      publicHosts,
    }),
  }
}

function listenersOf(config: Config, tls: ServerCertificate | undefined): ListenerOptions[] {
  const { listen, listenTls } = config
  return [
    ...(listen === undefined ? [] : [listen]),
    ...(listenTls === undefined ? [] : [{ ...listenTls, tls }]),
  ]
}
