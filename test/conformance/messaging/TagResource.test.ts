// Conformance of TagResource of the messaging API.
import { tagResourceCases } from '../kit/tag-cases.ts'
import { messagingKinds } from '../kit/tagged-kinds.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()

tagResourceCases(world, messagingKinds(world))
