// Conformance of UpdateAppInstanceBot.
import { expect } from 'vitest'
import { at, expectEpochSeconds, fails, failsNaming, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { aliasArnOf, createBot, faultyConfigurations, lexConfiguration } from '../kit/lex.ts'
import { arnPathCases, bodyCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('UpdateAppInstanceBot')

const update = (AppInstanceBotArn: string, input: object = {}) =>
  world.identity.updateAppInstanceBot({ AppInstanceBotArn, Name: 'New', Metadata: '', ...input })
const read = (AppInstanceBotArn: string) =>
  succeeds(world.identity.describeAppInstanceBot({ AppInstanceBotArn }), 200, ['AppInstanceBot'])
const prepare = async () => {
  const arn = await createBot(world)
  return () => update(arn)
}
const whole = ['AppInstanceBotArn']

write(
  'wire',
  'model',
  'Given name and metadata, when it is updated, then 200 with only the ARN',
  async () => {
    const arn = await createBot(world)
    expect(await succeeds(update(arn), 200, whole)).toEqual({ AppInstanceBotArn: arn })
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)
bodyCases(write, world, prepare, 'Name')

write(
  'validation',
  'model',
  'Given a missing name or metadata, or a configuration that the model refuses, when it is updated, then BadRequestException names it and the bot stays as it was',
  async () => {
    const arn = await createBot(world)
    const before = await read(arn)
    await failsNaming(update(arn, { Name: undefined }), 'Name')
    await failsNaming(update(arn, { Metadata: undefined }), 'Metadata')
    await failsNaming(update(arn, { Metadata: 'm'.repeat(1025) }), 'Metadata')
    for (const [member, Configuration] of faultyConfigurations(world)) {
      await failsNaming(update(arn, { Configuration }), member)
    }
    expect(await read(arn)).toEqual(before)
  },
)
write(
  'validation',
  'model',
  'Given a name of 0 or 256 characters, when it is updated, then it is accepted; 257 are not',
  async () => {
    const arn = await createBot(world)
    for (const Name of ['', 'N'.repeat(256)]) await succeeds(update(arn, { Name }), 200, whole)
    await failsNaming(update(arn, { Name: 'N'.repeat(257) }), 'Name')
  },
)

write(
  'authorisation',
  'inferred',
  'Given an unknown bot, a deleted one or a user, when it is updated, then ForbiddenException',
  async () => {
    const gone = await createBot(world)
    await world.identity.deleteAppInstanceBot({ AppInstanceBotArn: gone })
    for (const arn of [`${world.appInstanceArn}/bot/none`, gone, await world.user()]) {
      await fails(update(arn), 'ForbiddenException')
    }
  },
)

write(
  'behaviour',
  'doc',
  'Given a new configuration, when it is updated, then it replaces the old one as a whole and LastUpdatedTimestamp moves',
  async () => {
    const InvokedBy = { StandardMessages: 'AUTO', TargetedMessages: 'ALL' } as const
    const arn = await createBot(world, {
      Configuration: lexConfiguration(world, { InvokedBy, WelcomeIntent: 'Hello' }),
    })
    const before = await read(arn)
    const Configuration = lexConfiguration(world, {
      LexBotAliasArn: aliasArnOf(world, 'OTHEROTHER'),
      LocaleId: 'de_DE',
    })
    await update(arn, { Name: 'New', Metadata: 'm', Configuration })
    const after = await read(arn)
    expect(at(after, 'AppInstanceBot.Configuration')).toEqual(Configuration)
    expect(at(after, 'AppInstanceBot.Name')).toBe('New')
    expect(at(after, 'AppInstanceBot.Metadata')).toBe('m')
    const createdAt = 'AppInstanceBot.CreatedTimestamp'
    expect(at(after, createdAt)).toBe(at(before, createdAt))
    const updatedAt = 'AppInstanceBot.LastUpdatedTimestamp'
    expect(expectEpochSeconds(at(after, updatedAt))).toBeGreaterThan(
      expectEpochSeconds(at(before, updatedAt)),
    )
  },
)
write(
  'behaviour',
  'inferred',
  'Given no configuration, when it is updated, then the old one stays',
  async () => {
    const Configuration = lexConfiguration(world, { WelcomeIntent: 'Hello' })
    const arn = await createBot(world, { Configuration })
    await update(arn)
    expect(at(await read(arn), 'AppInstanceBot.Configuration')).toEqual(Configuration)
  },
)
write(
  'behaviour',
  'inferred',
  'Given a member that is a bot, when it is renamed, then later reads show the new name',
  async () => {
    const owner = await world.user()
    const ChannelArn = await world.channel(owner)
    const arn = await createBot(world)
    await world.join(ChannelArn, owner, arn)
    await update(arn, { Name: 'New' })
    const { ChannelMembership } = await world.messaging.describeChannelMembership({
      ChannelArn,
      MemberArn: arn,
      ChimeBearer: owner,
    })
    expect(ChannelMembership?.Member).toEqual({ Arn: arn, Name: 'New' })
  },
)
