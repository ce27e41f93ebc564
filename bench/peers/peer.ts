// What a peer of the comparison is. One file for each kind of server has them as values.
import type { LoadScript } from './load-program.ts'

export interface Peer {
  readonly name: string
  /** What remains of a message that was sent, and since when. */
  readonly keeps: string
  /** Whether it is this server: the rows that others are compared with. */
  readonly isOurs?: true
  /** Whether it is a server that another row has measured the memory of. */
  readonly sharesMemoryFigure?: true
  /** Where more members cannot come to one room in reasonable time. */
  readonly roomMembersMax?: number
  /** Why it cannot be measured here; undefined when it can. */
  missing(): string | undefined
  /** Starts the server with a room that nobody has entered yet. */
  start(room: EmptyRoom): Promise<RunningPeer>
}

/** What a peer gets to start with. */
export interface EmptyRoom {
  readonly membersCount: number
  /** For its files; removed at the end. */
  readonly directory: string
}

export interface RunningPeer {
  readonly pid: number
  readonly script: LoadScript
  /** The bytes that send `count` messages of contentOf(0), contentOf(1)…, ready to be written. */
  messages(count: number): Promise<readonly (string | Buffer)[]> | readonly (string | Buffer)[]
  stop(): Promise<void>
}

/** The room's name with every peer that has named rooms. */
export const ROOM = 'hall'
