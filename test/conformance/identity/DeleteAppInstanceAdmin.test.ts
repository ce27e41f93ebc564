// Conformance of DeleteAppInstanceAdmin.
import { expect } from 'vitest'
import { fails, failsNaming, succeedsEmpty } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { arnPathCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('DeleteAppInstanceAdmin')

const demote = (AppInstanceAdminArn: string, AppInstanceArn = world.appInstanceArn) =>
  world.identity.deleteAppInstanceAdmin({ AppInstanceArn, AppInstanceAdminArn })
const prepare = async () => {
  const arn = await world.admin()
  return () => demote(arn)
}

write('wire', 'model', 'Given an admin, when it is demoted, then 204 without a body', async () => {
  await succeedsEmpty(demote(await world.admin()))
})
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given an admin ARN that is none, when it is demoted, then BadRequestException',
  async () => {
    await failsNaming(demote('ada'), 'AppInstanceAdminArn')
  },
)

write(
  'authorisation',
  'inferred',
  'Given an unknown app instance, when an admin is demoted, then ForbiddenException',
  async () => {
    const unknown = world.appInstanceArn.replace(/[^/]+$/, 'unknown')
    await fails(demote(await world.admin(), unknown), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'doc',
  'Given an admin, when it is demoted, then the user stays and its powers end',
  async () => {
    const [owner, admin] = [await world.user(), await world.admin()]
    const ChannelArn = await world.channel(owner)
    await world.messaging.describeChannel({ ChannelArn, ChimeBearer: admin })
    await demote(admin)
    await fails(
      world.messaging.describeChannel({ ChannelArn, ChimeBearer: admin }),
      'ForbiddenException',
    )
    const { AppInstanceUser } = await world.identity.describeAppInstanceUser({
      AppInstanceUserArn: admin,
    })
    expect(AppInstanceUser?.AppInstanceUserArn).toBe(admin)
  },
)
write(
  'behaviour',
  'doc',
  'Given a demoted admin, when it is promoted again, then it is an admin again',
  async () => {
    const admin = await world.admin()
    await demote(admin)
    await world.identity.createAppInstanceAdmin({
      AppInstanceArn: world.appInstanceArn,
      AppInstanceAdminArn: admin,
    })
    await succeedsEmpty(demote(admin))
  },
)
