// Data directories with much in them, all of which came in over the API: what a real server leaves
// behind. Made once and kept in the system's temporary directory, by schema, for the next bench.
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServerProcess } from '../../test/harness/start-server.ts'
import type { Endpoint } from '../../test/harness/start-server.ts'
import { SERVER_CORE, pinProcess, temporaryDirectory } from '../measure.ts'
import { createHttpLoad, portOf } from './http-load.ts'
import { writeRequestFile } from './request-file.ts'
import { makeRooms, sendRequests } from './rooms.ts'
import type { Room } from './rooms.ts'

export interface FilledDirectory {
  readonly dataDirectory: string
  readonly rooms: readonly Room[]
}

const CONTENT_CHARACTERS = 100
/** Signed and sent at a time, while the next are being signed. */
const BATCH_MESSAGES = 25_000
const CONNECTIONS_COUNT = 128

/** A directory with `channels` channels that hold `messages` messages in all, evenly mixed. */
export async function filledDirectory(
  channels: number,
  messages: number,
): Promise<FilledDirectory> {
  const { dataDirectory, contents } = await keptDirectory(
    `${channels}-${messages}`,
    async (server) => {
      console.log(`filling ${channels} channels with ${messages} messages, once`)
      const rooms = await makeRooms(server, channels)
      await sendMessages(server, rooms, messages)
      return rooms
    },
  )
  return { dataDirectory, rooms: contents }
}

/**
 * The directory that is kept under `name`; if there is none yet, that of a new server which `fill`
 * has filled, on a copy of `from` if that is given. `contents` is what `fill` said of it, as JSON
 * keeps it.
 */
export async function keptDirectory<Contents>(
  name: string,
  fill: (server: Endpoint) => Promise<Contents>,
  from?: string,
): Promise<{ readonly dataDirectory: string; readonly contents: Contents }> {
  const place = join(tmpdir(), `carillon-bench-filled-${schemaHash()}-${name}`)
  const contentsFile = join(place, 'contents.json')
  if (!existsSync(contentsFile)) await make(place, fill, from)
  return {
    dataDirectory: join(place, 'data'),
    contents: JSON.parse(readFileSync(contentsFile, 'utf8')) as Contents,
  }
}

async function make(
  place: string,
  fill: (server: Endpoint) => Promise<unknown>,
  from: string | undefined,
): Promise<void> {
  // Under another name until it is whole.
  const unfinished = `${place}-unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  rmSync(place, { recursive: true, force: true })
  mkdirSync(unfinished)
  const dataDirectory = join(unfinished, 'data')
  if (from !== undefined) cpSync(from, dataDirectory, { recursive: true })
  const server = await startServerProcess({ dataDirectory })
  pinProcess(server.pid, SERVER_CORE)
  const contents = await fill(server)
  await server.stop()
  writeFileSync(join(unfinished, 'contents.json'), JSON.stringify(contents))
  renameSync(unfinished, place)
}

async function sendMessages(server: Endpoint, rooms: Room[], messages: number): Promise<void> {
  const load = createHttpLoad()
  const directory = temporaryDirectory()
  let sending: Promise<unknown> = Promise.resolve()
  for (let sent = 0; sent < messages; sent += BATCH_MESSAGES) {
    const count = Math.min(BATCH_MESSAGES, messages - sent)
    const file = join(directory, String((sent / BATCH_MESSAGES) % 2))
    await writeRequestFile(file, server, sendRequests(rooms, count, CONTENT_CHARACTERS))
    await sending
    sending = load({
      port: portOf(server.httpUrl),
      connections: Math.min(CONNECTIONS_COUNT, count),
      file,
      warmUp: 0,
      status: 201,
    })
  }
  await sending
}

/** Changes with every migration, so that a directory of an older schema is never measured. */
function schemaHash(): string {
  const migrations = new URL('../../src/storage/sql/migrations/', import.meta.url)
  const hash = createHash('sha256')
  for (const name of readdirSync(migrations).toSorted()) {
    const text = readFileSync(new URL(name, migrations), 'utf8')
    hash.update(text.replace(/^\s*\/\/.*\n/gm, ''))
  }
  return hash.digest('hex').slice(0, 12)
}
