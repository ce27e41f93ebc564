// Conformance of DescribeAppInstanceUserEndpoint.
import { expect } from 'vitest'
import { expectEpochSeconds, fails, failsNaming, succeeds, type Json } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { pushAppOf, userWithEndpoint } from '../kit/endpoints.ts'
import { arnPathCases, doorCases } from '../kit/shared-cases.ts'
import { unique, useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('DescribeAppInstanceUserEndpoint')

const describeIt = (AppInstanceUserArn: string, EndpointId: string) =>
  world.identity.describeAppInstanceUserEndpoint({ AppInstanceUserArn, EndpointId })
const prepare = async () => {
  const { AppInstanceUserArn, EndpointId } = await userWithEndpoint(world)
  return () => describeIt(AppInstanceUserArn, EndpointId)
}
const whole = ['AppInstanceUserEndpoint']

write(
  'wire',
  'model',
  'Given an endpoint without a name, when it is described, then 200, epoch seconds, no Name and no StatusReason',
  async () => {
    const DeviceToken = unique()
    const input = { Type: 'GCM', EndpointAttributes: { DeviceToken } } as const
    const { AppInstanceUserArn, EndpointId } = await userWithEndpoint(world, input)
    const body = await succeeds(describeIt(AppInstanceUserArn, EndpointId), 200, whole)
    const { CreatedTimestamp, LastUpdatedTimestamp, ...rest } = body[
      'AppInstanceUserEndpoint'
    ] as Json
    expect(rest).toEqual({
      AppInstanceUserArn,
      EndpointId,
      Type: 'GCM',
      ResourceArn: pushAppOf(world),
      EndpointAttributes: { DeviceToken },
      AllowMessages: 'ALL',
      EndpointState: { Status: 'ACTIVE' },
    })
    expect(expectEpochSeconds(LastUpdatedTimestamp)).toBe(expectEpochSeconds(CreatedTimestamp))
  },
)
write(
  'wire',
  'model',
  'Given a name and a VoipDeviceToken, when it is described, then they are as they were given',
  async () => {
    const EndpointAttributes = { DeviceToken: unique(), VoipDeviceToken: unique() }
    const input = { Name: '📱', EndpointAttributes }
    const { AppInstanceUserArn, EndpointId } = await userWithEndpoint(world, input)
    const body = await succeeds(describeIt(AppInstanceUserArn, EndpointId), 200, whole)
    expect(body['AppInstanceUserEndpoint']).toMatchObject({ ...input, Type: 'APNS' })
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given an id of 65 characters, when it is described, then BadRequestException',
  async () => {
    await failsNaming(describeIt(await world.user(), 'e'.repeat(65)), 'EndpointId')
  },
)

write(
  'authorisation',
  'inferred',
  'Given an unknown endpoint, one of another user or of a deleted one, when it is described, then ForbiddenException',
  async () => {
    const { AppInstanceUserArn, EndpointId } = await userWithEndpoint(world)
    await fails(describeIt(AppInstanceUserArn, 'unknown'), 'ForbiddenException')
    await fails(describeIt(await world.user(), EndpointId), 'ForbiddenException')
    await fails(describeIt('ana', EndpointId), 'ForbiddenException')
    await world.identity.deleteAppInstanceUser({ AppInstanceUserArn })
    await fails(describeIt(AppInstanceUserArn, EndpointId), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'doc',
  'Given an endpoint that was deregistered, when it is described, then ForbiddenException',
  async () => {
    const place = await userWithEndpoint(world)
    await world.identity.deregisterAppInstanceUserEndpoint({ ...place })
    await fails(describeIt(place.AppInstanceUserArn, place.EndpointId), 'ForbiddenException')
  },
)
