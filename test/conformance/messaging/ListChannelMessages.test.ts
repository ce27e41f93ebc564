// Conformance of ListChannelMessages.
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
  arnPathCases,
  bearerCases,
  doorCases,
  pagingBehaviourCases,
  pagingValidationCases,
  type PagedList,
} from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('ListChannelMessages')

const list = (ChannelArn: string, ChimeBearer: string, input: object = {}) =>
  world.messaging.listChannelMessages({ ChannelArn, ChimeBearer, ...input })
const own = async (count: number) => {
  const owner = await world.user('Ana')
  const channelArn = await world.channel(owner)
  const ids: string[] = []
  while (ids.length < count) ids.push(await world.post(channelArn, owner, `${ids.length}`))
  return { owner, channelArn, ids }
}
const prepare = async () => {
  const { owner, channelArn } = await own(1)
  return () => list(channelArn, owner)
}
const whole = ['ChannelArn', 'ChannelMessages']
const idsOf = async (...input: Parameters<typeof list>) =>
  (await list(...input)).ChannelMessages!.map((item) => item.MessageId!)
const withQuery = (query: Record<string, string>, call: () => Promise<object>) =>
  world.altered({ beforeSigning: (request) => void Object.assign(request.query, query) }, call)

const listing: PagedList = {
  member: 'ChannelMessages',
  others: ['ChannelArn'],
  keyOf: (item) => String(item['MessageId']),
  async prepare() {
    const { owner, channelArn, ids } = await own(5)
    return {
      keys: ids,
      list: (page) => list(channelArn, owner, page),
      foreign: (page) => list(channelArn, owner, { SortOrder: 'ASCENDING', ...page }),
    }
  },
}

write(
  'wire',
  'model',
  'Given a plain message, when messages are listed, then the summary holds what there is and no ChannelArn or Persistence',
  async () => {
    const { owner, channelArn, ids } = await own(1)
    const body = await succeeds(list(channelArn, owner), 200, whole)
    expect(body['ChannelArn']).toBe(channelArn)
    const [item] = body['ChannelMessages'] as Json[]
    expectMembers(item, [
      'MessageId',
      'Content',
      'Type',
      'CreatedTimestamp',
      'LastUpdatedTimestamp',
      'Sender',
      'Redacted',
      'Status',
    ])
    expect(item).toMatchObject({
      MessageId: ids[0],
      Content: '0',
      Sender: { Arn: owner, Name: 'Ana' },
      Redacted: false,
      Status: { Value: 'SENT' },
    })
    expectEpochSeconds(item?.['CreatedTimestamp'])
  },
)
write(
  'wire',
  'code',
  'Given no messages, when they are listed, then the list is there and empty',
  async () => {
    const { owner, channelArn } = await own(0)
    const body = await succeeds(list(channelArn, owner), 200, whole)
    expect(body['ChannelMessages']).toEqual([])
  },
)
write(
  'wire',
  'code',
  'Given times with an offset and a fraction, when messages are listed, then any RFC 3339 date-time is understood',
  async () => {
    const { owner, channelArn, ids } = await own(1)
    for (const time of [
      '2020-01-01T00:00:00Z',
      '2020-01-01T01:00:00.123+01:00',
      '2020-01-01T00:00:00.123456Z',
    ]) {
      const page = (await withQuery({ 'not-before': time }, () => list(channelArn, owner))) as {
        ChannelMessages: { MessageId: string }[]
      }
      expect(page.ChannelMessages.map((item) => item.MessageId)).toEqual(ids)
    }
  },
)
write(
  'wire',
  'proposed',
  'Given a time as epoch seconds, when messages are listed, then it is understood',
  async () => {
    const { owner, channelArn } = await own(1)
    const body = await succeeds(
      withQuery({ 'not-after': '1577836800' }, () => list(channelArn, owner)),
      200,
      whole,
    )
    expect(body['ChannelMessages']).toEqual([])
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given a sort order that the model lacks or a time that is none, when messages are listed, then it is refused',
  async () => {
    const { owner, channelArn } = await own(0)
    await failsNaming(list(channelArn, owner, { SortOrder: 'RANDOM' }), 'SortOrder')
    await expect(
      withQuery({ 'not-before': 'yesterday' }, () => list(channelArn, owner)),
    ).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } })
  },
)
write(
  'validation',
  'proposed',
  'Given a SubChannelId on a channel that is not elastic, when messages are listed, then BadRequestException',
  async () => {
    const { owner, channelArn } = await own(0)
    await failsNaming(list(channelArn, owner, { SubChannelId: 'sc-1' }), 'SubChannelId')
  },
)
pagingValidationCases(write, listing)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'doc',
  'Given a PRIVATE channel, when a stranger lists, then ForbiddenException; a PUBLIC one and a hidden member may',
  async () => {
    const [owner, other, hidden] = [await world.user(), await world.user(), await world.user()]
    const closed = await world.channel(owner)
    await world.joinHidden(closed, owner, hidden)
    await fails(list(closed, other), 'ForbiddenException')
    await fails(list(`${world.appInstanceArn}/channel/none`, other), 'ForbiddenException')
    await succeeds(list(closed, hidden), 200, whole)
    await succeeds(list(await world.channel(owner, { Privacy: 'PUBLIC' }), other), 200, whole)
  },
)

write(
  'behaviour',
  'doc',
  'Given messages, when they are listed, then newest first, or oldest first when asked',
  async () => {
    const { owner, channelArn, ids } = await own(3)
    expect(await idsOf(channelArn, owner)).toEqual(ids.toReversed())
    expect(await idsOf(channelArn, owner, { SortOrder: 'DESCENDING' })).toEqual(ids.toReversed())
    expect(await idsOf(channelArn, owner, { SortOrder: 'ASCENDING' })).toEqual(ids)
  },
)
write(
  'behaviour',
  'proposed',
  'Given NotBefore and NotAfter at the time of a message, when messages are listed, then both ends are inclusive',
  async () => {
    const { owner, channelArn, ids } = await own(4)
    const { ChannelMessages } = await list(channelArn, owner, { SortOrder: 'ASCENDING' })
    const times = ChannelMessages!.map((item) => item.CreatedTimestamp!)
    const exact = (name: string, time: Date) => ({ [name]: time.toISOString() })
    const between = async (from: number, to: number) => {
      const query = { ...exact('not-before', times[from]!), ...exact('not-after', times[to]!) }
      const page = (await withQuery(query, () =>
        list(channelArn, owner, { SortOrder: 'ASCENDING' }),
      )) as {
        ChannelMessages: { MessageId: string }[]
      }
      return page.ChannelMessages.map((item) => item.MessageId)
    }
    expect(await between(1, 2)).toEqual(ids.slice(1, 3))
    expect(await between(2, 2)).toEqual(ids.slice(2, 3))
    expect(await between(3, 0)).toEqual([])
  },
)
write(
  'behaviour',
  'inferred',
  'Given a time that is reckoned anew for each page, when messages are listed by it, then the pages join',
  async () => {
    const { owner, channelArn, ids } = await own(5)
    const found: string[] = []
    let NextToken: string | undefined
    // As an app does that asks for the last hour, and for the next page a moment later.
    for (let elapsedMs = 0; elapsedMs === 0 || NextToken !== undefined; elapsedMs++) {
      const times = {
        'not-before': new Date(Date.now() - 3_600_000 + elapsedMs).toISOString(),
        'not-after': new Date(Date.now() + 3_600_000 + elapsedMs).toISOString(),
      }
      const page = (await withQuery(times, () =>
        list(channelArn, owner, { MaxResults: 2, NextToken }),
      )) as Awaited<ReturnType<typeof list>>
      found.push(...page.ChannelMessages!.map((item) => item.MessageId!))
      NextToken = page.NextToken
    }
    expect(found).toEqual(ids.toReversed())
  },
)
write(
  'behaviour',
  'doc',
  'Given messages targeted at others, when they are listed, then they are left out and the paging still reaches the rest',
  async () => {
    const { owner, channelArn, ids } = await own(1)
    const [target, third] = [await world.user(), await world.user()]
    await world.join(channelArn, owner, target, third)
    for (let count = 0; count < 4; count++) {
      await world.post(channelArn, owner, 'psst', { Target: [{ MemberArn: target }] })
    }
    const last = await world.post(channelArn, owner, 'all')
    const found: string[] = []
    let NextToken: string | undefined
    do {
      const page = await list(channelArn, third, { MaxResults: 2, NextToken })
      found.push(...page.ChannelMessages!.map((item) => item.MessageId!))
      NextToken = page.NextToken
    } while (NextToken !== undefined)
    expect(found).toEqual([last, ids[0]])
  },
)
pagingBehaviourCases(write, listing)
write(
  'behaviour',
  'proposed',
  'Given new messages between pages, when the next page is read, then no message comes twice or is left out',
  async () => {
    const { owner, channelArn, ids } = await own(4)
    const first = await list(channelArn, owner, { MaxResults: 2 })
    await world.post(channelArn, owner, 'late')
    const second = await list(channelArn, owner, { MaxResults: 2, NextToken: first.NextToken })
    const found = [...first.ChannelMessages!, ...second.ChannelMessages!].map(
      (item) => item.MessageId,
    )
    expect(found).toEqual(ids.toReversed())
  },
)
write(
  'behaviour',
  'inferred',
  'Given a member who joined later, when messages are listed, then it sees all of them',
  async () => {
    const { owner, channelArn, ids } = await own(2)
    const late = await world.user()
    await world.join(channelArn, owner, late)
    expect(await idsOf(channelArn, late)).toEqual(ids.toReversed())
  },
)
