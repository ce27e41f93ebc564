// Conformance of GetChannelMessage.
import { expect } from 'vitest'
import {
  at,
  expectEpochSeconds,
  expectMembers,
  fails,
  failsNaming,
  succeeds,
} from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { arnPathCases, bearerCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('GetChannelMessage')

const get = (ChannelArn: string, ChimeBearer: string, MessageId: string, input: object = {}) =>
  world.messaging.getChannelMessage({ ChannelArn, ChimeBearer, MessageId, ...input })
const own = async (input: object = {}) => {
  const owner = await world.user('Ana')
  const channelArn = await world.channel(owner, input)
  return { owner, channelArn, messageId: await world.post(channelArn, owner) }
}
const prepare = async () => {
  const { owner, channelArn, messageId } = await own()
  return () => get(channelArn, owner, messageId)
}

write(
  'wire',
  'model',
  'Given a plain message, when it is read, then 200, what the sample app needs, epoch seconds and nothing absent',
  async () => {
    const { owner, channelArn, messageId } = await own()
    const body = await succeeds(get(channelArn, owner, messageId), 200, ['ChannelMessage'])
    expectMembers(body['ChannelMessage'], [
      'ChannelArn',
      'MessageId',
      'Content',
      'Type',
      'Persistence',
      'Sender',
      'CreatedTimestamp',
      'LastUpdatedTimestamp',
      'Redacted',
      'Status',
    ])
    const created = expectEpochSeconds(at(body, 'ChannelMessage.CreatedTimestamp'))
    expect(expectEpochSeconds(at(body, 'ChannelMessage.LastUpdatedTimestamp'))).toBe(created)
    expect(at(body, 'ChannelMessage.Status')).toEqual({ Value: 'SENT' })
    expect(at(body, 'ChannelMessage.Sender')).toEqual({ Arn: owner, Name: 'Ana' })
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given a message id of other characters or 129 of them, when it is read, then BadRequestException',
  async () => {
    const { owner, channelArn } = await own()
    await failsNaming(get(channelArn, owner, 'a b'), 'MessageId')
    await failsNaming(get(channelArn, owner, 'm'.repeat(129)), 'MessageId')
  },
)
write(
  'validation',
  'proposed',
  'Given a SubChannelId on a channel that is not elastic, when it is read, then BadRequestException',
  async () => {
    const { owner, channelArn, messageId } = await own()
    await failsNaming(get(channelArn, owner, messageId, { SubChannelId: 'sc-1' }), 'SubChannelId')
  },
)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'doc',
  'Given a PRIVATE channel, when a stranger reads, then ForbiddenException; in a PUBLIC one it may',
  async () => {
    const other = await world.user()
    const closed = await own()
    await fails(get(closed.channelArn, other, closed.messageId), 'ForbiddenException')
    const open = await own({ Privacy: 'PUBLIC' })
    await succeeds(get(open.channelArn, other, open.messageId), 200, ['ChannelMessage'])
  },
)

write(
  'behaviour',
  'doc',
  'Given no such message, or one of another channel, when it is read, then NotFoundException',
  async () => {
    const { owner, channelArn } = await own()
    const other = await world.channel(owner)
    const elsewhere = await world.post(other, owner)
    for (const id of ['m'.repeat(128), 'm', elsewhere]) {
      await fails(get(channelArn, owner, id), 'NotFoundException')
    }
  },
)
write(
  'behaviour',
  'doc',
  'Given a deleted message, when it is read, then NotFoundException',
  async () => {
    const { owner, channelArn, messageId } = await own()
    await world.messaging.deleteChannelMessage({
      ChannelArn: channelArn,
      MessageId: messageId,
      ChimeBearer: await world.admin(),
    })
    await fails(get(channelArn, owner, messageId), 'NotFoundException')
  },
)
