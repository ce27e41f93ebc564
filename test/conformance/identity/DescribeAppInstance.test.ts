// Conformance of DescribeAppInstance.
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
import { unique, useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('DescribeAppInstance')

const describeIt = (AppInstanceArn: string) =>
  world.identity.describeAppInstance({ AppInstanceArn })
const prepare = async () => () => describeIt(world.appInstanceArn)
const unknownId = '00000000-0000-4000-8000-000000000000'

write(
  'wire',
  'model',
  'Given an app instance without metadata, when it is described, then 200 and no Metadata',
  async () => {
    const body = await succeeds(describeIt(world.appInstanceArn), 200, ['AppInstance'])
    expectMembers(body['AppInstance'], [
      'AppInstanceArn',
      'Name',
      'CreatedTimestamp',
      'LastUpdatedTimestamp',
    ])
  },
)
write(
  'wire',
  'doc',
  'Given an app instance, when it is described, then timestamps are epoch seconds',
  async () => {
    const body = await succeeds(describeIt(world.appInstanceArn), 200, ['AppInstance'])
    const created = expectEpochSeconds(at(body, 'AppInstance.CreatedTimestamp'))
    expect(expectEpochSeconds(at(body, 'AppInstance.LastUpdatedTimestamp'))).toBe(created)
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given an ARN that is none, when it is described, then BadRequestException',
  async () => {
    await failsNaming(describeIt('shop!'), 'AppInstanceArn')
  },
)

write(
  'authorisation',
  'inferred',
  'Given an unknown app instance, when it is described, then ForbiddenException',
  async () => {
    await fails(describeIt(world.appInstanceArn.replace(/[^/]+$/, unknownId)), 'ForbiddenException')
  },
)
write(
  'authorisation',
  'proposed',
  'Given an ARN of another region or account, when it is described, then ForbiddenException',
  async () => {
    const [, , , region, account] = world.appInstanceArn.split(':')
    await fails(
      describeIt(world.appInstanceArn.replace(`:${region}:`, ':ap-south-2:')),
      'ForbiddenException',
    )
    await fails(
      describeIt(world.appInstanceArn.replace(`:${account}:`, ':999999999999:')),
      'ForbiddenException',
    )
  },
)
write(
  'authorisation',
  'inferred',
  'Given the ARN of a user, when it is described as an app instance, then ForbiddenException',
  async () => {
    await fails(describeIt(await world.user()), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'doc',
  'Given a deleted app instance, when it is described, then ForbiddenException',
  async () => {
    const { AppInstanceArn } = await world.identity.createAppInstance({
      Name: 'Gone',
      ClientRequestToken: unique(),
    })
    await world.identity.deleteAppInstance({ AppInstanceArn })
    await fails(describeIt(AppInstanceArn!), 'ForbiddenException')
  },
)
