// When a destination is left alone, for how long, and what ends it.
import { expect, test } from 'vitest'
import type { DeliveryPolicy } from '../../ports/outbound.ts'
import { CircuitBreaker } from './circuit-breaker.ts'

const policy = {
  batchesUnderWayMax: 8,
  firstPauseMs: 1_000,
  pauseMsMax: 3_000,
  ageMsMax: 50_000,
  attemptMsMax: 10_000,
} as DeliveryPolicy

function failTimes(circuit: CircuitBreaker, times: number): boolean[] {
  return Array.from({ length: times }, () => circuit.failed(0, 10))
}

test('opens with the fifth failure in a row', () => {
  const circuit = new CircuitBreaker(policy, () => 1)
  expect(failTimes(circuit, 4)).toEqual([false, false, false, false])
  expect(circuit.answered(0)).toBe(false)
  expect(failTimes(circuit, 4)).toEqual([false, false, false, false])
  expect(circuit.batchesMax(10)).toBe(8)
  expect(failTimes(circuit, 1)).toEqual([true])
  expect(circuit).toMatchObject({ isOpen: true, openUntil: 1_010 })
  expect(circuit.batchesMax(1_009)).toBe(0)
})

test('lets one batch through after the pause, which closes it or doubles the pause', () => {
  const circuit = new CircuitBreaker(policy, () => 1)
  failTimes(circuit, 5)
  expect(circuit.batchesMax(1_010)).toBe(1)
  expect(circuit.failed(1, 1_020)).toBe(false)
  expect(circuit.openUntil).toBe(3_020)
  expect(circuit.failed(2, 3_020)).toBe(false)
  expect(circuit.openUntil).toBe(6_020)
  expect(circuit.answered(3)).toBe(true)
  expect(circuit).toMatchObject({ isOpen: false, openUntil: undefined })
  expect(circuit.batchesMax(3_021)).toBe(8)
  // And it begins with the first pause again.
  failTimes(circuit, 5)
  expect(circuit.openUntil).toBe(1_010)
})

test('a clock that is set back keeps no circuit open until the old time', () => {
  const circuit = new CircuitBreaker(policy, () => 1)
  for (let n = 0; n < 5; n++) circuit.failed(0, 90_000)
  expect(circuit.openUntil).toBe(91_000)
  expect(circuit.batchesMax(500)).toBe(1)
  expect(circuit.failed(1, 510)).toBe(false)
  expect(circuit.openUntil).toBe(2_510)
  expect(circuit.batchesMax(511)).toBe(0)
})

test('what was under way when it opened does not prolong the pause, but may end it', () => {
  const circuit = new CircuitBreaker(policy, () => 1)
  failTimes(circuit, 5)
  expect(circuit.failed(0, 900)).toBe(false)
  expect(circuit.failed(0, 2_000)).toBe(false)
  expect(circuit.openUntil).toBe(1_010)
  expect(circuit.answered(0)).toBe(true)
})

test('a destination that asks to be left alone is, from its first word', () => {
  const circuit = new CircuitBreaker(policy, () => 1)
  expect(circuit.failed(0, 10, 20_000)).toBe(true)
  expect(circuit.openUntil).toBe(20_010)
  // What was under way says nothing new, but for what was told to wait still longer.
  expect(circuit.answered(0)).toBe(false)
  expect(circuit.failed(0, 20)).toBe(false)
  expect(circuit.openUntil).toBe(20_010)
  expect(circuit.failed(0, 30, 10_000)).toBe(false)
  expect(circuit.openUntil).toBe(20_010)
  expect(circuit.failed(0, 40, 30_000)).toBe(false)
  expect([circuit.openUntil, circuit.batchesMax(30_039)]).toEqual([30_040, 0])
  expect(circuit.batchesMax(30_040)).toBe(1)
  expect(circuit.answered(1)).toBe(true)
  expect(circuit.batchesMax(30_041)).toBe(8)
})

test('it is asked for no longer than what waits for it may wait', () => {
  const circuit = new CircuitBreaker(policy, () => 1)
  circuit.failed(0, 0, Number.POSITIVE_INFINITY)
  expect([circuit.openUntil, circuit.batchesMax(39_999)]).toEqual([40_000, 0])
  const patient = { ...policy, ageMsMax: 86_400_000 }
  const other = new CircuitBreaker(patient, () => 1)
  other.failed(0, 0, 86_400_000)
  expect([other.openUntil, other.batchesMax(899_999)]).toEqual([900_000, 0])
})
