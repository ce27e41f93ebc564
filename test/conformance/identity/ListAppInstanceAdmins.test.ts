// Conformance of ListAppInstanceAdmins.
import { expect } from 'vitest'
import { fails, failsNaming, succeeds, type Json } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import {
  arnPathCases,
  doorCases,
  pagingBehaviourCases,
  pagingValidationCases,
  type PagedList,
} from '../kit/shared-cases.ts'
import { unique, useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('ListAppInstanceAdmins')

const listOf = (AppInstanceArn: string, page: object = {}) =>
  world.identity.listAppInstanceAdmins({ AppInstanceArn, ...page })
const whole = ['AppInstanceArn', 'AppInstanceAdmins']

const addAdmin = async (appInstanceArn: string) => {
  const { AppInstanceUserArn } = await world.identity.createAppInstanceUser({
    AppInstanceArn: appInstanceArn,
    AppInstanceUserId: unique(),
    Name: 'Ada',
    ClientRequestToken: unique(),
  })
  await world.identity.createAppInstanceAdmin({
    AppInstanceArn: appInstanceArn,
    AppInstanceAdminArn: AppInstanceUserArn,
  })
  return AppInstanceUserArn!
}

const listing: PagedList = {
  member: 'AppInstanceAdmins',
  others: ['AppInstanceArn'],
  keyOf: (item) => String((item['Admin'] as Json)['Arn']),
  async prepare() {
    const { appInstanceArn } = await world.stranger()
    const keys: string[] = []
    while (keys.length < 5) keys.push(await addAdmin(appInstanceArn))
    return {
      keys,
      list: (page) => listOf(appInstanceArn, page),
      foreign: (page) =>
        world.identity.listAppInstanceUsers({ AppInstanceArn: appInstanceArn, ...page }),
    }
  },
}

write(
  'wire',
  'model',
  'Given an admin, when admins are listed, then 200 with identities',
  async () => {
    const { appInstanceArn } = await world.stranger()
    const arn = await addAdmin(appInstanceArn)
    expect(await succeeds(listOf(appInstanceArn), 200, whole)).toEqual({
      AppInstanceArn: appInstanceArn,
      AppInstanceAdmins: [{ Admin: { Arn: arn, Name: 'Ada' } }],
    })
  },
)
write(
  'wire',
  'code',
  'Given no admins, when they are listed, then the list is there and empty',
  async () => {
    const { appInstanceArn } = await world.stranger()
    const body = await succeeds(listOf(appInstanceArn), 200, whole)
    expect(body['AppInstanceAdmins']).toEqual([])
  },
)
doorCases(write, world, async () => () => listOf(world.appInstanceArn))
arnPathCases(write, world, async () => () => listOf(world.appInstanceArn))

write(
  'validation',
  'model',
  'Given an ARN that is none, when admins are listed, then BadRequestException',
  async () => {
    await failsNaming(listOf('shop!'), 'AppInstanceArn')
  },
)
pagingValidationCases(write, listing)

write(
  'authorisation',
  'inferred',
  'Given an unknown app instance, when admins are listed, then ForbiddenException',
  async () => {
    await fails(listOf(world.appInstanceArn.replace(/[^/]+$/, 'unknown')), 'ForbiddenException')
  },
)

pagingBehaviourCases(write, listing)
write(
  'behaviour',
  'proposed',
  'Given an admin that was renamed, when admins are listed, then the new name shows',
  async () => {
    const { appInstanceArn } = await world.stranger()
    const arn = await addAdmin(appInstanceArn)
    await world.identity.updateAppInstanceUser({
      AppInstanceUserArn: arn,
      Name: 'Eve',
      Metadata: '',
    })
    const { AppInstanceAdmins } = await listOf(appInstanceArn)
    expect(AppInstanceAdmins).toEqual([{ Admin: { Arn: arn, Name: 'Eve' } }])
  },
)
