// Each constraint of each operation violated once, over HTTP: the error names the member, and
// nothing changes.
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

/** The app instance in the generator's inputs. */
const SAMPLE_ARN = String(minimalInput('identity', 'DescribeAppInstance')['AppInstanceArn'])

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

function errorsOf(service: 'messaging' | 'identity', operation: string): string[] {
  const { errors = [] } = readRawModel(service).operations[operation]!
  return errors.map(({ shape }) => shape)
}

/** `input` with this world's app instance for the generator's, and a bearer who may do anything. */
async function inWorld(input: Json, keepsBearer = false): Promise<Json> {
  const text = JSON.stringify(input).replaceAll(
    `"${SAMPLE_ARN}"`,
    JSON.stringify(world.appInstanceArn),
  )
  const named = JSON.parse(text) as Json
  return keepsBearer || !('ChimeBearer' in input) ? named : { ...named, ChimeBearer: await admin() }
}

async function violateAll(service: 'messaging' | 'identity', operation: string): Promise<number> {
  let sent = 0
  for (const { member, rule, input } of violationsOf(service, operation)) {
    const isBearer = member === 'ChimeBearer'
    const request = requestOf(service, operation, await inWorld(input, isBearer))
    if (request === undefined) continue
    sent++
    const answer = await send(request)
    if (isBearer) {
      // evidence: proposed (behaviour 12b): any fault of the bearer is a 401
      expectError(answer, 401, 'UnauthorizedClientException')
      continue
    }
    // A failure that the operation's model does not list is told at the front door.
    const isListed = errorsOf(service, operation).includes('BadRequestException')
    const body = expectError(answer, 400, isListed ? 'BadRequestException' : 'ValidationException')
    const leaf = member.split('.').at(-1)!
    expect(body[isListed ? 'Message' : 'message'], `${member} ${rule}`).toContain(leaf)
  }
  return sent
}

for (const service of REST_SERVICES) {
  for (const operation of Object.keys(readRawModel(service).operations)) {
    // The three tag operations stand in both models and are one.
    if (service === 'identity' && operation.endsWith('Resource')) continue
    const write = casesOf(operation)
    write(
      'validation',
      'model',
      'Given each constraint of the model violated once, when it is sent, then BadRequestException names the member and nothing changes',
      async () => {
        if (isRemote) return
        const before = await everything()
        const sent = await violateAll(service, operation)
        expect(await everything()).toEqual(before)
        expect(sent > 0).toBe(violationsOf(service, operation).length > 0)
      },
    )
  }
}
