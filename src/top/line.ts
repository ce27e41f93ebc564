// A line of the picture: pieces of text with a style each. What a style looks like on a terminal is
// known here only, and nothing reaches one that was not made printable.
import { printable, startOf, widthOf } from '../terminal/text-width.ts'

export type Style = 'plain' | 'title' | 'dim' | 'good' | 'warning' | 'bad' | 'chosen'

export interface Piece {
  readonly text: string
  readonly style: Style
}

export type Line = readonly Piece[]

/** ANSI's Select Graphic Rendition: the sixteen colours that every terminal has. */
// evidence: docs ECMA-48 8.3.117
const CODES: Readonly<Record<Style, string>> = {
  plain: '',
  title: '1',
  dim: '2',
  good: '32',
  warning: '33',
  bad: '31',
  chosen: '7',
}

/** One piece; the style is plain unless given. */
export function piece(text: string, style: Style = 'plain'): Piece {
  return { text: printable(text), style }
}

/** Neighbours of one style as one piece: a line of cells would be mostly escape sequences. */
function joined(line: Line): Line {
  const pieces: Piece[] = []
  for (const { text, style } of line) {
    const last = pieces.at(-1)
    if (last?.style === style) pieces[pieces.length - 1] = { text: last.text + text, style }
    else pieces.push({ text, style })
  }
  return pieces
}

export function widthOfLine(line: Line): number {
  return line.reduce((columns, { text }) => columns + widthOf(text), 0)
}

/** The line cut to `columns`, as text for a terminal, or without any escape sequence. */
export function renderLine(line: Line, columns: number, hasColour: boolean): string {
  let rendered = ''
  let left = columns
  for (const { text, style } of joined(line)) {
    const shown = startOf(printable(text), left)
    left -= widthOf(shown)
    const code = CODES[style]
    rendered += hasColour && code !== '' && shown !== '' ? `\x1b[${code}m${shown}\x1b[0m` : shown
  }
  return hasColour ? rendered : rendered.trimEnd()
}
