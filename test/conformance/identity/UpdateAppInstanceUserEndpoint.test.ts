// Conformance of UpdateAppInstanceUserEndpoint.
import { expect } from 'vitest'
import { at, expectEpochSeconds, fails, failsNaming, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { userWithEndpoint } from '../kit/endpoints.ts'
import { arnPathCases, bodyCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('UpdateAppInstanceUserEndpoint')

interface Place {
  readonly AppInstanceUserArn: string
  readonly EndpointId: string
}
const update = (place: Place, input: object = {}) =>
  world.identity.updateAppInstanceUserEndpoint({ ...place, Name: 'Tablet', ...input })
const read = (place: Place) =>
  succeeds(world.identity.describeAppInstanceUserEndpoint({ ...place }), 200, [
    'AppInstanceUserEndpoint',
  ])
const prepare = async () => {
  const place = await userWithEndpoint(world)
  return () => update(place)
}
const whole = ['AppInstanceUserArn', 'EndpointId']

write(
  'wire',
  'model',
  'Given an endpoint, when it is updated, then 200 with only the user and the id',
  async () => {
    const place = await userWithEndpoint(world)
    expect(await succeeds(update(place), 200, whole)).toEqual(place)
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)
bodyCases(write, world, prepare, 'Name')

write(
  'validation',
  'model',
  'Given a name of 1600 characters, when it is updated, then it is accepted; 1601 and a wrong AllowMessages are not',
  async () => {
    const place = await userWithEndpoint(world)
    await succeeds(update(place, { Name: 'n'.repeat(1600) }), 200, whole)
    await failsNaming(update(place, { Name: 'n'.repeat(1601) }), 'Name')
    await failsNaming(update(place, { AllowMessages: 'SOME' }), 'AllowMessages')
    expect(at(await read(place), 'AppInstanceUserEndpoint.Name')).toBe('n'.repeat(1600))
  },
)

write(
  'authorisation',
  'inferred',
  'Given an unknown endpoint, one of another user or an unknown user, when it is updated, then ForbiddenException',
  async () => {
    const place = await userWithEndpoint(world)
    const other = await world.user()
    for (const wrong of [
      { ...place, EndpointId: 'unknown' },
      { ...place, AppInstanceUserArn: other },
      { ...place, AppInstanceUserArn: `${world.appInstanceArn}/user/nobody` },
      { ...place, AppInstanceUserArn: world.appInstanceArn },
    ]) {
      await fails(update(wrong), 'ForbiddenException')
    }
    expect(at(await read(place), 'AppInstanceUserEndpoint.Name')).toBeUndefined()
  },
)

write(
  'behaviour',
  'doc',
  'Given name and AllowMessages, when it is updated, then both are read, the rest stays and LastUpdatedTimestamp moves',
  async () => {
    const place = await userWithEndpoint(world, { Name: 'Phone' })
    const before = await read(place)
    await update(place, { Name: '', AllowMessages: 'NONE' })
    const after = await read(place)
    const {
      LastUpdatedTimestamp: updatedBefore,
      Name: _name,
      AllowMessages: _allow,
      ...rest
    } = before['AppInstanceUserEndpoint'] as Record<string, unknown>
    expect(after['AppInstanceUserEndpoint']).toMatchObject({
      ...rest,
      Name: '',
      AllowMessages: 'NONE',
    })
    const updatedAfter = at(after, 'AppInstanceUserEndpoint.LastUpdatedTimestamp')
    expect(expectEpochSeconds(updatedAfter)).toBeGreaterThan(expectEpochSeconds(updatedBefore))
  },
)
write(
  'behaviour',
  'proposed',
  'Given only one of name and AllowMessages, when it is updated, then the other stays',
  async () => {
    const place = await userWithEndpoint(world, { Name: 'Phone', AllowMessages: 'NONE' })
    await update(place, { Name: 'Tablet' })
    expect(at(await read(place), 'AppInstanceUserEndpoint.AllowMessages')).toBe('NONE')
    await update(place, { Name: undefined, AllowMessages: 'ALL' })
    const body = await read(place)
    expect(at(body, 'AppInstanceUserEndpoint.Name')).toBe('Tablet')
    expect(at(body, 'AppInstanceUserEndpoint.AllowMessages')).toBe('ALL')
  },
)
