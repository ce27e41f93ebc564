// Placement and balancing one decision at a time, with both sides of each limit. What holds over
// whole histories is in sub-channel-history.test.ts.
import { describe, expect, it, test } from 'vitest'
import {
  minimumMembershipsOf,
  planJoins,
  planScaleIn,
  SCALE_IN_AGE_MS,
  type PlacementState,
} from './sub-channel-placement.ts'

/** At most 4 sub-channels of 10, with at least 3 members each. */
const configuration = {
  maximumSubChannels: 4,
  targetMembershipsPerSubChannel: 10,
  minimumMembershipPercentage: 30,
}

const fill = (subChannelId: string, regularMembershipsCount: number) => ({
  subChannelId,
  regularMembershipsCount,
})

/** The state of a channel whose sub-channels `a`, `b`, … have these counts. */
function stateOf(counts: readonly number[], given = configuration): PlacementState {
  const fills = counts
    .map((count, index) => fill(String.fromCharCode(97 + index), count))
    .toSorted((one, other) => other.regularMembershipsCount - one.regularMembershipsCount)
  return {
    configuration: given,
    subChannelsCount: counts.length,
    withRoom: fills.filter(
      ({ regularMembershipsCount: count }) => count < given.targetMembershipsPerSubChannel,
    ),
    fullest: fills[0],
  }
}

function plan(counts: readonly number[], newcomersCount: number, given = configuration) {
  let opened = 0
  return planJoins(stateOf(counts, given), newcomersCount, () => `new ${(opened += 1)}`)
}

const placed = (subChannelId: string, newcomersCount: number) => ({
  subChannelId,
  isNew: subChannelId.startsWith('new'),
  newcomersCount,
})

describe('newcomers', () => {
  it('open the first sub-channel, and are alone in it', () => {
    expect(plan([], 1)).toEqual({ placements: [placed('new 1', 1)], refusedCount: 0 })
  })

  it('go where most are, as long as there is room', () => {
    expect(plan([4, 10, 9, 2], 1)).toEqual({ placements: [placed('c', 1)], refusedCount: 0 })
    expect(plan([4, 10, 9, 2], 8)).toEqual({
      placements: [placed('c', 1), placed('a', 6), placed('d', 1)],
      refusedCount: 0,
    })
  })

  it('open one more only when all are full, with the newest of another for company', () => {
    expect(plan([10, 9], 1).placements).toEqual([placed('b', 1)])
    expect(plan([10, 10], 1)).toEqual({
      placements: [placed('new 1', 1)],
      transfer: { fromSubChannelId: 'a', toSubChannelId: 'new 1', membershipsCount: 2 },
      refusedCount: 0,
    })
  })

  it('bring their own company', () => {
    expect(plan([10, 10], 3)).toEqual({ placements: [placed('new 1', 3)], refusedCount: 0 })
    // Four fill `b` up; the fifth is not left alone.
    expect(plan([10, 6], 5)).toEqual({
      placements: [placed('b', 2), placed('new 1', 3)],
      refusedCount: 0,
    })
    expect(plan([10, 9], 2)).toEqual({
      placements: [placed('new 1', 2)],
      transfer: { fromSubChannelId: 'b', toSubChannelId: 'new 1', membershipsCount: 1 },
      refusedCount: 0,
    })
    expect(plan([9, 7, 10], 5)).toEqual({
      placements: [placed('a', 1), placed('b', 1), placed('new 1', 3)],
      refusedCount: 0,
    })
    expect(plan([], 11)).toEqual({
      placements: [placed('new 1', 8), placed('new 2', 3)],
      refusedCount: 0,
    })
  })

  it('need no company where the minimum is one', () => {
    const lonely = { ...configuration, minimumMembershipPercentage: 10 }
    expect(plan([10], 1, lonely)).toEqual({ placements: [placed('new 1', 1)], refusedCount: 0 })
  })

  it('are refused at the end of capacity, and not one of them before', () => {
    expect(plan([10, 10, 10, 9], 1).refusedCount).toBe(0)
    expect(plan([10, 10, 10, 10], 1)).toEqual({ placements: [], refusedCount: 1 })
    expect(plan([10, 10, 10, 7], 5)).toEqual({ placements: [placed('d', 3)], refusedCount: 2 })
    expect(plan([], 41).refusedCount).toBe(1)
  })
})

const into = (toSubChannelId?: string) => ({ removedSubChannelId: 'it', toSubChannelId })

describe('a sub-channel is taken apart', () => {
  const old = SCALE_IN_AGE_MS
  const scaleIn = (count: number, others: readonly number[], now = old) =>
    planScaleIn(
      configuration,
      { ...fill('it', count), createdAt: 0 },
      others.map((other, index) => fill(String.fromCharCode(97 + index), other)),
      now,
    )

  test('below the minimum, by the fullest that takes all', () => {
    expect(scaleIn(2, [10, 9, 8, 4])).toEqual(into('c'))
    expect(scaleIn(3, [10, 9, 8, 4])).toBeUndefined()
  })

  test('only when one of them takes all', () => {
    expect(scaleIn(2, [9, 9, 9])).toBeUndefined()
    expect(scaleIn(1, [9, 9, 9])).toEqual(into('a'))
  })

  test('but the last one stays', () => {
    expect(scaleIn(2, [])).toBeUndefined()
    expect(scaleIn(0, [])).toBeUndefined()
    const itself = [fill('it', 1)]
    const only = { ...fill('it', 1), createdAt: 0 }
    expect(planScaleIn(configuration, only, itself, old)).toBeUndefined()
  })

  test('not in its first minute, unless it is empty', () => {
    expect(scaleIn(2, [4], old - 1)).toBeUndefined()
    expect(scaleIn(2, [4], old)).toEqual(into('a'))
    expect(scaleIn(0, [4], 0)).toEqual(into())
    // A clock that was set back makes it young, not old.
    expect(scaleIn(2, [4], -old)).toBeUndefined()
  })

  test('when it is empty, even if all others are full', () => {
    expect(scaleIn(0, [10])).toEqual(into())
  })
})

test('one who comes and goes at the edge of a full channel opens and closes once a minute', () => {
  const minutes = 10
  const kept = new Map([['first', { count: 10, createdAt: 0 }]])
  const fillsOf = () =>
    [...kept]
      .map(([subChannelId, { count }]) => fill(subChannelId, count))
      .toSorted((one, other) => other.regularMembershipsCount - one.regularMembershipsCount)
  let openedCount = 0
  let removedCount = 0
  for (let now = 0; now < minutes * SCALE_IN_AGE_MS; now += SCALE_IN_AGE_MS / 50) {
    const fills = fillsOf()
    const state = {
      configuration,
      subChannelsCount: kept.size,
      withRoom: fills.filter(({ regularMembershipsCount: count }) => count < 10),
      fullest: fills[0],
    }
    const { placements, transfer } = planJoins(state, 1, () => `opened ${(openedCount += 1)}`)
    const [{ subChannelId, isNew }] = placements as [(typeof placements)[number]]
    if (isNew) kept.set(subChannelId, { count: 0, createdAt: now })
    // It comes, with company where there is any, and goes again.
    kept.get(subChannelId)!.count += transfer?.membershipsCount ?? 0
    if (transfer !== undefined) kept.get('first')!.count -= transfer.membershipsCount
    for (const [sparseId, sparse] of kept) {
      const given = { ...fill(sparseId, sparse.count), createdAt: sparse.createdAt }
      const swept = planScaleIn(configuration, given, fillsOf(), now)
      if (swept?.toSubChannelId === undefined) continue
      kept.get(swept.toSubChannelId)!.count += sparse.count
      kept.delete(sparseId)
      removedCount += 1
    }
    expect([...kept.values()].reduce((sum, { count }) => sum + count, 0)).toBe(10)
  }
  expect(openedCount).toBeGreaterThan(1)
  expect(openedCount).toBeLessThanOrEqual(minutes)
  expect(openedCount - removedCount).toBeLessThanOrEqual(1)
})

test.each([
  [2, 1, 1],
  [2, 40, 1],
  [3, 40, 2],
  [10, 10, 1],
  [10, 11, 2],
  [1_000, 7, 70],
  [1_000, 29, 290],
  [999, 40, 400],
])('the minimum of %i at %i per cent is %i', (target, percentage, minimum) => {
  expect(
    minimumMembershipsOf({
      maximumSubChannels: 2,
      targetMembershipsPerSubChannel: target,
      minimumMembershipPercentage: percentage,
    }),
  ).toBe(minimum)
})
