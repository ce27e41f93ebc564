// Conformance of DescribeAppInstanceUser.
import { expect } from 'vitest'
import {
  at,
  expectEpochSeconds,
  expectMembers,
  fails,
  failsNaming,
  succeeds,
} from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { arnPathCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('DescribeAppInstanceUser')

const describeIt = (AppInstanceUserArn: string) =>
  world.identity.describeAppInstanceUser({ AppInstanceUserArn })
const prepare = async () => {
  const arn = await world.user()
  return () => describeIt(arn)
}

write(
  'wire',
  'model',
  'Given a user without metadata, when it is described, then 200, epoch seconds and no Metadata',
  async () => {
    const body = await succeeds((await prepare())(), 200, ['AppInstanceUser'])
    expectMembers(body['AppInstanceUser'], [
      'AppInstanceUserArn',
      'Name',
      'CreatedTimestamp',
      'LastUpdatedTimestamp',
    ])
    const created = expectEpochSeconds(at(body, 'AppInstanceUser.CreatedTimestamp'))
    expect(expectEpochSeconds(at(body, 'AppInstanceUser.LastUpdatedTimestamp'))).toBe(created)
  },
)
write(
  'wire',
  'model',
  'Given a user that expires, when it is described, then with its ExpirationSettings',
  async () => {
    const AppInstanceUserArn = await world.user()
    const ExpirationSettings = {
      ExpirationDays: 7,
      ExpirationCriterion: 'CREATED_TIMESTAMP',
    } as const
    await world.identity.putAppInstanceUserExpirationSettings({
      AppInstanceUserArn,
      ExpirationSettings,
    })
    const body = await succeeds(describeIt(AppInstanceUserArn), 200, ['AppInstanceUser'])
    expect(at(body, 'AppInstanceUser.ExpirationSettings')).toEqual(ExpirationSettings)
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given an ARN that is none, when it is described, then BadRequestException',
  async () => {
    await failsNaming(describeIt('ana!'), 'AppInstanceUserArn')
  },
)

write(
  'authorisation',
  'inferred',
  'Given an unknown user, a channel or an app instance, when it is described, then ForbiddenException',
  async () => {
    const channelArn = await world.channel(await world.user())
    for (const arn of [`${world.appInstanceArn}/user/nobody`, channelArn, world.appInstanceArn]) {
      await fails(describeIt(arn), 'ForbiddenException')
    }
  },
)

write(
  'behaviour',
  'inferred',
  'Given a deleted user, when it is described, then ForbiddenException',
  async () => {
    const arn = await world.user()
    await world.identity.deleteAppInstanceUser({ AppInstanceUserArn: arn })
    await fails(describeIt(arn), 'ForbiddenException')
  },
)
