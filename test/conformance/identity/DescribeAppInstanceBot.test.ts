// Conformance of DescribeAppInstanceBot.
import { expect } from 'vitest'
import { expectEpochSeconds, fails, failsNaming, succeeds, type Json } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { createBot, lexConfiguration } from '../kit/lex.ts'
import { arnPathCases, doorCases } from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('DescribeAppInstanceBot')

const describeIt = (AppInstanceBotArn: string) =>
  world.identity.describeAppInstanceBot({ AppInstanceBotArn })
const prepare = async () => {
  const arn = await createBot(world)
  return () => describeIt(arn)
}

write(
  'wire',
  'model',
  'Given a bot without metadata, when it is described, then 200, epoch seconds and no Metadata',
  async () => {
    const arn = await createBot(world)
    const body = await succeeds(describeIt(arn), 200, ['AppInstanceBot'])
    const { CreatedTimestamp, LastUpdatedTimestamp, ...rest } = body['AppInstanceBot'] as Json
    expect(rest).toEqual({
      AppInstanceBotArn: arn,
      Name: 'Botty',
      Configuration: lexConfiguration(world),
    })
    expect(expectEpochSeconds(LastUpdatedTimestamp)).toBe(expectEpochSeconds(CreatedTimestamp))
  },
)
write(
  'wire',
  'inferred',
  'Given a bot without a name, when it is described, then its name is empty',
  async () => {
    const arn = await createBot(world, { Name: undefined, Metadata: '' })
    const { AppInstanceBot } = await describeIt(arn)
    expect(AppInstanceBot).toMatchObject({ Name: '', Metadata: '' })
  },
)
doorCases(write, world, prepare)
arnPathCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given an ARN that is none, when it is described, then BadRequestException',
  async () => {
    await failsNaming(describeIt('botty'), 'AppInstanceBotArn')
  },
)

write(
  'authorisation',
  'inferred',
  'Given a user, a channel or an app instance, when it is described, then ForbiddenException',
  async () => {
    const user = await world.user()
    for (const arn of [user, await world.channel(user), world.appInstanceArn]) {
      await fails(describeIt(arn), 'ForbiddenException')
    }
  },
)

write(
  'behaviour',
  'model',
  'Given an unknown or deleted bot, or one of an unknown app instance, when it is described, then NotFoundException',
  async () => {
    const gone = await createBot(world)
    await world.identity.deleteAppInstanceBot({ AppInstanceBotArn: gone })
    const unknown = world.appInstanceArn.replace(/[^/]+$/, 'unknown')
    for (const arn of [gone, `${world.appInstanceArn}/bot/none`, `${unknown}/bot/none`]) {
      await fails(describeIt(arn), 'NotFoundException')
    }
  },
)
write(
  'behaviour',
  'inferred',
  'Given a user and a bot of one id, when either is described, then they are two',
  async () => {
    const arn = await createBot(world)
    await world.identity.createAppInstanceUser({
      AppInstanceArn: world.appInstanceArn,
      AppInstanceUserId: arn.slice(arn.lastIndexOf('/') + 1),
      Name: 'Human',
      ClientRequestToken: crypto.randomUUID(),
    })
    expect((await describeIt(arn)).AppInstanceBot?.Name).toBe('Botty')
    const { AppInstanceUser } = await world.identity.describeAppInstanceUser({
      AppInstanceUserArn: arn.replace('/bot/', '/user/'),
    })
    expect(AppInstanceUser?.Name).toBe('Human')
  },
)
