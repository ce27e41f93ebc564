// Conformance of CreateChannel.
import { expect } from 'vitest'
import { at, expectMembers, fails, failsNaming, succeeds, type Json } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { bearerCases, bodyCases, doorCases } from '../kit/shared-cases.ts'
import { unique, useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('CreateChannel')

const create = (ChimeBearer: string, input: object = {}) =>
  world.messaging.createChannel({
    AppInstanceArn: world.appInstanceArn,
    Name: 'Lobby',
    ClientRequestToken: unique(),
    ChimeBearer,
    ...input,
  })
const prepare = async () => {
  const creator = await world.user()
  return () => create(creator)
}
const accepted = (bearer: string, input: object) =>
  succeeds(create(bearer, input), 201, ['ChannelArn'])
const membersOf = async (ChannelArn: string, ChimeBearer: string) => {
  const { ChannelMemberships } = await world.messaging.listChannelMemberships({
    ChannelArn,
    ChimeBearer,
  })
  return ChannelMemberships!.map((item) => item.Member!.Arn!)
}

write(
  'wire',
  'model',
  'Given a name, when it is created, then 201 with only the ARN, whose id is a UUID',
  async () => {
    const body = await accepted(await world.user(), {})
    const id = String(body['ChannelArn']).slice(`${world.appInstanceArn}/channel/`.length)
    expect(String(body['ChannelArn']).startsWith(`${world.appInstanceArn}/channel/`)).toBe(true)
    expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  },
)
doorCases(write, world, prepare)
bodyCases(write, world, prepare, 'Name')

write(
  'validation',
  'doc',
  'Given channel ids with : - _ . @, when it is created, then they are accepted and can be read',
  async () => {
    const creator = await world.user()
    for (const ChannelId of [`us-east-1:${unique()}`, `a@b.c_d-${unique().slice(0, 8)}Z`]) {
      const body = await accepted(creator, { ChannelId })
      expect(body['ChannelArn']).toBe(`${world.appInstanceArn}/channel/${ChannelId}`)
      await world.messaging.describeChannel({
        ChannelArn: String(body['ChannelArn']),
        ChimeBearer: creator,
      })
    }
  },
)
write(
  'validation',
  'model',
  'Given a channel id of 1 or 64 characters, when it is created, then it is accepted; 0, 65 and bad ends are not',
  async () => {
    const creator = await world.user()
    await accepted(creator, { ChannelId: 'x' })
    await accepted(creator, { ChannelId: 'x'.repeat(64) })
    for (const ChannelId of ['', 'x'.repeat(65), '-x', 'x.', 'a b', 'a/b']) {
      await failsNaming(create(creator, { ChannelId }), 'ChannelId')
    }
  },
)
write(
  'validation',
  'model',
  'Given a name of 1 or 256 characters, when it is created, then it is accepted; 0 and 257 are not',
  async () => {
    const creator = await world.user()
    await accepted(creator, { Name: 'L' })
    await accepted(creator, { Name: 'ö'.repeat(256) })
    for (const Name of ['', 'L'.repeat(257)]) await failsNaming(create(creator, { Name }), 'Name')
  },
)
write(
  'validation',
  'proposed',
  'Given metadata of 1024 bytes, when it is created, then it is accepted; 1025 bytes are not',
  async () => {
    const creator = await world.user()
    await accepted(creator, { Metadata: 'ü'.repeat(512) })
    await failsNaming(create(creator, { Metadata: 'ü'.repeat(512) + 'm' }), 'Metadata')
  },
)
write(
  'validation',
  'model',
  'Given a mode or privacy that the model lacks, when it is created, then BadRequestException',
  async () => {
    const creator = await world.user()
    await failsNaming(create(creator, { Mode: 'OPEN' }), 'Mode')
    await failsNaming(create(creator, { Privacy: 'SECRET' }), 'Privacy')
  },
)
write(
  'validation',
  'model',
  'Given 10 members or moderators, when it is created, then they are accepted; none and 11 are not',
  async () => {
    const creator = await world.user()
    const users: string[] = []
    while (users.length < 11) users.push(await world.user())
    const ten = users.slice(0, 10)
    await accepted(creator, { MemberArns: ten, ModeratorArns: ten })
    await failsNaming(create(creator, { MemberArns: users }), 'MemberArns')
    await failsNaming(create(creator, { MemberArns: [] }), 'MemberArns')
    await failsNaming(create(creator, { ModeratorArns: users }), 'ModeratorArns')
    await failsNaming(create(creator, { ModeratorArns: [] }), 'ModeratorArns')
  },
)
write(
  'validation',
  'proposed',
  'Given members that are unknown or foreign, when it is created, then BadRequestException and no channel',
  async () => {
    const creator = await world.user()
    const { userArn } = await world.stranger()
    for (const arn of [`${world.appInstanceArn}/user/nobody`, userArn, world.appInstanceArn]) {
      const ChannelId = unique()
      await fails(create(creator, { ChannelId, MemberArns: [arn] }), 'BadRequestException')
      await fails(create(creator, { ChannelId, ModeratorArns: [arn] }), 'BadRequestException')
      await accepted(creator, { ChannelId })
    }
  },
)
write(
  'validation',
  'proposed',
  'Given a faulty body and a faulty bearer, when it is created, then the bearer wins',
  async () => {
    await fails(
      create(`${world.appInstanceArn}/user/nobody`, { Name: '' }),
      'UnauthorizedClientException',
    )
  },
)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'inferred',
  'Given an unknown app instance in the body, when it is created, then it is refused',
  async () => {
    const AppInstanceArn = world.appInstanceArn.replace(/[^/]+$/, 'unknown')
    // evidence: proposed (behaviour 12b): a bearer of another app instance than the resource's
    await fails(create(await world.user(), { AppInstanceArn }), 'UnauthorizedClientException')
  },
)

write(
  'behaviour',
  'proposed',
  'Given neither privacy nor mode, when it is created, then it is PRIVATE and RESTRICTED',
  async () => {
    const creator = await world.user()
    const { ChannelArn } = await create(creator)
    const body = await succeeds(
      world.messaging.describeChannel({ ChannelArn, ChimeBearer: creator }),
      200,
      ['Channel'],
    )
    expect(at(body, 'Channel.Privacy')).toBe('PRIVATE')
    expect(at(body, 'Channel.Mode')).toBe('RESTRICTED')
  },
)
write(
  'behaviour',
  'doc',
  'Given a creator, when it creates, then it is member and moderator',
  async () => {
    const creator = await world.user()
    const { ChannelArn } = await create(creator)
    expect(await membersOf(ChannelArn!, creator)).toEqual([creator])
    await world.post(ChannelArn!, creator)
    await world.messaging.updateChannel({ ChannelArn, Name: 'Renamed', ChimeBearer: creator })
  },
)
write(
  'behaviour',
  'inferred',
  'Given members and moderators, when it is created, then members are DEFAULT and moderators only moderate',
  async () => {
    const [creator, member, moderator] = [
      await world.user(),
      await world.user(),
      await world.user(),
    ]
    const { ChannelArn } = await create(creator, {
      MemberArns: [member],
      ModeratorArns: [moderator],
    })
    expect((await membersOf(ChannelArn!, creator)).toSorted()).toEqual([creator, member].toSorted())
    const { ChannelMembership } = await world.messaging.describeChannelMembership({
      ChannelArn,
      MemberArn: member,
      ChimeBearer: creator,
    })
    expect(ChannelMembership?.Type).toBe('DEFAULT')
    expect(ChannelMembership?.InvitedBy?.Arn).toBe(creator)
    await world.messaging.updateChannel({
      ChannelArn,
      Name: 'By moderator',
      ChimeBearer: moderator,
    })
    await fails(
      world.messaging.sendChannelMessage({
        ChannelArn,
        Content: 'x',
        Type: 'STANDARD',
        Persistence: 'PERSISTENT',
        ClientRequestToken: unique(),
        ChimeBearer: moderator,
      }),
      'ForbiddenException',
    )
  },
)
write(
  'behaviour',
  'inferred',
  'Given the creator among the members, or a member twice, when it is created, then each is a member once',
  async () => {
    const [creator, member] = [await world.user(), await world.user()]
    const { ChannelArn } = await create(creator, { MemberArns: [creator, member, member] })
    expect((await membersOf(ChannelArn!, creator)).toSorted()).toEqual([creator, member].toSorted())
  },
)
write(
  'behaviour',
  'field',
  'Given a channel id that exists, when it is created with another token, then ConflictException',
  async () => {
    const creator = await world.user()
    const ChannelId = unique()
    await create(creator, { ChannelId })
    await fails(create(creator, { ChannelId }), 'ConflictException')
  },
)
write(
  'behaviour',
  'proposed',
  'Given the token and body of an earlier call, when it is repeated, then the first answer comes again',
  async () => {
    const creator = await world.user()
    const ClientRequestToken = unique()
    const first = await create(creator, { ClientRequestToken })
    const again = await accepted(creator, { ClientRequestToken })
    expect(again['ChannelArn']).toBe(first.ChannelArn)
  },
)
write(
  'behaviour',
  'proposed',
  'Given the token of an earlier call, when the body is another, then ConflictException',
  async () => {
    const creator = await world.user()
    const ClientRequestToken = unique()
    await create(creator, { ClientRequestToken })
    await fails(create(creator, { ClientRequestToken, Name: 'Another' }), 'ConflictException')
  },
)
write(
  'behaviour',
  'proposed',
  'Given the token of another bearer, when it is created, then a new channel is made',
  async () => {
    const ClientRequestToken = unique()
    const first = await create(await world.user(), { ClientRequestToken })
    const second = await create(await world.user(), { ClientRequestToken })
    expect(second.ChannelArn).not.toBe(first.ChannelArn)
  },
)
write(
  'behaviour',
  'code',
  'Given no request token on the wire, when it is created, then it is accepted',
  async () => {
    const creator = await world.user()
    const drop = (request: { body?: unknown }) => {
      const { ClientRequestToken: _token, ...rest } = JSON.parse(String(request.body)) as Json
      request.body = JSON.stringify(rest)
    }
    await succeeds(
      world.altered({ beforeSigning: drop }, () => create(creator)),
      201,
      ['ChannelArn'],
    )
  },
)
write(
  'behaviour',
  'code',
  'Given two calls with one new channel id at once, when they are made, then one wins and one gets ConflictException',
  async () => {
    const creator = await world.user()
    const ChannelId = unique()
    const calls = [create(creator, { ChannelId }), create(creator, { ChannelId })]
    const outcomes = await Promise.allSettled(calls)
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    await fails(
      calls[outcomes.findIndex(({ status }) => status === 'rejected')]!,
      'ConflictException',
    )
  },
)

write(
  'events emitted',
  'proposed',
  'Given connected members and a moderator, when it is created, then each member gets a CREATE_CHANNEL_MEMBERSHIP for each member and the moderator nothing',
  async () => {
    const [creator, member, moderator] = [
      await world.user('Cy'),
      await world.user('Mel'),
      await world.user('Mo'),
    ]
    const sessions = [
      await world.listen(creator),
      await world.listen(member),
      await world.listen(moderator),
    ]
    const { ChannelArn } = await create(creator, {
      MemberArns: [member],
      ModeratorArns: [moderator],
    })
    const [forCreator, forMember, forModerator] = await world.received(...sessions)
    for (const events of [forCreator!, forMember!]) {
      expect(events.map(({ type }) => type)).toEqual([
        'CREATE_CHANNEL_MEMBERSHIP',
        'CREATE_CHANNEL_MEMBERSHIP',
      ])
      const joined = events.map(({ payload }) => at(payload, 'Member.Arn') as string)
      expect(joined.toSorted()).toEqual([creator, member].toSorted())
      for (const { payload, headers } of events) {
        expectMembers(payload, [
          'ChannelArn',
          'Member',
          'Type',
          'InvitedBy',
          'CreatedTimestamp',
          'LastUpdatedTimestamp',
        ])
        expect(payload?.['ChannelArn']).toBe(ChannelArn)
        expect(headers['x-amz-chime-message-type']).toBe('SYSTEM')
      }
    }
    expect(forModerator).toEqual([])
  },
)
