// For each state-changing operation: a client's copy before + the events it receives = the state
// that is read afterwards. What one operation changes and no event tells is declared here.
import { expect } from 'vitest'
import { casesOf } from '../kit/conformance-case.ts'
import { unique, useWorld } from '../kit/world.ts'
import { applyEvent, readChannel } from './channel-replica.ts'

const world = useWorld()
const write = casesOf('Connect')

interface Stage {
  readonly channelArn: string
  readonly owner: string
  readonly member: string
  readonly other: string
  readonly admin: string
  readonly messageId: string
}

type Act = (stage: Stage) => Promise<unknown>

const as = (ChannelArn: string, ChimeBearer: string) => ({ ChannelArn, ChimeBearer })
const message = (stage: Stage, bearer: string) => ({
  ...as(stage.channelArn, bearer),
  MessageId: stage.messageId,
})

const acts: Readonly<Record<string, Act>> = {
  SendChannelMessage: (stage) =>
    world.post(stage.channelArn, stage.member, 'more', { Metadata: 'm' }),
  'SendChannelMessage, not persistent': (stage) =>
    world.post(stage.channelArn, stage.member, 'now', { Persistence: 'NON_PERSISTENT' }),
  'SendChannelMessage, targeted': (stage) =>
    world.post(stage.channelArn, stage.member, 'psst', { Target: [{ MemberArn: stage.owner }] }),
  UpdateChannelMessage: (stage) =>
    world.messaging.updateChannelMessage({ ...message(stage, stage.owner), Content: 'edited' }),
  RedactChannelMessage: (stage) =>
    world.messaging.redactChannelMessage(message(stage, stage.owner)),
  DeleteChannelMessage: (stage) =>
    world.messaging.deleteChannelMessage(message(stage, stage.admin)),
  UpdateChannel: (stage) =>
    world.messaging.updateChannel({
      ...as(stage.channelArn, stage.owner),
      Name: 'N',
      Mode: 'UNRESTRICTED',
      Metadata: 'm',
    }),
  CreateChannelMembership: (stage) => world.join(stage.channelArn, stage.owner, stage.other),
  'CreateChannelMembership, hidden': (stage) =>
    world.joinHidden(stage.channelArn, stage.owner, stage.other),
  BatchCreateChannelMembership: (stage) =>
    world.messaging.batchCreateChannelMembership({
      ...as(stage.channelArn, stage.owner),
      MemberArns: [stage.other, stage.admin],
    }),
  DeleteChannelMembership: (stage) =>
    world.messaging.deleteChannelMembership({
      ...as(stage.channelArn, stage.owner),
      MemberArn: stage.member,
    }),
}

for (const [name, act] of Object.entries(acts)) {
  write(
    'events emitted',
    'inferred',
    `Given a copy of a channel, when ${name} is done, then the events bring the copy to what is read`,
    async () => {
      const owner = await world.user(`Owner ${unique()}`)
      const [member, other, admin] = [
        await world.user('Mel'),
        await world.user('Oz'),
        await world.admin(),
      ]
      const channelArn = await world.channel(owner)
      await world.join(channelArn, owner, member)
      const messageId = await world.post(channelArn, owner)
      const session = await world.listen(owner)
      const copy = await readChannel(world, channelArn, owner)
      await act({ channelArn, owner, member, other, admin, messageId })
      const [events] = await world.received(session)
      for (const event of events!) applyEvent(copy, event)
      expect(copy).toEqual(await readChannel(world, channelArn, owner))
    },
  )
}
