// Real servers for tests: in this process with injected parts, or as the program that users start.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createApp } from '../../src/app.ts'
import type { AppOverrides } from '../../src/composition/foundation.ts'
import { createConfig } from '../../src/config/config.ts'
import type { SettingValues } from '../../src/config/settings.ts'
import { openTestDatabase, STORE_VARIABLE } from './postgres.ts'

/** The root credential of every test server. */
export const ROOT_CREDENTIALS = {
  accessKeyId: 'AKIATESTTESTTESTTEST',
  secretAccessKey: 'test/secret+test/secret+test/secret+test',
} as const

/** What requests are signed with. */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of temporary credentials. */
  readonly sessionToken?: string
  /** When they end: providers of the SDK are asked again shortly before. */
  readonly expiration?: Date
}

/** What clients need in order to talk to a server, however it was started. */
export interface Endpoint {
  /** `http://127.0.0.1:port`. */
  readonly httpUrl: string
  /** `https://127.0.0.1:port`. */
  readonly httpsUrl: string
  readonly region: string
  readonly accountId: string
  readonly credentials: Credentials
  readonly dataDirectory: string
}

export interface TestServer extends Endpoint, AsyncDisposable {
  /** Drains and stops; the data directory is removed unless the test named it. Idempotent. */
  stop(): Promise<void>
}

export interface StartServerOptions {
  /** Settings other than the harness's: random ports, a new directory, no log, known keys. */
  readonly settings?: SettingValues
  readonly overrides?: AppOverrides
}

/** Starts a server in this process; resolves when it answers. */
export async function startServer(options: StartServerOptions = {}): Promise<TestServer> {
  const directory = await directoryFor(options.settings)
  const config = createConfig({
    ...harnessSettings(directory.path),
    ...directory.store,
    ...options.settings,
  })
  const app = createApp(config, options.overrides)
  try {
    await app.start()
  } catch (error) {
    await app.close()
    await directory.remove()
    throw error
  }
  const stop = onceOnly(async () => {
    await app.close()
    await directory.remove()
  })
  const { http, https } = app.addresses
  return {
    httpUrl: `http://${http ?? ''}`,
    httpsUrl: `https://${https ?? ''}`,
    region: config.region,
    accountId: config.accountId,
    credentials: app.rootCredential,
    dataDirectory: directory.path,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

export interface ServerProcess extends TestServer {
  readonly pid: number
  /** Everything that it has written to its standard output and error so far. */
  output(): string
  /** SIGTERM; resolves with the exit code. */
  terminate(): Promise<number | null>
  /** SIGKILL, as a crash; resolves when the process is gone. The data directory stays. */
  kill9(): Promise<void>
  /**
   * Starts the program again on the same ports and data directory; this object then speaks of it.
   */
  restart(): Promise<void>
}

/** Starts `node src/main.ts serve` as a child; resolves after its `ready` line. */
export async function startServerProcess(
  settings: SettingValues = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const directory = await directoryFor(settings)
  const values: SettingValues = {
    ...harnessSettings(directory.path),
    ...directory.store,
    ...settings,
  }
  const config = createConfig(values)
  let running = await launch(values, environment)

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    const { child } = running
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
    return child.exitCode
  }
  const stop = onceOnly(async () => {
    await end('SIGTERM')
    await directory.remove()
  })
  return {
    get pid() {
      return running.child.pid ?? -1
    },
    httpUrl: running.httpUrl,
    httpsUrl: running.httpsUrl,
    region: config.region,
    accountId: config.accountId,
    credentials: config.rootCredential ?? ROOT_CREDENTIALS,
    dataDirectory: directory.path,
    output: () => running.output.text,
    terminate: () => end('SIGTERM'),
    kill9: async () => void (await end('SIGKILL')),
    async restart() {
      await end('SIGTERM')
      const listen = new URL(running.httpUrl).host
      const listenTls = new URL(running.httpsUrl).host
      running = await launch({ ...values, listen, listenTls }, environment)
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** The certificate authority that a test server made, in PEM. */
export async function readCaCertificate(server: Endpoint): Promise<string> {
  return readFile(join(server.dataDirectory, 'tls', 'ca.pem'), 'utf8')
}

function harnessSettings(dataDirectory: string): SettingValues {
  return {
    listen: '127.0.0.1:0',
    listenTls: '127.0.0.1:0',
    dataDirectory,
    accessKeyId: ROOT_CREDENTIALS.accessKeyId,
    secretAccessKey: ROOT_CREDENTIALS.secretAccessKey,
    logLevel: 'silent',
  }
}

/** Where a server keeps what it has; what the test named itself, it removes itself. */
interface Keep {
  readonly path: string
  readonly store: Pick<SettingValues, 'store'>
  remove(): Promise<void>
}

async function directoryFor(settings: SettingValues | undefined): Promise<Keep> {
  const named = settings?.dataDirectory
  const path = named ?? (await mkdtemp(join(tmpdir(), 'carillon-test-')))
  const isInPostgres = process.env[STORE_VARIABLE] === 'postgres'
  // A directory goes with one database, so that a server on the same one finds all it had.
  const database = isInPostgres ? await openTestDatabase(path) : undefined
  return {
    path,
    store: database === undefined ? {} : { store: database.url },
    async remove() {
      if (named !== undefined) return
      await database?.remove()
      await rm(path, { recursive: true, force: true })
    },
  }
}

async function launch(values: SettingValues, environment: Readonly<Record<string, string>>) {
  const main = new URL('../../src/main.ts', import.meta.url).pathname
  const flags = Object.entries({
    '--listen': values.listen,
    '--listen-tls': values.listenTls,
    '--data-dir': values.dataDirectory,
    '--access-key-id': values.accessKeyId,
    '--secret-access-key': values.secretAccessKey,
    '--secret-key': values.secretKey,
    '--log-level': values.logLevel,
    '--public-endpoint': values.publicEndpoint,
    '--region': values.region,
    '--account-id': values.accountId,
    '--quotas': values.quotas,
    '--tls-cert': values.tlsCertificate,
    '--tls-key': values.tlsKey,
    '--store': values.store,
  }).flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]))
  const child = spawn(process.execPath, [main, 'serve', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...environment },
  })
  const output = { text: '' }
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.text += text))
  const exited = once(child, 'exit').then(() => {
    throw new Error(`the server ended before it was ready:\n${output.text}`)
  })
  const ready = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      output.text += `${line}\n`
      if (line.startsWith('ready ')) resolve(line)
    })
  })
  const line = await Promise.race([ready, exited])
  exited.catch(() => undefined)
  const [, httpUrl = '', httpsUrl = ''] = line.split(' ')
  return { child, output, httpUrl, httpsUrl }
}

function onceOnly(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => (done ??= action())
}
