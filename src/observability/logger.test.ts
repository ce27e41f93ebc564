// What log lines must never show.
import { expect, it } from 'vitest'
import { createLogger } from './logger.ts'

it('shows no member that the models call sensitive, at any depth, nor a secret', () => {
  const lines: string[] = []
  const logger = createLogger({
    level: 'debug',
    isTerminal: false,
    sensitiveNames: new Set(['Content', 'next-token']),
    write: (line) => void lines.push(line),
  })
  const fields = {
    requestId: 'r-1',
    Content: 'SECRET',
    nested: [{ content: 'SECRET', deeper: { 'next-token': 'SECRET' } }],
    secretAccessKey: 'SECRET',
    deep: { a: { b: { c: { d: { e: { f: 'SECRET' } } } } } },
  }
  logger.info(fields, 'said')
  logger.child({ part: 'x' }).debug('plain')
  expect(lines).toHaveLength(2)
  expect(lines[0]).not.toContain('SECRET')
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ requestId: 'r-1', msg: 'said' })
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({ part: 'x', msg: 'plain' })
})
