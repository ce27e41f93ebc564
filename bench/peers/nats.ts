// nats-server: publish and subscribe, which keeps nothing, and the same with a JetStream stream
// that keeps every message in a file. Members subscribe to one subject.
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { findProgram, freePort, startPeerProcess, within } from './children.ts'
import { contentOf } from './load-program.ts'
import type { Step } from './load-program.ts'
import { ROOM } from './peer.ts'
import type { EmptyRoom, Peer, RunningPeer } from './peer.ts'

/** One for each message that may be in flight. */
const SENDERS_COUNT = 16
/** Stands for the sender's number until a message is sent. */
const SENDER_PLACE = '@@'
const ANSWER_MS_MAX = 10_000
/** The first thing that a client says; it wants no `+OK` for every line. */
const CONNECT = 'CONNECT {"verbose":false,"pedantic":false}\r\n'

export const natsCore: Peer = {
  name: 'nats-server, publish/subscribe',
  keeps: 'nothing',
  missing,
  start: (room) => startNats(room, false),
}

export const natsJetStream: Peer = {
  name: 'nats-server, JetStream file',
  keeps: 'a file, flushed later',
  missing,
  start: (room) => startNats(room, true),
}

function missing(): string | undefined {
  if (findProgram('nats-server') !== undefined) return undefined
  return 'nats-server is not installed (Debian: apt-get install nats-server)'
}

async function startNats(
  { membersCount, directory }: EmptyRoom,
  isStored: boolean,
): Promise<RunningPeer> {
  const port = await freePort()
  const configuration = join(directory, 'nats.conf')
  // Pings only after the comparison, so that no member has to answer them.
  const lines = [`host: "127.0.0.1"`, `port: ${port}`, 'ping_interval: "60m"']
  if (isStored) lines.push(`jetstream { store_dir: "${join(directory, 'streams')}" }`)
  writeFileSync(configuration, `${lines.join('\n')}\n`)
  const server = await startPeerProcess(findProgram('nats-server')!, ['-c', configuration], port)
  if (isStored) await createStream(port)
  const subscribe: Step = { write: `${CONNECT}SUB ${ROOM} 1\r\nPING\r\n`, wait: 'PONG\r\n' }
  return {
    pid: server.pid,
    script: {
      port,
      messageEnd: '\r\n',
      members: Array.from({ length: membersCount }, () => [subscribe]),
      senders: Array.from({ length: SENDERS_COUNT }, (_, sender) => [
        { write: `${CONNECT}SUB ${inboxOf(twoDigits(sender))} 1\r\nPING\r\n`, wait: 'PONG\r\n' },
      ]),
      ...(isStored && { answer: { start: '"seq":', end: '}' }, senderPlace: SENDER_PLACE }),
    },
    messages: (count) =>
      Array.from({ length: count }, (_, index) => {
        const content = contentOf(index)
        const answerTo = isStored ? `${inboxOf(SENDER_PLACE)} ` : ''
        return `PUB ${ROOM} ${answerTo}${content.length}\r\n${content}\r\n`
      }),
    stop: () => server.stop(),
  }
}

/** Where a sender hears that its message was stored. */
function inboxOf(sender: string): string {
  return `_INBOX.sender.${sender}`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}

/** Makes the stream that stores what is published to the room. */
async function createStream(port: number): Promise<void> {
  const stream = JSON.stringify({
    name: 'HALL',
    subjects: [ROOM],
    storage: 'file',
    retention: 'limits',
    num_replicas: 1,
  })
  const socket = connect({ port, host: '127.0.0.1' })
  socket.write(
    `${CONNECT}SUB _INBOX.made 1\r\n` +
      `PUB $JS.API.STREAM.CREATE.HALL _INBOX.made ${stream.length}\r\n${stream}\r\n`,
  )
  const answer = (async () => {
    let text = ''
    while (!/MSG _INBOX\.made .*\r\n.*\r\n/.test(text)) {
      const [bytes] = (await once(socket, 'data')) as [Buffer]
      text += bytes.toString()
    }
    return text
  })()
  const text = await within(ANSWER_MS_MAX, 'making the stream', answer)
  socket.destroy()
  if (text.includes('"error"')) throw new Error(`nats-server makes no stream: ${text}`)
}
