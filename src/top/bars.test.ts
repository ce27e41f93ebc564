// Bars and cells: their length is the fill, and what must be told apart looks different.
import { describe, expect, it } from 'vitest'
import { barOf, cellsOf, styleOfFill } from './bars.ts'
import { renderLine } from './line.ts'

const configuration = {
  maximumSubChannels: 10,
  targetMembershipsPerSubChannel: 100,
  minimumMembershipPercentage: 40,
}

function bar(count: number, columns = 10): string {
  return renderLine(barOf(count, configuration, columns), columns + 1, false)
}

function cells(counts: readonly number[], columns: number, rows: number) {
  const { lines, perCell } = cellsOf(counts, configuration, columns, rows)
  return { rows: lines.map((line) => renderLine(line, columns, false)), perCell }
}

describe('a bar', () => {
  it.each([
    [0, '    ┊     │'],
    [1, '▏   ┊     │'],
    [25, '██▌ ┊     │'],
    [40, '████┊     │'],
    [55, '████▒▌    │'],
    [99, '████▒████▉│'],
    [100, '████▒█████│'],
    // More than there may be is not drawn over what stands behind.
    [140, '████▒█████│'],
  ])('of %d in 100 is %j', (count, drawn) => {
    expect(bar(count)).toBe(drawn)
  })

  it('is as long as its place, whatever the numbers', () => {
    for (let count = 0; count <= 120; count += 1) {
      for (const columns of [1, 7, 33])
        expect(Array.from(bar(count, columns))).toHaveLength(columns + 1)
    }
  })

  it('is red below the minimum only', () => {
    expect(styleOfFill(39, configuration)).toBe('bad')
    expect(styleOfFill(40, configuration)).toBe('good')
    expect(styleOfFill(100, configuration)).toBe('good')
  })
})

describe('cells', () => {
  it('are one for each, in rows', () => {
    expect(cells([0, 1, 50, 99, 100], 3, 2)).toEqual({ rows: ['·▁▄', '▇█'], perCell: 1 })
  })

  it('stand for several where there are too many, and show the emptiest', () => {
    expect(cells([100, 100, 0, 100, 50], 3, 1)).toEqual({ rows: ['█·▄'], perCell: 2 })
  })

  it('of a thousand fit into ten lines', () => {
    const { rows, perCell } = cells(
      Array.from({ length: 1_000 }, () => 100),
      100,
      20,
    )
    expect([rows.length, perCell]).toEqual([10, 1])
  })

  it('of none are none', () => {
    expect(cells([], 10, 5)).toEqual({ rows: [], perCell: 1 })
  })
})
