// A PostgreSQL of the tests' own, made from Debian's package (apt-get install postgresql) and
// removed at the end, and databases in it. An existing server can be used instead: its URL, with a
// user who may make databases, in CARILLON_TEST_POSTGRES.
import { execFile, execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { chownSync, existsSync, globSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'

const VARIABLE = 'CARILLON_TEST_POSTGRES'
/** Debian's place, where no PATH leads. */
const FOLDERS = '/usr/lib/postgresql/*/bin'
/** Every test file in parallel has servers with a dozen connections each. */
const CONNECTIONS_MAX = 400

/** Connections that are tried after a crash, each a few milliseconds: recovery takes a tenth. */
const ATTEMPTS_WHEN_BACK_MAX = 10_000

/** What these give up is lost only with the machine. */
const FAST_SETTINGS = ['fsync=off', 'full_page_writes=off']
const SETTINGS = [
  `max_connections=${CONNECTIONS_MAX}`,
  'listen_addresses=',
  'autovacuum_naptime=10s',
]

/** Servers of the harness keep what they have in PostgreSQL, where this says so. */
export const STORE_VARIABLE = 'CARILLON_TEST_STORE'

/** Whether a server runs for these tests. */
export function hasPostgres(): boolean {
  return process.env[VARIABLE] !== undefined
}

/** Where the programs are; undefined when the package is not installed. */
export function findPostgres(): string | undefined {
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    // The newest version first.
    ...globSync(FOLDERS).toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true })),
  ]
  return folders.find((folder) =>
    ['initdb', 'pg_ctl', 'postgres'].every((name) => existsSync(join(folder, name))),
  )
}

/**
 * Starts a server on a socket in a new directory, and names it in the environment, which processes
 * that are started from then on inherit. Resolves with how to stop it. Does nothing when a server
 * is named already, or when PostgreSQL is not installed and this is not CI.
 */
export async function startPostgres({ isDurable = false } = {}): Promise<() => Promise<void>> {
  if (hasPostgres()) return doNothing
  const folder = findPostgres()
  if (folder === undefined) {
    if (process.env['CI'] === 'true')
      throw new Error('PostgreSQL is missing: apt-get install postgresql')
    return doNothing
  }
  const cluster = await openCluster(folder, isDurable)
  process.env[VARIABLE] = cluster.url
  return async () => {
    delete process.env[VARIABLE]
    await cluster.remove()
  }
}

/** A PostgreSQL that belongs to one test, which may do with it as it likes. */
export interface OwnPostgres extends AsyncDisposable {
  readonly url: string
  /** Without a word to anybody; what is not durable is lost. */
  stopAtOnce(): Promise<void>
  start(): Promise<void>
  /** SIGKILL to the process behind a connection: PostgreSQL throws out everybody else, too. */
  killBackend(applicationName: string): Promise<void>
}

/** Needs PostgreSQL to be installed. */
export async function startOwnPostgres(): Promise<OwnPostgres> {
  const folder = findPostgres()
  if (folder === undefined) throw new Error('PostgreSQL is missing: apt-get install postgresql')
  const cluster = await openCluster(folder, true)
  const { url } = cluster
  return {
    url,
    stopAtOnce: () => cluster.control('stop', '-w', '-m', 'immediate'),
    start: () => cluster.control('start', '-w'),
    async killBackend(applicationName) {
      const text = 'SELECT pid FROM pg_stat_activity WHERE application_name = $1 LIMIT 1'
      const [found] = await queryPostgres<{ readonly pid: number }>(text, [applicationName], url)
      if (found === undefined) throw new Error(`${applicationName} has no connection`)
      const witness = new Client({ connectionString: url })
      witness.on('error', () => undefined)
      await witness.connect()
      // Not `once`, to which the error before it would be the end.
      const isThrownOut = new Promise<void>((resolve) => void witness.on('end', () => resolve()))
      process.kill(found.pid, 'SIGKILL')
      await isThrownOut
      await isBack(url)
    },
    [Symbol.asyncDispose]: () => cluster.remove(),
  }
}

/** Resolves when it takes connections again. */
async function isBack(url: string): Promise<void> {
  let trouble: unknown
  for (let attempt = 0; attempt < ATTEMPTS_WHEN_BACK_MAX; attempt++) {
    try {
      await queryPostgres('SELECT 1', [], url)
      return
    } catch (error) {
      trouble = error
    }
  }
  throw new Error('PostgreSQL did not come back', { cause: trouble })
}

interface Cluster {
  readonly url: string
  /** Runs pg_ctl on it. */
  control(...args: string[]): Promise<void>
  remove(): Promise<void>
}

async function openCluster(folder: string, isDurable: boolean): Promise<Cluster> {
  const directory = mkdtempSync(join(tmpdir(), 'carillon-postgres-'))
  const user = userOf(directory)
  const removal = removeWhenLet(folder, directory, user)
  try {
    const control = await startCluster(folder, directory, user, isDurable)
    const url = `postgres://carillon@localhost/postgres?host=${directory}`
    return { url, control, remove: () => removal.now() }
  } catch (error) {
    await removal.now()
    throw error
  }
}

async function startCluster(
  folder: string,
  directory: string,
  user: SystemUser,
  isDurable: boolean,
): Promise<Cluster['control']> {
  const cluster = join(directory, 'cluster')
  const log = join(directory, 'log')
  const run = async (name: string, ...args: string[]) => {
    try {
      await promisify(execFile)(join(folder, name), args, { ...user, cwd: directory })
    } catch (error) {
      const told = existsSync(log) ? readFileSync(log, 'utf8') : ''
      throw new Error(`${name} failed:\n${told}`, { cause: error })
    }
  }
  // A linguistic order by default, as many databases have it: the store must not depend on it.
  const locale = ['--locale=C.UTF-8', '--locale-provider=icu', '--icu-locale=en-US']
  await run('initdb', '-D', cluster, '-U', 'carillon', '-A', 'trust', '-E', 'UTF8', ...locale, '-N')
  const settings = [...SETTINGS, ...(isDurable ? [] : FAST_SETTINGS)]
    .map((setting) => `-c ${setting}`)
    .join(' ')
  const options = ['-D', cluster, '-l', log, '-o', `-k ${directory} ${settings}`]
  const control = (...args: string[]) => run('pg_ctl', ...args, ...options)
  await control('start', '-w')
  return control
}

/** Stops the server and removes its directory when told, or when this process ends in any way. */
function removeWhenLet(folder: string, directory: string, user: SystemUser) {
  const script = 'cat >/dev/null; "$1/pg_ctl" stop -w -m immediate -D "$2/cluster"; rm -rf "$2"'
  // Apart from this process's group: a Ctrl-C or a kill of the tests is not to reach it.
  const keeper = spawn('sh', ['-c', script, 'sh', folder, directory], {
    ...user,
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  keeper.unref()
  return {
    async now() {
      keeper.ref()
      const exited = once(keeper, 'exit')
      keeper.stdin.end()
      await exited
    },
  }
}

async function doNothing(): Promise<void> {}

/** Runs one statement on the server's own database. */
export async function queryPostgres<Row extends object>(
  text: string,
  values: readonly unknown[] = [],
  url = process.env[VARIABLE] ?? '',
): Promise<readonly Row[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(text, [...values])).rows
  } finally {
    await client.end()
  }
}

export interface TestDatabase {
  readonly name: string
  readonly url: string
  /** Cuts its connections off and removes it. */
  remove(): Promise<void>
}

/** The database that goes by `key`, made if it is missing. */
export async function openTestDatabase(key: string): Promise<TestDatabase> {
  const name = `test_${createHash('sha256').update(key).digest('hex').slice(0, 24)}`
  const found = await queryPostgres('SELECT 1 FROM pg_database WHERE datname = $1', [name])
  if (found.length === 0) await queryPostgres(`CREATE DATABASE ${name}`)
  const url = new URL(process.env[VARIABLE] ?? '')
  url.pathname = `/${name}`
  return {
    name,
    url: url.href,
    remove: async () => void (await queryPostgres(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  }
}

interface SystemUser {
  readonly uid?: number
  readonly gid?: number
}

/** PostgreSQL refuses to run as root: then it runs as the user that its package made. */
function userOf(directory: string): SystemUser {
  if (process.getuid?.() !== 0) return {}
  const [uid, gid] = [postgresId('-u'), postgresId('-g')]
  chownSync(directory, uid, gid)
  return { uid, gid }
}

function postgresId(kind: '-u' | '-g'): number {
  return Number(execFileSync('id', [kind, 'postgres'], { encoding: 'utf8' }))
}
