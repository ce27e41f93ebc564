// The official SDK clients with an eye on the wire: each answer is kept as it came, and a test may
// change a request before or after it is signed. The clients' own behaviour stays as it is.
import { AsyncLocalStorage } from 'node:async_hooks'
import { Readable } from 'node:stream'
import { ChimeSDKIdentity } from '@aws-sdk/client-chime-sdk-identity'
import { ChimeSDKMessaging } from '@aws-sdk/client-chime-sdk-messaging'
import { IAM } from '@aws-sdk/client-iam'
import { TestRunner } from 'vitest'

declare module 'vitest' {
  interface TaskMeta {
    /** The modelled errors that the operation of a conformance case answered in it. */
    errors?: string[]
  }
}

/** A request as the SDK is about to send it. */
export interface SdkRequest {
  method: string
  path: string
  query: Record<string, string | string[] | null>
  headers: Record<string, string>
  body?: unknown
}

/** One answer as it came over the wire. */
export interface WireAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

export interface Changes {
  /** What the signature then covers. */
  readonly beforeSigning?: (request: SdkRequest) => void
  /** What the signature does not know of. */
  readonly afterSigning?: (request: SdkRequest) => void
}

export interface RecordedClients {
  readonly identity: ChimeSDKIdentity
  readonly messaging: ChimeSDKMessaging
  readonly iam: IAM
  /** Runs `call`; every request that it makes is changed on its way. */
  altered<Output>(changes: Changes, call: () => Promise<Output>): Promise<Output>
  destroy(): void
}

export interface ClientSettings {
  readonly endpoint?: string
  readonly region: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

const answers = new WeakMap<object, WireAnswer>()

/** The wire's answer to the call that gave `outcome`: an output or an error of the SDK. */
export function wireAnswerOf(outcome: object): WireAnswer {
  const answer = answers.get(outcome)
  if (answer === undefined) throw new Error('no answer came over the wire', { cause: outcome })
  return answer
}

/** Clients that do not retry, so that each answer is seen. */
export function createRecordedClients(settings: ClientSettings): RecordedClients {
  const changesOfCall = new AsyncLocalStorage<Changes>()
  const options = { ...settings, maxAttempts: 1 }
  const identity = new ChimeSDKIdentity(options)
  const messaging = new ChimeSDKMessaging(options)
  const iam = new IAM(options)
  const clients = [identity, messaging, iam]
  for (const client of clients) watch(client as unknown as Watched, changesOfCall)
  return {
    identity,
    messaging,
    iam,
    altered: (changes, call) => changesOfCall.run(changes, call),
    destroy() {
      for (const client of clients) client.destroy()
    },
  }
}

/** `client` with an eye on the wire: the errors that it meets are marked in the running case. */
export function withRecordedErrors<Client extends object>(client: Client): Client {
  watch(client as unknown as Watched, new AsyncLocalStorage<Changes>())
  return client
}

interface HttpAnswer {
  statusCode: number
  headers: Record<string, string>
  body: AsyncIterable<Uint8Array>
}

type Next = (args: { request: SdkRequest }) => Promise<{ response: HttpAnswer; output: object }>

interface CommandContext {
  /** For example `CreateChannelCommand`. */
  readonly commandName: string
}

interface Watched {
  readonly middlewareStack: {
    add(
      middleware: (next: Next, context: CommandContext) => Next,
      where: { step: string; priority: string; name: string },
    ): void
    addRelativeTo(
      middleware: (next: Next) => Next,
      where: { relation: string; toMiddleware: string; name: string },
    ): void
  }
}

function watch(client: Watched, changesOfCall: AsyncLocalStorage<Changes>): void {
  const { middlewareStack } = client
  middlewareStack.add(
    (next) => (args) => {
      const { request } = args
      if (request.body instanceof Uint8Array) request.body = new TextDecoder().decode(request.body)
      changesOfCall.getStore()?.beforeSigning?.(request)
      const { body, headers } = request
      if (typeof body === 'string') headers['content-length'] = String(Buffer.byteLength(body))
      return next(args)
    },
    { step: 'build', priority: 'low', name: 'changeBeforeSigning' },
  )
  middlewareStack.add(
    (next) => (args) => {
      changesOfCall.getStore()?.afterSigning?.(args.request)
      return next(args)
    },
    { step: 'finalizeRequest', priority: 'low', name: 'changeAfterSigning' },
  )
  middlewareStack.add(keepAnswer, { step: 'deserialize', priority: 'low', name: 'keepAnswer' })
  middlewareStack.add(nameAnswer, { step: 'deserialize', priority: 'high', name: 'nameAnswer' })
}

/** Next to the wire: reads the whole answer and hands on a copy. */
const keepAnswer =
  (next: Next, context: CommandContext): Next =>
  async (args) => {
    const result = await next(args)
    const { response } = result
    const chunks: Uint8Array[] = []
    for await (const chunk of response.body) chunks.push(chunk)
    const bytes = Buffer.concat(chunks)
    response.body = Readable.from(bytes.length === 0 ? [] : [bytes])
    const headers = Object.fromEntries(
      Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), value]),
    )
    answers.set(response, { status: response.statusCode, headers, text: bytes.toString('utf8') })
    noteError(context.commandName, headers['x-amzn-errortype'])
    return result
  }

/** Marks the running case with an error that its own operation answered. */
function noteError(commandName: string, errorType: string | undefined): void {
  const meta = TestRunner.getCurrentTest()?.meta
  if (errorType === undefined || meta?.conformance?.operation !== commandName.slice(0, -7)) return
  meta.errors = [...new Set([...(meta.errors ?? []), errorType])].toSorted()
}

/** Next to the caller: ties the answer to the output or the error that the SDK made of it. */
const nameAnswer =
  (next: Next, context: CommandContext): Next =>
  async (args) => {
    try {
      const result = await next(args)
      answers.set(result.output, wireAnswerOf(result.response))
      return result
    } catch (error) {
      const response = (error as { $response?: object }).$response
      if (response !== undefined) {
        const answer = wireAnswerOf(response)
        answers.set(error as object, answer)
        // Answers in XML have no header that names the exception.
        if (answer.headers['content-type'] === 'text/xml') {
          noteError(context.commandName, (error as Error).name)
        }
      }
      throw error
    }
  }
