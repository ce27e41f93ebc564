// Conformance of ListRoles.
import type { ListRolesCommandOutput } from '@aws-sdk/client-iam'
import { expect } from 'vitest'
import { casesOf } from '../kit/conformance-case.ts'
import {
  accessCases,
  markerBehaviourCases,
  markerValidationCases,
  queryDoorCases,
} from '../kit/iam-cases.ts'
import type { MarkedInput } from '../kit/iam-cases.ts'
import { TRUST_POLICY, uniqueName, useIamWorld } from '../kit/iam-world.ts'
import { failsValidation, succeedsInXml } from '../kit/query-answers.ts'

const world = useIamWorld()
const write = casesOf('ListRoles')

const create = (RoleName: string, Path: string) =>
  world.iam.createRole({
    RoleName,
    Path,
    AssumeRolePolicyDocument: TRUST_POLICY,
    Tags: [{ Key: 'k', Value: 'v' }],
  })
const prepare = () => Promise.resolve((iam: typeof world.iam) => iam.listRoles({}))
const listing = {
  keysOf: ({ Roles = [] }: ListRolesCommandOutput) => Roles.map(({ RoleName }) => RoleName!),
  async prepare() {
    const path = `/${uniqueName('p')}/`
    const keys = Array.from({ length: 5 }, () => uniqueName('role'))
    for (const name of keys) await create(name, path)
    await world.role()
    const list = (page: MarkedInput) => world.iam.listRoles({ PathPrefix: path, ...page })
    return { keys, list, foreign: (page: MarkedInput) => world.iam.listRoles(page) }
  },
}

write(
  'wire',
  'model',
  'Given no roles below a path, when they are listed, then the list is there and empty',
  async () => {
    const call = world.iam.listRoles({ PathPrefix: '/nothing/' })
    await succeedsInXml(call, 'ListRoles', ['Roles', 'IsTruncated'])
    expect(await call).toMatchObject({ Roles: [], IsTruncated: false })
  },
)
queryDoorCases(write, world, prepare)

markerValidationCases(write, listing)
write(
  'validation',
  'model',
  'Given a path prefix without a slash, when it is listed, then ValidationError',
  async () => {
    await failsValidation(world.iam.listRoles({ PathPrefix: 'a/' }), 'PathPrefix')
  },
)

accessCases(write, world, 'ListRoles', prepare)

markerBehaviourCases(write, listing, 2)
write(
  'behaviour',
  'doc',
  'Given a role, when roles are listed, then it is told with its trust policy and without its tags',
  async () => {
    const path = `/${uniqueName('p')}/`
    const { Role } = await create(uniqueName('role'), path)
    const { Tags, ...rest } = Role!
    expect(Tags).toHaveLength(1)
    expect((await world.iam.listRoles({ PathPrefix: path })).Roles).toEqual([rest])
  },
)
