// How long and how often bots are asked.
import { expect, test } from 'vitest'
import { nextAttemptAt } from '../dispatch/retry.ts'
import { ANSWER_MS_MAX, BOT_POLICY } from './bot-deliverer.ts'

const next = (attemptsCount: number, now: number) =>
  nextAttemptAt({ attemptsCount, agesFrom: 0 }, BOT_POLICY, now, 1)

test('a bot that was asked and did not answer in time is not asked again', () => {
  expect(next(0, ANSWER_MS_MAX)).toBeUndefined()
})

test('a bot that fails at once is asked three times within 30 seconds', () => {
  const second = next(0, 0)
  expect(second).toBeGreaterThan(0)
  const third = next(1, second!)
  expect(third).toBeLessThan(30_000)
  expect(next(2, third!)).toBeUndefined()
})

test('the signal of an attempt ends it only after the bot is late', () => {
  expect(BOT_POLICY.attemptMsMax).toBeGreaterThan(ANSWER_MS_MAX)
})
