// Two groups of tests: `unit` beside the source, fast and without servers, and `system` in test/,
// which boots real servers. `npm run check` runs the first, `npm test` both.
import { defineConfig } from 'vitest/config'
import { ResultsReporter } from './test/conformance/results-reporter.ts'
import { CountsReporter } from './tools/counts-reporter.ts'

/** Milliseconds; a test that boots a server may take a while on a busy machine. */
const SYSTEM_TIMEOUT_MS = 60_000

export default defineConfig({
  test: {
    reporters: ['default', new ResultsReporter(), new CountsReporter()],
    projects: [
      { test: { name: 'unit', include: ['src/**/*.test.ts'] } },
      {
        test: {
          name: 'system',
          include: ['test/**/*.test.ts'],
          globalSetup: ['test/harness/postgres.setup.ts'],
          testTimeout: SYSTEM_TIMEOUT_MS,
          hookTimeout: SYSTEM_TIMEOUT_MS,
        },
      },
    ],
  },
})
