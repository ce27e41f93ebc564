// Conformance of DeleteChannel.
import { expect } from 'vitest'
import { fails, failsNaming, succeedsEmpty } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { arnPathCases, bearerCases, doorCases } from '../kit/shared-cases.ts'
import { unique, useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('DeleteChannel')

const remove = (ChannelArn: string, ChimeBearer: string) =>
  world.messaging.deleteChannel({ ChannelArn, ChimeBearer })
const prepare = async () => {
  const owner = await world.user()
  const channelArn = await world.channel(owner)
  return () => remove(channelArn, owner)
}

write('wire', 'model', 'Given a channel, when it is deleted, then 204 without a body', async () => {
  await succeedsEmpty((await prepare())())
})
write(
  'wire',
  'doc',
  'Given the sub-channel-id that older SDKs send, when it is deleted, then it is ignored',
  async () => {
    const call = await prepare()
    const add = (request: { query: Record<string, unknown> }) =>
      void (request.query['sub-channel-id'] = 'sc-1')
    await succeedsEmpty(world.altered({ beforeSigning: add }, call))
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given an ARN that is none, when it is deleted, then BadRequestException',
  async () => {
    await failsNaming(remove('lobby', await world.user()), 'ChannelArn')
  },
)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'doc',
  'Given a member or a stranger to the channel, when it deletes, then ForbiddenException',
  async () => {
    const [owner, member, other] = [await world.user(), await world.user(), await world.user()]
    const channelArn = await world.channel(owner, { Privacy: 'PUBLIC', Mode: 'UNRESTRICTED' })
    await world.join(channelArn, owner, member)
    await fails(remove(channelArn, member), 'ForbiddenException')
    await fails(remove(channelArn, other), 'ForbiddenException')
  },
)
write(
  'authorisation',
  'doc',
  'Given an admin who is no member, when it deletes, then it may',
  async () => {
    await succeedsEmpty(remove(await world.channel(await world.user()), await world.admin()))
  },
)

write(
  'behaviour',
  'inferred',
  'Given a deleted channel, when it is used, then every call is ForbiddenException',
  async () => {
    const owner = await world.user()
    const ChannelArn = await world.channel(owner)
    const MessageId = await world.post(ChannelArn, owner)
    const channel = { ChannelArn, ChimeBearer: owner }
    await remove(ChannelArn, owner)
    const { messaging } = world
    await fails(remove(ChannelArn, owner), 'ForbiddenException')
    await fails(messaging.describeChannel(channel), 'ForbiddenException')
    await fails(messaging.updateChannel({ ...channel, Name: 'x' }), 'ForbiddenException')
    await fails(messaging.listChannelMessages(channel), 'ForbiddenException')
    await fails(messaging.listChannelMemberships(channel), 'ForbiddenException')
    await fails(messaging.redactChannelMessage({ ...channel, MessageId }), 'ForbiddenException')
    await fails(
      messaging.sendChannelMessage({
        ...channel,
        Content: 'x',
        Type: 'STANDARD',
        Persistence: 'PERSISTENT',
        ClientRequestToken: unique(),
      }),
      'ForbiddenException',
    )
  },
)
write(
  'behaviour',
  'doc',
  'Given a deleted channel, when channels and memberships are listed, then it is gone',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner, { Privacy: 'PUBLIC' })
    await remove(channelArn, owner)
    const mine = await world.messaging.listChannelMembershipsForAppInstanceUser({
      ChimeBearer: owner,
    })
    expect(mine.ChannelMemberships).toEqual([])
    const { Channels } = await world.messaging.listChannels({
      AppInstanceArn: world.appInstanceArn,
      ChimeBearer: owner,
    })
    expect(Channels?.map((item) => item.ChannelArn)).not.toContain(channelArn)
  },
)

write(
  'events emitted',
  'doc',
  'Given members, when it is deleted, then each gets one DELETE_CHANNEL and nothing else',
  async () => {
    const [owner, member, other] = [await world.user(), await world.user(), await world.user()]
    const channelArn = await world.channel(owner, { Privacy: 'PUBLIC' })
    await world.join(channelArn, owner, member)
    const sessions = [
      await world.listen(owner),
      await world.listen(member),
      await world.listen(other),
    ]
    await remove(channelArn, owner)
    const all = await world.received(...sessions)
    expect(all.map((events) => events.map(({ type }) => type))).toEqual([
      ['DELETE_CHANNEL'],
      ['DELETE_CHANNEL'],
      [],
    ])
    expect(all[0]![0]!.payload).toMatchObject({
      ChannelArn: channelArn,
      Name: 'Lobby',
      Privacy: 'PUBLIC',
    })
    expect(all[0]![0]!.headers['x-amz-chime-message-type']).toBe('SYSTEM')
  },
)
