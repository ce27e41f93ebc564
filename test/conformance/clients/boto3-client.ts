// boto3 as a client of the core scenario: one Python process that makes the calls one by one.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Credentials, Endpoint } from '../../harness/start-server.ts'
import { childEnvironment } from './child-environment.ts'
import { CallRefused, type CoreClient, type Output, type Service } from './core-client.ts'

const script = fileURLToPath(new URL('../python/calls.py', import.meta.url))

interface Answer {
  readonly output?: Output
  readonly code?: string
  readonly class?: string
  readonly message?: string
}

export function openBoto3(server: Endpoint, options: { readonly retries: boolean }): CoreClient {
  const child = spawn('python3', [script, server.httpUrl], {
    env: childEnvironment(server, options.retries),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const waiting: PromiseWithResolvers<Answer>[] = []
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  createInterface({ input: child.stdout }).on('line', (line) =>
    waiting.shift()?.resolve(JSON.parse(line) as Answer),
  )
  const exited = once(child, 'exit')
  child.on('exit', () => {
    for (const { reject } of waiting) reject(new Error(`boto3 ended: ${errors}`))
  })

  function ask(request: object): Promise<Answer> {
    if (child.exitCode !== null) return Promise.reject(new Error(`boto3 ended: ${errors}`))
    const asked = Promise.withResolvers<Answer>()
    waiting.push(asked)
    child.stdin.write(`${JSON.stringify(request)}\n`)
    return asked.promise
  }

  async function call(
    service: Service,
    operation: string,
    input: object,
    credentials: object | null,
  ): Promise<Output> {
    const request = { service, operation, input, credentials }
    const { output, code, message = '', class: typed } = await ask(request)
    if (output !== undefined) return output
    throw new CallRefused(typed === 'ClientError' ? (code ?? '') : (typed ?? ''), message)
  }

  const has = async (service: Service, operation: string) =>
    (await ask({ service, operation, input: null, credentials: null })).output !== undefined
  const clientOf = (credentials: object | null, end: () => Promise<void>): CoreClient => ({
    call: (service, operation, input = {}) => call(service, operation, input, credentials),
    has,
    as: ({ accessKeyId, secretAccessKey, sessionToken }: Credentials) =>
      clientOf(
        {
          aws_access_key_id: accessKeyId,
          aws_secret_access_key: secretAccessKey,
          aws_session_token: sessionToken ?? null,
        },
        () => Promise.resolve(),
      ),
    [Symbol.asyncDispose]: end,
  })
  return clientOf(null, async () => {
    child.stdin.end()
    if (child.exitCode === null) await exited
  })
}
