// Conformance of DescribeAppInstanceAdmin.
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
const write = casesOf('DescribeAppInstanceAdmin')

const describeIt = (AppInstanceAdminArn: string) =>
  world.identity.describeAppInstanceAdmin({
    AppInstanceArn: world.appInstanceArn,
    AppInstanceAdminArn,
  })
const prepare = async () => {
  const arn = await world.admin()
  return () => describeIt(arn)
}

write(
  'wire',
  'model',
  'Given an admin, when it is described, then 200 with identity, app instance and epoch seconds',
  async () => {
    const arn = await world.admin('Ada')
    const body = await succeeds(describeIt(arn), 200, ['AppInstanceAdmin'])
    expectMembers(body['AppInstanceAdmin'], ['Admin', 'AppInstanceArn', 'CreatedTimestamp'])
    expect(at(body, 'AppInstanceAdmin.Admin')).toEqual({ Arn: arn, Name: 'Ada' })
    expect(at(body, 'AppInstanceAdmin.AppInstanceArn')).toBe(world.appInstanceArn)
    expectEpochSeconds(at(body, 'AppInstanceAdmin.CreatedTimestamp'))
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given an admin ARN that is none, when it is described, then BadRequestException',
  async () => {
    await failsNaming(describeIt('ada'), 'AppInstanceAdminArn')
  },
)

write(
  'authorisation',
  'inferred',
  'Given a user who is no admin, when it is described, then ForbiddenException',
  async () => {
    await fails(describeIt(await world.user()), 'ForbiddenException')
    await fails(describeIt(`${world.appInstanceArn}/user/nobody`), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'doc',
  'Given a demoted or deleted admin, when it is described, then ForbiddenException',
  async () => {
    const [demoted, deleted] = [await world.admin(), await world.admin()]
    await world.identity.deleteAppInstanceAdmin({
      AppInstanceArn: world.appInstanceArn,
      AppInstanceAdminArn: demoted,
    })
    await world.identity.deleteAppInstanceUser({ AppInstanceUserArn: deleted })
    await fails(describeIt(demoted), 'ForbiddenException')
    await fails(describeIt(deleted), 'ForbiddenException')
  },
)
