// What `carillon top` is told: which server to watch, with what credential, and how often. Found in
// the same places as the server's own settings.
import { join, resolve } from 'node:path'
import { asArnOf, type ChannelArn } from '../base/arn.ts'
import { ConfigError, createConfig, formatAddress, type Config } from './config.ts'
import { readRootCredential, type RootCredential } from './data-directory.ts'
import { readPrivateFile } from './private-file.ts'
import type { SettingValues } from './settings.ts'

export interface TopConfig {
  /** Scheme, host and port. */
  readonly endpoint: URL
  readonly region: string
  readonly dataDirectory: string
  /** Undefined for the one in the data directory. */
  readonly rootCredential: RootCredential | undefined
  readonly channelArn: ChannelArn | undefined
  readonly intervalMs: number
  readonly isOnce: boolean
  /** Plain text, even on a terminal. */
  readonly wantsNoColour: boolean
}

/** What the server asks for and is trusted by. */
export interface TopAccess {
  readonly credential: RootCredential
  /** PEM of the local authority; undefined where there is none. */
  readonly authority: string | undefined
}

const INTERVAL_DEFAULT_MS = 1_000
/** Below, watching would be a load of its own. */
const INTERVAL_MIN_MS = 200
const INTERVAL_MAX_MS = 3_600_000
/** Hosts that mean every interface; a client asks its own. */
const WILDCARDS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** The configuration of `carillon top`; throws ConfigError for the first thing that is wrong. */
export function createTopConfig(
  flags: Readonly<Record<string, string | boolean | undefined>>,
  values: SettingValues,
  wantsNoColour: boolean,
): TopConfig {
  const config = createConfig(values)
  const { endpoint, channel, interval, once } = flags
  return {
    endpoint: typeof endpoint === 'string' ? parseEndpoint(endpoint) : endpointOf(config),
    region: config.region,
    dataDirectory: resolve(config.dataDirectory),
    rootCredential: config.rootCredential,
    channelArn: typeof channel === 'string' ? parseChannel(channel) : undefined,
    intervalMs: typeof interval === 'string' ? parseInterval(interval) : INTERVAL_DEFAULT_MS,
    isOnce: once === true,
    wantsNoColour,
  }
}

/** Reads the credential and the authority; throws ConfigError when there is no credential. */
export function readTopAccess({ dataDirectory, rootCredential }: TopConfig): TopAccess {
  const path = join(dataDirectory, 'root-credentials.json')
  const credential = rootCredential ?? readRootCredential(path)
  if (credential === undefined) {
    throw new ConfigError(
      `there is no root credential: ${path} does not exist. Name the data directory of the server ` +
        'by --data-dir, or set CARILLON_ACCESS_KEY_ID and CARILLON_SECRET_ACCESS_KEY',
    )
  }
  return { credential, authority: readPrivateFile(join(dataDirectory, 'tls', 'ca.pem')) }
}

function parseEndpoint(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isOurs =
    (url?.protocol === 'http:' || url?.protocol === 'https:') &&
    url.pathname === '/' &&
    url.search + url.hash + url.username + url.password === ''
  if (url === undefined || !isOurs) {
    throw new ConfigError(`--endpoint is not allowed; allowed: http://host:port, https://host:port`)
  }
  return url
}

/** Where a server with the same settings listens on this machine. */
function endpointOf({ listen, listenTls }: Pick<Config, 'listen' | 'listenTls'>): URL {
  const address = listen ?? listenTls
  if (address === undefined || address.port === 0) {
    throw new ConfigError('the server takes any port: say which it has by --endpoint')
  }
  const host = WILDCARDS[address.host] ?? address.host
  const scheme = listen === undefined ? 'https' : 'http'
  return new URL(`${scheme}://${formatAddress({ host, port: address.port })}`)
}

function parseChannel(text: string): ChannelArn {
  const arn = asArnOf(text, 'channel')
  if (arn === undefined) throw new ConfigError('--channel is not the ARN of a channel')
  return arn
}

function parseInterval(text: string): number {
  const intervalMs = Number(text) * 1_000
  if (!(intervalMs >= INTERVAL_MIN_MS && intervalMs <= INTERVAL_MAX_MS)) {
    throw new ConfigError('--interval is not allowed; allowed: seconds from 0.2 to 3600')
  }
  return intervalMs
}
