// Runs one example by its name: `npm run example channel-flow`.
import { readdirSync } from 'node:fs'

const NO_EXAMPLES: readonly string[] = ['shared']

const names = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !NO_EXAMPLES.includes(entry.name))
  .map((entry) => entry.name)
const name = process.argv[2] ?? ''

if (names.includes(name)) {
  await import(`./${name}/run.ts`)
} else {
  console.error(`usage: npm run example <name>, one of: ${names.join(', ')}`)
  process.exitCode = 2
}
