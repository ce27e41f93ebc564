// Runs peer-load.c on the load core: the members of one room and those who send into it, for every
// peer alike.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startLineProcess } from '../load/frame-reader.ts'
import { LOAD_CORE, compileC, onCore, temporaryDirectory } from '../measure.ts'
import { endAtExit, within } from './children.ts'

/** Characters of the text of each message, its mark among them: a line of chat. */
export const CONTENT_CHARACTERS = 200

/** What a connection writes, and what it then waits for; an empty text is not waited for. */
export interface Step {
  readonly write: string | Buffer
  readonly wait: string
}

/** How a room's members come, and how one sees that a message was delivered. */
export interface LoadScript {
  readonly port: number
  /** Ends a delivered message, after the text of the message; empty where the text itself does. */
  readonly messageEnd: string
  /** Where a send is answered on the sender's own connection. */
  readonly answer?: { readonly start: string; readonly end: string }
  /** Two characters of each message in whose place its sender's number comes. */
  readonly senderPlace?: string
  /** What each member writes every few seconds, where the server expects a sign of life. */
  readonly keepAlive?: Buffer
  readonly members: readonly (readonly Step[])[]
  /** Connections that send only; without any, the first members send. */
  readonly senders?: readonly (readonly Step[])[]
}

/** What peer-load says of one run. */
export interface LoadReport {
  readonly messages: number
  readonly seconds: number
  /** Until the last member had read the last message. */
  readonly deliveredPerSecond: number
  /** From the send of a message until its last member has read it. */
  readonly p50Us: number
  readonly p99Us: number
  readonly maxUs: number
  /** Share of its core that the load program used; near 1, it is the bottleneck. */
  readonly busyShare: number
}

export interface Load {
  /** Until `count` members are in the room; all of them and the senders when there are no more. */
  join(count: number): Promise<void>
  /** Sends the messages of `file`, `inFlight` at a time, and none after `milliseconds`. */
  run(file: string, inFlight: number, milliseconds: number): Promise<LoadReport>
  stop(): void
}

/** The longest that members may take to come; the load program itself watches for silence. */
const JOIN_MS_MAX = 120_000
/** The longest that a run may take after its last send. */
const DRAIN_MS_MAX = 60_000

/** The text of message `index` of a run. The mark stands last: what follows is the protocol's. */
export function contentOf(index: number): string {
  const mark = `Zq7x${String(index).padStart(8, '0')}`
  return ''.padEnd(CONTENT_CHARACTERS - mark.length, 'All work and no play. ') + mark
}

/** Compiles the program and returns the function that starts it. */
export function createLoads(): (script: LoadScript) => Load {
  const program = compileC(new URL('peer-load.c', import.meta.url))
  const directory = temporaryDirectory()
  let scripts = 0
  return (script) => {
    const file = join(directory, `script-${(scripts += 1)}`)
    writeFileSync(file, encodeScript(script))
    const load = startLineProcess(...onCore(LOAD_CORE, program, [String(script.port), file]))
    const ended = endAtExit(load.pid)
    return {
      async join(count) {
        load.write(`join ${count}`)
        await within(JOIN_MS_MAX, 'joining', load.next())
      },
      async run(messages, inFlight, milliseconds) {
        load.write(`run ${messages} ${inFlight} ${milliseconds}`)
        const line = await within(milliseconds + DRAIN_MS_MAX, 'a run', load.next())
        return JSON.parse(line) as LoadReport
      },
      stop() {
        load.stop()
        ended()
      },
    }
  }
}

/** Messages in the form of the load program: each with its length before it. */
export function encodeMessages(messages: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(messages.flatMap(encodeText))
}

function encodeScript(script: LoadScript): Buffer {
  const senders = script.senders ?? []
  return Buffer.concat([
    ...encodeText(script.messageEnd),
    ...encodeText(script.answer?.start ?? ''),
    ...encodeText(script.answer?.end ?? ''),
    ...encodeText(script.senderPlace ?? ''),
    ...encodeText(script.keepAlive ?? ''),
    encodeNumber(script.members.length),
    encodeNumber(senders.length),
    ...[...script.members, ...senders].flatMap((steps) => [
      encodeNumber(steps.length),
      ...steps.flatMap(({ write, wait }) => [...encodeText(write), ...encodeText(wait)]),
    ]),
  ])
}

function encodeText(text: string | Buffer): Buffer[] {
  const bytes = Buffer.from(text)
  return [encodeNumber(bytes.length), bytes]
}

function encodeNumber(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
