// `npm run check`: everything that can be said about the code without booting a server, in under a
// minute. Runs all of it even after a failure, so that one run tells everything.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

const STEPS = [
  ['types', 'tsc', '-p', '.'],
  ['lint', 'oxlint', '--type-aware'],
  ['format', 'prettier', '--check', '--log-level', 'warn', '.'],
  ['layers', 'depcruise', '--config', '.dependency-cruiser.mjs', 'src'],
  ['unit tests and tidy rules', 'vitest', 'run', '--project', 'unit'],
]

const failed = STEPS.filter(([title, command, ...args]) => {
  console.log(`\n— ${title}: ${command} ${args.join(' ')}`)
  // All of them are scripts for Node or programs that Node starts; PATH holds the right one.
  const path = join(root, 'node_modules', '.bin', command)
  return spawnSync(path, args, { cwd: root, stdio: 'inherit' }).status !== 0
})
console.log(
  failed.length === 0
    ? '\nAll checks passed.'
    : `\nFailed: ${failed.map(([title]) => title).join(', ')}`,
)
process.exit(failed.length === 0 ? 0 : 1)
