// Conformance of UpdateAppInstance.
import { expect } from 'vitest'
import { at, expectEpochSeconds, fails, failsNaming, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { arnPathCases, bodyCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('UpdateAppInstance')

const update = (input: object = {}) =>
  world.identity.updateAppInstance({
    AppInstanceArn: world.appInstanceArn,
    Name: 'Conformance',
    Metadata: '',
    ...input,
  })
const prepare = async () => () => update()

write(
  'wire',
  'model',
  'Given name and metadata, when it is updated, then 200 with only the ARN',
  async () => {
    const body = await succeeds(update(), 200, ['AppInstanceArn'])
    expect(body['AppInstanceArn']).toBe(world.appInstanceArn)
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)
bodyCases(write, world, prepare, 'Name')

write(
  'validation',
  'model',
  'Given a missing name or metadata, when it is updated, then BadRequestException names it',
  async () => {
    await failsNaming(update({ Name: undefined }), 'Name')
    await failsNaming(update({ Metadata: undefined }), 'Metadata')
  },
)
write(
  'validation',
  'model',
  'Given a name of 256 characters, when it is updated, then it is accepted; 0 and 257 are not',
  async () => {
    await succeeds(update({ Name: 'S'.repeat(256) }), 200, ['AppInstanceArn'])
    await failsNaming(update({ Name: '' }), 'Name')
    await failsNaming(update({ Name: 'S'.repeat(257) }), 'Name')
  },
)
write(
  'validation',
  'proposed',
  'Given metadata of 1024 bytes, when it is updated, then it is accepted; 1025 bytes are not',
  async () => {
    await succeeds(update({ Metadata: 'ü'.repeat(512) }), 200, ['AppInstanceArn'])
    await failsNaming(update({ Metadata: 'ü'.repeat(512) + 'm' }), 'Metadata')
  },
)

write(
  'authorisation',
  'inferred',
  'Given an unknown app instance, when it is updated, then ForbiddenException',
  async () => {
    const AppInstanceArn = world.appInstanceArn.replace(/[^/]+$/, 'unknown')
    await fails(update({ AppInstanceArn }), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'doc',
  'Given a new name and metadata, when it is updated, then both are read and LastUpdatedTimestamp moves',
  async () => {
    const before = await succeeds(
      world.identity.describeAppInstance({ AppInstanceArn: world.appInstanceArn }),
      200,
      ['AppInstance'],
    )
    await update({ Name: 'Renamed', Metadata: 'new' })
    const after = await succeeds(
      world.identity.describeAppInstance({ AppInstanceArn: world.appInstanceArn }),
      200,
      ['AppInstance'],
    )
    expect(at(after, 'AppInstance.Name')).toBe('Renamed')
    expect(at(after, 'AppInstance.Metadata')).toBe('new')
    expect(at(after, 'AppInstance.CreatedTimestamp')).toBe(
      at(before, 'AppInstance.CreatedTimestamp'),
    )
    expect(expectEpochSeconds(at(after, 'AppInstance.LastUpdatedTimestamp'))).toBeGreaterThan(
      expectEpochSeconds(at(before, 'AppInstance.LastUpdatedTimestamp')),
    )
  },
)
write(
  'behaviour',
  'doc',
  'Given empty metadata, when it is updated, then the metadata is gone or empty',
  async () => {
    await update({ Metadata: 'something' })
    await update({ Metadata: '' })
    const { AppInstance } = await world.identity.describeAppInstance({
      AppInstanceArn: world.appInstanceArn,
    })
    expect(AppInstance?.Metadata ?? '').toBe('')
  },
)
