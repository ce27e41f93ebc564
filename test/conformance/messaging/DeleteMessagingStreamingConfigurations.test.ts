// Conformance of DeleteMessagingStreamingConfigurations.
import { expect } from 'vitest'
import { fails, failsNaming, succeedsEmpty } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { arnPathCases, doorCases } from '../kit/shared-cases.ts'
import { bothStreams } from '../kit/streams.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('DeleteMessagingStreamingConfigurations')

const remove = (AppInstanceArn = world.appInstanceArn) =>
  world.messaging.deleteMessagingStreamingConfigurations({ AppInstanceArn })
const get = (AppInstanceArn = world.appInstanceArn) =>
  world.messaging.getMessagingStreamingConfigurations({ AppInstanceArn })
const put = (AppInstanceArn = world.appInstanceArn) =>
  world.messaging.putMessagingStreamingConfigurations({
    AppInstanceArn,
    StreamingConfigurations: bothStreams(world),
  })
const prepare = async () => {
  await put()
  return () => remove()
}

write(
  'wire',
  'model',
  'Given configurations, when they are deleted, then 204, and they are gone, those of others stay',
  async () => {
    const { appInstanceArn } = await world.stranger()
    await put()
    await put(appInstanceArn)
    await succeedsEmpty(remove())
    await fails(get(), 'NotFoundException')
    expect((await get(appInstanceArn)).StreamingConfigurations).toEqual(bothStreams(world))
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given an app instance that is no ARN, when they are deleted, then BadRequestException',
  () => failsNaming(remove('app'), 'AppInstanceArn'),
)

write(
  'authorisation',
  'inferred',
  'Given an unknown or deleted app instance or the ARN of a user, when they are deleted, then ForbiddenException',
  async () => {
    const { appInstanceArn } = await world.stranger()
    await world.identity.deleteAppInstance({ AppInstanceArn: appInstanceArn })
    await fails(remove(appInstanceArn), 'ForbiddenException')
    await fails(remove(world.appInstanceArn.replace(/[^/]+$/, 'unknown')), 'ForbiddenException')
    await fails(remove(await world.user()), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'inferred',
  'Given no configurations, when they are deleted, then 204',
  async () => {
    const { appInstanceArn } = await world.stranger()
    await succeedsEmpty(remove(appInstanceArn))
    await succeedsEmpty(remove(appInstanceArn))
  },
)
