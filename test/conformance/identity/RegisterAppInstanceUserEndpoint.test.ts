// Conformance of RegisterAppInstanceUserEndpoint.
import { expect } from 'vitest'
import { at, fails, failsNaming, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { pushAppOf, registerDevice } from '../kit/endpoints.ts'
import { createRecordedClients } from '../kit/recorded-clients.ts'
import { arnPathCases, bodyCases, doorCases } from '../kit/shared-cases.ts'
import { startServer } from '../../harness/start-server.ts'
import { swiftClock } from '../../harness/swift-clock.ts'
import { isRemote, unique, useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('RegisterAppInstanceUserEndpoint')

type Input = Parameters<typeof registerDevice>[2]
const register = (userArn: string, input?: Input) => registerDevice(world, userArn, input)
const describeIt = (AppInstanceUserArn: string, EndpointId: string) =>
  succeeds(
    world.identity.describeAppInstanceUserEndpoint({ AppInstanceUserArn, EndpointId }),
    200,
    ['AppInstanceUserEndpoint'],
  )
const idsOf = async (AppInstanceUserArn: string) => {
  const listed = await world.identity.listAppInstanceUserEndpoints({ AppInstanceUserArn })
  return listed.AppInstanceUserEndpoints?.map(({ EndpointId }) => EndpointId)
}
const prepare = async () => {
  const arn = await world.user()
  return () => register(arn)
}
const whole = ['AppInstanceUserArn', 'EndpointId']
const device = (DeviceToken = unique(), VoipDeviceToken?: string) => ({
  EndpointAttributes: {
    DeviceToken,
    ...(VoipDeviceToken === undefined ? {} : { VoipDeviceToken }),
  },
})

write(
  'wire',
  'model',
  'Given a device, when it is registered, then 201 with the user and an id of the server’s making',
  async () => {
    const arn = await world.user()
    const body = await succeeds(register(arn), 201, whole)
    expect(body['AppInstanceUserArn']).toBe(arn)
    expect(body['EndpointId']).toMatch(/^[0-9a-f-]{36}$/)
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)
bodyCases(write, world, prepare, 'Name')

write(
  'validation',
  'model',
  'Given no type, resource, attributes or device token, or a type that the model lacks, when it is registered, then BadRequestException names it',
  async () => {
    const arn = await world.user()
    const missing = (input: object) => register(arn, input)
    await failsNaming(missing({ Type: undefined }), 'Type')
    await failsNaming(missing({ Type: 'ADM' }), 'Type')
    await failsNaming(missing({ ResourceArn: undefined }), 'ResourceArn')
    await failsNaming(missing({ ResourceArn: 'shop' }), 'ResourceArn')
    await failsNaming(missing({ EndpointAttributes: undefined }), 'EndpointAttributes')
    await failsNaming(missing({ EndpointAttributes: {} }), 'DeviceToken')
    await failsNaming(missing({ AllowMessages: 'SOME' }), 'AllowMessages')
    expect(await idsOf(arn)).toEqual([])
  },
)
write(
  'validation',
  'model',
  'Given device tokens and a name of 1600 characters, when it is registered, then they are accepted; 1601 and empty tokens are not',
  async () => {
    const arn = await world.user()
    const longest = (letter: string) => letter.repeat(1600 - 36) + unique()
    const input = { ...device(longest('d'), longest('v')), Name: 'n'.repeat(1600) }
    await succeeds(register(arn, input), 201, whole)
    await failsNaming(register(arn, device('d'.repeat(1601))), 'DeviceToken')
    await failsNaming(register(arn, device('')), 'DeviceToken')
    await failsNaming(register(arn, device(unique(), 'v'.repeat(1601))), 'VoipDeviceToken')
    await failsNaming(register(arn, device(unique(), '')), 'VoipDeviceToken')
    await failsNaming(register(arn, { Name: 'n'.repeat(1601) }), 'Name')
  },
)
write(
  'validation',
  'doc',
  'Given a VoipDeviceToken, when it is registered as APNS, then it is accepted; as GCM it is not, and the message holds no token',
  async () => {
    const arn = await world.user()
    const input = device(unique(), unique())
    await succeeds(register(arn, { ...input, Type: 'APNS' }), 201, whole)
    await succeeds(register(arn, { ...input, Type: 'APNS_SANDBOX' }), 201, whole)
    await failsNaming(register(arn, { ...input, Type: 'GCM' }), 'VoipDeviceToken')
    const message = await fails(register(arn, { ...input, Type: 'GCM' }), 'BadRequestException')
    for (const token of Object.values(input.EndpointAttributes)) {
      expect(message).not.toContain(token)
    }
    expect(await idsOf(arn)).toHaveLength(2)
  },
)

write(
  'authorisation',
  'inferred',
  'Given an unknown or deleted user, a bot or an app instance, when a device is registered, then ForbiddenException',
  async () => {
    const gone = await world.user()
    await world.identity.deleteAppInstanceUser({ AppInstanceUserArn: gone })
    const unknown = `${world.appInstanceArn}/user/nobody`
    for (const arn of [unknown, gone, `${world.appInstanceArn}/bot/b`, world.appInstanceArn]) {
      await fails(register(arn), 'ForbiddenException')
    }
  },
)

write(
  'behaviour',
  'doc',
  'Given a registered device, when it is described, then it is ACTIVE, and gets all messages unless NONE was asked for',
  async () => {
    const arn = await world.user()
    for (const [AllowMessages, expected] of [
      [undefined, 'ALL'],
      ['ALL', 'ALL'],
      ['NONE', 'NONE'],
    ] as const) {
      const input = AllowMessages === undefined ? {} : { AllowMessages }
      const { EndpointId } = await register(arn, input)
      const body = await describeIt(arn, EndpointId!)
      expect(at(body, 'AppInstanceUserEndpoint.AllowMessages')).toBe(expected)
      expect(at(body, 'AppInstanceUserEndpoint.EndpointState')).toEqual({ Status: 'ACTIVE' })
    }
  },
)
write(
  'behaviour',
  'field',
  'Given a device of the user, when it is registered again, then ConflictException, which holds no token',
  async () => {
    const arn = await world.user()
    const input = device()
    const { EndpointId } = await register(arn, input)
    const again = { ...input, Name: 'Again' }
    const message = await fails(register(arn, again), 'ConflictException')
    expect(message).not.toContain(input.EndpointAttributes.DeviceToken)
    expect(await idsOf(arn)).toEqual([EndpointId])
    await world.identity.deregisterAppInstanceUserEndpoint({
      AppInstanceUserArn: arn,
      EndpointId: EndpointId!,
    })
    await succeeds(register(arn, again), 201, whole)
  },
)
write(
  'behaviour',
  'proposed',
  'Given a device token, when it is registered for another type or push app, then it is another device',
  async () => {
    const arn = await world.user()
    const input = device()
    await register(arn, input)
    await succeeds(register(arn, { ...input, Type: 'APNS_SANDBOX' }), 201, whole)
    await succeeds(register(arn, { ...input, ResourceArn: pushAppOf(world, 'other') }), 201, whole)
    expect(await idsOf(arn)).toHaveLength(3)
  },
)
write(
  'behaviour',
  'proposed',
  'Given a device of another user, when it is registered, then it goes over to the new user',
  async () => {
    const [before, after] = [await world.user(), await world.user()]
    const input = device()
    await register(before, input)
    const { EndpointId: kept } = await register(before)
    const { EndpointId } = await register(after, input)
    expect(await idsOf(before)).toEqual([kept])
    expect(await idsOf(after)).toEqual([EndpointId])
  },
)
write(
  'behaviour',
  'proposed',
  'Given the same device in another app instance, when it is registered, then both keep it',
  async () => {
    const arn = await world.user()
    const { userArn } = await world.stranger()
    const input = device()
    const { EndpointId } = await register(arn, input)
    await succeeds(register(userArn, input), 201, whole)
    expect(await idsOf(arn)).toEqual([EndpointId])
  },
)
write(
  'behaviour',
  'doc',
  'Given the token of an earlier call, when it is repeated, then 201 with the same id; with another body ConflictException',
  async () => {
    const arn = await world.user()
    const input = { ...device(), ClientRequestToken: unique() }
    const { EndpointId } = await register(arn, input)
    const repeated = await succeeds(register(arn, input), 201, whole)
    expect(repeated['EndpointId']).toBe(EndpointId)
    await fails(register(arn, { ...input, ...device() }), 'ConflictException')
    expect(await idsOf(arn)).toEqual([EndpointId])
  },
)
write(
  'behaviour',
  'code',
  'Given no request token on the wire, when it is registered, then it is accepted',
  async () => {
    const call = await prepare()
    const drop = (request: { body?: unknown }) => {
      const { ClientRequestToken: _token, ...rest } = JSON.parse(String(request.body)) as Record<
        string,
        unknown
      >
      request.body = JSON.stringify(rest)
    }
    await succeeds(world.altered({ beforeSigning: drop }, call), 201, whole)
  },
)
write(
  'behaviour',
  'doc',
  "Given AWS's quotas, when an eleventh device is registered, then ResourceLimitExceededException until one is deregistered",
  async () => {
    if (isRemote) return
    await using server = await startServer({
      settings: { quotas: 'aws' },
      overrides: { clock: swiftClock },
    })
    const clients = createRecordedClients({ ...server, endpoint: server.httpUrl })
    const { AppInstanceArn } = await clients.identity.createAppInstance({
      Name: 'Phones',
      ClientRequestToken: unique(),
    })
    const { AppInstanceUserArn } = await clients.identity.createAppInstanceUser({
      AppInstanceArn,
      AppInstanceUserId: 'ana',
      Name: 'Ana',
      ClientRequestToken: unique(),
    })
    const there = { ...world, ...clients }
    const one = () => registerDevice(there, AppInstanceUserArn!)
    for (let count = 1; count < 10; count++) await one()
    const { EndpointId } = await one()
    await fails(one(), 'ResourceLimitExceededException')
    await clients.identity.deregisterAppInstanceUserEndpoint({ AppInstanceUserArn, EndpointId })
    await succeeds(one(), 201, whole)
    await fails(one(), 'ResourceLimitExceededException')
    clients.destroy()
  },
)
write(
  'behaviour',
  'doc',
  'Given a user with a device, when the user is deleted and made again, then it has none, and the device is free',
  async () => {
    const arn = await world.user()
    const other = await world.user()
    const input = device()
    await register(arn, input)
    await world.identity.deleteAppInstanceUser({ AppInstanceUserArn: arn })
    await world.identity.createAppInstanceUser({
      AppInstanceArn: world.appInstanceArn,
      AppInstanceUserId: arn.slice(arn.lastIndexOf('/') + 1),
      Name: 'Again',
      ClientRequestToken: unique(),
    })
    expect(await idsOf(arn)).toEqual([])
    await succeeds(register(other, input), 201, whole)
  },
)
