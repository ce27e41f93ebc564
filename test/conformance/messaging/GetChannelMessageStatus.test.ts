// Conformance of GetChannelMessageStatus.
import { expect } from 'vitest'
import { fails, failsNaming, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { arnPathCases, bearerCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('GetChannelMessageStatus')

const get = (ChannelArn: string, ChimeBearer: string, MessageId: string, input: object = {}) =>
  world.messaging.getChannelMessageStatus({ ChannelArn, ChimeBearer, MessageId, ...input })
const prepare = async () => {
  const owner = await world.user()
  const channelArn = await world.channel(owner)
  const messageId = await world.post(channelArn, owner)
  return () => get(channelArn, owner, messageId)
}

write(
  'wire',
  'model',
  'Given a message, when its sender asks for the status, then 200 with SENT only',
  async () => {
    const body = await succeeds((await prepare())(), 200, ['Status'])
    expect(body).toEqual({ Status: { Value: 'SENT' } })
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given a message id that is none, when the status is asked for, then BadRequestException',
  async () => {
    const owner = await world.user()
    await failsNaming(get(await world.channel(owner), owner, 'a b'), 'MessageId')
  },
)
write(
  'validation',
  'proposed',
  'Given a SubChannelId on a channel that is not elastic, when the status is asked for, then BadRequestException',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    const messageId = await world.post(channelArn, owner)
    const asked = get(channelArn, owner, messageId, { SubChannelId: 'sc-1' })
    await failsNaming(asked, 'SubChannelId')
  },
)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'doc',
  'Given a message of another, when anybody asks for the status, then ForbiddenException',
  async () => {
    const [owner, member, admin] = [await world.user(), await world.user(), await world.admin()]
    const channelArn = await world.channel(owner, { MemberArns: [member, admin] })
    const messageId = await world.post(channelArn, member)
    for (const arn of [owner, admin, await world.user()]) {
      await fails(get(channelArn, arn, messageId), 'ForbiddenException')
    }
    const targeted = await world.post(channelArn, member, 'psst', {
      Target: [{ MemberArn: owner }],
    })
    await fails(get(channelArn, owner, targeted), 'ForbiddenException')
    await get(channelArn, member, targeted)
  },
)
write(
  'authorisation',
  'doc',
  'Given a sender who left or was banned, when it asks, then ForbiddenException; as a hidden member it may again',
  async () => {
    const [owner, member] = [await world.user(), await world.user()]
    const ChannelArn = await world.channel(owner, { Privacy: 'PUBLIC', MemberArns: [member] })
    const messageId = await world.post(ChannelArn, member)
    await world.ban(ChannelArn, owner, member)
    await fails(get(ChannelArn, member, messageId), 'ForbiddenException')
    await world.messaging.deleteChannelBan({ ChannelArn, ChimeBearer: owner, MemberArn: member })
    await fails(get(ChannelArn, member, messageId), 'ForbiddenException')
    await world.joinHidden(ChannelArn, owner, member)
    await get(ChannelArn, member, messageId)
  },
)

write(
  'behaviour',
  'proposed',
  'Given a message that is not kept, unknown, deleted or elsewhere, when the status is asked for, then ForbiddenException, as no NotFoundException is listed',
  async () => {
    const [owner, admin] = [await world.user(), await world.admin()]
    const ChannelArn = await world.channel(owner)
    const fleeting = await world.post(ChannelArn, owner, 'x', { Persistence: 'NON_PERSISTENT' })
    const deleted = await world.post(ChannelArn, owner)
    await world.messaging.deleteChannelMessage({
      ChannelArn,
      ChimeBearer: admin,
      MessageId: deleted,
    })
    const elsewhere = await world.post(await world.channel(owner), owner)
    for (const messageId of [fleeting, deleted, elsewhere, 'a'.repeat(64)]) {
      await fails(get(ChannelArn, owner, messageId), 'ForbiddenException')
    }
    await fails(get(`${ChannelArn}x`, owner, deleted), 'ForbiddenException')
  },
)
write(
  'behaviour',
  'inferred',
  'Given a message that was edited and redacted, when the status is asked for, then still SENT',
  async () => {
    const owner = await world.user()
    const ChannelArn = await world.channel(owner)
    const MessageId = await world.post(ChannelArn, owner)
    const message = { ChannelArn, ChimeBearer: owner, MessageId }
    await world.messaging.updateChannelMessage({ ...message, Content: 'edited' })
    await world.messaging.redactChannelMessage(message)
    expect((await get(ChannelArn, owner, MessageId)).Status).toEqual({ Value: 'SENT' })
  },
)
