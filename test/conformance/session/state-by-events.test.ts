// For each state-changing operation: a client's copy before + the events it receives = the state
// that is read afterwards.
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

/** Without CreateChannel and DeleteChannel: before the one, after the other nothing can be read. */
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
  CreateChannelBan: (stage) => world.ban(stage.channelArn, stage.owner, stage.member),
  'CreateChannelBan, of nobody in it': (stage) =>
    world.ban(stage.channelArn, stage.owner, stage.other),
  async DeleteChannelBan(stage) {
    await world.ban(stage.channelArn, stage.owner, stage.member)
    await world.messaging.deleteChannelBan({
      ...as(stage.channelArn, stage.owner),
      MemberArn: stage.member,
    })
  },
  CreateChannelModerator: (stage) =>
    world.messaging.createChannelModerator({
      ...as(stage.channelArn, stage.owner),
      ChannelModeratorArn: stage.member,
    }),
  DeleteChannelModerator: (stage) =>
    world.messaging.deleteChannelModerator({
      ...as(stage.channelArn, stage.owner),
      ChannelModeratorArn: stage.owner,
    }),
  PutChannelMembershipPreferences: (stage) =>
    world.messaging.putChannelMembershipPreferences({
      ...as(stage.channelArn, stage.owner),
      MemberArn: stage.owner,
      Preferences: { PushNotifications: { AllowNotifications: 'NONE' } },
    }),
  UpdateChannelReadMarker: (stage) =>
    world.messaging.updateChannelReadMarker(as(stage.channelArn, stage.owner)),
  DeleteAppInstanceUser: (stage) =>
    world.identity.deleteAppInstanceUser({ AppInstanceUserArn: stage.member }),
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

/** Operations of the schedule that run at the same time. */
const AT_ONCE = 4
const STEPS_PER_HAND = 25

write(
  'events emitted',
  'inferred',
  'Given a random schedule of operations at once, when all are done, then the copies of two members are what they read',
  async () => {
    const seed = Date.now() % 2 ** 31
    const random = seededRandom(seed)
    const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!
    const [owner, member, admin] = [
      await world.user('Ana'),
      await world.user('Bo'),
      await world.admin(),
    ]
    const guests = [await world.user('Cy'), await world.user('Dee'), await world.user('Eli')]
    const channelArn = await world.channel(owner, { Mode: 'UNRESTRICTED' })
    await world.join(channelArn, owner, member)
    const sent = [await world.post(channelArn, owner), await world.post(channelArn, member)]
    const sessions = [await world.listen(owner), await world.listen(member)]
    const copies = [
      await readChannel(world, channelArn, owner),
      await readChannel(world, channelArn, member),
    ]
    const of = (MessageId: string, bearer: string) => ({ ...as(channelArn, bearer), MessageId })
    const steps: readonly (() => Promise<unknown>)[] = [
      async () => sent.push(await world.post(channelArn, owner, unique())),
      async () => sent.push(await world.post(channelArn, member, unique())),
      () => world.post(channelArn, owner, 'now', { Persistence: 'NON_PERSISTENT' }),
      () => world.messaging.updateChannelMessage({ ...of(pick(sent), owner), Content: unique() }),
      () => world.messaging.redactChannelMessage(of(pick(sent), owner)),
      () => world.messaging.deleteChannelMessage(of(pick(sent), admin)),
      () => world.messaging.updateChannel({ ...as(channelArn, owner), Name: unique() }),
      () => world.join(channelArn, owner, pick(guests)),
      () =>
        world.messaging.batchCreateChannelMembership({
          ...as(channelArn, owner),
          MemberArns: guests,
        }),
      () =>
        world.messaging.deleteChannelMembership({
          ...as(channelArn, owner),
          MemberArn: pick(guests),
        }),
      () => world.post(channelArn, pick(guests), unique()),
      () => world.ban(channelArn, owner, pick(guests)),
      () => world.messaging.deleteChannelBan({ ...as(channelArn, owner), MemberArn: pick(guests) }),
      () => world.messaging.updateChannelReadMarker(as(channelArn, member)),
    ]
    // A step may be refused, as another one was faster: then it must change nothing.
    const isRefusal = /^(Forbidden|NotFound|Conflict|BadRequest)Exception$/
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let step = 0; step < STEPS_PER_HAND; step++) {
          await pick(steps)().catch((error: Error) => expect(error.name).toMatch(isRefusal))
        }
      }),
    )
    const received = await world.received(...sessions)
    for (const [index, bearer] of [owner, member].entries()) {
      for (const event of received[index]!) applyEvent(copies[index]!, event)
      expect(copies[index], `seed ${seed}`).toEqual(await readChannel(world, channelArn, bearer))
    }
  },
)

/** Numbers in [0, 1) that repeat for a seed. */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return state / 2 ** 31
  }
}
