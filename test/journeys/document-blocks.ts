// What a document tells its reader to do, in order: commands, what they print, and files.
import { readFileSync } from 'node:fs'

export interface DocumentStep {
  /** Shell commands. */
  readonly commands: string
  /** The `text` block right behind them, where `…` stands for anything. */
  readonly prints: string | undefined
  /** Where they begin, for messages. */
  readonly line: number
}

export interface DocumentScript {
  /** By the name that stands in the line before the block, such as `policy.json`. */
  readonly files: ReadonlyMap<string, string>
  readonly steps: readonly DocumentStep[]
}

interface Block {
  readonly language: string
  readonly text: string
  readonly line: number
  /** The last line of text before the block; empty between two blocks. */
  readonly before: string
}

/** Every `sh`, `json`, `js` and `py` block must be one that is run or a file that is used. */
export function readDocumentScript(path: string): DocumentScript {
  const files = new Map<string, string>()
  const steps: DocumentStep[] = []
  const blocks = [...blocksOf(readFileSync(path, 'utf8'))]
  for (const [index, { language, text, line, before }] of blocks.entries()) {
    if (language === 'text') continue
    if (language === 'sh') {
      const next = blocks[index + 1]
      const isOutput = next?.language === 'text' && next.before === ''
      steps.push({ commands: text, prints: isOutput ? next.text : undefined, line })
      continue
    }
    const [, name] = /^`([\w-]+\.\w+)`:$/.exec(before) ?? []
    if (name === undefined) throw new Error(`${path}:${line}: a ${language} block without a name`)
    files.set(name, text)
  }
  return { files, steps }
}

function* blocksOf(text: string): Generator<Block> {
  let before = ''
  let open: { language: string; line: number; lines: string[] } | undefined
  for (const [index, line] of text.split('\n').entries()) {
    if (open !== undefined && line === '```') {
      const { language, lines } = open
      yield { language, text: `${lines.join('\n')}\n`, line: open.line, before }
      before = ''
      open = undefined
    } else if (open !== undefined) open.lines.push(line)
    else if (line.startsWith('```')) open = { language: line.slice(3), line: index + 2, lines: [] }
    else if (line.trim() !== '') before = line.trim()
  }
}

/** Whether `output` has every line of `expected`, in order; `…` stands for anything. */
export function prints(output: string, expected: string): boolean {
  const lines = expected.trim().split('\n')
  const pattern = lines.map((line) => line.split('…').map(escaped).join('.*')).join('\\n+')
  return new RegExp(pattern).test(output)
}

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
