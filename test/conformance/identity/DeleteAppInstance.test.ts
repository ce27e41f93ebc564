// Conformance of DeleteAppInstance.
import { expect } from 'vitest'
import { fails, failsNaming, succeedsEmpty } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { arnPathCases, doorCases } from '../kit/shared-cases.ts'
import { unique, useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('DeleteAppInstance')

const remove = (AppInstanceArn: string) => world.identity.deleteAppInstance({ AppInstanceArn })
const prepare = async () => {
  const { appInstanceArn } = await world.stranger()
  return () => remove(appInstanceArn)
}

write(
  'wire',
  'model',
  'Given an app instance, when it is deleted, then 204 without a body',
  async () => {
    await succeedsEmpty((await prepare())())
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given an ARN that is none, when it is deleted, then BadRequestException',
  async () => {
    await failsNaming(remove('shop!'), 'AppInstanceArn')
  },
)

write(
  'authorisation',
  'inferred',
  'Given an unknown app instance, when it is deleted, then ForbiddenException',
  async () => {
    await fails(remove(world.appInstanceArn.replace(/[^/]+$/, 'unknown')), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'inferred',
  'Given a deleted app instance, when it is deleted again, then ForbiddenException',
  async () => {
    const { appInstanceArn } = await world.stranger()
    await remove(appInstanceArn)
    await fails(remove(appInstanceArn), 'ForbiddenException')
  },
)
write(
  'behaviour',
  'proposed',
  'Given a deleted app instance, when its users and channels are called for, then they are inaccessible at once',
  async () => {
    const { appInstanceArn, userArn } = await world.stranger()
    const channelArn = await world.channel(userArn, { AppInstanceArn: appInstanceArn })
    await remove(appInstanceArn)
    await fails(
      world.identity.describeAppInstanceUser({ AppInstanceUserArn: userArn }),
      'ForbiddenException',
    )
    await fails(
      world.identity.listAppInstanceUsers({ AppInstanceArn: appInstanceArn }),
      'ForbiddenException',
    )
    await fails(
      world.messaging.describeChannel({ ChannelArn: channelArn, ChimeBearer: userArn }),
      'UnauthorizedClientException',
    )
    await fails(
      world.identity.createAppInstanceUser({
        AppInstanceArn: appInstanceArn,
        AppInstanceUserId: 'late',
        Name: 'Late',
        ClientRequestToken: unique(),
      }),
      'ForbiddenException',
    )
  },
)
write(
  'behaviour',
  'doc',
  'Given another app instance, when one is deleted, then the other is untouched',
  async () => {
    const [kept, gone] = [await world.stranger(), await world.stranger()]
    await remove(gone.appInstanceArn)
    const { AppInstanceUser } = await world.identity.describeAppInstanceUser({
      AppInstanceUserArn: kept.userArn,
    })
    expect(AppInstanceUser?.AppInstanceUserArn).toBe(kept.userArn)
  },
)

write(
  'events emitted',
  'proposed',
  'Given a connected user, when the app instance is deleted, then its session is closed with 4003',
  async () => {
    const { appInstanceArn, userArn } = await world.stranger()
    const session = await world.listen(userArn)
    await remove(appInstanceArn)
    expect((await session.closed).code).toBe(4003)
  },
)
