// Conformance of DeregisterAppInstanceUserEndpoint.
import { expect } from 'vitest'
import { fails, failsNaming, succeedsEmpty } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { registerDevice, userWithEndpoint } from '../kit/endpoints.ts'
import { arnPathCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('DeregisterAppInstanceUserEndpoint')

const deregister = (AppInstanceUserArn: string, EndpointId: string) =>
  world.identity.deregisterAppInstanceUserEndpoint({ AppInstanceUserArn, EndpointId })
const prepare = async () => {
  const { AppInstanceUserArn, EndpointId } = await userWithEndpoint(world)
  return () => deregister(AppInstanceUserArn, EndpointId)
}

write(
  'wire',
  'model',
  'Given an endpoint, when it is deregistered, then 204 without a body',
  async () => {
    await succeedsEmpty((await prepare())())
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given an ARN that is none or an id of 65 characters, when it is deregistered, then BadRequestException',
  async () => {
    const { AppInstanceUserArn, EndpointId } = await userWithEndpoint(world)
    await failsNaming(deregister('ana', EndpointId), 'AppInstanceUserArn')
    await failsNaming(deregister(AppInstanceUserArn, 'e'.repeat(65)), 'EndpointId')
  },
)

write(
  'authorisation',
  'inferred',
  'Given an endpoint of another user, when it is deregistered, then ForbiddenException and it stays',
  async () => {
    const { AppInstanceUserArn, EndpointId } = await userWithEndpoint(world)
    await fails(deregister(await world.user(), EndpointId), 'ForbiddenException')
    await fails(deregister(`${world.appInstanceArn}/user/nobody`, EndpointId), 'ForbiddenException')
    await world.identity.describeAppInstanceUserEndpoint({ AppInstanceUserArn, EndpointId })
  },
)

write(
  'behaviour',
  'inferred',
  'Given an endpoint that was deregistered, when it is deregistered again, then ForbiddenException',
  async () => {
    const { AppInstanceUserArn, EndpointId } = await userWithEndpoint(world)
    await deregister(AppInstanceUserArn, EndpointId)
    await fails(deregister(AppInstanceUserArn, EndpointId), 'ForbiddenException')
  },
)
write(
  'behaviour',
  'doc',
  'Given two endpoints, when one is deregistered, then the other stays',
  async () => {
    const { AppInstanceUserArn, EndpointId } = await userWithEndpoint(world)
    const { EndpointId: kept } = await registerDevice(world, AppInstanceUserArn)
    await deregister(AppInstanceUserArn, EndpointId)
    const listed = await world.identity.listAppInstanceUserEndpoints({ AppInstanceUserArn })
    expect(listed.AppInstanceUserEndpoints?.map((item) => item.EndpointId)).toEqual([kept])
  },
)
