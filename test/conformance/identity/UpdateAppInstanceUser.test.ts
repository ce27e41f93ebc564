// Conformance of UpdateAppInstanceUser.
import { expect } from 'vitest'
import { at, expectEpochSeconds, fails, failsNaming, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { arnPathCases, bodyCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('UpdateAppInstanceUser')

const update = (AppInstanceUserArn: string, input: object = {}) =>
  world.identity.updateAppInstanceUser({ AppInstanceUserArn, Name: 'Bo', Metadata: '', ...input })
const read = (AppInstanceUserArn: string) =>
  succeeds(world.identity.describeAppInstanceUser({ AppInstanceUserArn }), 200, ['AppInstanceUser'])
const prepare = async () => {
  const arn = await world.user()
  return () => update(arn)
}

write(
  'wire',
  'model',
  'Given name and metadata, when it is updated, then 200 with only the ARN',
  async () => {
    const arn = await world.user()
    const body = await succeeds(update(arn), 200, ['AppInstanceUserArn'])
    expect(body['AppInstanceUserArn']).toBe(arn)
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)
bodyCases(write, world, prepare, 'Name')

write(
  'validation',
  'model',
  'Given a missing name or metadata, when it is updated, then BadRequestException names it',
  async () => {
    const arn = await world.user()
    await failsNaming(update(arn, { Name: undefined }), 'Name')
    await failsNaming(update(arn, { Metadata: undefined }), 'Metadata')
  },
)
write(
  'validation',
  'model',
  'Given a name of 100 characters, when it is updated, then it is accepted; 0, 101 and blank are not',
  async () => {
    const arn = await world.user()
    await succeeds(update(arn, { Name: 'N'.repeat(100) }), 200, ['AppInstanceUserArn'])
    for (const Name of ['', 'N'.repeat(101), ' ']) await failsNaming(update(arn, { Name }), 'Name')
  },
)

write(
  'authorisation',
  'inferred',
  'Given an unknown user, when it is updated, then ForbiddenException',
  async () => {
    await fails(update(`${world.appInstanceArn}/user/nobody`), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'doc',
  'Given a new name and metadata, when it is updated, then both are read and LastUpdatedTimestamp moves',
  async () => {
    const arn = await world.user()
    const before = await read(arn)
    await update(arn, { Name: 'Bo', Metadata: 'm' })
    const after = await read(arn)
    expect(at(after, 'AppInstanceUser.Name')).toBe('Bo')
    expect(at(after, 'AppInstanceUser.Metadata')).toBe('m')
    expect(at(after, 'AppInstanceUser.CreatedTimestamp')).toBe(
      at(before, 'AppInstanceUser.CreatedTimestamp'),
    )
    expect(expectEpochSeconds(at(after, 'AppInstanceUser.LastUpdatedTimestamp'))).toBeGreaterThan(
      expectEpochSeconds(at(before, 'AppInstanceUser.LastUpdatedTimestamp')),
    )
  },
)
write(
  'behaviour',
  'proposed',
  'Given a member and sender, when it is renamed, then later reads show the new name',
  async () => {
    const arn = await world.user('Old')
    const channelArn = await world.channel(arn)
    const MessageId = await world.post(channelArn, arn)
    await update(arn, { Name: 'New' })
    const channel = { ChannelArn: channelArn, ChimeBearer: arn }
    const members = await world.messaging.listChannelMemberships(channel)
    expect(members.ChannelMemberships?.[0]?.Member).toEqual({ Arn: arn, Name: 'New' })
    const message = await world.messaging.getChannelMessage({ ...channel, MessageId })
    expect(message.ChannelMessage?.Sender).toEqual({ Arn: arn, Name: 'New' })
    const described = await world.messaging.describeChannel(channel)
    expect(described.Channel?.CreatedBy).toEqual({ Arn: arn, Name: 'New' })
  },
)

write(
  'events emitted',
  'inferred',
  'Given a connected user, when it is renamed, then no event is sent',
  async () => {
    const arn = await world.user()
    const session = await world.listen(arn)
    await update(arn)
    expect(await world.received(session)).toEqual([[]])
  },
)
