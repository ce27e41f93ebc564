// Conformance of ListChannels.
import { expect } from 'vitest'
import {
  expectEpochSeconds,
  expectMembers,
  fails,
  failsNaming,
  succeeds,
  type Json,
} from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import {
  bearerCases,
  doorCases,
  pagingBehaviourCases,
  pagingValidationCases,
  type PagedList,
} from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('ListChannels')

const list = (ChimeBearer: string, input: object = {}) =>
  world.messaging.listChannels({ AppInstanceArn: world.appInstanceArn, ChimeBearer, ...input })

/** An app instance of its own with a creator, so that a case sees only its own channels. */
async function place() {
  const { appInstanceArn, userArn } = await world.stranger()
  const input = { AppInstanceArn: appInstanceArn }
  const channel = (privacy: 'PUBLIC' | 'PRIVATE', more: object = {}) =>
    world.channel(userArn, { ...input, Privacy: privacy, ...more })
  const listAs = async (bearer: string, more: object = {}) =>
    (await list(bearer, { ...input, ...more })).Channels!.map((item) => item.ChannelArn!)
  const promote = () =>
    world.identity.createAppInstanceAdmin({ ...input, AppInstanceAdminArn: userArn })
  return { appInstanceArn, userArn, channel, listAs, promote }
}

const listing: PagedList = {
  member: 'Channels',
  others: [],
  keyOf: (item) => String(item['ChannelArn']),
  async prepare() {
    const { appInstanceArn, userArn, channel } = await place()
    const keys: string[] = []
    while (keys.length < 5) keys.push(await channel('PUBLIC'))
    const input = { AppInstanceArn: appInstanceArn }
    return {
      keys,
      list: (page) => list(userArn, { ...input, ...page }),
      foreign: (page) => list(userArn, { ...input, Privacy: 'PUBLIC', ...page }),
    }
  },
}

write(
  'wire',
  'model',
  'Given a channel with metadata and a message and one without, when they are listed, then summaries hold what there is',
  async () => {
    const { appInstanceArn, userArn, channel } = await place()
    const plain = await channel('PUBLIC')
    const rich = await channel('PUBLIC', { Metadata: 'm' })
    await world.post(rich, userArn)
    const body = await succeeds(list(userArn, { AppInstanceArn: appInstanceArn }), 200, [
      'Channels',
    ])
    const items = body['Channels'] as Json[]
    const of = (arn: string) => items.find((item) => item['ChannelArn'] === arn)!
    expect(of(plain)).toEqual({
      ChannelArn: plain,
      Name: 'Lobby',
      Mode: 'RESTRICTED',
      Privacy: 'PUBLIC',
    })
    expectMembers(of(rich), [
      'ChannelArn',
      'Name',
      'Mode',
      'Privacy',
      'Metadata',
      'LastMessageTimestamp',
    ])
    expectEpochSeconds(of(rich)['LastMessageTimestamp'])
  },
)
write(
  'wire',
  'code',
  'Given no channels, when they are listed, then the list is there and empty',
  async () => {
    const { appInstanceArn, userArn } = await place()
    const body = await succeeds(list(userArn, { AppInstanceArn: appInstanceArn }), 200, [
      'Channels',
    ])
    expect(body['Channels']).toEqual([])
  },
)
doorCases(write, world, async () => {
  const user = await world.user()
  return () => list(user)
})

write(
  'validation',
  'model',
  'Given no app instance or an unknown privacy, when channels are listed, then BadRequestException',
  async () => {
    const user = await world.user()
    await failsNaming(
      world.messaging.listChannels({ AppInstanceArn: undefined, ChimeBearer: user }),
      'AppInstanceArn',
    )
    await failsNaming(list(user, { Privacy: 'SECRET' }), 'Privacy')
  },
)
pagingValidationCases(write, listing)
write(
  'validation',
  'proposed',
  'Given the token of another bearer, when channels are listed, then BadRequestException',
  async () => {
    const [first, second] = [await world.user(), await world.user()]
    await world.channel(first, { Privacy: 'PUBLIC' })
    await world.channel(first, { Privacy: 'PUBLIC' })
    const { NextToken } = await list(first, { MaxResults: 1 })
    await fails(list(second, { MaxResults: 1, NextToken }), 'BadRequestException')
  },
)

bearerCases(write, world, async () => {
  const user = await world.user()
  return () => list(user)
})
write(
  'authorisation',
  'doc',
  'Given PUBLIC and PRIVATE channels, when a user lists either, then only the PUBLIC ones may be listed',
  async () => {
    const { userArn, channel, listAs, appInstanceArn } = await place()
    const open = await channel('PUBLIC')
    await channel('PRIVATE')
    expect(await listAs(userArn, { Privacy: 'PUBLIC' })).toEqual([open])
    await fails(
      list(userArn, { AppInstanceArn: appInstanceArn, Privacy: 'PRIVATE' }),
      'ForbiddenException',
    )
  },
)
write(
  'authorisation',
  'doc',
  'Given PUBLIC and PRIVATE channels, when an admin lists each, then it sees each',
  async () => {
    const { userArn, channel, listAs, promote } = await place()
    const [open, closed] = [await channel('PUBLIC'), await channel('PRIVATE')]
    await promote()
    expect(await listAs(userArn, { Privacy: 'PUBLIC' })).toEqual([open])
    expect(await listAs(userArn, { Privacy: 'PRIVATE' })).toEqual([closed])
  },
)

write(
  'behaviour',
  'proposed',
  'Given no privacy, when channels are listed, then users see PUBLIC ones and admins all',
  async () => {
    const { userArn, channel, listAs, promote } = await place()
    const [open, closed] = [await channel('PUBLIC'), await channel('PRIVATE')]
    expect(await listAs(userArn)).toEqual([open])
    await promote()
    expect((await listAs(userArn)).toSorted()).toEqual([open, closed].toSorted())
  },
)
write(
  'behaviour',
  'proposed',
  'Given channels with messages, when they are listed, then the newest activity is first',
  async () => {
    const { userArn, channel, listAs } = await place()
    const [first, second, third] = [
      await channel('PUBLIC'),
      await channel('PUBLIC'),
      await channel('PUBLIC'),
    ]
    await world.post(second, userArn)
    await world.post(first, userArn)
    expect((await listAs(userArn)).slice(0, 2)).toEqual(expect.arrayContaining([first]) as string[])
    const order = await listAs(userArn)
    expect(order.indexOf(first)).toBeLessThan(order.indexOf(second))
    expect(order).toContain(third)
  },
)
pagingBehaviourCases(write, listing)
write(
  'behaviour',
  'doc',
  'Given a message targeted at another, when a third user lists, then LastMessageTimestamp does not show it',
  async () => {
    const { appInstanceArn, userArn, channel } = await place()
    const { AppInstanceUserArn: third } = await world.identity.createAppInstanceUser({
      AppInstanceArn: appInstanceArn,
      AppInstanceUserId: 'third',
      Name: 'Third',
      ClientRequestToken: crypto.randomUUID(),
    })
    const arn = await channel('PUBLIC')
    await world.post(arn, userArn, 'to myself', { Target: [{ MemberArn: userArn }] })
    const seen = await list(third!, { AppInstanceArn: appInstanceArn })
    expect(seen.Channels?.[0]?.LastMessageTimestamp).toBeUndefined()
    const own = await list(userArn, { AppInstanceArn: appInstanceArn })
    expect(own.Channels?.[0]?.LastMessageTimestamp).toBeDefined()
  },
)
