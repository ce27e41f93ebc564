// Conformance of PutChannelExpirationSettings.
import { expect } from 'vitest'
import { at, expectEpochSeconds, fails, failsNaming, succeeds, type Json } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { arnPathCases, bearerCases, bodyCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('PutChannelExpirationSettings')

const month = { ExpirationDays: 30, ExpirationCriterion: 'CREATED_TIMESTAMP' } as const
const put = (ChannelArn: string, ChimeBearer: string, ExpirationSettings?: object) =>
  world.messaging.putChannelExpirationSettings({
    ChannelArn,
    ChimeBearer,
    ExpirationSettings: ExpirationSettings as never,
  })
const prepare = async () => {
  const owner = await world.user()
  const channelArn = await world.channel(owner)
  return () => put(channelArn, owner, month)
}
const read = async (ChannelArn: string, ChimeBearer: string): Promise<Json> => {
  const body = await succeeds(world.messaging.describeChannel({ ChannelArn, ChimeBearer }), 200, [
    'Channel',
  ])
  return body['Channel'] as Json
}

write(
  'wire',
  'model',
  'Given settings, when they are put, then 200 with channel and settings, and they are described; its last stamp moves',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    const before = await read(channelArn, owner)
    const answer = await succeeds(put(channelArn, owner, month), 200, [
      'ChannelArn',
      'ExpirationSettings',
    ])
    expect(answer).toEqual({ ChannelArn: channelArn, ExpirationSettings: month })
    const after = await read(channelArn, owner)
    expect(after).toEqual({
      ...before,
      ExpirationSettings: month,
      LastUpdatedTimestamp: expect.any(Number) as number,
    })
    expect(expectEpochSeconds(after['LastUpdatedTimestamp'])).toBeGreaterThan(
      expectEpochSeconds(before['LastUpdatedTimestamp']),
    )
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)
bodyCases(write, world, prepare, undefined)

write(
  'validation',
  'model',
  'Given 1 and 5475 days and each criterion, when they are put, then they are accepted; 0, 5476, another criterion or a missing member are not',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    for (const ExpirationDays of [1, 5475]) {
      for (const ExpirationCriterion of ['CREATED_TIMESTAMP', 'LAST_MESSAGE_TIMESTAMP']) {
        const settings = { ExpirationDays, ExpirationCriterion }
        await put(channelArn, owner, settings)
        expect(at(await read(channelArn, owner), 'ExpirationSettings')).toEqual(settings)
      }
    }
    await put(channelArn, owner, month)
    const before = await read(channelArn, owner)
    for (const ExpirationDays of [0, 5476, undefined])
      await failsNaming(put(channelArn, owner, { ...month, ExpirationDays }), 'ExpirationDays')
    for (const ExpirationCriterion of ['NEVER', undefined])
      await failsNaming(
        put(channelArn, owner, { ...month, ExpirationCriterion }),
        'ExpirationCriterion',
      )
    await failsNaming(put('lobby', owner, month), 'ChannelArn')
    expect(await read(channelArn, owner)).toEqual(before)
  },
)

bearerCases(write, world, prepare)
write(
  'authorisation',
  'proposed',
  'Given a member, or a channel that does not exist, when settings are put, then ForbiddenException and nothing changes',
  async () => {
    const [owner, member] = [await world.user(), await world.user()]
    const channelArn = await world.channel(owner, { MemberArns: [member] })
    const before = await read(channelArn, owner)
    await fails(put(channelArn, member, month), 'ForbiddenException')
    await fails(put(`${world.appInstanceArn}/channel/none`, owner, month), 'ForbiddenException')
    await fails(put(world.appInstanceArn, owner, month), 'ForbiddenException')
    expect(await read(channelArn, owner)).toEqual(before)
  },
)

write(
  'behaviour',
  'doc',
  'Given a channel that expires, when it is put without settings, then the answer has none and the channel stays',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner, { ExpirationSettings: month })
    expect(await succeeds(put(channelArn, owner), 200, ['ChannelArn'])).toEqual({
      ChannelArn: channelArn,
    })
    expect(await read(channelArn, owner)).not.toHaveProperty('ExpirationSettings')
    await succeeds(put(channelArn, owner), 200, ['ChannelArn'])
  },
)
write(
  'behaviour',
  'inferred',
  'Given a channel that expires, when it is updated, then it keeps its settings',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner, { ExpirationSettings: month })
    await world.messaging.updateChannel({ ChannelArn: channelArn, ChimeBearer: owner, Name: 'New' })
    expect(at(await read(channelArn, owner), 'ExpirationSettings')).toEqual(month)
  },
)

write(
  'events emitted',
  'doc',
  'Given a connected member, when settings are put, then it gets no event; a later UPDATE_CHANNEL has them',
  async () => {
    const owner = await world.user()
    const channelArn = await world.channel(owner)
    const session = await world.listen(owner)
    await put(channelArn, owner, month)
    await world.messaging.updateChannel({ ChannelArn: channelArn, ChimeBearer: owner, Name: 'New' })
    const [events] = await world.received(session)
    expect(events!.map(({ type }) => type)).toEqual(['UPDATE_CHANNEL'])
    expect(at(events![0]!.payload, 'ExpirationSettings')).toEqual(month)
  },
)
