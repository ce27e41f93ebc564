// Which members the models mark as sensitive, for log redaction. Not the redaction itself.
import type { Models } from './compiled-operation.ts'
import type { Shape } from './shape.ts'

/**
 * Names of every member that may carry a sensitive value in any operation, both as in the body and
 * as in the path or query (`NextToken` and `next-token`). A name that is sensitive in one place is
 * in the set for all: redaction goes by name alone.
 */
export function sensitiveMemberNames(models: Models): ReadonlySet<string> {
  const names = new Set<string>()
  for (const operation of models.operations) {
    for (const name of operation.sensitiveMembers) names.add(name)
  }
  return names
}

/** The same for some shapes and everything below them. */
export function collectSensitiveNames(roots: readonly (Shape | undefined)[]): ReadonlySet<string> {
  const names = new Set<string>()
  const seen = new Set<Shape>()
  const visit = (shape: Shape): void => {
    if (seen.has(shape)) return
    seen.add(shape)
    if (shape.type === 'list') visit(shape.member)
    if (shape.type === 'map') visit(shape.value)
    if (shape.type !== 'structure') return
    for (const member of shape.members) {
      if (carriesSensitive(member.shape)) names.add(member.name).add(member.wireName)
      visit(member.shape)
    }
  }
  for (const root of roots) if (root !== undefined) visit(root)
  return names
}

/** A list or map is sensitive when its elements are; a structure's members are told apart. */
function carriesSensitive(shape: Shape): boolean {
  if (shape.sensitive) return true
  if (shape.type === 'list') return carriesSensitive(shape.member)
  if (shape.type === 'map') return carriesSensitive(shape.key) || carriesSensitive(shape.value)
  return false
}
