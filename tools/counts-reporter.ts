// Counts the tests of a run for the closing line of `npm test`, into the file that it asks for.
import { writeFileSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'

export class CountsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const file = process.env['CARILLON_TEST_COUNTS']
    if (file === undefined) return
    const counts = { passed: 0, failed: errors.length, skipped: 0 }
    for (const module of modules) {
      // A file that could not even be loaded has no tests, but has failed.
      counts.failed += module.errors().length
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state !== 'pending') counts[state] += 1
      }
    }
    writeFileSync(file, JSON.stringify(counts))
  }
}
