// Conformance of BatchCreateChannelMembership.
import { expect } from 'vitest'
import { at, expectMembers, fails, failsNaming, succeeds, type Json } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { arnPathCases, bearerCases, bodyCases, doorCases } from '../kit/shared-cases.ts'
import { wireAnswerOf } from '../kit/recorded-clients.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('BatchCreateChannelMembership')

const add = (
  ChannelArn: string,
  ChimeBearer: string,
  MemberArns: string[] | undefined,
  input: object = {},
) => world.messaging.batchCreateChannelMembership({ ChannelArn, ChimeBearer, MemberArns, ...input })
const prepare = async () => {
  const [owner, member] = [await world.user(), await world.user()]
  const channelArn = await world.channel(owner)
  return () => add(channelArn, owner, [member])
}
const users = async (count: number) => {
  const arns: string[] = []
  while (arns.length < count) arns.push(await world.user('Eli'))
  return arns
}
const withErrors = (body: Json) => (body['Errors'] as Json[] | undefined) ?? []
const batch = async (...input: Parameters<typeof add>) => {
  const output = await add(...input)
  return JSON.parse(wireAnswerOf(output).text) as Json
}

write(
  'wire',
  'model',
  'Given users, when they are added, then 200 with the members, the inviter and no errors',
  async () => {
    const owner = await world.user('Ana')
    const channelArn = await world.channel(owner)
    const [eli, fay] = await users(2)
    // evidence: code (behaviour 13.12): list members are always there
    const answer = await succeeds(add(channelArn, owner, [eli!, fay!]), 200, [
      'BatchChannelMemberships',
      'Errors',
    ])
    expect(withErrors(answer)).toEqual([])
    const memberships = answer['BatchChannelMemberships'] as Json
    expectMembers(memberships, ['ChannelArn', 'InvitedBy', 'Members', 'Type'])
    expect(memberships).toMatchObject({
      ChannelArn: channelArn,
      Type: 'DEFAULT',
      InvitedBy: { Arn: owner, Name: 'Ana' },
    })
    expect((memberships['Members'] as Json[]).map((item) => item['Arn'])).toEqual([eli, fay])
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)
bodyCases(write, world, prepare, undefined)

write(
  'validation',
  'model',
  'Given 100 members, when they are added, then it is accepted; none and 101 are not',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    const many = await users(101)
    await failsNaming(add(channelArn, owner, many), 'MemberArns')
    await failsNaming(add(channelArn, owner, []), 'MemberArns')
    await failsNaming(add(channelArn, owner, undefined), 'MemberArns')
    const body = await batch(channelArn, owner, many.slice(0, 100))
    expect((at(body, 'BatchChannelMemberships.Members') as Json[]).length).toBe(100)
  },
)
write(
  'validation',
  'model',
  'Given a type that the model lacks or an ARN that is none, when they are added, then BadRequestException',
  async () => {
    const [owner, member] = await users(2)
    const channelArn = await world.channel(owner!)
    await failsNaming(add(channelArn, owner!, [member!], { Type: 'GUEST' }), 'Type')
    await failsNaming(add(channelArn, owner!, ['eli']), 'MemberArns')
  },
)
write(
  'validation',
  'proposed',
  'Given a SubChannelId on a channel that is not elastic, when they are added, then BadRequestException',
  async () => {
    const [owner, member] = await users(2)
    const channelArn = await world.channel(owner!)
    await failsNaming(add(channelArn, owner!, [member!], { SubChannelId: 'sc-1' }), 'SubChannelId')
  },
)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'doc',
  'Given a member of a RESTRICTED channel, when it adds others, then ForbiddenException',
  async () => {
    const [owner, member, other] = await users(3)
    const channelArn = await world.channel(owner!)
    await world.join(channelArn, owner!, member!)
    await fails(add(channelArn, member!, [other!]), 'ForbiddenException')
  },
)
write(
  'authorisation',
  'doc',
  'Given a member of an UNRESTRICTED channel, when it adds others, then it may',
  async () => {
    const [owner, member, other] = await users(3)
    const channelArn = await world.channel(owner!, { Mode: 'UNRESTRICTED' })
    await world.join(channelArn, owner!, member!)
    expect(withErrors(await batch(channelArn, member!, [other!]))).toEqual([])
  },
)

write(
  'behaviour',
  'proposed',
  'Given a new user, a member and an unknown one, when they are added, then one joins and the others are error items',
  async () => {
    const [owner, fresh] = await users(2)
    const ChannelArn = await world.channel(owner!)
    const unknown = `${world.appInstanceArn}/user/nobody`
    const body = await batch(ChannelArn, owner!, [fresh!, owner!, unknown])
    expect(
      (at(body, 'BatchChannelMemberships.Members') as Json[]).map((item) => item['Arn']),
    ).toEqual([fresh])
    const errors = withErrors(body)
    for (const error of errors) expectMembers(error, ['MemberArn', 'ErrorCode', 'ErrorMessage'])
    expect(errors.map(({ MemberArn, ErrorCode }) => [MemberArn, ErrorCode])).toEqual([
      [owner, 'Conflict'],
      [unknown, 'NotFound'],
    ])
  },
)
write(
  'behaviour',
  'proposed',
  'Given one user twice, when they are added, then it counts once',
  async () => {
    const [owner, member] = await users(2)
    const channelArn = await world.channel(owner!)
    const body = await batch(channelArn, owner!, [member!, member!])
    expect((at(body, 'BatchChannelMemberships.Members') as Json[]).length).toBe(1)
    expect(withErrors(body)).toEqual([])
  },
)
write(
  'behaviour',
  'doc',
  'Given type HIDDEN, when users are added, then they are hidden',
  async () => {
    const [owner, hidden] = await users(2)
    const ChannelArn = await world.channel(owner!)
    const body = await batch(ChannelArn, owner!, [hidden!], { Type: 'HIDDEN' })
    expect(at(body, 'BatchChannelMemberships.Type')).toBe('HIDDEN')
    const visible = await world.messaging.listChannelMemberships({ ChannelArn, ChimeBearer: owner })
    expect(visible.ChannelMemberships?.map((item) => item.Member?.Arn)).toEqual([owner])
  },
)

write(
  'events emitted',
  'doc',
  'Given connected members, when users are added, then all, the new ones too, get one BATCH_CREATE_CHANNEL_MEMBERSHIP of those who joined',
  async () => {
    const owner = await world.user('Ana')
    const [first, second, other] = await users(3)
    const channelArn = await world.channel(owner)
    const sessions = []
    for (const arn of [owner, first!, second!, other!]) sessions.push(await world.listen(arn))
    await add(channelArn, owner, [first!, second!, owner])
    const all = await world.received(...sessions)
    expect(all.map((events) => events.length)).toEqual([1, 1, 1, 0])
    for (const [event] of all.slice(0, 3)) {
      expect(event?.type).toBe('BATCH_CREATE_CHANNEL_MEMBERSHIP')
      expect(event?.headers['x-amz-chime-message-type']).toBe('SYSTEM')
      expect(event?.payload).toEqual({
        ChannelArn: channelArn,
        Type: 'DEFAULT',
        InvitedBy: { Arn: owner, Name: 'Ana' },
        Members: [
          { Arn: first, Name: 'Eli' },
          { Arn: second, Name: 'Eli' },
        ],
      })
    }
  },
)
write(
  'events emitted',
  'inferred',
  'Given nobody joins, when the batch is made, then no event goes out',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    const session = await world.listen(owner)
    await add(channelArn, owner, [owner])
    expect(await world.received(session)).toEqual([[]])
  },
)
