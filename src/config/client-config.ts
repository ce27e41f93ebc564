// What every client of a server is told that its operator starts: which server, and with what
// credential. Found in the same places as the server's own settings.
import { join, resolve } from 'node:path'
import { ConfigError, createConfig, formatAddress, type Config } from './config.ts'
import { readRootCredential, type RootCredential } from './data-directory.ts'
import { readPrivateFile } from './private-file.ts'
import type { SettingValues } from './settings.ts'

export interface ClientConfig {
  /** Scheme, host and port. */
  readonly endpoint: URL
  readonly region: string
  readonly dataDirectory: string
  /** Undefined for the one in the data directory. */
  readonly rootCredential: RootCredential | undefined
}

/** What the server asks for and is trusted by. */
export interface ClientAccess {
  readonly credential: RootCredential
  /** PEM of the local authority; undefined where there is none. */
  readonly authority: string | undefined
}

/** What was given on the command line, as commander names it. */
export type Flags = Readonly<Record<string, string | boolean | undefined>>

/** Hosts that mean every interface; a client asks its own. */
const WILDCARDS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** The configuration of a client; throws ConfigError for the first thing that is wrong. */
export function createClientConfig({ endpoint }: Flags, values: SettingValues): ClientConfig {
  const config = createConfig(values)
  return {
    endpoint: typeof endpoint === 'string' ? parseEndpoint(endpoint) : endpointOf(config),
    region: config.region,
    dataDirectory: resolve(config.dataDirectory),
    rootCredential: config.rootCredential,
  }
}

/** Reads the credential and the authority; throws ConfigError when there is no credential. */
export function readClientAccess({ dataDirectory, rootCredential }: ClientConfig): ClientAccess {
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
