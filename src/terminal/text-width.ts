// Texts of others made safe for a terminal, and how many columns they take there. Names of channels
// come from clients: one may try to clear the screen, to write from right to left, to be endless.

/** Controls, invisible formatting, halves of pairs, and whatever is not assigned. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu
/** Stands for each of them. */
const REPLACEMENT = '\u{FFFD}'
/** Chooses how the character before it looks; terminals disagree on its width. */
const VARIATION_SELECTORS = /[\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}]/gu
/** More marks on one letter than any script has: they would run into the lines above. */
const MARKS_BEYOND = /(\p{M}{3})\p{M}+/gu

/** No column of its own: marks, and Hangul vowels that join what stands before. */
const ZERO = /^[\p{M}\u{1160}-\u{11FF}\u{D7B0}-\u{D7FF}]$/u
/** Two columns: East Asian letters and signs, and emoji. */
// evidence: docs unicode.org UAX 11 (East Asian Width), in ranges
const WIDE =
  /^[\u{1100}-\u{115F}\u{2E80}-\u{303E}\u{3041}-\u{A4CF}\u{A960}-\u{A97F}\u{AC00}-\u{D7A3}\u{F900}-\u{FAFF}\u{FE10}-\u{FE19}\u{FE30}-\u{FE6F}\u{FF00}-\u{FF60}\u{FFE0}-\u{FFE6}\u{16FE0}-\u{18CFF}\u{1B000}-\u{1B2FF}\u{1F200}-\u{1F2FF}\u{20000}-\u{3FFFD}]$/u
const EMOJI = /^\p{Emoji_Presentation}$/u
/** Flags are pairs of these, one column each. */
const REGIONAL = /^\p{Regional_Indicator}$/u

/** `text` with nothing in it that a terminal would act on. */
export function printable(text: string): string {
  return text
    .replaceAll(VARIATION_SELECTORS, '')
    .replaceAll(UNPRINTABLE, REPLACEMENT)
    .replaceAll(MARKS_BEYOND, '$1')
}

/** Columns that a printable text takes. */
export function widthOf(text: string): number {
  let columns = 0
  for (const character of text) columns += widthOfCharacter(character)
  return columns
}

/** `text` in at most `columns`, with an ellipsis where it is cut. */
export function shorten(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  return columns <= 0 ? '' : `${startOf(text, columns - 1)}…`
}

/** As much of the beginning of `text` as fits into `columns`. */
export function startOf(text: string, columns: number): string {
  let taken = ''
  let left = columns
  for (const character of text) {
    left -= widthOfCharacter(character)
    if (left < 0) break
    taken += character
  }
  return taken
}

/** Exactly `columns` wide: shortened, or filled with blanks behind. */
export function padEnd(text: string, columns: number): string {
  const short = shorten(text, columns)
  return short + ' '.repeat(Math.max(0, columns - widthOf(short)))
}

/** Exactly `columns` wide, filled with blanks in front: for numbers. */
export function padStart(text: string, columns: number): string {
  const short = shorten(text, columns)
  return ' '.repeat(Math.max(0, columns - widthOf(short))) + short
}

function widthOfCharacter(character: string): number {
  // Nearly all of them.
  if (character.length === 1 && character >= ' ' && character <= '~') return 1
  if (ZERO.test(character)) return 0
  if (REGIONAL.test(character)) return 1
  return WIDE.test(character) || EMOJI.test(character) ? 2 : 1
}
