// Groups of tests: `unit` beside the source, fast and without servers; `system` in test/, which
// boots real servers; `store`, what both stores are held to, with a PostgreSQL of its own;
// `postgres`, the conformance suite once more on it. `npm run check` runs the first, `npm test` all.
import { defineConfig } from 'vitest/config'
import { OF_CLIENTS, ResultsReporter } from './test/conformance/results-reporter.ts'
import { findPostgres, STORE_VARIABLE } from './test/harness/postgres.ts'
import { CountsReporter } from './tools/counts-reporter.ts'

/** Without PostgreSQL `npm test` says what is missing; in CI the set-up of the tests fails. */
const hasPostgres = findPostgres() !== undefined || process.env['CI'] === 'true'

/** Milliseconds; what boots a server or looks at many random cases takes long on a busy machine. */
const TIMEOUT_MS = 60_000
const timeouts = { testTimeout: TIMEOUT_MS, hookTimeout: TIMEOUT_MS }

/**
 * The files of a worker share what they import, which the clients of AWS make dear: most of a run
 * was spent on loading them again for each file. Nothing here keeps state in a module.
 */
const shared = { isolate: false }

/** What is held to the same on both stores, apart from the conformance suite. */
const STORE_TESTS = ['contract', 'crash', 'hostile/store'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
)
const postgres = { globalSetup: ['test/harness/postgres-setup.ts'] }

export default defineConfig({
  test: {
    // All of them: by default one is left free, which on two cores is half the machine.
    maxWorkers: '100%',
    reporters: ['default', new ResultsReporter(), new CountsReporter()],
    projects: [
      {
        test: {
          ...timeouts,
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/tidy/**/*.test.ts'],
        },
      },
      {
        test: {
          ...timeouts,
          ...shared,
          name: 'system',
          include: ['test/**/*.test.ts'],
          exclude: ['test/tidy/**', ...STORE_TESTS],
        },
      },
      { test: { ...timeouts, ...postgres, name: 'store', include: STORE_TESTS } },
      // The conformance suite once more: the same cases, with everything kept in PostgreSQL.
      ...(hasPostgres
        ? [
            {
              test: {
                ...timeouts,
                ...shared,
                ...postgres,
                name: 'postgres',
                include: ['test/conformance/**/*.test.ts'],
                exclude: OF_CLIENTS.map((pattern) => `test/conformance/${pattern}`),
                env: { [STORE_VARIABLE]: 'postgres' },
              },
            },
          ]
        : []),
    ],
  },
})
