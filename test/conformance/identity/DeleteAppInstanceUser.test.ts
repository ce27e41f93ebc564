// Conformance of DeleteAppInstanceUser.
import { expect } from 'vitest'
import { fails, failsNaming, succeedsEmpty } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { arnPathCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('DeleteAppInstanceUser')

const remove = (AppInstanceUserArn: string) =>
  world.identity.deleteAppInstanceUser({ AppInstanceUserArn })
const prepare = async () => {
  const arn = await world.user()
  return () => remove(arn)
}

write('wire', 'model', 'Given a user, when it is deleted, then 204 without a body', async () => {
  await succeedsEmpty((await prepare())())
})
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given an ARN that is none, when it is deleted, then BadRequestException',
  async () => {
    await failsNaming(remove('ana'), 'AppInstanceUserArn')
  },
)

write(
  'authorisation',
  'inferred',
  'Given an unknown user, when it is deleted, then ForbiddenException',
  async () => {
    await fails(remove(`${world.appInstanceArn}/user/nobody`), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'inferred',
  'Given a deleted user, when it is deleted again, then ForbiddenException',
  async () => {
    const arn = await world.user()
    await remove(arn)
    await fails(remove(arn), 'ForbiddenException')
  },
)
write(
  'behaviour',
  'inferred',
  'Given a member, when it is deleted, then its memberships are gone',
  async () => {
    const [owner, member] = [await world.user(), await world.user()]
    const ChannelArn = await world.channel(owner)
    await world.join(ChannelArn, owner, member)
    await remove(member)
    const { ChannelMemberships } = await world.messaging.listChannelMemberships({
      ChannelArn,
      ChimeBearer: owner,
    })
    expect(ChannelMemberships?.map((item) => item.Member?.Arn)).toEqual([owner])
  },
)
write(
  'behaviour',
  'proposed',
  'Given a sender, when it is deleted, then its messages stay with its last name',
  async () => {
    const [owner, member] = [await world.user(), await world.user('Gone')]
    const ChannelArn = await world.channel(owner)
    await world.join(ChannelArn, owner, member)
    const MessageId = await world.post(ChannelArn, member)
    await remove(member)
    const { ChannelMessage } = await world.messaging.getChannelMessage({
      ChannelArn,
      MessageId,
      ChimeBearer: owner,
    })
    expect(ChannelMessage?.Sender).toEqual({ Arn: member, Name: 'Gone' })
  },
)
write(
  'behaviour',
  'inferred',
  'Given a deleted user, when the same id is created again, then it starts without memberships and roles',
  async () => {
    const owner = await world.user()
    const admin = await world.admin()
    const ChannelArn = await world.channel(owner)
    await world.join(ChannelArn, owner, admin)
    await remove(admin)
    await world.identity.createAppInstanceUser({
      AppInstanceArn: world.appInstanceArn,
      AppInstanceUserId: admin.slice(admin.lastIndexOf('/') + 1),
      Name: 'Again',
      ClientRequestToken: crypto.randomUUID(),
    })
    await fails(
      world.messaging.describeChannel({ ChannelArn, ChimeBearer: admin }),
      'ForbiddenException',
    )
    const mine = await world.messaging.listChannelMembershipsForAppInstanceUser({
      ChimeBearer: admin,
    })
    expect(mine.ChannelMemberships).toEqual([])
  },
)

write(
  'events emitted',
  'proposed',
  'Given a user with two sessions, when it is deleted, then both are closed with 4003',
  async () => {
    const arn = await world.user()
    const sessions = [await world.listen(arn), await world.listen(arn)]
    await remove(arn)
    for (const session of sessions) expect((await session.closed).code).toBe(4003)
  },
)
