// Processors of channel flows as webhooks: they keep what they are asked, and answer the question
// itself as a case wants. What they decide is for the case to say, by ChannelFlowCallback.
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The ARNs of functions are of the server's own region and account. */
export interface FunctionScope {
  readonly region: string
  readonly accountId: string
}

/** What a processor is asked. */
export interface ProcessorEvent {
  readonly EventType: string
  readonly CallbackId: string
  readonly ChannelMessage: Readonly<Record<string, unknown>> & { readonly MessageId: string }
}

export interface Question extends ProcessorEvent {
  readonly headers: IncomingHttpHeaders
  /** The whole request, as it came. */
  readonly body: string
}

/** How a request is answered; nothing at all leaves it open. */
export type Reaction = (response: ServerResponse, question: Question) => void | Promise<void>

export interface ProcessorHost extends AsyncDisposable {
  /** For CARILLON_OUTBOUND: `function:NAME` of each name leads here. */
  readonly outboundFile: string
  /** Resolves with the `count`-th question that `name` is asked about a message. */
  question(name: string, messageId: string, count?: number): Promise<Question>
  /** All that `name` was asked about a message so far. */
  questions(name: string, messageId: string): readonly Question[]
  /** How `name` answers from now on; 200 unless something else is said. */
  react(name: string, reaction: Reaction): void
  /** Whether a signature is that of the question and of the operator's secret. */
  isSigned(question: Question): boolean
  close(): Promise<void>
}

const SECRET = 'a secret that processors and server share'
/** Where nobody listens; of privileged ports, so that nobody else takes it. */
const NOBODY_URL = 'http://127.0.0.1:9/nobody'

/** A name that leads to an address where nobody listens. */
export const NOBODY = 'nobody'

const accept: Reaction = (response) => void response.writeHead(200).end()

/** As the file of the operator writes it. */
function targetOf(url: string) {
  return { kind: 'webhook', url, secret: { file: 'secret' } }
}

export async function startProcessorHost(
  scope: FunctionScope,
  names: readonly string[],
): Promise<ProcessorHost> {
  const asked = new Map<string, Question[]>()
  const waiting = new Set<() => void>()
  const reactions = new Map<string, Reaction>()

  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      const event = JSON.parse(body) as ProcessorEvent
      const question = { ...event, headers: request.headers, body }
      const name = (request.url ?? '').slice(1)
      const key = `${name} ${event.ChannelMessage.MessageId}`
      asked.set(key, [...(asked.get(key) ?? []), question])
      const reaction = reactions.get(name) ?? accept
      Promise.resolve(reaction(response, question)).catch(() => response.destroy())
      for (const check of waiting) check()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const directory = await mkdtemp(join(tmpdir(), 'carillon-processors-'))
  const outboundFile = join(directory, 'outbound.json')
  await writeFile(join(directory, 'secret'), SECRET)
  const arnOf = (name: string) =>
    `arn:aws:lambda:${scope.region}:${scope.accountId}:function:${name}`
  const targets = names.map((name) => [arnOf(name), targetOf(`http://127.0.0.1:${port}/${name}`)])
  const processors = Object.fromEntries([
    ...targets,
    [arnOf(NOBODY), targetOf(NOBODY_URL)],
  ]) as object
  await writeFile(outboundFile, JSON.stringify({ processors }))

  const questions = (name: string, messageId: string) => asked.get(`${name} ${messageId}`) ?? []
  async function close(): Promise<void> {
    server.closeAllConnections()
    server.close()
    await rm(directory, { recursive: true, force: true })
  }

  return {
    outboundFile,
    questions,
    question: (name, messageId, count = 1) =>
      new Promise((resolve) => {
        const check = () => {
          const found = questions(name, messageId)[count - 1]
          if (found === undefined) return
          waiting.delete(check)
          resolve(found)
        }
        waiting.add(check)
        check()
      }),
    react: (name, reaction) => void reactions.set(name, reaction),
    isSigned({ headers, body }) {
      const text = `${String(headers['x-carillon-timestamp'])}.${body}`
      const expected = createHmac('sha256', SECRET).update(text).digest('hex')
      return headers['x-carillon-signature'] === `v1=${expected}`
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
