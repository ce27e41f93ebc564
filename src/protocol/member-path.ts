// The place of a value inside an input, kept as a chain so that it costs nothing until a fault has
// to be named.

/** A step from the input's root to a value: a member name, a map key or a list index. */
export interface MemberPath {
  readonly parent: MemberPath | undefined
  readonly step: string | number
}

/** A map key is a client's text of any length; this much of it names the place well enough. */
const STEP_CHARACTERS_MAX = 64

/** For example `MessageAttributes.topic.StringValues[0]`. Always well-formed, bounded in length. */
export function renderMemberPath(path: MemberPath): string {
  const { parent, step } = path
  const before = parent === undefined ? '' : renderMemberPath(parent)
  if (typeof step === 'number') return `${before}[${step}]`
  const name = step.slice(0, STEP_CHARACTERS_MAX).toWellFormed()
  return before === '' ? name : `${before}.${name}`
}
