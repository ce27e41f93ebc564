// Stands for Google's push service on this machine: hands out access tokens to the service account
// whose key it made, and takes messages from whoever shows one.
import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { jwtVerify } from 'jose'
import type { PushData } from './app.ts'

const ACCESS_TOKEN = 'an access token of this example'

export interface Firebase extends AsyncDisposable {
  readonly url: string
  /** What Google hands out as a JSON file. */
  readonly serviceAccount: string
  /** The data of the next message to a device. */
  next(): Promise<{ readonly deviceToken: string; readonly data: PushData }>
}

interface SentMessage {
  readonly message: { readonly token: string; readonly data: PushData }
}

export async function startFirebase(): Promise<Firebase> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const received: SentMessage['message'][] = []
  let wake: (() => void) | undefined
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      answer(
        request.url ?? '',
        request.headers.authorization,
        Buffer.concat(chunks).toString(),
      ).then(
        (body) => response.end(JSON.stringify(body)),
        () => response.writeHead(401).end('{}'),
      )
    })
  })
  async function answer(path: string, authorization: string | undefined, body: string) {
    if (path === '/token') {
      await jwtVerify(new URLSearchParams(body).get('assertion') ?? '', publicKey)
      return { access_token: ACCESS_TOKEN, expires_in: 3600, token_type: 'Bearer' }
    }
    if (authorization !== `Bearer ${ACCESS_TOKEN}`) throw new Error('no access')
    received.push((JSON.parse(body) as SentMessage).message)
    wake?.()
    return { name: `projects/example/messages/${received.length}` }
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    serviceAccount: JSON.stringify({
      type: 'service_account',
      project_id: 'example',
      client_email: 'carillon@example.iam.gserviceaccount.com',
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      token_uri: `${url}/token`,
    }),
    async next() {
      for (;;) {
        const message = received.shift()
        if (message !== undefined) return { deviceToken: message.token, data: message.data }
        await new Promise<void>((resolve) => (wake = resolve))
      }
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
