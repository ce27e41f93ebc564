// The table of settings: what each is called in the environment and on the command line, and what
// it means. Parsing is config.ts's, reading the environment env.ts's.

/** One setting; every one is optional. */
export interface Setting {
  /** Name in the environment. */
  readonly variable: string
  /** Name on the command line, without the dashes. */
  readonly flag: string
  /** Stands for the value in the help text. */
  readonly placeholder: string
  /** Used when the setting is absent; absent where the default depends on others. */
  readonly defaultText?: string
  /** One or two sentences for `carillon serve --help`. */
  readonly help: string
}

export const SETTINGS = {
  listen: {
    variable: 'CARILLON_LISTEN',
    flag: 'listen',
    placeholder: 'host:port',
    defaultText: '127.0.0.1:8080',
    help: 'Address for http:// and ws://. "off" disables it; port 0 takes any free port.',
  },
  listenTls: {
    variable: 'CARILLON_LISTEN_TLS',
    flag: 'listen-tls',
    placeholder: 'host:port',
    defaultText: '127.0.0.1:8443',
    help: 'Address for https:// and wss://. "off" disables it; port 0 takes any free port.',
  },
  tlsCertificate: {
    variable: 'CARILLON_TLS_CERT',
    flag: 'tls-cert',
    placeholder: 'file',
    help:
      'PEM certificate (with its chain) for the TLS address. Without it a local CA and a server ' +
      'certificate are made in <data-dir>/tls; clients then trust <data-dir>/tls/ca.pem.',
  },
  tlsKey: {
    variable: 'CARILLON_TLS_KEY',
    flag: 'tls-key',
    placeholder: 'file',
    help: 'PEM private key of --tls-cert; the two go together.',
  },
  publicEndpoint: {
    variable: 'CARILLON_PUBLIC_ENDPOINT',
    flag: 'public-endpoint',
    placeholder: 'host[:port]',
    help:
      'Where clients connect messaging sessions to, as GetMessagingSessionEndpoint tells them: no ' +
      'scheme, no path. What they sign for it holds whatever Host a proxy writes. Default: the TLS ' +
      'address (without TLS, the other one).',
  },
  dataDirectory: {
    variable: 'CARILLON_DATA_DIR',
    flag: 'data-dir',
    placeholder: 'directory',
    defaultText: './data',
    help: 'Everything that is kept: database, root credential, certificates. Made if missing.',
  },
  accessKeyId: {
    variable: 'CARILLON_ACCESS_KEY_ID',
    flag: 'access-key-id',
    placeholder: 'id',
    help:
      'Root credential: the access key that may do everything. Default: made once and kept in ' +
      '<data-dir>/root-credentials.json.',
  },
  secretAccessKey: {
    variable: 'CARILLON_SECRET_ACCESS_KEY',
    flag: 'secret-access-key',
    placeholder: 'secret',
    help: 'Secret of --access-key-id; the two go together. Prefer the variable: flags show in ps.',
  },
  secretKey: {
    variable: 'CARILLON_SECRET_KEY',
    flag: 'secret-key',
    placeholder: 'key',
    help:
      'Seals session tokens, the secrets of access keys and paging tokens: 32 bytes in hex or ' +
      'base64, the same on every node of a deployment. Default: made once and kept in ' +
      '<data-dir>/secret-key. Prefer the variable: flags show in ps.',
  },
  region: {
    variable: 'CARILLON_REGION',
    flag: 'region',
    placeholder: 'name',
    defaultText: 'us-east-1',
    help: 'Region in ARNs and in the scope of signatures; clients are configured with the same.',
  },
  accountId: {
    variable: 'CARILLON_ACCOUNT_ID',
    flag: 'account-id',
    placeholder: 'digits',
    defaultText: '000000000000',
    help: 'Account in ARNs: twelve digits.',
  },
  store: {
    variable: 'CARILLON_STORE',
    flag: 'store',
    placeholder: 'sqlite|url',
    defaultText: 'sqlite',
    help:
      'The database: sqlite, embedded in the data directory, or ' +
      'postgres://user:password@host:port/database. Prefer the variable: flags show in ps.',
  },
  bus: {
    variable: 'CARILLON_BUS',
    flag: 'bus',
    placeholder: 'local',
    defaultText: 'local',
    help: 'How live events travel: local, within this process.',
  },
  roles: {
    variable: 'CARILLON_ROLES',
    flag: 'roles',
    placeholder: 'list',
    defaultText: 'api,gateway,jobs',
    help: 'Which parts this process runs; this version runs all of them in one process.',
  },
  outbound: {
    variable: 'CARILLON_OUTBOUND',
    flag: 'outbound',
    placeholder: 'file|aws',
    help:
      'Where flows, streams, push and bots lead: a JSON file that maps their ARNs (docs/outbound.md), ' +
      'or aws for Lambda, Kinesis and Lex of this region and account. Default: those of the three for ' +
      'which AWS_ENDPOINT_URL_LAMBDA, …_KINESIS or …_LEX_RUNTIME_V2 is set.',
  },
  quotas: {
    variable: 'CARILLON_QUOTAS',
    flag: 'quotas',
    placeholder: 'relaxed|aws',
    defaultText: 'relaxed',
    help:
      'relaxed: quotas on resources as high as is safe, and no request rates. aws: the quotas and ' +
      'rates that AWS publishes for us-east-1.',
  },
  logLevel: {
    variable: 'CARILLON_LOG_LEVEL',
    flag: 'log-level',
    placeholder: 'level',
    defaultText: 'info',
    help: 'trace, debug, info, warn, error, fatal or silent. Every request is logged at debug.',
  },
} as const satisfies Readonly<Record<string, Setting>>

export type SettingName = keyof typeof SETTINGS

/** Raw values, as given by flags or the environment; an absent one takes its default. */
export type SettingValues = { readonly [Name in SettingName]?: string | undefined }

/** All settings with their names, in the order of the help text. */
export const SETTING_LIST = Object.entries(SETTINGS) as readonly (readonly [SettingName, Setting])[]
