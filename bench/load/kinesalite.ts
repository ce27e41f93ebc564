// Kinesis on this machine, in memory. Prints its port.
import { createRequire } from 'node:module'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** More than any bench asks for. */
const SHARDS_MAX = 100

const createKinesalite = createRequire(import.meta.url)('kinesalite') as (options: {
  readonly createStreamMs: number
  readonly shardLimit: number
}) => Server

const server = createKinesalite({ createStreamMs: 0, shardLimit: SHARDS_MAX })
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
