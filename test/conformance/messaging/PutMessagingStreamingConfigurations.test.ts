// Conformance of PutMessagingStreamingConfigurations.
import { expect } from 'vitest'
import { fails, failsNaming, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { arnPathCases, bodyCases, doorCases } from '../kit/shared-cases.ts'
import { bothStreams, streamArn } from '../kit/streams.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('PutMessagingStreamingConfigurations')

const put = (
  StreamingConfigurations: object[] | undefined,
  AppInstanceArn = world.appInstanceArn,
) =>
  world.messaging.putMessagingStreamingConfigurations({
    AppInstanceArn,
    StreamingConfigurations: StreamingConfigurations as never,
  })
const prepare = async () => () => put(bothStreams(world))
const whole = ['StreamingConfigurations']
const one = (input: object = {}) => [
  { DataType: 'Channel', ResourceArn: streamArn(world), ...input },
]
const read = async (AppInstanceArn = world.appInstanceArn) =>
  (await world.messaging.getMessagingStreamingConfigurations({ AppInstanceArn }))
    .StreamingConfigurations

write(
  'wire',
  'model',
  'Given both data types, when they are put, then 200 with them, and they are read again',
  async () => {
    const both = bothStreams(world)
    const answer = await succeeds(put(both), 200, whole)
    expect(answer).toEqual({ StreamingConfigurations: both })
    expect(await read()).toEqual(both)
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)
bodyCases(write, world, prepare, undefined)

write(
  'validation',
  'model',
  'Given no configuration, three, or one that lacks a member, when it is put, then BadRequestException and nothing changes',
  async () => {
    await put(one())
    const [first, second] = bothStreams(world)
    for (const wrong of [undefined, [], [first!, second!, first!]])
      await failsNaming(put(wrong), 'StreamingConfigurations')
    for (const DataType of [undefined, 'Everything'])
      await failsNaming(put(one({ DataType })), 'DataType')
    for (const ResourceArn of [undefined, 'stream', ''])
      await failsNaming(put(one({ ResourceArn })), 'ResourceArn')
    await failsNaming(put(one(), 'app'), 'AppInstanceArn')
    expect(await read()).toEqual(one())
  },
)
write(
  'validation',
  'doc',
  'Given a stream of another name, region, account or service, when it is put, then BadRequestException and nothing changes',
  async () => {
    await put(one())
    const { region, accountId } = world.endpoint
    const arn = streamArn(world)
    const wrong = [
      streamArn(world, 'events'),
      streamArn(world, 'my-chime-messaging-events'),
      streamArn(world, `chime-messaging-${'x'.repeat(113)}`),
      `${arn}/consumer/c:1`,
      arn.replace(region, 'eu-west-3'),
      arn.replace(accountId, '999999999999'),
      arn.replace(':kinesis:', ':firehose:'),
      arn.replace(':stream/', ':table/'),
    ]
    for (const ResourceArn of wrong) await failsNaming(put(one({ ResourceArn })), 'ResourceArn')
    expect(await read()).toEqual(one())
    const longest = one({ ResourceArn: streamArn(world, `chime-messaging-${'x'.repeat(112)}`) })
    await succeeds(put(longest), 200, whole)
  },
)
write(
  'validation',
  'proposed',
  'Given one data type twice, when it is put, then BadRequestException',
  () => failsNaming(put([...one(), ...one()]), 'DataType'),
)

write(
  'behaviour',
  'inferred',
  'Given configurations, when one is put, then it replaces all of them; one stream may take both types',
  async () => {
    await put(bothStreams(world))
    const message = one({ DataType: 'ChannelMessage' })
    await succeeds(put(message), 200, whole)
    expect(await read()).toEqual(message)
    const same = [...one(), ...message]
    await succeeds(put(same), 200, whole)
    expect(await read()).toEqual(same)
  },
)
write(
  'behaviour',
  'model',
  'Given an unknown or deleted app instance, when it is put, then NotFoundException; for another kind of ARN ForbiddenException',
  async () => {
    const { appInstanceArn } = await world.stranger()
    await put(one(), appInstanceArn)
    await world.identity.deleteAppInstance({ AppInstanceArn: appInstanceArn })
    await fails(put(one(), appInstanceArn), 'NotFoundException')
    const unknown = world.appInstanceArn.replace(/[^/]+$/, 'unknown')
    await fails(put(one(), unknown), 'NotFoundException')
    await fails(put(one(), await world.user()), 'ForbiddenException')
  },
)
