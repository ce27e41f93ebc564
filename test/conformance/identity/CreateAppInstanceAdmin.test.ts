// Conformance of CreateAppInstanceAdmin.
import { expect } from 'vitest'
import { fails, failsNaming, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { arnPathCases, bodyCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('CreateAppInstanceAdmin')

const promote = (AppInstanceAdminArn: string, AppInstanceArn = world.appInstanceArn) =>
  world.identity.createAppInstanceAdmin({ AppInstanceArn, AppInstanceAdminArn })
const prepare = async () => {
  const arn = await world.user()
  return () => promote(arn)
}

write(
  'wire',
  'model',
  'Given a user, when it is promoted, then 201 with its identity and the app instance',
  async () => {
    const arn = await world.user('Ada')
    const body = await succeeds(promote(arn), 201, ['AppInstanceAdmin', 'AppInstanceArn'])
    expect(body).toEqual({
      AppInstanceAdmin: { Arn: arn, Name: 'Ada' },
      AppInstanceArn: world.appInstanceArn,
    })
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)
bodyCases(write, world, prepare, 'AppInstanceAdminArn')

write(
  'validation',
  'model',
  'Given an admin ARN that is none, when it is promoted, then BadRequestException',
  async () => {
    await failsNaming(promote('ada'), 'AppInstanceAdminArn')
  },
)

write(
  'authorisation',
  'inferred',
  'Given an unknown app instance, when a user is promoted, then ForbiddenException',
  async () => {
    const unknown = world.appInstanceArn.replace(/[^/]+$/, 'unknown')
    await fails(promote(await world.user(), unknown), 'ForbiddenException')
  },
)
write(
  'authorisation',
  'field',
  'Given an unknown user or one of another app instance, when it is promoted, then ForbiddenException',
  async () => {
    await fails(promote(`${world.appInstanceArn}/user/nobody`), 'ForbiddenException')
    await fails(promote((await world.stranger()).userArn), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'proposed',
  'Given an admin, when it is promoted again, then ConflictException',
  async () => {
    await fails(promote(await world.admin()), 'ConflictException')
  },
)
write(
  'behaviour',
  'doc',
  'Given a promoted user, when it deletes a message of another, then it may',
  async () => {
    const [owner, user] = [await world.user(), await world.user()]
    const ChannelArn = await world.channel(owner)
    const MessageId = await world.post(ChannelArn, owner)
    await fails(
      world.messaging.deleteChannelMessage({ ChannelArn, MessageId, ChimeBearer: user }),
      'ForbiddenException',
    )
    await promote(user)
    await world.messaging.deleteChannelMessage({ ChannelArn, MessageId, ChimeBearer: user })
  },
)
