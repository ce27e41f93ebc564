// How a conformance case is written: a vitest test that carries the operation, the section and how
// sure the rule behind it is. The results reporter reads these marks; see results-reporter.ts.
import { test } from 'vitest'
import type { TestContext } from 'vitest'
import type { Evidence } from './evidence.ts'

/** The order in which the sections of a file stand. */
export const SECTIONS = [
  'wire',
  'validation',
  'authorisation',
  'behaviour',
  'events emitted',
] as const
export type Section = (typeof SECTIONS)[number]

export interface ConformanceMark {
  readonly operation: string
  readonly section: Section
  readonly evidence: Evidence
  readonly title: string
}

declare module 'vitest' {
  interface TaskMeta {
    conformance?: ConformanceMark
  }
}

/** Names a case: `'Given …, when …, then …'`, after its section and evidence. */
export type CaseWriter = (
  section: Section,
  evidence: Evidence,
  title: string,
  run: (context: TestContext) => Promise<void>,
) => void

/** The writer of one operation's cases. Throws when the sections do not stand in their order. */
export function casesOf(operation: string): CaseWriter {
  let last = 0
  const titles = new Set<string>()
  return (section, evidence, title, run) => {
    if (titles.has(title)) throw new Error(`${operation} has two cases called: ${title}`)
    titles.add(title)
    const position = SECTIONS.indexOf(section)
    if (position < last) throw new Error(`${operation}: ${section} after ${SECTIONS[last] ?? ''}`)
    last = position
    const conformance = { operation, section, evidence, title }
    test(`${operation} · ${section} · ${title}`, { meta: { conformance } }, run)
  }
}
