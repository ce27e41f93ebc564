// A room of Socket.IO, as its own examples make one: whatever a member emits goes to the room.
// Nothing is kept, and nobody is asked who they are. The port is the first parameter.
import { createServer } from 'node:http'
import { Server } from 'socket.io'
import { ROOM } from './peer.ts'

/** Longer than a comparison, so that no member has to answer pings. */
const PING_INTERVAL_MS = 3_600_000

const http = createServer()
const server = new Server(http, {
  transports: ['websocket'],
  pingInterval: PING_INTERVAL_MS,
  serveClient: false,
})
server.on('connection', (member) => {
  void member.join(ROOM)
  member.on('message', (text: unknown) => server.to(ROOM).emit('message', text))
})
http.listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 1_024 })
