// Conformance of ListUsers.
import type { ListUsersCommandOutput } from '@aws-sdk/client-iam'
import { expect } from 'vitest'
import { casesOf } from '../kit/conformance-case.ts'
import {
  accessCases,
  markerBehaviourCases,
  markerValidationCases,
  queryDoorCases,
} from '../kit/iam-cases.ts'
import type { MarkedInput } from '../kit/iam-cases.ts'
import { uniqueName, useIamWorld } from '../kit/iam-world.ts'
import { failsValidation, succeedsInXml } from '../kit/query-answers.ts'
import { childOf } from '../kit/xml.ts'

const world = useIamWorld()
const write = casesOf('ListUsers')

const prepare = () => Promise.resolve((iam: typeof world.iam) => iam.listUsers({}))
const listing = {
  keysOf: ({ Users = [] }: ListUsersCommandOutput) => Users.map(({ UserName }) => UserName!),
  async prepare() {
    const path = `/${uniqueName('p')}/`
    const keys = Array.from({ length: 5 }, () => uniqueName('user'))
    for (const UserName of keys) await world.iam.createUser({ UserName, Path: `${path}deep/` })
    await world.user()
    const list = (page: MarkedInput) => world.iam.listUsers({ PathPrefix: path, ...page })
    return { keys, list, foreign: (page: MarkedInput) => world.iam.listUsers(page) }
  },
}

write(
  'wire',
  'model',
  'Given no users below a path, when they are listed, then the list is there and empty',
  async () => {
    const call = world.iam.listUsers({ PathPrefix: '/nothing/' })
    const result = await succeedsInXml(call, 'ListUsers', ['Users', 'IsTruncated'])
    expect(childOf(result, 'Users').children).toEqual([])
    expect(await call).toMatchObject({ Users: [], IsTruncated: false })
  },
)
queryDoorCases(write, world, prepare)

markerValidationCases(write, listing)
write(
  'validation',
  'model',
  'Given a path prefix without a slash, when it is listed, then ValidationError',
  async () => {
    await failsValidation(world.iam.listUsers({ PathPrefix: 'a/' }), 'PathPrefix')
  },
)

accessCases(write, world, 'ListUsers', prepare)

markerBehaviourCases(write, listing, 2)
write(
  'behaviour',
  'doc',
  'Given users in paths, when a prefix is listed, then those below it, without tags',
  async () => {
    const root = uniqueName('r')
    const users = [`/${root}/a/`, `/${root}/ab/`, `/${root}/`, `/${root}x/`].map((Path) => ({
      Path,
      UserName: uniqueName('user'),
    }))
    for (const user of users)
      await world.iam.createUser({ ...user, Tags: [{ Key: 'k', Value: 'v' }] })
    const found = async (PathPrefix: string) => {
      const { Users } = await world.iam.listUsers({ PathPrefix })
      for (const user of Users!) expect(user).not.toHaveProperty('Tags')
      return Users!.map(({ Path }) => String(Path)).toSorted()
    }
    expect(await found(`/${root}/`)).toEqual([`/${root}/`, `/${root}/a/`, `/${root}/ab/`])
    expect(await found(`/${root}/a`)).toEqual([`/${root}/a/`, `/${root}/ab/`])
    expect(await found(`/${root}`)).toHaveLength(4)
    expect(await found(`/${root}/%`)).toEqual([])
    expect(await found(`/${root}/_/`)).toEqual([])
  },
)
