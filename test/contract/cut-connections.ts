// Stands between a store and PostgreSQL and cuts the connection at one chosen moment of a commit.
import { createServer, connect, type Server } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The name that PostgreSQL gives its socket on the port that URLs mean by default. */
const SOCKET = '.s.PGSQL.5432'
/** A simple query as it goes over the wire, after its length. */
const COMMIT = Buffer.from('COMMIT\0')

export type Cut = 'before COMMIT arrives' | 'before COMMIT is answered' | 'by silence after COMMIT'

export interface Cutter extends AsyncDisposable {
  readonly url: string
  /** The next COMMIT is the last thing that its connection carries. */
  cutNext(cut: Cut): void
  /** How many connections were cut. */
  readonly cutsCount: number
}

export async function createCutter(databaseUrl: string): Promise<Cutter> {
  const directory = await mkdtemp(join(tmpdir(), 'carillon-cut-'))
  const target = join(new URL(databaseUrl).searchParams.get('host') ?? '', SOCKET)
  const url = new URL(databaseUrl)
  url.searchParams.set('host', directory)
  let next: Cut | undefined
  let cutsCount = 0
  const server: Server = createServer((client) => {
    const database = connect(target)
    const end = () => {
      client.destroy()
      database.destroy()
    }
    for (const socket of [client, database]) socket.on('error', end).on('close', end)
    let onAnswer: ((answered: Buffer) => void) | undefined
    client.on('data', (sent) => {
      const cut = sent.includes(COMMIT) ? next : undefined
      if (cut === undefined) return void database.write(sent)
      next = undefined
      cutsCount++
      if (cut === 'before COMMIT arrives') return end()
      // An answer means that the commit is done: nobody hears of it.
      onAnswer = cut === 'before COMMIT is answered' ? end : () => undefined
      database.write(sent)
    })
    database.on('data', (answered) => {
      if (onAnswer === undefined) client.write(answered)
      else onAnswer(answered)
    })
  })
  await new Promise<void>((resolve) => server.listen(join(directory, SOCKET), resolve))
  return {
    url: url.href,
    cutNext(cut) {
      next = cut
    },
    get cutsCount() {
      return cutsCount
    },
    async [Symbol.asyncDispose]() {
      server.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
