// Each constraint of each operation violated once, over HTTP: implemented operations name the member
// and change nothing, the others answer 501.
import { expect } from 'vitest'
import { signedFetch } from '../harness/signed-fetch.ts'
import type { RawAnswer } from '../harness/signed-fetch.ts'
import { readRawModel, REST_SERVICES } from '../model/raw-models.ts'
import { minimalInput, violationsOf } from '../model/violations.ts'
import { casesOf } from './kit/conformance-case.ts'
import type { Json } from './kit/answers.ts'
import { requestOf, type ModelRequest } from './kit/model-request.ts'
import { isRemote, useWorld } from './kit/world.ts'

const world = useWorld()

/** What there is, as far as a faulty request could change it. */
async function everything(): Promise<unknown> {
  const { identity, messaging, appInstanceArn } = world
  const bearer = await admin()
  return [
    (await identity.listAppInstances({})).AppInstances,
    (await identity.listAppInstanceUsers({ AppInstanceArn: appInstanceArn })).AppInstanceUsers,
    (await messaging.listChannels({ AppInstanceArn: appInstanceArn, ChimeBearer: bearer }))
      .Channels,
  ]
}

let adminArn: Promise<string> | undefined
const admin = () => (adminArn ??= world.admin())

const send = (request: ModelRequest) => signedFetch(world.endpoint, request)

function expectError(answer: RawAnswer, status: number, name: string): Json {
  expect([answer.status, answer.headers['x-amzn-errortype']], answer.body).toEqual([status, name])
  return JSON.parse(answer.body) as Json
}

async function violateAll(service: 'messaging' | 'identity', operation: string): Promise<number> {
  let sent = 0
  for (const { member, rule, input } of violationsOf(service, operation)) {
    const isBearer = member === 'ChimeBearer'
    const named =
      isBearer || !('ChimeBearer' in input) ? input : { ...input, ChimeBearer: await admin() }
    const request = requestOf(service, operation, named)
    if (request === undefined) continue
    sent++
    const answer = await send(request)
    if (isBearer) {
      // evidence: proposed (behaviour 12b): any fault of the bearer is a 401
      expectError(answer, 401, 'UnauthorizedClientException')
      continue
    }
    const body = expectError(answer, 400, 'BadRequestException')
    const leaf = member.split('.').at(-1)!
    expect(body['Message'], `${member} ${rule}`).toContain(leaf)
  }
  return sent
}

for (const service of REST_SERVICES) {
  for (const operation of Object.keys(readRawModel(service).operations)) {
    // The three tag operations stand in both models and are one.
    if (service === 'identity' && operation.endsWith('Resource')) continue
    casesOf(operation)(
      'validation',
      'model',
      'Given each constraint of the model violated once, when it is sent, then BadRequestException names the member and nothing changes; or 501 while it is not implemented',
      async () => {
        if (isRemote) return
        const input = { ...minimalInput(service, operation) }
        if ('ChimeBearer' in input) input['ChimeBearer'] = await admin()
        const answer = await send(requestOf(service, operation, input)!)
        if (answer.status === 501) {
          const body = expectError(answer, 501, 'NotImplementedException')
          expect(body['message']).toContain(operation)
          return
        }
        const before = await everything()
        const sent = await violateAll(service, operation)
        expect(await everything()).toEqual(before)
        expect(sent).toBeGreaterThanOrEqual(violationsOf(service, operation).length === 0 ? 0 : 1)
      },
    )
  }
}
