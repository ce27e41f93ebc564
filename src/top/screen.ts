// Where pictures go: a terminal, which is taken over and given back as it was, or anything else,
// which gets one picture after the other as plain text.
import { renderLine, type Line } from './line.ts'
import type { Size } from './picture.ts'

/** What a screen needs of the standard output. */
export interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  write(text: string): unknown
}

/** Without a terminal. Our choice: fits a page and a mail. */
const PLAIN_SIZE: Size = { columns: 100, rows: 60 }
/** What a terminal is taken to have that does not say. evidence: docs VT100 */
const TERMINAL_SIZE: Size = { columns: 80, rows: 24 }

// evidence: docs xterm ctlseqs
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J'
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l'
/** A terminal that knows these shows the whole picture at once; others ignore them. */
const [BEGIN, END] = ['\x1b[?2026h', '\x1b[?2026l']
const HOME = '\x1b[H'
const CLEAR_LINE_REST = '\x1b[K'
const CLEAR_REST = '\x1b[J'

export interface Screen {
  readonly size: Size
  show(lines: readonly Line[]): void
  /** Gives the terminal back. Idempotent. */
  leave(): void
}

/** Pictures that replace one another on the terminal `output`. */
export function takeTerminal(output: Output, hasColour: boolean): Screen {
  let isTaken = true
  output.write(ENTER)
  return {
    get size() {
      // A terminal without a size says 0.
      const { columns, rows } = output
      return {
        columns: columns === undefined || columns === 0 ? TERMINAL_SIZE.columns : columns,
        rows: rows === undefined || rows === 0 ? TERMINAL_SIZE.rows : rows,
      }
    },
    show(lines) {
      if (!isTaken) return
      const { columns } = this.size
      const rendered = lines.map((line) => renderLine(line, columns, hasColour) + CLEAR_LINE_REST)
      output.write(`${BEGIN}${HOME}${rendered.join('\r\n')}${CLEAR_REST}${END}`)
    },
    leave() {
      if (isTaken) output.write(LEAVE)
      isTaken = false
    },
  }
}

/** Pictures that follow one another, with an empty line between two. */
export function printTo(output: Output, hasColour: boolean): Screen {
  let isFirst = true
  return {
    get size() {
      return output.isTTY === true && output.columns !== undefined && output.columns > 0
        ? { columns: output.columns, rows: PLAIN_SIZE.rows }
        : PLAIN_SIZE
    },
    show(lines) {
      const { columns } = this.size
      const text = lines.map((line) => `${renderLine(line, columns, hasColour)}\n`).join('')
      output.write(isFirst ? text : `\n${text}`)
      isFirst = false
    },
    leave() {},
  }
}
