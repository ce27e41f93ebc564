// Where a server can be reached, from its settings and the ports that it really has.
import { hostname } from 'node:os'
import { assert } from '../base/assert.ts'
import { formatAddress } from './config.ts'
import type { Config } from './config.ts'

/** A listener's host and real port. */
export interface BoundAddress {
  readonly host: string
  readonly port: number
}

/** Hosts that mean every interface: nobody can connect to them by that name. */
const WILDCARD_HOSTS: ReadonlySet<string> = new Set(['0.0.0.0', '::'])
/** Hosts that the local certificate is always made for. */
const LOCAL_HOSTS = ['localhost', '127.0.0.1', '::1']

/** `host:port` of each listener that is on; `bound` is in the order http, https. */
export function addressesOf(
  config: Pick<Config, 'listen'>,
  bound: readonly BoundAddress[],
): { readonly http?: string; readonly https?: string } {
  const texts = bound.map(formatAddress)
  const [http, https] = config.listen === undefined ? [undefined, texts[0]] : texts
  return { ...(http === undefined ? {} : { http }), ...(https === undefined ? {} : { https }) }
}

/** What clients are told to connect to: the setting, else the TLS listener, else the other one. */
export function sessionEndpointOf(
  config: Pick<Config, 'publicEndpoint'>,
  bound: readonly BoundAddress[],
): string {
  if (config.publicEndpoint !== undefined) return config.publicEndpoint
  const address = bound.at(-1)
  assert(address !== undefined, 'a server that answers listens somewhere')
  const { host, port } = address
  return formatAddress({ host: WILDCARD_HOSTS.has(host) ? 'localhost' : host, port })
}

/** Whether clients elsewhere are sent to their own machine, for want of a public endpoint. */
export function isEndpointLocalOnly({
  listen,
  listenTls,
  publicEndpoint,
}: Pick<Config, 'listen' | 'listenTls' | 'publicEndpoint'>): boolean {
  const address = listenTls ?? listen
  return publicEndpoint === undefined && address !== undefined && WILDCARD_HOSTS.has(address.host)
}

/** Every name and address that clients may know this machine by, for its certificate. */
export function certificateHostsOf(
  config: Pick<Config, 'listenTls' | 'publicEndpoint'>,
): readonly string[] {
  const host = config.listenTls?.host
  const own = host === undefined || WILDCARD_HOSTS.has(host) ? [] : [host]
  const publicHost = config.publicEndpoint?.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
  return [...LOCAL_HOSTS, hostname(), ...own, ...(publicHost === undefined ? [] : [publicHost])]
}
