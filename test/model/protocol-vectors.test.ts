// AWS's published rest-json protocol tests; see published-vectors.ts.
import { runErrorCase, runInputCase, runOutputCase } from './protocol-case.ts'
import type { ProtocolCase } from './protocol-case.ts'
import { PROTOCOL_EXCLUSIONS } from './protocol-exclusions.ts'
import { describeVectors } from './published-vectors.ts'

describeVectors<ProtocolCase>({
  protocol: 'rest-json',
  applyingMin: 105,
  excluded: {
    input: new Set(PROTOCOL_EXCLUSIONS.flatMap(({ inputs }) => inputs)),
    output: new Set(PROTOCOL_EXCLUSIONS.flatMap(({ outputs }) => outputs)),
  },
  shared: ['shapes'],
  run(kind, testCase) {
    if (kind === 'input') return runInputCase(testCase)
    return testCase.errorCode === undefined ? runOutputCase(testCase) : runErrorCase(testCase)
  },
})
