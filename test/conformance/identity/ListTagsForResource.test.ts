// Conformance of ListTagsForResource of the identity API.
import { listTagsForResourceCases } from '../kit/tag-cases.ts'
import { identityKinds } from '../kit/tagged-kinds.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()

listTagsForResourceCases(world, identityKinds(world))
