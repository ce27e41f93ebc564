// The compatibility page says what the committed results say.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { compatibilityPage, renderCompatibilityPage } from '../../tools/compatibility-table.ts'

test('docs/compatibility.md is fresh: node tools/compatibility-table.ts', () => {
  expect(readFileSync(compatibilityPage, 'utf8')).toBe(renderCompatibilityPage())
})
