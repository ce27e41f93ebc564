// Conformance of ListAppInstanceUsers.
import { expect } from 'vitest'
import { fails, failsNaming, succeeds, type Json } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import {
  doorCases,
  pagingBehaviourCases,
  pagingValidationCases,
  type PagedList,
} from '../kit/shared-cases.ts'
import { unique, useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('ListAppInstanceUsers')

const listOf = (AppInstanceArn: string, page: object = {}) =>
  world.identity.listAppInstanceUsers({ AppInstanceArn, ...page })

const empty = async () => {
  const { AppInstanceArn } = await world.identity.createAppInstance({
    Name: 'Empty',
    ClientRequestToken: unique(),
  })
  return AppInstanceArn!
}

const addUser = async (appInstanceArn: string, input: object = {}) => {
  const { AppInstanceUserArn } = await world.identity.createAppInstanceUser({
    AppInstanceArn: appInstanceArn,
    AppInstanceUserId: unique(),
    Name: 'Listed',
    ClientRequestToken: unique(),
    ...input,
  })
  return AppInstanceUserArn!
}

const listing: PagedList = {
  member: 'AppInstanceUsers',
  others: ['AppInstanceArn'],
  keyOf: (item) => String(item['AppInstanceUserArn']),
  async prepare() {
    const arn = await empty()
    const keys: string[] = []
    while (keys.length < 5) keys.push(await addUser(arn))
    return {
      keys,
      list: (page) => listOf(arn, page),
      foreign: (page) => listOf(world.appInstanceArn, page),
    }
  },
}

write(
  'wire',
  'model',
  'Given users with and without metadata, when they are listed, then absent members are absent',
  async () => {
    const arn = await empty()
    const plain = await addUser(arn)
    const rich = await addUser(arn, { Metadata: 'm' })
    const body = await succeeds(listOf(arn), 200, ['AppInstanceArn', 'AppInstanceUsers'])
    expect(body['AppInstanceArn']).toBe(arn)
    const items = (body['AppInstanceUsers'] as Json[]).toSorted((a) => ('Metadata' in a ? 1 : -1))
    expect(items).toEqual([
      { AppInstanceUserArn: plain, Name: 'Listed' },
      { AppInstanceUserArn: rich, Name: 'Listed', Metadata: 'm' },
    ])
  },
)
write(
  'wire',
  'code',
  'Given no users, when they are listed, then the list is there and empty',
  async () => {
    const body = await succeeds(listOf(await empty()), 200, ['AppInstanceArn', 'AppInstanceUsers'])
    expect(body['AppInstanceUsers']).toEqual([])
  },
)
write(
  'wire',
  'code',
  'Given a bearer header as the sample app sends it, when they are listed, then it is ignored',
  async () => {
    const add = (request: { headers: Record<string, string> }) =>
      void (request.headers['x-amz-chime-bearer'] = `${world.appInstanceArn}/user/nobody`)
    await succeeds(
      world.altered({ beforeSigning: add }, () => listOf(world.appInstanceArn)),
      200,
      ['AppInstanceArn', 'AppInstanceUsers'],
    )
  },
)
doorCases(write, world, async () => () => listOf(world.appInstanceArn))

write(
  'validation',
  'model',
  'Given no app instance, when users are listed, then BadRequestException',
  async () => {
    await failsNaming(
      world.identity.listAppInstanceUsers({ AppInstanceArn: undefined }),
      'AppInstanceArn',
    )
  },
)
pagingValidationCases(write, listing)

write(
  'authorisation',
  'inferred',
  'Given an unknown app instance, when users are listed, then ForbiddenException',
  async () => {
    await fails(listOf(world.appInstanceArn.replace(/[^/]+$/, 'unknown')), 'ForbiddenException')
  },
)

pagingBehaviourCases(write, listing)
