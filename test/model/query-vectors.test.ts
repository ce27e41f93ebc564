// AWS's published tests of the query protocol; see published-vectors.ts.
import { describeVectors } from './published-vectors.ts'
import { runQueryError, runQueryInput, runQueryOutput } from './query-case.ts'
import type { QueryCase } from './query-case.ts'
import { QUERY_EXCLUSIONS } from './query-exclusions.ts'

describeVectors<QueryCase>({
  protocol: 'query',
  applyingMin: 36,
  excluded: {
    input: new Set(QUERY_EXCLUSIONS.flatMap(({ inputs }) => inputs)),
    output: new Set(QUERY_EXCLUSIONS.flatMap(({ outputs }) => outputs)),
  },
  shared: ['shapes', 'metadata'],
  run(kind, testCase) {
    if (kind === 'input') return runQueryInput(testCase)
    return testCase.errorCode === undefined ? runQueryOutput(testCase) : runQueryError(testCase)
  },
})
