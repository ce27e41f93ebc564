// The official SDK clients with their network replaced by a function: what they send is given to
// it, what it returns they read.
import { Readable } from 'node:stream'
import * as identitySdk from '@aws-sdk/client-chime-sdk-identity'
import * as messagingSdk from '@aws-sdk/client-chime-sdk-messaging'
import type { RestService } from './raw-models.ts'

/** A request as it would be on the wire. */
export interface WireRequest {
  readonly method: string
  readonly rawPath: string
  readonly rawQuery: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** A response as it would be on the wire. */
export interface WireResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Sends one operation through the SDK; rejects with the SDK's exception for an error response. */
export type SdkExchange = (
  service: RestService,
  operation: string,
  input: object,
  answer: (request: WireRequest) => WireResponse,
) => Promise<Record<string, unknown>>

interface SdkRequest {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string | readonly string[] | null>>
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

interface SdkClient {
  send(command: object): Promise<Record<string, unknown>>
}

const SDKS = { messaging: messagingSdk, identity: identitySdk }
const CLIENT_NAMES = { messaging: 'ChimeSDKMessagingClient', identity: 'ChimeSDKIdentityClient' }

/** One client for each service; each call is independent of the others, retries are off. */
export function createSdkExchange(): SdkExchange {
  let answer: ((request: WireRequest) => WireResponse) | undefined
  const requestHandler = {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: async (request: SdkRequest) => {
      const { status, headers, body } = answer!(toWireRequest(request))
      // As node:http hands them over: lower-case names, a stream.
      const response = {
        statusCode: status,
        headers: lowerCased(headers),
        body: Readable.from([body]),
      }
      return { response }
    },
  }
  const newClient = (service: RestService): SdkClient => {
    const Client = exportOf(service, CLIENT_NAMES[service])
    return Reflect.construct(Client, [
      {
        endpoint: 'http://127.0.0.1:1',
        region: 'us-east-1',
        credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
        maxAttempts: 1,
        requestHandler,
      },
    ]) as SdkClient
  }
  const clients = { messaging: newClient('messaging'), identity: newClient('identity') }
  return async (service, operation, input, respond) => {
    answer = respond
    const command = Reflect.construct(exportOf(service, `${operation}Command`), [input]) as object
    return clients[service].send(command)
  }
}

function exportOf(service: RestService, name: string): new () => object {
  const found: unknown = Reflect.get(SDKS[service], name)
  if (typeof found !== 'function') throw new Error(`the ${service} SDK has no ${name}`)
  return found as new () => object
}

function toWireRequest({ method, path, query, headers, body = '' }: SdkRequest): WireRequest {
  const pairs: string[] = []
  for (const [name, values] of Object.entries(query)) {
    for (const value of [values].flat()) {
      pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(value ?? '')}`)
    }
  }
  return {
    method,
    rawPath: path,
    rawQuery: pairs.join('&'),
    headers: lowerCased(headers),
    body: typeof body === 'string' ? Buffer.from(body) : Buffer.concat([body]),
  }
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
}

/** Names of all operations that the SDK client of a service offers, sorted. */
export function sdkOperationNames(service: RestService): string[] {
  return Object.keys(SDKS[service])
    .filter((name) => /^[A-Z]\w+Command$/.test(name))
    .map((name) => name.slice(0, -'Command'.length))
    .toSorted()
}
