// Plain `ws` and Socket.IO rooms: the libraries that people build a chat of their own on.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { freePort, startPeerProcess } from './children.ts'
import { contentOf } from './load-program.ts'
import type { LoadScript, Step } from './load-program.ts'
import type { EmptyRoom, Peer, RunningPeer } from './peer.ts'
import { clientTextFrame, upgradeRequest } from './web-socket-frames.ts'

const KEEPS_NOTHING = 'nothing'

export const plainWs: Peer = {
  name: 'ws, a loop over all',
  keeps: KEEPS_NOTHING,
  missing: () => missingPackage('ws'),
  start: (room) =>
    startNodePeer('ws-server.ts', room, {
      messageEnd: '',
      join: (port) => [{ write: upgradeRequest(port, '/'), wait: '\r\n\r\n' }],
      send: (content) => content,
    }),
}

export const socketIo: Peer = {
  name: 'Socket.IO, a room',
  keeps: KEEPS_NOTHING,
  missing: () => missingPackage('socket.io'),
  start: (room) =>
    startNodePeer('socket-io-server.ts', room, {
      messageEnd: '"]',
      join: (port) => [
        {
          write: upgradeRequest(port, '/socket.io/?EIO=4&transport=websocket'),
          wait: '"maxPayload":1000000}',
        },
        { write: clientTextFrame('40'), wait: '40{"sid":"' },
      ],
      send: (content) => `42${JSON.stringify(['message', content])}`,
    }),
}

interface Dialect extends Pick<LoadScript, 'messageEnd'> {
  join(port: number): readonly Step[]
  /** The text of the frame that sends `content`. */
  send(content: string): string
}

async function startNodePeer(
  program: string,
  { membersCount }: EmptyRoom,
  dialect: Dialect,
): Promise<RunningPeer> {
  const port = await freePort()
  const path = fileURLToPath(new URL(program, import.meta.url))
  const server = await startPeerProcess(process.execPath, [path, String(port)], port)
  return {
    pid: server.pid,
    script: {
      port,
      messageEnd: dialect.messageEnd,
      members: Array.from({ length: membersCount }, () => dialect.join(port)),
    },
    messages: (count) =>
      Array.from({ length: count }, (_, index) => clientTextFrame(dialect.send(contentOf(index)))),
    stop: () => server.stop(),
  }
}

function missingPackage(name: string): string | undefined {
  const place = new URL(`../../node_modules/${name}/package.json`, import.meta.url)
  return existsSync(place) ? undefined : `the package ${name} is not there: npm install`
}
