// Conformance of UpdateChannel.
import { expect } from 'vitest'
import {
  at,
  expectEpochSeconds,
  expectMembers,
  fails,
  failsAtTheDoor,
  failsNaming,
  succeeds,
} from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { arnPathCases, bearerCases, bodyCases, doorCases } from '../kit/shared-cases.ts'
import type { SdkRequest } from '../kit/recorded-clients.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('UpdateChannel')

const update = (ChannelArn: string, ChimeBearer: string, input: object = { Name: 'Lobby 2' }) =>
  world.messaging.updateChannel({ ChannelArn, ChimeBearer, ...input })
const read = async (ChannelArn: string, ChimeBearer: string) =>
  (await succeeds(world.messaging.describeChannel({ ChannelArn, ChimeBearer }), 200, ['Channel']))[
    'Channel'
  ] as Record<string, unknown>
const prepare = async () => {
  const owner = await world.user()
  const channelArn = await world.channel(owner)
  return () => update(channelArn, owner)
}

write(
  'wire',
  'model',
  'Given a new name, when it is updated, then 200 with only the ARN',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    const body = await succeeds(update(channelArn, owner), 200, ['ChannelArn'])
    expect(body['ChannelArn']).toBe(channelArn)
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)
bodyCases(write, world, prepare, 'Name')

write(
  'validation',
  'model',
  'Given a name of 256 characters, when it is updated, then it is accepted; 0 and 257 are not',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    await succeeds(update(channelArn, owner, { Name: 'L'.repeat(256) }), 200, ['ChannelArn'])
    for (const Name of ['', 'L'.repeat(257)])
      await failsNaming(update(channelArn, owner, { Name }), 'Name')
  },
)
write(
  'validation',
  'model',
  'Given a mode that the model lacks or metadata of 1025 bytes, when it is updated, then nothing changes',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    const before = await read(channelArn, owner)
    await failsNaming(update(channelArn, owner, { Name: 'X', Mode: 'OPEN' }), 'Mode')
    await failsNaming(
      update(channelArn, owner, { Name: 'X', Metadata: 'm'.repeat(1025) }),
      'Metadata',
    )
    expect(await read(channelArn, owner)).toEqual(before)
  },
)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'doc',
  'Given a member or a stranger to the channel, when it updates, then ForbiddenException',
  async () => {
    const [owner, member, other] = [await world.user(), await world.user(), await world.user()]
    const channelArn = await world.channel(owner, { Privacy: 'PUBLIC' })
    await world.join(channelArn, owner, member)
    await fails(update(channelArn, member), 'ForbiddenException')
    await fails(update(channelArn, other), 'ForbiddenException')
    await fails(update(`${world.appInstanceArn}/channel/none`, owner), 'ForbiddenException')
  },
)
write(
  'authorisation',
  'proposed',
  'Given several faults at once, when it updates, then signature, bearer, input and role are told in this order',
  async () => {
    const [owner, member] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner)
    await world.join(channelArn, owner, member)
    const nobody = `${world.appInstanceArn}/user/nobody`
    const unsigned = (request: SdkRequest) => delete request.headers['authorization']
    await failsAtTheDoor(
      world.altered({ afterSigning: unsigned }, () => update(channelArn, nobody, { Name: '' })),
      403,
      'MissingAuthenticationTokenException',
    )
    await fails(update(channelArn, nobody, { Name: '' }), 'UnauthorizedClientException')
    await failsNaming(update(channelArn, member, { Name: '' }), 'Name')
    await fails(update(channelArn, member), 'ForbiddenException')
  },
)
write(
  'authorisation',
  'doc',
  'Given an admin who is no member, when it updates, then it may',
  async () => {
    const channelArn = await world.channel(await world.user())
    await succeeds(update(channelArn, await world.admin()), 200, ['ChannelArn'])
  },
)

write(
  'behaviour',
  'proposed',
  'Given only some members, when it is updated, then the others are unchanged and LastUpdatedTimestamp moves',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner, { Metadata: 'm1' })
    const before = await read(channelArn, owner)
    await update(channelArn, owner, { Mode: 'UNRESTRICTED' })
    const after = await read(channelArn, owner)
    expect(after).toEqual({
      ...before,
      Mode: 'UNRESTRICTED',
      LastUpdatedTimestamp: expect.any(Number) as number,
    })
    expect(expectEpochSeconds(after['LastUpdatedTimestamp'])).toBeGreaterThan(
      expectEpochSeconds(before['LastUpdatedTimestamp']),
    )
  },
)
write(
  'behaviour',
  'proposed',
  'Given empty metadata, when it is updated, then the metadata is cleared',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner, { Metadata: 'm1' })
    await update(channelArn, owner, { Metadata: '' })
    expect((await read(channelArn, owner))['Metadata'] ?? '').toBe('')
  },
)
write(
  'behaviour',
  'doc',
  'Given a channel, when all is updated, then all is read and the privacy stays',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner, { Privacy: 'PUBLIC' })
    await update(channelArn, owner, { Name: 'Neu ü', Mode: 'UNRESTRICTED', Metadata: '{"x":1}' })
    expect(await read(channelArn, owner)).toMatchObject({
      Name: 'Neu ü',
      Mode: 'UNRESTRICTED',
      Metadata: '{"x":1}',
      Privacy: 'PUBLIC',
    })
  },
)

write(
  'events emitted',
  'code',
  'Given members, a hidden member, an admin and a moderator who is no member, when it is updated, then members get the complete channel, the others nothing',
  async () => {
    const [owner, member, hidden, moderator, admin] = [
      await world.user('Ana'),
      await world.user(),
      await world.user(),
      await world.user(),
      await world.admin(),
    ]
    const channelArn = await world.channel(owner, { ModeratorArns: [moderator], Metadata: '{}' })
    await world.join(channelArn, owner, member)
    await world.joinHidden(channelArn, owner, hidden)
    const sessions = [
      await world.listen(owner),
      await world.listen(owner),
      await world.listen(member),
      await world.listen(hidden),
      await world.listen(moderator),
      await world.listen(admin),
    ]
    await update(channelArn, owner, { Name: 'Lobby 2' })
    const all = await world.received(...sessions)
    expect(all.map((events) => events.map(({ type }) => type))).toEqual([
      ['UPDATE_CHANNEL'],
      ['UPDATE_CHANNEL'],
      ['UPDATE_CHANNEL'],
      ['UPDATE_CHANNEL'],
      [],
      [],
    ])
    const { payload, headers } = all[0]![0]!
    expect(headers['x-amz-chime-message-type']).toBe('SYSTEM')
    expectMembers(payload, [
      'ChannelArn',
      'Name',
      'Mode',
      'Privacy',
      'Metadata',
      'CreatedBy',
      'CreatedTimestamp',
      'LastUpdatedTimestamp',
    ])
    expect(payload?.['Name']).toBe('Lobby 2')
    expect(at(payload, 'CreatedBy')).toEqual({ Arn: owner, Name: 'Ana' })
    expect(payload?.['CreatedTimestamp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  },
)
write(
  'events emitted',
  'doc',
  'Given a message targeted at another, when the channel is updated, then a third member is not told of its time',
  async () => {
    const [owner, target, third] = [await world.user(), await world.user(), await world.user()]
    const channelArn = await world.channel(owner)
    await world.join(channelArn, owner, target, third)
    await world.post(channelArn, owner, 'for all')
    const seen = (await read(channelArn, third))['LastMessageTimestamp'] as number
    await world.post(channelArn, owner, 'psst', { Target: [{ MemberArn: target }] })
    const session = await world.listen(third)
    await update(channelArn, owner)
    const [[event]] = (await world.received(session)) as [[(typeof session.events)[number]]]
    expect(event.type).toBe('UPDATE_CHANNEL')
    expect(event.payload?.['LastMessageTimestamp']).toBe(new Date(seen * 1000).toISOString())
  },
)
