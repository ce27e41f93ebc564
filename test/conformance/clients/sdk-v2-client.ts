// The AWS SDK for JavaScript v2 (`aws-sdk`) as a client of the core scenario.
import ChimeSDKIdentity from 'aws-sdk/clients/chimesdkidentity.js'
import ChimeSDKMessaging from 'aws-sdk/clients/chimesdkmessaging.js'
import IAM from 'aws-sdk/clients/iam.js'
import STS from 'aws-sdk/clients/sts.js'
import type { Credentials, Endpoint } from '../../harness/start-server.ts'
import { CallRefused, type CoreClient, type Input, type Output } from './core-client.ts'

interface Request {
  promise(): Promise<Output>
}
/** The SDK shows the code of a modelled error's body, not the name of the exception. */
// evidence: sdk aws-sdk lib/protocol/json.js
const CODES: Readonly<Record<string, string>> = {
  BadRequest: 'BadRequestException',
  Conflict: 'ConflictException',
  Forbidden: 'ForbiddenException',
  NotFound: 'NotFoundException',
  ResourceLimitExceeded: 'ResourceLimitExceededException',
  Throttled: 'ThrottledClientException',
  Unauthorized: 'UnauthorizedClientException',
}

type Methods = Readonly<Record<string, (input: Input) => Request>>

export function openSdkV2(server: Endpoint, options: { readonly retries: boolean }): CoreClient {
  const settings = {
    endpoint: server.httpUrl,
    region: server.region,
    ...server.credentials,
    ...(options.retries ? {} : { maxRetries: 0 }),
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
        return await (clients[service] as unknown as Methods)[name]!(input).promise()
      } catch (error) {
        const { code, message } = error as Error & { code: string }
        throw new CallRefused(CODES[code] ?? code, message)
      }
    },
    has: (service, operation) => Promise.resolve(methodOf(operation) in clients[service]),
    as: (credentials: Credentials) => openSdkV2({ ...server, credentials }, options),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

const methodOf = (operation: string) => operation[0]!.toLowerCase() + operation.slice(1)
