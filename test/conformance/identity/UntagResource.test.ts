// Conformance of UntagResource of the identity API.
import { untagResourceCases } from '../kit/tag-cases.ts'
import { identityKinds } from '../kit/tagged-kinds.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()

untagResourceCases(world, identityKinds(world))
