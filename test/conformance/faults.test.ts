// What no client can bring about by itself: a server that is throttled, fails, or cannot store
// anything. Every operation tells it by the typed exception, and SDKs may try again.
import * as identitySdk from '@aws-sdk/client-chime-sdk-identity'
import * as messagingSdk from '@aws-sdk/client-chime-sdk-messaging'
import { afterAll, beforeAll } from 'vitest'
import { createFaultyThrottle, type Fault } from '../harness/faulty-throttle.ts'
import { startServer, type TestServer } from '../harness/start-server.ts'
import { readRawModel, REST_SERVICES } from '../model/raw-models.ts'
import { minimalInput } from '../model/violations.ts'
import { fails, type ExceptionName } from './kit/answers.ts'
import { casesOf } from './kit/conformance-case.ts'
import { createRecordedClients, type RecordedClients } from './kit/recorded-clients.ts'
import { isRemote } from './kit/world.ts'

const FAULTS: readonly (readonly [ExceptionName, string, Fault])[] = [
  [
    'ThrottledClientException',
    'Given a rate that is exceeded, when it is called, then 429 ThrottledClientException',
    'throttled',
  ],
  [
    'ServiceFailureException',
    'Given a server that fails, when it is called, then 500 ServiceFailureException',
    'failing',
  ],
  [
    'ServiceUnavailableException',
    'Given a store that cannot write, when it is called, then 503 ServiceUnavailableException',
    'out of store',
  ],
]

let server: TestServer
let clients: RecordedClients
let bearer: string
const faulty = createFaultyThrottle()

beforeAll(async () => {
  server = await startServer({ overrides: { throttle: faulty.throttle } })
  const { region, credentials, httpUrl: endpoint } = server
  clients = createRecordedClients({ region, credentials, endpoint })
  const { AppInstanceArn } = await clients.identity.createAppInstance({
    Name: 'Faults',
    ClientRequestToken: 'faults',
  })
  const created = await clients.identity.createAppInstanceUser({
    AppInstanceArn,
    AppInstanceUserId: 'ana',
    Name: 'Ana',
    ClientRequestToken: 'ana',
  })
  bearer = created.AppInstanceUserArn!
})

afterAll(async () => {
  clients.destroy()
  await server.stop()
})

/** The call that the SDK makes of the smallest valid input. */
async function call(service: (typeof REST_SERVICES)[number], operation: string): Promise<object> {
  const sdk = service === 'messaging' ? messagingSdk : identitySdk
  const Command = (sdk as unknown as Record<string, new (input: object) => object>)[
    `${operation}Command`
  ]!
  const sample = minimalInput(service, operation)
  const appInstance = bearer.slice(0, bearer.lastIndexOf('/user/'))
  const input = {
    ...sample,
    ...('ChannelArn' in sample ? { ChannelArn: `${appInstance}/channel/lobby` } : {}),
    ...('AppInstanceArn' in sample ? { AppInstanceArn: appInstance } : {}),
    ChimeBearer: bearer,
  }
  const client: { send(command: object): Promise<object> } =
    service === 'messaging' ? clients.messaging : clients.identity
  return client.send(new Command(input))
}

for (const service of REST_SERVICES) {
  for (const operation of Object.keys(readRawModel(service).operations)) {
    // The three tag operations stand in both models and are one.
    if (service === 'identity' && /^(Tag|Untag|ListTagsFor)Resource$/.test(operation)) continue
    const listed = readRawModel(service).operations[operation]!.errors ?? []
    const write = casesOf(operation)
    for (const [name, title, fault] of FAULTS) {
      if (!listed.some(({ shape }) => shape === name)) continue
      write('behaviour', 'model', title, async () => {
        if (isRemote) return
        await faulty.during(fault, () => fails(call(service, operation), name))
      })
    }
  }
}
