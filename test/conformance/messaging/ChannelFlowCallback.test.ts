// Conformance of ChannelFlowCallback: this server invokes no processors yet, so no callback is ever
// awaited, and all that is left are its checks.
import { expect } from 'vitest'
import { fails, failsNaming } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { putFlowBefore } from '../kit/flows.ts'
import { unique, useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('ChannelFlowCallback')

const callback = (ChannelArn: string, message: object = {}, input: object = {}) =>
  world.messaging.channelFlowCallback({
    ChannelArn,
    CallbackId: unique(),
    ChannelMessage: { MessageId: 'none', ...message },
    ...input,
  })
/** A channel with a flow that stops messages, and one that it stopped. */
async function stopped() {
  const owner = await world.user()
  const channelArn = await world.channel(owner)
  await putFlowBefore(world, channelArn, owner)
  const MessageId = await world.post(channelArn, owner, 'stopped')
  const read = async () =>
    (
      await world.messaging.getChannelMessage({
        ChannelArn: channelArn,
        MessageId,
        ChimeBearer: owner,
      })
    ).ChannelMessage
  return { owner, channelArn, MessageId, read }
}

write(
  'validation',
  'model',
  'Given a callback id of 31 or 65 characters, a channel that is no ARN, or no message id, when it is called, then BadRequestException',
  async () => {
    const { channelArn } = await stopped()
    for (const CallbackId of ['c'.repeat(31), 'c'.repeat(65)])
      await failsNaming(callback(channelArn, {}, { CallbackId }), 'CallbackId')
    await failsNaming(callback('lobby'), 'ChannelArn')
    await failsNaming(callback(channelArn, { MessageId: undefined }), 'MessageId')
    await failsNaming(callback(channelArn, { MessageId: 'a b' }), 'MessageId')
    await failsNaming(callback(channelArn, {}, { ChannelMessage: undefined }), 'ChannelMessage')
  },
)
write(
  'validation',
  'doc',
  'Given content, metadata or attributes beyond the limits of sending, when it is called, then BadRequestException; within them only the callback id is wrong',
  async () => {
    const { channelArn } = await stopped()
    await failsNaming(callback(channelArn, { Content: '' }), 'Content')
    await failsNaming(callback(channelArn, { Content: 'ü'.repeat(2048) + 'x' }), 'Content')
    await failsNaming(callback(channelArn, { Metadata: 'ü'.repeat(512) + 'x' }), 'Metadata')
    const attributes = (value: string) => ({
      MessageAttributes: { a: { StringValues: [value, value] } },
    })
    await failsNaming(callback(channelArn, attributes('ü'.repeat(256))), 'MessageAttributes')
    await failsNaming(callback(channelArn, { PushNotification: {} }), 'PushNotification')
    const fitting = {
      Content: 'ü'.repeat(2048),
      Metadata: 'ü'.repeat(512),
      ...attributes('x'.repeat(511)),
    }
    await fails(callback(channelArn, fitting), 'ForbiddenException')
  },
)

write(
  'authorisation',
  'inferred',
  'Given a channel that does not exist or the ARN of something else, when it is called, then ForbiddenException',
  async () => {
    for (const arn of [`${world.appInstanceArn}/channel/none`, world.appInstanceArn])
      await fails(callback(arn), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'doc',
  'Given a callback id that was never given out, when a processor answers for a message that is not pending, then ForbiddenException and nothing changes',
  async () => {
    const { channelArn, MessageId, read } = await stopped()
    const before = await read()
    for (const DeleteResource of [undefined, false, true]) {
      const changed = { MessageId, Content: 'accepted' }
      await fails(callback(channelArn, changed, { DeleteResource }), 'ForbiddenException')
      await fails(callback(channelArn, {}, { DeleteResource }), 'ForbiddenException')
    }
    expect(await read()).toEqual(before)
  },
)
write(
  'behaviour',
  'doc',
  'Given no callback id, when it is called, then the one that the SDK makes is unknown, too',
  async () => {
    const { channelArn, MessageId } = await stopped()
    const call = callback(channelArn, { MessageId }, { CallbackId: undefined })
    await fails(call, 'ForbiddenException')
  },
)

write(
  'events emitted',
  'doc',
  'Given a connected sender, when an unknown callback comes, then it gets no event',
  async () => {
    const { owner, channelArn, MessageId } = await stopped()
    const session = await world.listen(owner)
    await fails(callback(channelArn, { MessageId }), 'ForbiddenException')
    expect(await world.received(session)).toEqual([[]])
  },
)
