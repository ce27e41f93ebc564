// A room made of plain `ws`, as its own examples make one: whatever a member sends goes to all.
// Nothing is kept, and nobody is asked who they are. The port is the first parameter.
import { WebSocketServer } from 'ws'

const server = new WebSocketServer({
  host: '127.0.0.1',
  port: Number(process.argv[2]),
  backlog: 1_024,
})
server.on('connection', (member) => {
  member.on('message', (text) => {
    for (const other of server.clients) other.send(text, { binary: false })
  })
})
