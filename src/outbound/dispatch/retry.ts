// When what did not arrive is tried again, and when it is given up.
import { newSecretBytes } from '../../base/ids.ts'
import type { DeliveryPolicy } from '../../ports/outbound.ts'

/** At least 0, below 1. */
export type Random = () => number

const RANDOM_BYTES = 4

export const systemRandom: Random = () =>
  newSecretBytes(RANDOM_BYTES).readUInt32BE() / 2 ** (8 * RANDOM_BYTES)

/** A destination that asks for a longer pause is tried nevertheless: it may be wrong about it. */
// evidence: inferred; Apple and Google ask for minutes at most
const RETRY_AFTER_MS_MAX = 15 * 60 * 1000

/** An entry that failed once more than `attemptsCount` says. */
interface AgingEntry {
  readonly attemptsCount: number
  /** See the function of that name. */
  readonly agesFrom: number
}

type PausePolicy = Pick<DeliveryPolicy, 'firstPauseMs' | 'pauseMsMax'>
/** What bounds pauses, its own and those that are asked for. */
export type LongPausePolicy = Pick<DeliveryPolicy, 'pauseMsMax' | 'ageMsMax' | 'attemptMsMax'>

/** The pause doubles with each failure; its upper half is random, so that not all come at once. */
export function pauseMsAfter(failuresCount: number, policy: PausePolicy, random: number): number {
  const pauseMs = Math.min(policy.pauseMsMax, policy.firstPauseMs * 2 ** (failuresCount - 1))
  return Math.ceil(pauseMs * (0.5 + random / 2))
}

/**
 * How long a destination is left alone that asks for a pause. What is made meanwhile is tried once
 * before it is too old, so nothing is given up only because the destination asked to wait.
 */
export function askedPauseMs(retryAfterMs: number, policy: LongPausePolicy): number {
  return Math.min(retryAfterMs, retryAfterMsMax(policy))
}

function retryAfterMsMax({ ageMsMax, attemptMsMax }: LongPausePolicy): number {
  return Math.max(0, Math.min(RETRY_AFTER_MS_MAX, ageMsMax - attemptMsMax))
}

/**
 * From when an entry counts as old, in a server that has been delivering since `upSince`: as `now`
 * has it, whatever the clock was when it began.
 */
export function agesFrom(createdAt: number, policy: DeliveryPolicy, upSince: number): number {
  return policy.agesWhileAway === false ? Math.max(createdAt, upSince) : createdAt
}

/**
 * When an entry is tried again that has just failed, not before the destination has asked for;
 * undefined when that was the last time. The last attempt begins early enough to end before the
 * entry is too old.
 */
export function nextAttemptAt(
  { attemptsCount, agesFrom: from }: AgingEntry,
  policy: DeliveryPolicy,
  now: number,
  random: number,
  retryAfterMs = 0,
): number | undefined {
  if (attemptsCount + 1 >= policy.attemptsMax) return undefined
  const pauseMs = pauseMsAfter(attemptsCount + 1, policy, random)
  const dueAt = now + Math.max(pauseMs, askedPauseMs(retryAfterMs, policy))
  const lastAt = from + policy.ageMsMax - policy.attemptMsMax
  if (dueAt <= lastAt) return dueAt
  return lastAt >= now + policy.firstPauseMs ? lastAt : undefined
}

/**
 * Whether an entry that waits until `dueAt` may be tried. No pause is longer than the policy says:
 * one that seems to be was written by a clock that has been set back since.
 */
export function isDue(dueAt: number, now: number, policy: LongPausePolicy): boolean {
  return dueAt <= now || dueAt > now + Math.max(policy.pauseMsMax, retryAfterMsMax(policy))
}
