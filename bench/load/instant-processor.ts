// A processor of a channel flow that accepts every message at once: takes the webhook, and answers
// by ChannelFlowCallback. Prints its port, and a line each time the count that it was told to reach
// is reached.
import { Agent, createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { SignatureV4 } from '@smithy/signature-v4'
import { NativeSha256 } from './request-file.ts'

/** Callbacks under way at once: what a function with that concurrency would do. */
const SOCKETS_MAX = 64

interface Invocation {
  readonly CallbackId: string
  readonly ChannelMessage: { readonly ChannelArn: string; readonly MessageId: string }
}

interface Told {
  readonly url: string
  readonly region: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

let told: Told | undefined
let signer: SignatureV4 | undefined
let answeredCount = 0
let wantedCount = Infinity
const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS_MAX })

async function answer({ CallbackId, ChannelMessage }: Invocation): Promise<void> {
  if (told === undefined || signer === undefined) throw new Error('not told where the server is')
  const url = new URL(told.url)
  const { ChannelArn, MessageId } = ChannelMessage
  const path = `/channels/${encodeURIComponent(ChannelArn)}`
  const body = JSON.stringify({ CallbackId, ChannelMessage: { MessageId } })
  const { headers } = await signer.sign({
    method: 'POST',
    protocol: 'http:',
    hostname: url.hostname,
    port: Number(url.port),
    path,
    query: { operation: 'channel-flow-callback' },
    headers: {
      host: url.host,
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
    },
    body,
  })
  const status = await new Promise<number>((resolve, reject) => {
    const target = `${told?.url}${path}?operation=channel-flow-callback`
    const outgoing = httpRequest(target, { method: 'POST', agent, headers }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
  if (status !== 200) throw new Error(`the callback was answered ${status}`)
  answeredCount++
  if (answeredCount === wantedCount) console.log('reached')
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    response.end()
    answer(JSON.parse(Buffer.concat(chunks).toString()) as Invocation).catch((error: unknown) => {
      console.error(error)
      process.exit(1)
    })
  })
})
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))

createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line) as Told | { readonly count: number }
  if ('count' in message) {
    wantedCount = answeredCount + message.count
    return
  }
  told = message
  signer = new SignatureV4({ ...told, service: 'chime', sha256: NativeSha256 })
})
