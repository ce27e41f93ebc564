// When what did not arrive is tried again, and when it is given up.
import { newSecretBytes } from '../../base/ids.ts'
import type { OutboxEntry } from '../../domain/outbox.ts'
import type { DeliveryPolicy } from '../../ports/outbound.ts'

/** At least 0, below 1. */
export type Random = () => number

const RANDOM_BYTES = 4

export const systemRandom: Random = () =>
  newSecretBytes(RANDOM_BYTES).readUInt32BE() / 2 ** (8 * RANDOM_BYTES)

type PausePolicy = Pick<DeliveryPolicy, 'firstPauseMs' | 'pauseMsMax'>

/** The pause doubles with each failure; its upper half is random, so that not all come at once. */
export function pauseMsAfter(failuresCount: number, policy: PausePolicy, random: number): number {
  const pauseMs = Math.min(policy.pauseMsMax, policy.firstPauseMs * 2 ** (failuresCount - 1))
  return Math.ceil(pauseMs * (0.5 + random / 2))
}

/**
 * When an entry is tried again that has just failed; undefined when that was the last time. The
 * last attempt begins early enough to end before the entry is too old.
 */
export function nextAttemptAt(
  { attemptsCount, createdAt }: Pick<OutboxEntry, 'attemptsCount' | 'createdAt'>,
  policy: DeliveryPolicy,
  now: number,
  random: number,
): number | undefined {
  if (attemptsCount + 1 >= policy.attemptsMax) return undefined
  const dueAt = now + pauseMsAfter(attemptsCount + 1, policy, random)
  const lastAt = createdAt + policy.ageMsMax - policy.attemptMsMax
  if (dueAt <= lastAt) return dueAt
  return lastAt >= now + policy.firstPauseMs ? lastAt : undefined
}

/**
 * Whether an entry that waits until `dueAt` may be tried. No pause is longer than the policy says:
 * one that seems to be was written by a clock that has been set back since.
 */
export function isDue(dueAt: number, now: number, { pauseMsMax }: PausePolicy): boolean {
  return dueAt <= now || dueAt > now + pauseMsMax
}
