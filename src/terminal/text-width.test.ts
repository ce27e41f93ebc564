// What may reach a terminal, and how wide it is there.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderLine, piece } from '../top/line.ts'
import { padEnd, padStart, printable, shorten, widthOf } from './text-width.ts'

/** Whatever a terminal acts on: controls of both ranges, and what turns the writing round. */
// oxlint-disable-next-line no-control-regex -- it must never be there
const DANGEROUS = /[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/

/** Of any code points, halves of pairs and what is not assigned among them. */
const anyText = fc
  .array(fc.oneof(fc.nat(0x2ff), fc.integer({ min: 0x2000, max: 0x2fff }), fc.nat(0x10ffff)))
  .map((points) => String.fromCodePoint(...points))

describe('printable', () => {
  it.each([
    ['\x1b[2J', '\u{FFFD}[2J'],
    ['\u009b2J', '\u{FFFD}2J'],
    ['two\r\nlines\u0085', 'two\u{FFFD}\u{FFFD}lines\u{FFFD}'],
    ['\u202eright to left', '\u{FFFD}right to left'],
    ['half \ud83d', 'half \u{FFFD}'],
    ['Grüße, 開会 🎉', 'Grüße, 開会 🎉'],
    [`z${'\u0301'.repeat(50)}`, `z${'\u0301'.repeat(3)}`],
  ])('%j', (text, shown) => {
    expect(printable(text)).toBe(shown)
    expect(printable(shown)).toBe(shown)
  })

  it('leaves nothing that a terminal acts on, whatever the text and the style', () => {
    fc.assert(
      fc.property(anyText, fc.nat(60), (text, columns) => {
        const line = [{ text, style: 'plain' as const }, piece(text, 'plain')]
        const shown = renderLine(line, columns, true)
        expect(shown).not.toMatch(DANGEROUS)
        expect(widthOf(shown)).toBeLessThanOrEqual(columns)
      }),
    )
  })
})

describe('widths', () => {
  it.each([
    ['abc', 3],
    ['開会', 4],
    ['ｆｕｌｌ', 8],
    ['é', 1],
    ['e\u0301', 1],
    ['🎉', 2],
    ['🇩🇪', 2],
    ['한국', 4],
    ['░█▌│', 4],
  ])('%s takes %d columns', (text, columns) => {
    expect(widthOf(text)).toBe(columns)
  })

  it('cuts between characters, never through a wide one', () => {
    expect(shorten('abcdef', 4)).toBe('abc…')
    expect(shorten('開会式', 4)).toBe('開…')
    expect(shorten('abc', 3)).toBe('abc')
    expect(shorten('abc', 0)).toBe('')
  })

  it('pads to the column', () => {
    expect(padEnd('開会', 6)).toBe('開会  ')
    expect(padStart('12', 5)).toBe('   12')
    fc.assert(
      fc.property(anyText, fc.nat(40), (text, columns) => {
        expect(widthOf(padEnd(printable(text), columns))).toBe(columns)
        expect(widthOf(padStart(printable(text), columns))).toBe(columns)
      }),
    )
  })
})
