// Where a server of tests listens on loopback: it can be down for a while, and comes back at the
// same place.
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Loopback extends AsyncDisposable {
  /** 0 before it was up. */
  readonly port: number
  /** Nobody listens any more, until `up`. */
  down(): Promise<void>
  up(): Promise<void>
}

export function createLoopback(server: Server): Loopback {
  let port = 0
  const down = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return {
    get port() {
      return port
    },
    down,
    async up() {
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
      ;({ port } = server.address() as AddressInfo)
    },
    async [Symbol.asyncDispose]() {
      if (server.listening) await down()
    },
  }
}
