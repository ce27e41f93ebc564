// Conformance of ListAppInstanceUserEndpoints.
import { expect } from 'vitest'
import { fails, failsNaming, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { registerDevice, userWithEndpoint } from '../kit/endpoints.ts'
import {
  arnPathCases,
  doorCases,
  pagingBehaviourCases,
  pagingValidationCases,
  type PagedList,
} from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('ListAppInstanceUserEndpoints')

const listOf = (AppInstanceUserArn: string, page: object = {}) =>
  world.identity.listAppInstanceUserEndpoints({ AppInstanceUserArn, ...page })
const whole = ['AppInstanceUserEndpoints']

const listing: PagedList = {
  member: 'AppInstanceUserEndpoints',
  others: [],
  keyOf: (item) => String(item['EndpointId']),
  async prepare() {
    const [arn, other] = [await world.user(), await world.user()]
    const keys: string[] = []
    while (keys.length < 5) keys.push((await registerDevice(world, arn)).EndpointId!)
    return { keys, list: (page) => listOf(arn, page), foreign: (page) => listOf(other, page) }
  },
}

write(
  'wire',
  'model',
  'Given an endpoint, when endpoints are listed, then 200 with a summary that tells nothing of the device',
  async () => {
    const { AppInstanceUserArn, EndpointId } = await userWithEndpoint(world, { Name: 'Phone' })
    const body = await succeeds(listOf(AppInstanceUserArn), 200, whole)
    expect(body['AppInstanceUserEndpoints']).toEqual([
      {
        AppInstanceUserArn,
        EndpointId,
        Name: 'Phone',
        Type: 'APNS',
        AllowMessages: 'ALL',
        EndpointState: { Status: 'ACTIVE' },
      },
    ])
  },
)
write(
  'wire',
  'code',
  'Given no endpoints, when they are listed, then the list is there and empty',
  async () => {
    const body = await succeeds(listOf(await world.user()), 200, whole)
    expect(body['AppInstanceUserEndpoints']).toEqual([])
  },
)
const prepare = async () => {
  const arn = await world.user()
  return () => listOf(arn)
}
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given an ARN that is none, when endpoints are listed, then BadRequestException',
  async () => {
    await failsNaming(listOf('ana!'), 'AppInstanceUserArn')
  },
)
pagingValidationCases(write, listing)

write(
  'authorisation',
  'inferred',
  'Given an unknown or deleted user, when endpoints are listed, then ForbiddenException',
  async () => {
    const { AppInstanceUserArn } = await userWithEndpoint(world)
    await world.identity.deleteAppInstanceUser({ AppInstanceUserArn })
    await fails(listOf(AppInstanceUserArn), 'ForbiddenException')
    await fails(listOf(`${world.appInstanceArn}/user/nobody`), 'ForbiddenException')
  },
)

pagingBehaviourCases(write, listing)
write(
  'behaviour',
  'proposed',
  'Given devices of two users, when one lists its own, then they come oldest first and without those of the other',
  async () => {
    const { keys, list } = await listing.prepare()
    await userWithEndpoint(world)
    const { AppInstanceUserEndpoints } = (await list({})) as Awaited<ReturnType<typeof listOf>>
    const found = AppInstanceUserEndpoints?.map(({ EndpointId }) => EndpointId)
    expect(found?.toSorted()).toEqual([...keys].toSorted())
    expect(found?.[0]).toBe(keys[0])
  },
)
