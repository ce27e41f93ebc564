// A Carillon of its own for an example: in a new directory, on free ports, gone at the end. The
// clients are AWS's, with nothing but the endpoint changed.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { ChimeSDKIdentity } from '@aws-sdk/client-chime-sdk-identity'
import { ChimeSDKMessaging } from '@aws-sdk/client-chime-sdk-messaging'

const PROGRAM = path.join(import.meta.dirname, '../../src/main.ts')

export const REGION = 'us-east-1'
export const ACCOUNT_ID = '000000000000'
export const CREDENTIALS = {
  accessKeyId: 'AKIAEXAMPLEEXAMPLE00',
  secretAccessKey: 'an-example-that-runs-on-this-machine-only',
} as const

export interface Carillon extends AsyncDisposable {
  /** `http://127.0.0.1:port`. */
  readonly url: string
  readonly identity: ChimeSDKIdentity
  readonly messaging: ChimeSDKMessaging
}

export interface CarillonOptions {
  /** Where things may go that leave the server: the contents of the file CARILLON_OUTBOUND. */
  readonly outbound?: object
  /** Further variables of its environment. */
  readonly environment?: Readonly<Record<string, string>>
}

/** Starts a server; resolves when it answers. */
export async function startCarillon(options: CarillonOptions = {}): Promise<Carillon> {
  const directory = await mkdtemp(path.join(tmpdir(), 'carillon-example-'))
  const mapping = path.join(directory, 'outbound.json')
  await writeFile(mapping, JSON.stringify(options.outbound ?? {}))
  const server = spawn(process.execPath, [PROGRAM, 'serve', '--stop-with-stdin'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...process.env,
      CARILLON_LISTEN: '127.0.0.1:0',
      CARILLON_LISTEN_TLS: 'off',
      CARILLON_DATA_DIR: path.join(directory, 'data'),
      CARILLON_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      CARILLON_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      CARILLON_LOG_LEVEL: 'error',
      CARILLON_OUTBOUND: mapping,
      ...options.environment,
    },
  })
  const exited = once(server, 'exit')
  async function stop(): Promise<void> {
    server.kill('SIGTERM')
    await exited
    await rm(directory, { recursive: true })
  }
  const url = await addressOf(server.stdout)
  if (url === undefined) {
    await stop()
    throw new Error('the server did not start; its reason is above')
  }
  const client = { endpoint: url, region: REGION, credentials: CREDENTIALS }
  return {
    url,
    identity: new ChimeSDKIdentity(client),
    messaging: new ChimeSDKMessaging(client),
    [Symbol.asyncDispose]: stop,
  }
}

/** The address in the line that begins with `ready`; undefined when there is none. */
async function addressOf(output: NodeJS.ReadableStream): Promise<string | undefined> {
  for await (const line of createInterface(output)) {
    const address = /^ready (http:\S+)/.exec(line)?.[1]
    if (address === undefined) continue
    // What comes after is read by nobody, and must not fill the pipe.
    output.resume()
    return address
  }
  return undefined
}

/** An app instance with users of these names, by their names. */
export async function createUsers<Name extends string>(
  { identity }: Carillon,
  ...names: readonly Name[]
): Promise<{ readonly appInstanceArn: string; readonly arns: Readonly<Record<Name, string>> }> {
  const { AppInstanceArn } = await identity.createAppInstance({ Name: 'example' })
  const pairs: [string, string][] = []
  for (const name of names) {
    const { AppInstanceUserArn = '' } = await identity.createAppInstanceUser({
      AppInstanceArn,
      AppInstanceUserId: name.toLowerCase(),
      Name: name,
    })
    pairs.push([name, AppInstanceUserArn])
  }
  return {
    appInstanceArn: AppInstanceArn ?? '',
    arns: Object.fromEntries(pairs) as Record<Name, string>,
  }
}
