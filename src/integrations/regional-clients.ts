// The clients of one service of AWS: one for each region, made when it is first talked to. They
// share their connections.
import { BoundedHttpHandler } from './bounded-http-handler.ts'

/** Regions with clients of their own; the operator maps a handful, and mostly one. */
// evidence: inferred
const REGIONS_MAX = 16

/** What every client of AWS is made with. */
export interface RegionalSettings {
  readonly region: string
  /** The outbox tries again, and remembers that it has to. */
  readonly maxAttempts: 1
  readonly requestHandler: BoundedHttpHandler
}

export class RegionalClients<Client> {
  readonly #make: (settings: RegionalSettings) => Client
  readonly #requestHandler = new BoundedHttpHandler()
  readonly #clients = new Map<string, Client>()

  constructor(make: (settings: RegionalSettings) => Client) {
    this.#make = make
  }

  of(region: string): Client {
    const known = this.#clients.get(region)
    if (known !== undefined) return known
    // They hold nothing but the connections, which they share.
    if (this.#clients.size >= REGIONS_MAX) this.#clients.clear()
    const requestHandler = this.#requestHandler
    const client = this.#make({ region, maxAttempts: 1, requestHandler })
    this.#clients.set(region, client)
    return client
  }

  close(): void {
    this.#requestHandler.destroy()
  }
}
