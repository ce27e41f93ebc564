// Conformance of ListTagsForResource of the messaging API.
import { listTagsForResourceCases } from '../kit/tag-cases.ts'
import { messagingKinds } from '../kit/tagged-kinds.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()

listTagsForResourceCases(world, messagingKinds(world))
