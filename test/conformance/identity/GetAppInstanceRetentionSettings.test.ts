// Conformance of GetAppInstanceRetentionSettings.
import { expect } from 'vitest'
import { fails, failsNaming, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { arnPathCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('GetAppInstanceRetentionSettings')

const get = (AppInstanceArn: string) =>
  world.identity.getAppInstanceRetentionSettings({ AppInstanceArn })
const prepare = async () => () => get(world.appInstanceArn)

write(
  'wire',
  'inferred',
  'Given no period was ever put, when settings are read, then 200 with empty ones',
  async () => {
    const { appInstanceArn } = await world.stranger()
    expect(await succeeds(get(appInstanceArn), 200, ['AppInstanceRetentionSettings'])).toEqual({
      AppInstanceRetentionSettings: { ChannelRetentionSettings: {} },
    })
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given an ARN that is none, when settings are read, then BadRequestException',
  async () => {
    await failsNaming(get('shop'), 'AppInstanceArn')
  },
)

write(
  'authorisation',
  'inferred',
  'Given an unknown or deleted app instance or a user, when settings are read, then ForbiddenException',
  async () => {
    const { appInstanceArn: gone } = await world.stranger()
    await world.identity.deleteAppInstance({ AppInstanceArn: gone })
    const unknown = world.appInstanceArn.replace(/[^/]+$/, 'unknown')
    for (const arn of [gone, unknown, await world.user()])
      await fails(get(arn), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'doc',
  'Given a period, when settings are read, then they are those that were put, with the instant of deletion',
  async () => {
    const { appInstanceArn: AppInstanceArn } = await world.stranger()
    const put = await world.identity.putAppInstanceRetentionSettings({
      AppInstanceArn,
      AppInstanceRetentionSettings: { ChannelRetentionSettings: { RetentionDays: 30 } },
    })
    const read = await get(AppInstanceArn)
    await succeeds(get(AppInstanceArn), 200, [
      'AppInstanceRetentionSettings',
      'InitiateDeletionTimestamp',
    ])
    expect(read.AppInstanceRetentionSettings).toEqual(put.AppInstanceRetentionSettings)
    expect(read.InitiateDeletionTimestamp).toEqual(put.InitiateDeletionTimestamp)
  },
)
