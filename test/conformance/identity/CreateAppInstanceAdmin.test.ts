// Conformance of CreateAppInstanceAdmin.
import { expect } from 'vitest'
import { fails, failsNaming, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { createBot } from '../kit/lex.ts'
import { createRecordedClients } from '../kit/recorded-clients.ts'
import { arnPathCases, bodyCases, doorCases } from '../kit/shared-cases.ts'
import { startServer } from '../../harness/start-server.ts'
import { swiftClock } from '../../harness/swift-clock.ts'
import { isRemote, unique, useWorld } from '../kit/world.ts'

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
write(
  'behaviour',
  'doc',
  'Given a bot, when it is promoted, then it is listed and described as an admin',
  async () => {
    const arn = await createBot(world)
    await succeeds(promote(arn), 201, ['AppInstanceAdmin', 'AppInstanceArn'])
    const { AppInstanceAdmin } = await world.identity.describeAppInstanceAdmin({
      AppInstanceArn: world.appInstanceArn,
      AppInstanceAdminArn: arn,
    })
    expect(AppInstanceAdmin?.Admin).toEqual({ Arn: arn, Name: 'Botty' })
    await fails(promote(arn), 'ConflictException')
    await fails(promote(arn.replace('/bot/', '/user/')), 'ForbiddenException')
  },
)
write(
  'behaviour',
  'doc',
  "Given AWS's quotas, when the hundred and first admin is made, then ResourceLimitExceededException until one is demoted",
  async () => {
    if (isRemote) return
    await using server = await startServer({
      settings: { quotas: 'aws' },
      overrides: { clock: swiftClock },
    })
    const clients = createRecordedClients({ ...server, endpoint: server.httpUrl })
    const { identity } = clients
    const { AppInstanceArn } = await identity.createAppInstance({
      Name: 'Admins',
      ClientRequestToken: unique(),
    })
    const promoteOne = async (id: number) => {
      const { AppInstanceUserArn } = await identity.createAppInstanceUser({
        AppInstanceArn,
        AppInstanceUserId: `u${id}`,
        Name: 'Ada',
        ClientRequestToken: unique(),
      })
      return () =>
        identity.createAppInstanceAdmin({ AppInstanceArn, AppInstanceAdminArn: AppInstanceUserArn })
    }
    for (let count = 0; count < 100; count++) await (await promoteOne(count))()
    const oneMore = await promoteOne(100)
    await fails(oneMore(), 'ResourceLimitExceededException')
    await identity.deleteAppInstanceAdmin({
      AppInstanceArn,
      AppInstanceAdminArn: `${AppInstanceArn}/user/u7`,
    })
    await succeeds(oneMore(), 201, ['AppInstanceAdmin', 'AppInstanceArn'])
    await identity.deleteAppInstanceUser({ AppInstanceUserArn: `${AppInstanceArn}/user/u8` })
    await succeeds((await promoteOne(101))(), 201, ['AppInstanceAdmin', 'AppInstanceArn'])
    clients.destroy()
  },
)
