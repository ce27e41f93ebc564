// An endpoint of Lambda's Invoke API that is not ours: serverless-offline's, which runs functions
// in workers as Lambda does. On loopback.
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The part of serverless-offline that is used here, which comes without types. */
interface LambdaServer {
  create(
    functions: readonly {
      readonly functionKey: string
      readonly functionDefinition: {
        readonly handler: string
        readonly name: string
        readonly environment: Readonly<Record<string, string>>
      }
    }[],
  ): void
  start(): Promise<void>
  stop(timeoutMs: number): Promise<void>
  cleanup(): Promise<void>
}

/** Not a literal, which the compiler would look for types of. */
const LIBRARY: string = 'serverless-offline/lambda'

export interface LambdaFunction {
  readonly name: string
  /** A module whose export `handler` is the function. */
  readonly module: URL
}

export interface LambdaEndpoint extends AsyncDisposable {
  /** For AWS_ENDPOINT_URL_LAMBDA. */
  readonly url: string
  /** Of each function, read when it is first invoked. */
  readonly environment: Record<string, string>
  close(): Promise<void>
}

const STOP_MS = 1_000

export async function startLambdaEndpoint(
  functions: readonly LambdaFunction[],
): Promise<LambdaEndpoint> {
  const directory = await mkdtemp(join(tmpdir(), 'carillon-lambda-'))
  const environment: Record<string, string> = {}
  const port = await freePort()
  const provider = { region: 'us-east-1', runtime: 'nodejs24.x', environment: {} }
  const { default: Lambda } = (await import(LIBRARY)) as {
    default: new (serverless: object, options: object) => LambdaServer
  }
  const lambda = new Lambda(
    {
      config: { serverlessPath: '', servicePath: directory },
      service: { service: 'processors', provider, package: {} },
      serviceDir: directory,
    },
    { host: '127.0.0.1', lambdaPort: port, terminateIdleLambdaTime: 600 },
  )
  for (const { name, module } of functions) {
    const file = `${name}.mjs`
    await writeFile(
      join(directory, file),
      `export { handler } from ${JSON.stringify(module.href)}\n`,
    )
    const handler = `${name}.handler`
    lambda.create([{ functionKey: name, functionDefinition: { handler, name, environment } }])
  }
  await lambda.start()
  const close = async () => {
    await lambda.stop(STOP_MS)
    await lambda.cleanup()
    await rm(directory, { recursive: true, force: true })
  }
  return {
    url: `http://127.0.0.1:${port}`,
    environment,
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** It wants to be told its port. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
