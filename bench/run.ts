// Runs the benches one after the other, each in a process of its own: all of them, or those that
// are named on the command line (`npm run bench -- send page`).
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Files of this folder that measure nothing themselves. */
const NOT_BENCHES = new Set(['run', 'measure'])

const folder = fileURLToPath(new URL('.', import.meta.url))
const known = readdirSync(folder)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => basename(name, '.ts'))
  .filter((name) => !NOT_BENCHES.has(name))
const chosen = process.argv.slice(2)
const unknown = chosen.filter((name) => !known.includes(name))
if (unknown.length > 0) {
  console.error(`no bench called ${unknown.join(', ')}; there are ${known.join(', ')}`)
  process.exit(2)
}

const failed = (chosen.length > 0 ? chosen : known).filter((name) => {
  console.log(`\n== ${name}`)
  const { status } = spawnSync(process.execPath, [`${folder}${name}.ts`], { stdio: 'inherit' })
  return status !== 0
})
if (failed.length > 0) {
  console.error(`\nfailed: ${failed.join(', ')}`)
  process.exit(1)
}
