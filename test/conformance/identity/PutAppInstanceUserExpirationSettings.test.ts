// Conformance of PutAppInstanceUserExpirationSettings. That the user is deleted when its time has
// come is background work and has tests of its own.
import { expect } from 'vitest'
import { at, fails, failsNaming, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { arnPathCases, bodyCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('PutAppInstanceUserExpirationSettings')

const inDays = (ExpirationDays: number) => ({
  ExpirationDays,
  ExpirationCriterion: 'CREATED_TIMESTAMP' as const,
})
const put = (AppInstanceUserArn: string, ExpirationSettings: object | undefined) =>
  world.identity.putAppInstanceUserExpirationSettings({
    AppInstanceUserArn,
    ...(ExpirationSettings === undefined
      ? {}
      : { ExpirationSettings: ExpirationSettings as ReturnType<typeof inDays> }),
  })
const read = async (AppInstanceUserArn: string) => {
  const body = await world.identity.describeAppInstanceUser({ AppInstanceUserArn })
  return body.AppInstanceUser
}
const prepare = async () => {
  const arn = await world.user()
  return () => put(arn, inDays(7))
}
const whole = ['AppInstanceUserArn', 'ExpirationSettings']

write(
  'wire',
  'model',
  'Given settings, when they are put, then 200 with the user and the settings',
  async () => {
    const arn = await world.user()
    expect(await succeeds(put(arn, inDays(7)), 200, whole)).toEqual({
      AppInstanceUserArn: arn,
      ExpirationSettings: { ExpirationDays: 7, ExpirationCriterion: 'CREATED_TIMESTAMP' },
    })
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)
bodyCases(write, world, prepare, undefined)

write(
  'validation',
  'model',
  'Given 1 or 5475 days, when they are put, then they are accepted; 0, 5476, another criterion and half of the settings are not, and change nothing',
  async () => {
    const arn = await world.user()
    await succeeds(put(arn, inDays(1)), 200, whole)
    await succeeds(put(arn, inDays(5475)), 200, whole)
    await failsNaming(put(arn, inDays(0)), 'ExpirationDays')
    await failsNaming(put(arn, inDays(5476)), 'ExpirationDays')
    await failsNaming(put(arn, { ExpirationCriterion: 'CREATED_TIMESTAMP' }), 'ExpirationDays')
    await failsNaming(put(arn, { ExpirationDays: 7 }), 'ExpirationCriterion')
    const criterion = { ExpirationDays: 7, ExpirationCriterion: 'LAST_MESSAGE_TIMESTAMP' }
    await failsNaming(put(arn, criterion), 'ExpirationCriterion')
    expect((await read(arn))?.ExpirationSettings).toEqual(inDays(5475))
  },
)

write(
  'authorisation',
  'inferred',
  'Given an unknown or deleted user, a bot or an app instance, when settings are put, then ForbiddenException',
  async () => {
    const gone = await world.user()
    await world.identity.deleteAppInstanceUser({ AppInstanceUserArn: gone })
    const [nobody, bot] = ['user/nobody', 'bot/b'].map((id) => `${world.appInstanceArn}/${id}`)
    for (const arn of [gone, nobody!, bot!, world.appInstanceArn]) {
      await fails(put(arn, inDays(7)), 'ForbiddenException')
    }
  },
)

write(
  'behaviour',
  'doc',
  'Given settings, when others are put, then they replace them, and the user may still do everything',
  async () => {
    const arn = await world.user()
    await put(arn, inDays(1))
    await put(arn, inDays(30))
    expect((await read(arn))?.ExpirationSettings).toEqual(inDays(30))
    await world.channel(arn)
  },
)
write(
  'behaviour',
  'doc',
  'Given settings, when none are put, then they are removed and not answered',
  async () => {
    const arn = await world.user()
    await put(arn, inDays(1))
    await succeeds(put(arn, undefined), 200, ['AppInstanceUserArn'])
    expect(await read(arn)).not.toHaveProperty('ExpirationSettings')
    await succeeds(put(arn, undefined), 200, ['AppInstanceUserArn'])
  },
)
write(
  'behaviour',
  'inferred',
  'Given settings, when name and metadata are updated, then the settings stay; and the other way round',
  async () => {
    const arn = await world.user()
    await put(arn, inDays(7))
    await world.identity.updateAppInstanceUser({
      AppInstanceUserArn: arn,
      Name: 'Bo',
      Metadata: 'm',
    })
    expect((await read(arn))?.ExpirationSettings).toEqual(inDays(7))
    await put(arn, inDays(8))
    const user = await read(arn)
    expect(at(user, 'Name')).toBe('Bo')
    expect(at(user, 'Metadata')).toBe('m')
  },
)
