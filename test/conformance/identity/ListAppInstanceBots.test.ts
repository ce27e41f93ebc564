// Conformance of ListAppInstanceBots.
import { expect } from 'vitest'
import { fails, failsNaming, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { createBot } from '../kit/lex.ts'
import {
  arnPathCases,
  doorCases,
  pagingBehaviourCases,
  pagingValidationCases,
  type PagedList,
} from '../kit/shared-cases.ts'
import { useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('ListAppInstanceBots')

const listOf = (AppInstanceArn: string, page: object = {}) =>
  world.identity.listAppInstanceBots({ AppInstanceArn, ...page })
const whole = ['AppInstanceArn', 'AppInstanceBots']

const listing: PagedList = {
  member: 'AppInstanceBots',
  others: ['AppInstanceArn'],
  keyOf: (item) => String(item['AppInstanceBotArn']),
  async prepare() {
    const { appInstanceArn: AppInstanceArn } = await world.stranger()
    const keys: string[] = []
    while (keys.length < 5) keys.push(await createBot(world, { AppInstanceArn }))
    return {
      keys,
      list: (page) => listOf(AppInstanceArn, page),
      foreign: (page) => world.identity.listAppInstanceUsers({ AppInstanceArn, ...page }),
    }
  },
}

write(
  'wire',
  'model',
  'Given a bot and a user, when bots are listed, then 200 with a summary of the bot alone',
  async () => {
    const { appInstanceArn: AppInstanceArn } = await world.stranger()
    const arn = await createBot(world, { AppInstanceArn, Metadata: 'm' })
    expect(await succeeds(listOf(AppInstanceArn), 200, whole)).toEqual({
      AppInstanceArn,
      AppInstanceBots: [{ AppInstanceBotArn: arn, Name: 'Botty', Metadata: 'm' }],
    })
    const { AppInstanceUsers } = await world.identity.listAppInstanceUsers({ AppInstanceArn })
    expect(AppInstanceUsers?.map(({ Name }) => Name)).toEqual(['Stranger'])
  },
)
write(
  'wire',
  'code',
  'Given no bots, when they are listed, then the list is there and empty',
  async () => {
    const { appInstanceArn } = await world.stranger()
    const body = await succeeds(listOf(appInstanceArn), 200, whole)
    expect(body['AppInstanceBots']).toEqual([])
  },
)
doorCases(write, world, async () => () => listOf(world.appInstanceArn))
arnPathCases(write, world, async () => () => listOf(world.appInstanceArn))

write(
  'validation',
  'model',
  'Given an ARN that is none, when bots are listed, then BadRequestException',
  async () => {
    await failsNaming(listOf('shop!'), 'AppInstanceArn')
  },
)
pagingValidationCases(write, listing)

write(
  'authorisation',
  'inferred',
  'Given an unknown app instance, when bots are listed, then ForbiddenException',
  async () => {
    await fails(listOf(world.appInstanceArn.replace(/[^/]+$/, 'unknown')), 'ForbiddenException')
  },
)

pagingBehaviourCases(write, listing)
write(
  'behaviour',
  'doc',
  'Given a bot that was deleted, when bots are listed, then it is not there',
  async () => {
    const { appInstanceArn: AppInstanceArn } = await world.stranger()
    const [gone, kept] = [
      await createBot(world, { AppInstanceArn }),
      await createBot(world, { AppInstanceArn }),
    ]
    await world.identity.deleteAppInstanceBot({ AppInstanceBotArn: gone })
    const { AppInstanceBots } = await listOf(AppInstanceArn)
    expect(AppInstanceBots?.map((bot) => bot.AppInstanceBotArn)).toEqual([kept])
  },
)
