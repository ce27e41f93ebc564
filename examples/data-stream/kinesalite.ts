// Kinesis on this machine, in memory.
import { createRequire } from 'node:module'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

const createKinesalite = createRequire(import.meta.url)('kinesalite') as (options: {
  readonly createStreamMs: number
}) => Server

export async function startKinesalite(): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createKinesalite({ createStreamMs: 0 })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
