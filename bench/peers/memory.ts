// What a connected member costs the memory of a peer: a server of its own, and many members, for a
// process also grows by what has nothing to do with them, such as room for short-lived objects.
import { setTimeout as delay } from 'node:timers/promises'
import { residentBytes } from './children.ts'
import type { Load, LoadScript } from './load-program.ts'
import type { Peer } from './peer.ts'

/** So many that a growth of 16 MB, V8's for short-lived objects, is about 6 KB of each. */
const MEMBERS_COUNT = 3_000
/** Come before the first reading, so that what is loaded and compiled once does not count. */
const FIRST_MEMBERS_SHARE = 0.1
/** Before each reading: for what a server still does after the last one has come. */
const REST_MS = 2_000

/** Growth of resident memory for each member after the first; undefined: in another row. */
export async function measureMemory(
  peer: Peer,
  startLoad: (script: LoadScript) => Load,
  directory: string,
): Promise<number | undefined> {
  if (peer.sharesMemoryFigure === true) return undefined
  const membersCount = Math.min(MEMBERS_COUNT, peer.roomMembersMax ?? MEMBERS_COUNT)
  const firstCount = membersCount * FIRST_MEMBERS_SHARE
  const server = await peer.start({ membersCount, directory })
  const load = startLoad(server.script)
  await load.join(firstCount)
  await delay(REST_MS)
  const before = residentBytes(server.pid)
  await load.join(membersCount)
  await delay(REST_MS)
  const growth = residentBytes(server.pid) - before
  load.stop()
  await server.stop()
  return growth / (membersCount - firstCount)
}
