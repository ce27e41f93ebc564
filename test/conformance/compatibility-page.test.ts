// The compatibility page says what the committed results say.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  compatibilityPage,
  neverAnsweredErrors,
  renderCompatibilityPage,
  unansweredErrors,
} from '../../tools/compatibility-table.ts'

test('docs/compatibility.md is fresh: node tools/compatibility-table.ts', () => {
  expect(readFileSync(compatibilityPage, 'utf8')).toBe(renderCompatibilityPage())
})

test('every error that a model lists was answered in some case, or is never answered for a reason', () => {
  expect(unansweredErrors().toSorted()).toEqual(neverAnsweredErrors().toSorted())
})
