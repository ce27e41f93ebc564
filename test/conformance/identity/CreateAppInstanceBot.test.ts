// Conformance of CreateAppInstanceBot.
import { expect } from 'vitest'
import { at, fails, failsNaming, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { aliasArnOf, faultyConfigurations, lexConfiguration } from '../kit/lex.ts'
import { bodyCases, doorCases } from '../kit/shared-cases.ts'
import { unique, useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('CreateAppInstanceBot')

const create = (input: object = {}) =>
  world.identity.createAppInstanceBot({
    AppInstanceArn: world.appInstanceArn,
    Name: 'Botty',
    Configuration: lexConfiguration(world),
    ClientRequestToken: unique(),
    ...input,
  })
const whole = ['AppInstanceBotArn']
const accepted = async (input: object = {}) =>
  String((await succeeds(create(input), 201, whole))['AppInstanceBotArn'])
const read = (AppInstanceBotArn: string) =>
  succeeds(world.identity.describeAppInstanceBot({ AppInstanceBotArn }), 200, ['AppInstanceBot'])
const prepare = async () => () => create()

write(
  'wire',
  'model',
  'Given a configuration, when a bot is created, then 201 with only an ARN with an id of the server’s making',
  async () => {
    const arn = await accepted()
    expect(arn.slice(0, arn.lastIndexOf('/'))).toBe(`${world.appInstanceArn}/bot`)
    expect(arn).toMatch(/\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  },
)
doorCases(write, world, prepare)
bodyCases(write, world, prepare, 'Name')

write(
  'validation',
  'model',
  'Given no configuration or one that the model refuses, when a bot is created, then BadRequestException names the member and there is no bot',
  async () => {
    const { appInstanceArn: AppInstanceArn } = await world.stranger()
    await failsNaming(create({ AppInstanceArn, Configuration: undefined }), 'Configuration')
    for (const [member, Configuration] of faultyConfigurations(world)) {
      await failsNaming(create({ AppInstanceArn, Configuration }), member)
    }
    const { AppInstanceBots } = await world.identity.listAppInstanceBots({ AppInstanceArn })
    expect(AppInstanceBots).toEqual([])
  },
)
write(
  'validation',
  'model',
  'Given a name of 0 or 256 characters or none, when a bot is created, then it is accepted; 257 are not',
  async () => {
    for (const Name of ['', 'é'.repeat(256), undefined]) await accepted({ Name })
    await failsNaming(create({ Name: 'B'.repeat(257) }), 'Name')
  },
)
write(
  'validation',
  'proposed',
  'Given metadata of 1024 bytes, when a bot is created, then it is accepted; 1025 bytes are not',
  async () => {
    await accepted({ Metadata: 'm'.repeat(1024) })
    await failsNaming(create({ Metadata: 'ü'.repeat(512) + 'm' }), 'Metadata')
  },
)
write(
  'validation',
  'inferred',
  'Given fifty tags, when a bot is created, then it has them; none, fifty-one or a key twice are not accepted',
  async () => {
    const tags = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: 'v' }))
    const ResourceARN = await accepted({ Tags: tags(50) })
    const { Tags } = await world.identity.listTagsForResource({ ResourceARN })
    expect(Tags).toEqual(tags(50))
    await failsNaming(create({ Tags: tags(51) }), 'Tags')
    await failsNaming(create({ Tags: [] }), 'Tags')
    await failsNaming(create({ Tags: [...tags(2), ...tags(1)] }), 'Tags')
  },
)

write(
  'authorisation',
  'inferred',
  'Given an unknown app instance or a user, when a bot is created, then ForbiddenException',
  async () => {
    const unknown = world.appInstanceArn.replace(/[^/]+$/, 'unknown')
    for (const AppInstanceArn of [unknown, await world.user()]) {
      await fails(create({ AppInstanceArn }), 'ForbiddenException')
    }
  },
)

write(
  'behaviour',
  'doc',
  'Given each way to be invoked and a welcome intent, when a bot is created, then they are read back as they were given',
  async () => {
    for (const StandardMessages of ['AUTO', 'ALL', 'MENTIONS', 'NONE'] as const) {
      for (const TargetedMessages of ['ALL', 'NONE'] as const) {
        const InvokedBy = { StandardMessages, TargetedMessages }
        const Configuration = lexConfiguration(world, { InvokedBy, WelcomeIntent: 'Say_Hello' })
        const body = await read(await accepted({ Configuration }))
        expect(at(body, 'AppInstanceBot.Configuration')).toEqual(Configuration)
      }
    }
  },
)
write(
  'behaviour',
  'doc',
  'Given the deprecated RespondsTo without InvokedBy, when a bot is created, then it is read back alone',
  async () => {
    const Configuration = lexConfiguration(world, { RespondsTo: 'STANDARD_MESSAGES' })
    const body = await read(await accepted({ Configuration }))
    expect(at(body, 'AppInstanceBot.Configuration')).toEqual(Configuration)
  },
)
write(
  'behaviour',
  'inferred',
  'Given the token and body of an earlier call, when it is repeated, then 201 with the same ARN; with another body ConflictException',
  async () => {
    const ClientRequestToken = unique()
    const arn = await accepted({ ClientRequestToken })
    expect(await accepted({ ClientRequestToken })).toBe(arn)
    const other = lexConfiguration(world, { LexBotAliasArn: aliasArnOf(world, 'OTHEROTHER') })
    await fails(create({ ClientRequestToken, Configuration: other }), 'ConflictException')
    await fails(create({ ClientRequestToken, Name: 'Other' }), 'ConflictException')
  },
)
write(
  'behaviour',
  'doc',
  'Given the same request with another token, when it is made, then there are two bots',
  async () => {
    expect(await accepted()).not.toBe(await accepted())
  },
)
write(
  'behaviour',
  'doc',
  'Given a bot, when it is made a member, then it acts as a bearer: it sends, is listed and is named as the sender',
  async () => {
    const owner = await world.user()
    const ChannelArn = await world.channel(owner)
    const bot = await accepted()
    await fails(
      world.messaging.describeChannel({ ChannelArn, ChimeBearer: bot }),
      'ForbiddenException',
    )
    await world.join(ChannelArn, owner, bot)
    const MessageId = await world.post(ChannelArn, bot, 'Beep')
    const channel = { ChannelArn, ChimeBearer: owner }
    const { ChannelMessage } = await world.messaging.getChannelMessage({ ...channel, MessageId })
    expect(ChannelMessage?.Sender).toEqual({ Arn: bot, Name: 'Botty' })
    const { ChannelMemberships } = await world.messaging.listChannelMemberships(channel)
    expect(ChannelMemberships?.map((item) => item.Member)).toContainEqual({
      Arn: bot,
      Name: 'Botty',
    })
    const mine = await world.messaging.listChannelMembershipsForAppInstanceUser({
      ChimeBearer: bot,
    })
    expect(mine.ChannelMemberships).toHaveLength(1)
  },
)
write(
  'behaviour',
  'doc',
  'Given a bot, when it is made an admin and a moderator, then it has their rights',
  async () => {
    const owner = await world.user()
    const ChannelArn = await world.channel(owner)
    const MessageId = await world.post(ChannelArn, owner)
    const [admin, moderator] = [await accepted(), await accepted({ Name: undefined })]
    await world.identity.createAppInstanceAdmin({
      AppInstanceArn: world.appInstanceArn,
      AppInstanceAdminArn: admin,
    })
    const rename = { ChannelArn, Name: 'Renamed', ChimeBearer: moderator }
    await fails(world.messaging.updateChannel(rename), 'ForbiddenException')
    const { ChannelModerator } = await world.messaging.createChannelModerator({
      ChannelArn,
      ChannelModeratorArn: moderator,
      ChimeBearer: admin,
    })
    expect(ChannelModerator).toEqual({ Arn: moderator, Name: '' })
    await world.messaging.updateChannel(rename)
    await world.messaging.deleteChannelMessage({ ChannelArn, MessageId, ChimeBearer: admin })
  },
)
