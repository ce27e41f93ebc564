// Asks a server for its overview, signed by the root credential. Never fails: a server that is away
// or refuses is an answer, too.
import { Agent, request as plainRequest, type IncomingMessage } from 'node:http'
import { Agent as TlsAgent, request as tlsRequest } from 'node:https'
import { getCACertificates } from 'node:tls'
import type { Clock } from '../base/clock.ts'
import { OVERVIEW_PATH, OVERVIEW_VERSION, type ServerOverview } from '../domain/overview.ts'
import { signHeaders } from '../protocol/sigv4/sign-headers.ts'
import type { OverviewQuery } from './view.ts'

/** Longer than a server that still serves takes; a person who waits wants to be told. */
const ANSWER_MS_MAX = 5_000
/** An overview of 1,000 sub-channels has some 150 kB. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024

export interface OverviewClientOptions {
  /** Scheme, host and port. */
  readonly endpoint: URL
  readonly region: string
  readonly credential: { readonly accessKeyId: string; readonly secretAccessKey: string }
  /** PEM of an authority that is trusted beside the usual ones. */
  readonly authority: string | undefined
  readonly clock: Clock
}

/** `trouble` says to a person why there is no overview. */
export type OverviewAnswer = { readonly overview: ServerOverview } | { readonly trouble: string }

export interface OverviewClient {
  ask(query: OverviewQuery): Promise<OverviewAnswer>
  close(): void
}

/** One for each server that is watched; it keeps one connection. */
export function createOverviewClient(options: OverviewClientOptions): OverviewClient {
  const { endpoint, authority } = options
  const isTls = endpoint.protocol === 'https:'
  const agent = isTls
    ? new TlsAgent({
        keepAlive: true,
        ...(authority === undefined ? {} : { ca: [...getCACertificates('default'), authority] }),
      })
    : new Agent({ keepAlive: true })
  return {
    async ask(query) {
      try {
        const { status, body } = await exchange(options, agent, queryText(query))
        return readAnswer(status, body)
      } catch (error) {
        return { trouble: `The server is away: ${reasonOf(error)}` }
      }
    },
    close: () => agent.destroy(),
  }
}

function queryText({ channelArn, after }: OverviewQuery): string {
  if (channelArn === undefined) return ''
  const channel = `channel=${encodeURIComponent(channelArn)}`
  return after === undefined ? channel : `${channel}&after=${encodeURIComponent(after)}`
}

function exchange(
  { endpoint, region, credential, clock }: OverviewClientOptions,
  agent: Agent,
  rawQuery: string,
): Promise<{ readonly status: number; readonly body: string }> {
  const target = { method: 'GET', rawPath: OVERVIEW_PATH, rawQuery, host: endpoint.host }
  const headers = signHeaders(target, {
    ...credential,
    region,
    service: 'chime',
    nowMs: clock.now(),
  })
  const url = new URL(OVERVIEW_PATH + (rawQuery === '' ? '' : `?${rawQuery}`), endpoint)
  const send = endpoint.protocol === 'https:' ? tlsRequest : plainRequest
  return new Promise((resolve, reject) => {
    let isAnswered = false
    const request = send(url, { agent, headers })
    const timer = clock.after(ANSWER_MS_MAX, () => {
      request.destroy(new Error(`no answer within ${ANSWER_MS_MAX / 1_000} seconds`))
    })
    request.on('error', reject)
    request.on('response', (response) => {
      isAnswered = true
      collect(response).then(
        (body) => resolve({ status: response.statusCode ?? 0, body }),
        (error: unknown) => {
          request.destroy()
          reject(error instanceof Error ? error : new Error(String(error)))
        },
      )
    })
    request.on('close', () => {
      timer.cancel()
      // One that has an answer is settled by it.
      if (!isAnswered) reject(new Error('the connection was closed'))
    })
    request.end()
  })
}

async function collect(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > ANSWER_BYTES_MAX) throw new Error('its answer is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function readAnswer(status: number, body: string): OverviewAnswer {
  const answer = parseObject(body)
  if (status !== 200) {
    const { message } = answer
    const why = typeof message === 'string' ? message : `status ${status}`
    return { trouble: `The server refuses: ${why.replace(/\.$/, '')}` }
  }
  if (!isOverview(answer)) {
    return { trouble: 'The server answers in a form that this program does not know' }
  }
  return { overview: answer as unknown as ServerOverview }
}

/** Whether it is of the form that is drawn from, as far as its top level shows. */
function isOverview(answer: Readonly<Record<string, unknown>>): boolean {
  if (answer['version'] !== OVERVIEW_VERSION) return false
  const objects = ['totals', 'queues', 'eventLoop', 'memory'].map((name) => answer[name])
  const lists = ['elasticChannels', 'plainChannels'].map((name) => answer[name])
  return (
    objects.every((each) => typeof each === 'object' && each !== null) && lists.every(Array.isArray)
  )
}

/** Empty for what is no JSON, or no object. */
function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(text) as unknown
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** Node names several addresses that were tried by one error without a message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = error as NodeJS.ErrnoException
  return error.message === '' ? (code ?? error.name) : error.message
}
