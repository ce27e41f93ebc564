// Keys, from the bytes that a terminal sends for them.

export type Key = 'up' | 'down' | 'choose' | 'next-page' | 'previous-page' | 'sort' | 'quit'

/** Ctrl-C, Ctrl-D and Ctrl-Z come as bytes, too, while the terminal is read raw. */
// evidence: docs xterm ctlseqs (cursor and editing keys, in both modes)
const KEYS: Readonly<Record<string, Key>> = {
  q: 'quit',
  Q: 'quit',
  '\x03': 'quit',
  '\x04': 'quit',
  k: 'up',
  '\x1b[A': 'up',
  '\x1bOA': 'up',
  j: 'down',
  '\x1b[B': 'down',
  '\x1bOB': 'down',
  '\r': 'choose',
  '\n': 'choose',
  ' ': 'next-page',
  '\x1b[6~': 'next-page',
  s: 'sort',
  b: 'previous-page',
  '\x1b[5~': 'previous-page',
}

/** A whole escape sequence, or one character. */
// oxlint-disable-next-line no-control-regex -- these are what a terminal sends
const TOKEN = /\x1b(?:\[[0-?]*[ -/]*[@-~]|O.)|[\s\S]/g

/** The keys in `text`, those without a meaning left out. */
export function keysIn(text: string): readonly Key[] {
  return (text.match(TOKEN) ?? []).flatMap((token) => {
    const key = Object.hasOwn(KEYS, token) ? KEYS[token] : undefined
    return key === undefined ? [] : [key]
  })
}
