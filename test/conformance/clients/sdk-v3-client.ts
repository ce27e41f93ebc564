// The AWS SDK for JavaScript v3 as a client of the core scenario.
import { ChimeSDKIdentity } from '@aws-sdk/client-chime-sdk-identity'
import { ChimeSDKMessaging } from '@aws-sdk/client-chime-sdk-messaging'
import { IAM } from '@aws-sdk/client-iam'
import { STS } from '@aws-sdk/client-sts'
import type { Credentials, Endpoint } from '../../harness/start-server.ts'
import { CallRefused, type CoreClient, type Input, type Output } from './core-client.ts'

type Methods = Readonly<Record<string, (input: Input) => Promise<Output>>>

export function openSdkV3(server: Endpoint, options: { readonly retries: boolean }): CoreClient {
  const settings = {
    endpoint: server.httpUrl,
    region: server.region,
    credentials: server.credentials,
    ...(options.retries ? {} : { maxAttempts: 1 }),
  }
  const clients = {
    messaging: new ChimeSDKMessaging(settings),
    identity: new ChimeSDKIdentity(settings),
    iam: new IAM(settings),
    sts: new STS(settings),
  }
  return {
    async call(service, operation, input = {}) {
      const name = methodOf(operation)
      try {
        return await (clients[service] as unknown as Methods)[name]!(input)
      } catch (error) {
        const { name: code, message } = error as Error
        throw new CallRefused(code, message)
      }
    },
    has: (service, operation) => Promise.resolve(methodOf(operation) in clients[service]),
    as: (credentials: Credentials) => openSdkV3({ ...server, credentials }, options),
    [Symbol.asyncDispose]() {
      for (const client of Object.values(clients)) client.destroy()
      return Promise.resolve()
    },
  }
}

const methodOf = (operation: string) => operation[0]!.toLowerCase() + operation.slice(1)
