// Conformance of GetMessagingStreamingConfigurations.
import { expect } from 'vitest'
import { fails, failsNaming, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { arnPathCases, doorCases } from '../kit/shared-cases.ts'
import { bothStreams } from '../kit/streams.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('GetMessagingStreamingConfigurations')

const get = (AppInstanceArn = world.appInstanceArn) =>
  world.messaging.getMessagingStreamingConfigurations({ AppInstanceArn })
const put = (AppInstanceArn = world.appInstanceArn) =>
  world.messaging.putMessagingStreamingConfigurations({
    AppInstanceArn,
    StreamingConfigurations: bothStreams(world),
  })
const prepare = async () => {
  await put()
  return () => get()
}

write('wire', 'model', 'Given configurations, when they are got, then 200 with them', async () => {
  await put()
  expect(await succeeds(get(), 200, ['StreamingConfigurations'])).toEqual({
    StreamingConfigurations: bothStreams(world),
  })
})
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given an app instance that is no ARN, when they are got, then BadRequestException',
  () => failsNaming(get('app'), 'AppInstanceArn'),
)

write(
  'authorisation',
  'inferred',
  'Given the ARN of a user, when its configurations are got, then ForbiddenException',
  async () => {
    await fails(get(await world.user()), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'doc',
  'Given an app instance without any, an unknown or a deleted one, when they are got, then NotFoundException',
  async () => {
    const { appInstanceArn } = await world.stranger()
    await fails(get(appInstanceArn), 'NotFoundException')
    await put(appInstanceArn)
    await world.identity.deleteAppInstance({ AppInstanceArn: appInstanceArn })
    await fails(get(appInstanceArn), 'NotFoundException')
    await fails(get(world.appInstanceArn.replace(/[^/]+$/, 'unknown')), 'NotFoundException')
  },
)
