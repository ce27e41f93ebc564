// The repository's own rules as tests: what a formatter, a linter and the compiler cannot see.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { SETTINGS } from '../../src/config/settings.ts'
import { generatedFiles } from '../../tools/generate-api-types.ts'
import { longFiles } from './long-files.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)))

const sources = tracked.filter((path) => /^(src|test|tools|bench)\/.*\.(ts|mjs)$/.test(path))
const product = sources.filter((path) => path.startsWith('src/') && !path.endsWith('.test.ts'))
const documents = tracked.filter((path) => path.endsWith('.md'))

/** Code lines that a file may have; more is listed in long-files.ts and may only shrink. */
const CODE_LINES_MAX = 300
/** Characters of a line of source. */
const LINE_CHARACTERS_MAX = 100

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')
}

/** The places, as `file:line`, where `pattern` stands in the code (not the comments) of `files`. */
function places(files: readonly string[], pattern: RegExp): string[] {
  return files.flatMap((path) =>
    withoutComments(read(path))
      .split('\n')
      .flatMap((line) => (pattern.test(line) ? [`${path}: ${line.trim()}`] : [])),
  )
}

function except(files: readonly string[], ...homes: readonly string[]): string[] {
  return files.filter((path) => !homes.some((home) => path.startsWith(home)))
}

describe('ambient powers have one home', () => {
  test.each([
    ['process.env', /\bprocess\.env\b/, ['src/config/env.ts']],
    ['time', /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(/, ['src/base/clock.ts']],
    ['timers', /\bset(Timeout|Interval)\(/, ['src/base/clock.ts']],
    ['randomness', /\brandom(Bytes|UUID|Int)\(|Math\.random\(/, ['src/base/ids.ts']],
    ['process.exit', /\bprocess\.exit\(/, ['src/main.ts']],
    ['console', /\bconsole\./, []],
  ] as const)('%s', (_power, pattern, homes) => {
    expect(places(except(product, ...homes), pattern)).toEqual([])
  })

  test('tests do not sleep', () => {
    const tests = sources.filter((path) => path.startsWith('test/') || path.endsWith('.test.ts'))
    const sleeping = /setTimeout\(\s*resolve\s*,\s*[\d_]{3,}|\bsleep\(/
    expect(places(except(tests, 'test/tidy/'), sleeping)).toEqual([])
  })
})

describe('files', () => {
  test('are kebab-case, except operations, which are named as on the wire', () => {
    const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|contract|process))?\.(ts|mjs)$/
    const wire = /^[A-Z][A-Za-z]+(\.test)?\.ts$/
    const misnamed = sources.filter((path) => {
      const operation =
        /^src\/operations\/(messaging|identity|iam|sts)\//.test(path) ||
        /^test\/conformance\/(messaging|identity|iam|sts)\//.test(path)
      const name = basename(path)
      return !(kebab.test(name) || (operation && wire.test(name)) || /^\d{3}-/.test(name))
    })
    expect(misnamed).toEqual([])
  })

  test('have names that say something', () => {
    const empty = /(^|\/)(utils?|helpers?|managers?|handlers?|data|info|misc|common|index)\.ts$/
    expect(sources.filter((path) => empty.test(path))).toEqual([])
  })

  test('begin with a comment that says what they are for', () => {
    expect(sources.filter((path) => !/^(#!.*\n)?\/[/*]/.test(read(path)))).toEqual([])
  })

  test('say what each export of ports, base, domain and protocol promises', () => {
    const contracts = product.filter(
      (path) => /^src\/(ports|base|domain|protocol)\//.test(path) && !path.includes('/generated/'),
    )
    const silent = contracts.flatMap((path) => {
      const lines = read(path).split('\n')
      return lines.flatMap((line, index) => {
        if (!/^export (?!\{|\*|type \{)/.test(line)) return []
        const before = lines.slice(0, index).findLast((each) => !each.startsWith('//'))
        return before?.endsWith('*/') ? [] : [`${path}:${index + 1}`]
      })
    })
    expect(silent).toEqual([])
  })

  test('export no value that no other file uses', () => {
    const texts = new Map(sources.map((path) => [path, read(path)]))
    const unused = except(product, 'src/protocol/generated/').flatMap((path) =>
      [...read(path).matchAll(/^export (?:async )?(?:const|function|class) (\w+)/gm)].flatMap(
        ([, name]) => {
          const word = new RegExp(`\\b${name}\\b`)
          const isUsed = [...texts].some(([other, text]) => other !== path && word.test(text))
          return isUsed ? [] : [`${path}: ${name}`]
        },
      ),
    )
    expect(unused).toEqual([])
  })

  test('are short, and the long ones only shrink', () => {
    const lines = new Map(
      product
        .filter((path) => !path.includes('/generated/'))
        .map((path) => [
          path,
          withoutComments(read(path))
            .split('\n')
            .filter((line) => line.trim() !== '').length,
        ]),
    )
    const long = [...lines].filter(([, count]) => count > CODE_LINES_MAX)
    const grown = long.filter(([path, count]) => count > (longFiles[path] ?? 0))
    expect(grown, 'files over the limit, with their code lines').toEqual([])
    const stale = Object.keys(longFiles).filter((path) => (lines.get(path) ?? 0) <= CODE_LINES_MAX)
    expect(stale, 'entries of long-files.ts that are no longer needed').toEqual([])
  })

  test('have no overlong comments: the formatter breaks only code', () => {
    const long = except(sources, 'src/protocol/generated/').flatMap((path) =>
      read(path)
        .split('\n')
        .flatMap((line, index) =>
          line.length > LINE_CHARACTERS_MAX && /^\s*(\/\/|\/?\*)/.test(line)
            ? [`${path}:${index + 1}`]
            : [],
        ),
    )
    expect(long).toEqual([])
  })

  test('generated ones are fresh', () => {
    for (const [path, content] of generatedFiles()) expect(readFileSync(path, 'utf8')).toBe(content)
  })

  test('hold no reminders without an issue and no private places', () => {
    const reminder = /\b(TODO(?!\(#(\d+|issue)\))|FIXME|XXX|HACK)\b/
    const privatePlace = /\/(work|farm|root|home\/[a-z]+)\/[a-z.]/
    const offending = except([...sources, ...documents], 'test/tidy/').flatMap((path) =>
      read(path)
        .split('\n')
        .flatMap((line, index) =>
          reminder.test(line) || privatePlace.test(line) ? [`${path}:${index + 1}`] : [],
        ),
    )
    expect(offending).toEqual([])
  })
})

describe('documents', () => {
  test('have one title each', () => {
    const titles = documents.map((path) => {
      const text = read(path).replace(/```[\s\S]*?```/g, '')
      return [path, text.split('\n').filter((line) => line.startsWith('# ')).length]
    })
    expect(titles.filter(([, count]) => count !== 1)).toEqual([])
  })

  test('link to files that exist', () => {
    const broken = documents.flatMap((path) =>
      [...read(path).matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)[^)]*\)/g)].flatMap(([, target]) =>
        existsSync(join(root, dirname(path), target!)) ? [] : [`${path} -> ${target}`],
      ),
    )
    expect(broken).toEqual([])
  })

  test('list every dependency with its reason, and none that is gone', () => {
    const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>>
    const declared = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((group) =>
      Object.keys(manifest[group] ?? {}),
    )
    const listed = [...read('docs/dependencies.md').matchAll(/^\| `([^`]+)`/gm)].map(
      ([, name]) => name,
    )
    expect(new Set(listed)).toEqual(new Set(declared))
  })

  test('list every metric, and none that is gone', () => {
    const counted = product.flatMap((path) =>
      [...read(path).matchAll(/'(carillon_[a-z_]+)'/g)].map(([, name]) => name),
    )
    const listed = ['docs/metrics.md', 'docs/outbound.md'].flatMap((path) =>
      [...read(path).matchAll(/^\| `(carillon_[a-z_]+)`/gm)].map(([, name]) => name),
    )
    expect(new Set(listed)).toEqual(new Set(counted))
  })

  test('name every setting, and none that is gone', () => {
    const variables = Object.values(SETTINGS).map(({ variable }) => variable)
    const listed = [...read('README.md').matchAll(/^\| (`CARILLON_[^|]+)/gm)].flatMap(([, cell]) =>
      [...cell!.matchAll(/`(CARILLON_[A-Z_]+)`/g)].map(([, name]) => name),
    )
    expect(new Set(listed)).toEqual(new Set(variables))
  })
})

describe('operations', () => {
  test('every implemented one has a conformance file of its name', () => {
    const implemented = product.filter((path) =>
      /^src\/operations\/(messaging|identity)\//.test(path),
    )
    const untested = implemented.filter(
      (path) =>
        !existsSync(
          join(
            root,
            path.replace('src/operations', 'test/conformance').replace(/\.ts$/, '.test.ts'),
          ),
        ),
    )
    expect(implemented.length).toBeGreaterThan(30)
    expect(untested).toEqual([])
  })
})
