// Conformance of DeleteChannelMessage.
import { expect } from 'vitest'
import { expectMembers, fails, failsNaming, succeedsEmpty } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { arnPathCases, bearerCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('DeleteChannelMessage')

const remove = (ChannelArn: string, ChimeBearer: string, MessageId: string, input: object = {}) =>
  world.messaging.deleteChannelMessage({ ChannelArn, ChimeBearer, MessageId, ...input })
const own = async (input: object = {}) => {
  const [owner, admin] = [await world.user('Ana'), await world.admin()]
  const channelArn = await world.channel(owner)
  return { owner, admin, channelArn, messageId: await world.post(channelArn, owner, 'x', input) }
}
const prepare = async () => {
  const { admin, channelArn, messageId } = await own()
  return () => remove(channelArn, admin, messageId)
}

write('wire', 'model', 'Given an admin, when it deletes, then 204 without a body', async () => {
  await succeedsEmpty((await prepare())())
})
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given a message id of other characters, when it is deleted, then BadRequestException',
  async () => {
    const { admin, channelArn } = await own()
    await failsNaming(remove(channelArn, admin, 'a b'), 'MessageId')
  },
)
write(
  'validation',
  'proposed',
  'Given a SubChannelId on a channel that is not elastic, when it is deleted, then BadRequestException',
  async () => {
    const { admin, channelArn, messageId } = await own()
    await failsNaming(
      remove(channelArn, admin, messageId, { SubChannelId: 'sc-1' }),
      'SubChannelId',
    )
  },
)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'doc',
  'Given the sender, the moderator or a member, when they delete, then ForbiddenException',
  async () => {
    const { owner, channelArn, messageId } = await own()
    const member = await world.user()
    await world.join(channelArn, owner, member)
    await fails(remove(channelArn, owner, messageId), 'ForbiddenException')
    await fails(remove(channelArn, member, messageId), 'ForbiddenException')
  },
)
write(
  'authorisation',
  'inferred',
  'Given no such message, when an admin deletes it, then ForbiddenException, as the model lists no NotFound',
  async () => {
    const { admin, channelArn, messageId } = await own()
    await fails(remove(channelArn, admin, 'm'.repeat(64)), 'ForbiddenException')
    await remove(channelArn, admin, messageId)
    await fails(remove(channelArn, admin, messageId), 'ForbiddenException')
  },
)
write(
  'authorisation',
  'doc',
  'Given a message targeted at others, when an admin deletes it unseen, then it may',
  async () => {
    const { owner, admin, channelArn } = await own()
    const target = await world.user()
    await world.join(channelArn, owner, target)
    const messageId = await world.post(channelArn, owner, 'psst', {
      Target: [{ MemberArn: target }],
    })
    await succeedsEmpty(remove(channelArn, admin, messageId))
  },
)

write(
  'behaviour',
  'doc',
  'Given a deleted message, when messages are listed, then it is gone at once',
  async () => {
    const { owner, admin, channelArn, messageId } = await own()
    const later = await world.post(channelArn, owner)
    await remove(channelArn, admin, messageId)
    const { ChannelMessages } = await world.messaging.listChannelMessages({
      ChannelArn: channelArn,
      ChimeBearer: owner,
    })
    expect(ChannelMessages?.map((item) => item.MessageId)).toEqual([later])
  },
)

write(
  'events emitted',
  'proposed',
  'Given members and an admin who is none, when it deletes, then members get DELETE_CHANNEL_MESSAGE without content, the admin nothing',
  async () => {
    const { owner, admin, channelArn, messageId } = await own({ Metadata: 'm' })
    const member = await world.user()
    await world.join(channelArn, owner, member)
    const sessions = []
    for (const arn of [owner, member, admin]) sessions.push(await world.listen(arn))
    await remove(channelArn, admin, messageId)
    const all = await world.received(...sessions)
    expect(all.map((events) => events.map(({ type }) => type))).toEqual([
      ['DELETE_CHANNEL_MESSAGE'],
      ['DELETE_CHANNEL_MESSAGE'],
      [],
    ])
    const { payload, headers } = all[0]![0]!
    expect(headers['x-amz-chime-message-type']).toBe('STANDARD')
    expectMembers(payload, [
      'ChannelArn',
      'MessageId',
      'Type',
      'Persistence',
      'Sender',
      'CreatedTimestamp',
      'LastUpdatedTimestamp',
      'Redacted',
      'Status',
    ])
    expect(payload).toMatchObject({
      Sender: { Arn: owner, Name: 'Ana' },
      Status: { Value: 'SENT' },
    })
  },
)
