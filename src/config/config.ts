// The configuration of one server, typed, defaulted and checked. A wrong setting is refused with
// its name and what is allowed, before anything is touched.
import { SETTINGS } from './settings.ts'
import type { Setting, SettingName, SettingValues } from './settings.ts'

/** Where to listen; port 0 lets the system choose one. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Where everything but the data directory's own files is kept. The URL may hold a password. */
export type StoreConfig =
  { readonly kind: 'sqlite' } | { readonly kind: 'postgres'; readonly url: string }

/** The services of AWS that flows, streams and bots lead to. */
export const AWS_SERVICES = ['lambda', 'kinesis', 'lex'] as const
export type AwsService = (typeof AWS_SERVICES)[number]

/** Where things may go that leave the server. */
export interface OutboundConfig {
  /** The file that maps ARNs; undefined when there is none. */
  readonly file: string | undefined
  /** All ARNs of these lead there. */
  readonly awsServices: ReadonlySet<AwsService>
}

export interface Config {
  /** Undefined when switched off; at least one of the two is there. */
  readonly listen: ListenAddress | undefined
  readonly listenTls: ListenAddress | undefined
  /** Files of the operator; without them a local certificate is made. */
  readonly tlsFiles: { readonly certificatePath: string; readonly keyPath: string } | undefined
  /** `host[:port]`; undefined for the address of a listener. */
  readonly publicEndpoint: string | undefined
  readonly dataDirectory: string
  readonly store: StoreConfig
  /** Undefined for the one in the data directory. */
  readonly rootCredential:
    { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined
  /** 32 bytes that all nodes share; undefined for those in the data directory. */
  readonly secretKey: Buffer | undefined
  readonly region: string
  readonly accountId: string
  readonly outbound: OutboundConfig
  readonly quotas: 'relaxed' | 'aws'
  readonly logLevel: LogLevel
}

/** A setting that cannot be used; the message names it and says what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

const PORT_MAX = 65_535
/** Each part may be one word of a host name or of an IPv4 address. */
const HOST = /^(?:\[[0-9A-Fa-f:.%\w]+\]|[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}))$/
const REGION = /^[a-z0-9-]{1,63}$/
const ACCOUNT_ID = /^\d{12}$/
const POSTGRES_PROTOCOL = /^postgres(?:ql)?:$/
/** As AWS's own ids. */
// evidence: docs IAM AccessKey: 16 to 128 word characters
const ACCESS_KEY_ID = /^\w{16,128}$/
const SECRET = /^[\x21-\x7e]{16,128}$/
/** 32 bytes, in hex, base64 or base64url. */
const SECRET_KEY_HEX = /^[0-9A-Fa-f]{64}$/
const SECRET_KEY_BASE64 = /^[A-Za-z0-9+/_-]{43}=?$/

/**
 * The configuration that `values` describe; throws ConfigError for the first one that is wrong.
 * `awsServices` are those for which the environment has an endpoint.
 */
export function createConfig(
  values: SettingValues,
  awsServices: ReadonlySet<AwsService> = new Set(),
): Config {
  refuseLaterSettings(values)
  const listen = parseListen('listen', values)
  const listenTls = parseListen('listenTls', values)
  if (listen === undefined && listenTls === undefined) {
    throw new ConfigError(
      `${titleOf('listen')} and ${titleOf('listenTls')} are both off: one of them must be on`,
    )
  }
  const tlsPair = pairOf('tlsCertificate', 'tlsKey', values)
  const keyPair = pairOf('accessKeyId', 'secretAccessKey', values)
  if (keyPair !== undefined) {
    check('accessKeyId', values, ACCESS_KEY_ID, '16 to 128 letters, digits or underscores')
    // The value itself is never repeated in a message.
    if (!SECRET.test(keyPair[1])) {
      throw refusal('secretAccessKey', undefined, '16 to 128 printable characters without spaces')
    }
  }
  return {
    listen,
    listenTls,
    tlsFiles: tlsPair && { certificatePath: tlsPair[0], keyPath: tlsPair[1] },
    publicEndpoint: parsePublicEndpoint(values),
    dataDirectory: textOf('dataDirectory', values),
    store: parseStore(values),
    rootCredential: keyPair && { accessKeyId: keyPair[0], secretAccessKey: keyPair[1] },
    secretKey: parseSecretKey(values.secretKey),
    region: check('region', values, REGION, 'lower-case letters, digits and dashes, at most 63'),
    accountId: check('accountId', values, ACCOUNT_ID, 'twelve digits'),
    outbound: parseOutbound(values, awsServices),
    quotas: oneOf('quotas', values, ['relaxed', 'aws']),
    logLevel: oneOf('logLevel', values, LOG_LEVELS),
  }
}

/** `host:port` as it stands in a URL: IPv6 in brackets. */
export function formatAddress({ host, port }: ListenAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Settings of the design that this version does not have yet say so, rather than "invalid". */
function refuseLaterSettings(values: SettingValues): void {
  const bus = textOf('bus', values)
  if (bus.startsWith('nats://')) {
    throw new ConfigError(`${titleOf('bus')}: this version has no NATS yet, only "local"`)
  }
  oneOf('bus', values, ['local'])
  const roles = textOf('roles', values)
    .split(',')
    .map((role) => role.trim())
    .toSorted()
    .join(',')
  if (roles !== 'api,gateway,jobs') {
    throw new ConfigError(
      `${titleOf('roles')}: this version runs all parts in one process, only "api,gateway,jobs" ` +
        'is allowed',
    )
  }
}

function parseListen(name: 'listen' | 'listenTls', values: SettingValues) {
  const text = textOf(name, values)
  if (text === 'off') return undefined
  const address = parseHostAndPort(text)
  if (address === undefined || address.port === undefined) {
    throw refusal(
      name,
      text,
      'host:port (an IPv6 host in brackets, 0.0.0.0 for every interface, port 0 for any), or "off"',
    )
  }
  return { host: address.host, port: address.port }
}

function parseOutbound(
  { outbound }: SettingValues,
  awsServices: ReadonlySet<AwsService>,
): OutboundConfig {
  if (outbound === 'aws') return { file: undefined, awsServices: new Set(AWS_SERVICES) }
  return { file: outbound, awsServices }
}

function parsePublicEndpoint(values: SettingValues): string | undefined {
  const text = values.publicEndpoint
  if (text === undefined) return undefined
  const address = parseHostAndPort(text)
  if (address === undefined || address.port === 0) {
    throw refusal('publicEndpoint', text, 'host or host:port, without scheme, path or final slash')
  }
  // Clients sign the lower-cased host. evidence: sdk amazon-chime-sdk-js (behaviour 1.1)
  return text.toLowerCase()
}

/** The URL is never repeated in a message: it may hold a password. */
function parseStore(values: SettingValues): StoreConfig {
  const text = textOf('store', values)
  if (text === 'sqlite') return { kind: 'sqlite' }
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPostgres = url !== undefined && POSTGRES_PROTOCOL.test(url.protocol)
  const hasHost = isPostgres && (url.hostname !== '' || url.searchParams.has('host'))
  if (!hasHost || url.pathname.length < 2) {
    throw refusal(
      'store',
      undefined,
      '"sqlite", or postgres://user:password@host:port/database (a password with other than ' +
        'letters and digits is percent-encoded)',
    )
  }
  return { kind: 'postgres', url: text }
}

/** The value itself is never repeated in a message. */
function parseSecretKey(text: string | undefined): Buffer | undefined {
  if (text === undefined) return undefined
  if (SECRET_KEY_HEX.test(text)) return Buffer.from(text, 'hex')
  if (SECRET_KEY_BASE64.test(text)) return Buffer.from(text, 'base64')
  throw refusal('secretKey', undefined, '32 bytes as 64 digits of hex or 44 characters of base64')
}

/** Brackets are taken off an IPv6 host. */
function parseHostAndPort(text: string) {
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(text)
  const host = match?.[1]
  if (match === null || host === undefined || !HOST.test(host)) return undefined
  const port = match[2] === undefined ? undefined : Number(match[2])
  if (port !== undefined && port > PORT_MAX) return undefined
  return { host: host.replace(/^\[|\]$/g, ''), port }
}

/** Two settings that make sense only together. */
function pairOf(first: SettingName, second: SettingName, values: SettingValues) {
  const left = values[first]
  const right = values[second]
  if (left === undefined && right === undefined) return undefined
  if (left === undefined || right === undefined) {
    const [there, missing] = left === undefined ? [second, first] : [first, second]
    throw new ConfigError(`${titleOf(there)} needs ${titleOf(missing)}, which is not set`)
  }
  return [left, right] as const
}

function check(name: SettingName, values: SettingValues, pattern: RegExp, allowed: string): string {
  const text = textOf(name, values)
  if (!pattern.test(text)) throw refusal(name, text, allowed)
  return text
}

function oneOf<const Choice extends string>(
  name: SettingName,
  values: SettingValues,
  choices: readonly Choice[],
): Choice {
  const text = textOf(name, values)
  const choice = choices.find((candidate) => candidate === text)
  if (choice === undefined) {
    throw refusal(name, text, choices.map((candidate) => `"${candidate}"`).join(', '))
  }
  return choice
}

function textOf(name: SettingName, values: SettingValues): string {
  const setting: Setting = SETTINGS[name]
  return values[name] ?? setting.defaultText ?? ''
}

function titleOf(name: SettingName): string {
  return `${SETTINGS[name].variable} (--${SETTINGS[name].flag})`
}

function refusal(name: SettingName, text: string | undefined, allowed: string): ConfigError {
  const shown = text === undefined ? 'has a value that' : `is "${text}", which`
  return new ConfigError(`${titleOf(name)} ${shown} is not allowed; allowed: ${allowed}`)
}
