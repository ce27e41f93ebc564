// Conformance of UntagResource of the messaging API.
import { untagResourceCases } from '../kit/tag-cases.ts'
import { messagingKinds } from '../kit/tagged-kinds.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()

untagResourceCases(world, messagingKinds(world))
