// Conformance of TagResource of the identity API.
import { tagResourceCases } from '../kit/tag-cases.ts'
import { identityKinds } from '../kit/tagged-kinds.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()

tagResourceCases(world, identityKinds(world))
