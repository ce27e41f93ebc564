// `npm test`: every suite, after installing what the suites need from Debian's packages. Plain
// JavaScript, started by tools/run.mjs on the right Node.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const bin = join(root, 'node_modules', '.bin')
const isCi = process.env.CI === 'true'

/** Where Debian's package puts the programs, a folder for each version. */
const DEBIAN_POSTGRES = '/usr/lib/postgresql'

/** What suites need beyond npm's packages: how to find it, who brings it, and whose it is. */
const NEEDS = [
  {
    suite: 'browser',
    package: 'chromium',
    isThere: () => isCommand('chromium', '--version') || isCommand('chromium-browser', '--version'),
  },
  {
    suite: 'boto3',
    package: 'python3-boto3',
    isThere: () => isCommand('python3', '-c', 'import boto3'),
  },
  {
    suite: 'PostgreSQL',
    // The tests start a cluster of their own and leave alone the one that the package makes.
    package: 'postgresql',
    isThere: () =>
      isCommand('initdb', '--version') ||
      (existsSync(DEBIAN_POSTGRES) &&
        readdirSync(DEBIAN_POSTGRES).some((version) =>
          existsSync(join(DEBIAN_POSTGRES, version, 'bin', 'initdb')),
        )),
  },
  {
    suite: 'JetStream',
    package: 'nats-server',
    isThere: () => isCommand('nats-server', '--version') || existsSync('/usr/sbin/nats-server'),
  },
  { suite: 'AWS CLI', package: 'awscli', isThere: () => findAwsCli() !== undefined },
]

installMissing()
const scratch = mkdtempSync(join(tmpdir(), 'carillon-test-'))
const countsFile = join(scratch, 'counts.json')
const code = await run(join(bin, 'vitest'), ['run', ...process.argv.slice(2)], {
  CARILLON_TEST_COUNTS: countsFile,
  ...pathWithAwsCli(),
})
const missing = NEEDS.filter((need) => !need.isThere())
for (const { suite, package: name } of missing) {
  console.error(`The ${suite} suite cannot run here: install "${name}" (apt-get install ${name}).`)
}
const isGreen = code === 0 && !(missing.length > 0 && isCi)
console.log(summaryOf(countsFile, isGreen))
rmSync(scratch, { recursive: true, force: true })
process.exit(isGreen ? 0 : Math.max(code, 1))

/** The closing line that CI reads. A run that failed otherwise than in a test counts as one. */
function summaryOf(file, hasPassed) {
  const counts = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  const { passed = 0, failed = 0, skipped = 0 } = counts
  const failures = hasPassed ? failed : Math.max(failed, 1)
  const left = skipped === 0 ? '' : `, ${skipped} skipped`
  return `${passed} passed, ${failures} failed${left}`
}

/** Only as root and with apt: a test command asks nobody for a password. */
function installMissing() {
  const names = NEEDS.filter((need) => !need.isThere()).map((need) => need.package)
  if (names.length === 0) return
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return
  console.error(`Installing ${names.join(', ')} from Debian's packages …`)
  const options = { stdio: ['ignore', 'ignore', 'inherit'], env: aptEnvironment() }
  spawnSync('apt-get', ['update', '-qq'], options)
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], options)
}

/** Version 2 of the AWS command line; a machine may have the first one before it on its path. */
function findAwsCli() {
  return ['aws', '/usr/bin/aws'].find((program) => {
    const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' })
    return stdout?.startsWith('aws-cli/2.')
  })
}

/** Puts it first on the path of the tests, and nothing else of its folder. */
function pathWithAwsCli() {
  const program = findAwsCli()
  if (program === undefined || program === 'aws') return {}
  symlinkSync(program, join(scratch, 'aws'))
  return { PATH: `${scratch}${delimiter}${process.env.PATH}` }
}

function aptEnvironment() {
  return { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
}

function isCommand(command, ...args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0
}

function run(command, args, environment) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [command, ...args], {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...environment },
    })
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
    child.on('exit', (status) => resolve(status ?? 1))
  })
}
