// How many members an elastic channel may be made for: every bound of its configuration, and values
// that are none.
import { expect } from 'vitest'
import { at, fails, failsAtTheDoor, failsNaming, succeeds, type Json } from './kit/answers.ts'
import { casesOf } from './kit/conformance-case.ts'
import { unique, useWorld } from './kit/world.ts'

const world = useWorld()
const write = casesOf('CreateChannel')

const SMALLEST = {
  MaximumSubChannels: 2,
  TargetMembershipsPerSubChannel: 2,
  MinimumMembershipPercentage: 1,
}
const MEMBERS = Object.keys(SMALLEST)

/** Sends it as it is written, past what the client would make of it. */
function createWith(creator: string, ElasticChannelConfiguration: unknown): Promise<object> {
  const rewrite = (request: { body?: unknown }) => {
    const body = JSON.parse(String(request.body)) as Json
    request.body = JSON.stringify({ ...body, ElasticChannelConfiguration })
  }
  return world.altered({ beforeSigning: rewrite }, () =>
    world.messaging.createChannel({
      AppInstanceArn: world.appInstanceArn,
      Name: 'Stadium',
      ClientRequestToken: unique(),
      ChimeBearer: creator,
    }),
  )
}

const create = (creator: string, numbers: object) =>
  createWith(creator, { ...SMALLEST, ...numbers })

async function configurationOf(creator: string, created: object): Promise<unknown> {
  const ChannelArn = String(at(created, 'ChannelArn'))
  const input = { ChannelArn, ChimeBearer: creator }
  return at(await world.messaging.describeChannel(input), 'Channel.ElasticChannelConfiguration')
}

async function expectNoChannel(creator: string): Promise<void> {
  const moderated = await world.messaging.listChannelsModeratedByAppInstanceUser({
    AppInstanceUserArn: creator,
    ChimeBearer: creator,
  })
  expect(moderated.Channels).toEqual([])
}

write(
  'validation',
  'model',
  'Given a number of an elastic configuration that is out of range, also as a text, when it is created, then BadRequestException names it and there is no channel',
  async () => {
    const creator = await world.user()
    const outOfRange: Readonly<Record<string, readonly number[]>> = {
      MaximumSubChannels: [1, 0, -2, -2147483648],
      TargetMembershipsPerSubChannel: [1, 0, -2],
      MinimumMembershipPercentage: [0, -1, 41, 100, 2147483647],
    }
    expect(Object.keys(outOfRange)).toEqual(MEMBERS)
    for (const [member, values] of Object.entries(outOfRange)) {
      for (const value of values) {
        await failsNaming(create(creator, { [member]: value }), member)
        await failsNaming(create(creator, { [member]: String(value) }), member)
      }
      await failsNaming(create(creator, { [member]: null }), member)
    }
    await expectNoChannel(creator)
  },
)
write(
  'validation',
  'inferred',
  'Given what is no whole number, when it is created, then 400 SerializationException and there is no channel',
  async () => {
    const creator = await world.user()
    const none = [
      2.5,
      0.1,
      1e300,
      2147483648,
      '2.5',
      '2.0',
      ' 2',
      '+2',
      '0x2',
      '1e1',
      '',
      'two',
      '2%',
    ]
    const others = [true, [2], { value: 2 }]
    for (const member of MEMBERS) {
      for (const value of [...none, ...others]) {
        const call = create(creator, { [member]: value })
        await failsAtTheDoor(call, 400, 'SerializationException')
      }
    }
    for (const configuration of ['2', 2, [], true])
      await failsAtTheDoor(createWith(creator, configuration), 400, 'SerializationException')
    await expectNoChannel(creator)
  },
)
write(
  'validation',
  'model',
  'Given each number at the end of its range, when it is created, then it is described as given',
  async () => {
    const creator = await world.user()
    const accepted = [
      { MinimumMembershipPercentage: 40 },
      { MaximumSubChannels: 10_000, TargetMembershipsPerSubChannel: 1_000 },
      { MaximumSubChannels: 1_000, TargetMembershipsPerSubChannel: 10_000 },
      { MinimumMembershipPercentage: '7' },
    ]
    for (const numbers of accepted) {
      const created = await create(creator, numbers)
      await succeeds(Promise.resolve(created), 201, ['ChannelArn'])
      const expected = Object.entries({ ...SMALLEST, ...numbers }).map(([name, value]) => {
        return [name, Number(value)]
      })
      expect(await configurationOf(creator, created)).toEqual(Object.fromEntries(expected))
    }
  },
)
write(
  'behaviour',
  'proposed',
  'Given the quotas of this server, when sub-channels, members of one or members in all go beyond, then ResourceLimitExceededException and there is no channel',
  async () => {
    const creator = await world.user()
    const beyond = [
      { MaximumSubChannels: 10_001 },
      { TargetMembershipsPerSubChannel: 10_001 },
      { MaximumSubChannels: 10_000, TargetMembershipsPerSubChannel: 1_001 },
      { MaximumSubChannels: 2147483647, TargetMembershipsPerSubChannel: 2147483647 },
    ]
    for (const numbers of beyond)
      await fails(create(creator, numbers), 'ResourceLimitExceededException')
    await expectNoChannel(creator)
  },
)
