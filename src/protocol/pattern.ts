// Turns the patterns of the models, written for Java, into JavaScript expressions that match whole
// values. Not a general translator: it covers what the four models contain, and a test lists them.

/** Above the basic plane the models write five and six digits, which only `\u{…}` can express. */
const SUPPLEMENTARY_RANGE_IN_MODELS = '\\u10000-\\u10FFFF'
const SUPPLEMENTARY_RANGE = '\\u{10000}-\\u{10FFFF}'

/** Patterns that every string satisfies: not worth a call. */
const MATCHES_EVERYTHING: ReadonlySet<string> = new Set(['[\\s\\S]*'])

/** Characters whose escape keeps its meaning with the `u` flag. */
const ESCAPABLE = new Set('^$\\.*+?()[]{}|/dDwWsSbBpPu')

/**
 * The expression for a model's pattern, anchored at both ends as AWS applies it, or undefined when
 * every string satisfies it. The `u` flag is always set, so that `.` and classes see code points,
 * and a lone surrogate is not taken for half of one. None of the models' patterns can backtrack
 * for longer than quadratic time, and callers apply them only to values within their length.
 */
export function compilePattern(pattern: string): RegExp | undefined {
  if (MATCHES_EVERYTHING.has(pattern)) return undefined
  return new RegExp(`^(?:${toUnicodeMode(pattern)})$`, 'u')
}

/** Drops escapes such as `\:` or `\@`, which are errors with the `u` flag. */
function toUnicodeMode(pattern: string): string {
  const text = pattern.replaceAll(SUPPLEMENTARY_RANGE_IN_MODELS, SUPPLEMENTARY_RANGE)
  let result = ''
  let insideClass = false
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index)
    if (character !== '\\') {
      if (character === '[') insideClass = true
      if (character === ']') insideClass = false
      result += character
      continue
    }
    index++
    const escaped = text.charAt(index)
    const keepsEscape = ESCAPABLE.has(escaped) || (escaped === '-' && insideClass)
    result += keepsEscape ? `\\${escaped}` : escaped
  }
  return result
}
