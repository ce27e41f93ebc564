// Conformance of CreateUser.
import { expect } from 'vitest'
import { casesOf } from '../kit/conformance-case.ts'
import { accessCases, queryDoorCases } from '../kit/iam-cases.ts'
import { uniqueName, useIamWorld } from '../kit/iam-world.ts'
import {
  expectChildren,
  failsAtTheQueryDoor,
  failsInXml,
  failsValidation,
  succeedsInXml,
} from '../kit/query-answers.ts'
import { childOf } from '../kit/xml.ts'

const world = useIamWorld()
const write = casesOf('CreateUser')

const tags = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ Key: `key${n}`, Value: `v${n}` }))
const prepare = () => {
  const UserName = uniqueName('user')
  return Promise.resolve((iam: typeof world.iam) => iam.createUser({ UserName }))
}

write(
  'wire',
  'model',
  'Given a name, when a user is created, then it is told with path, id and ARN',
  async () => {
    const UserName = uniqueName('user')
    const result = await succeedsInXml(world.iam.createUser({ UserName }), 'CreateUser', ['User'])
    const user = childOf(result, 'User')
    expectChildren(user, ['Path', 'UserName', 'UserId', 'Arn', 'CreateDate'])
    expect(childOf(user, 'Path').text).toBe('/')
    expect(childOf(user, 'UserId').text).toMatch(/^AIDA[A-Z2-7]{17}$/)
    expect(childOf(user, 'Arn').text).toBe(
      `arn:aws:iam::${world.server.accountId}:user/${UserName}`,
    )
    expect(childOf(user, 'CreateDate').text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  },
)
queryDoorCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given names of 1 and 64 characters, when users are created, then they are; of 0, 65 and with other characters they are not',
  async () => {
    const long = uniqueName('n').padEnd(64, '+=,.@-_')
    await world.iam.createUser({ UserName: long })
    await world.iam.createUser({ UserName: 'x' })
    for (const UserName of ['', `${long}x`, 'a b', 'a/b', '<x>', 'grün']) {
      await failsValidation(world.iam.createUser({ UserName }), 'UserName')
    }
  },
)
write(
  'validation',
  'model',
  'Given paths, when users are created, then those that begin and end with a slash are taken, whatever is between',
  async () => {
    const Path = `/a<&"'>!~/${'x'.repeat(500)}/`
    const UserName = uniqueName('user')
    const { User } = await world.iam.createUser({ UserName, Path })
    expect(User).toMatchObject({ Path })
    expect(User?.Arn).toBe(`arn:aws:iam::${world.server.accountId}:user${Path}${UserName}`)
    expect((await world.iam.getUser({ UserName })).User).toEqual(User)
    for (const wrong of ['a/', '/a', '', '/ä/', `/${'x'.repeat(511)}/`]) {
      await failsValidation(
        world.iam.createUser({ UserName: uniqueName('u'), Path: wrong }),
        'Path',
      )
    }
  },
)
write(
  'validation',
  'model',
  'Given 50 tags, when a user is created, then it has them; 51 are refused',
  async () => {
    const UserName = uniqueName('user')
    const { User } = await world.iam.createUser({ UserName, Tags: tags(50) })
    expect(User?.Tags).toEqual(tags(50))
    await failsValidation(
      world.iam.createUser({ UserName: uniqueName('u'), Tags: tags(51) }),
      'Tags',
    )
  },
)
write(
  'validation',
  'doc',
  'Given a tag key twice, in any spelling, or one of AWS, when a user is created, then InvalidInput and there is none',
  async () => {
    const UserName = uniqueName('user')
    for (const keys of [
      ['a', 'a'],
      ['Team', 'tEAM'],
      ['aws:x', 'b'],
    ]) {
      const Tags = keys.map((Key) => ({ Key, Value: '' }))
      await failsInXml(world.iam.createUser({ UserName, Tags }), 'InvalidInputException')
    }
    await failsInXml(world.iam.getUser({ UserName }), 'NoSuchEntityException')
  },
)
write(
  'validation',
  'inferred',
  'Given a permissions boundary, when a user is created, then InvalidInput rather than a user without it',
  async () => {
    const UserName = uniqueName('user')
    const PermissionsBoundary = `arn:aws:iam::${world.server.accountId}:policy/some`
    const message = await failsInXml(
      world.iam.createUser({ UserName, PermissionsBoundary }),
      'InvalidInputException',
    )
    expect(message).toContain('PermissionsBoundary')
    await failsInXml(world.iam.getUser({ UserName }), 'NoSuchEntityException')
  },
)

accessCases(write, world, 'CreateUser', prepare)

write(
  'behaviour',
  'doc',
  'Given a user, when one of the same name in any spelling is created, then EntityAlreadyExists and the first stays',
  async () => {
    const UserName = uniqueName('User')
    const { User } = await world.iam.createUser({ UserName, Tags: tags(1) })
    for (const again of [UserName, UserName.toUpperCase(), UserName.toLowerCase()]) {
      const message = await failsInXml(
        world.iam.createUser({ UserName: again, Path: '/x/' }),
        'EntityAlreadyExistsException',
      )
      expect(message).toBe(`User with name ${again} already exists.`)
    }
    expect((await world.iam.getUser({ UserName })).User).toEqual(User)
  },
)
write(
  'behaviour',
  'doc',
  'Given users made at once under one name, when all are answered, then one exists',
  async () => {
    const UserName = uniqueName('user')
    const outcomes = await Promise.allSettled(
      [UserName, UserName.toUpperCase(), UserName].map((name) =>
        world.iam.createUser({ UserName: name }),
      ),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  },
)
write(
  'behaviour',
  'doc',
  'Given a user was deleted, when one of its name is created, then it is another one',
  async () => {
    const UserName = uniqueName('user')
    const first = await world.iam.createUser({ UserName })
    await world.iam.deleteUser({ UserName })
    const second = await world.iam.createUser({ UserName })
    expect(second.User?.UserId).not.toBe(first.User?.UserId)
  },
)
write(
  'behaviour',
  'doc',
  'Given a list of tags with a gap, when a user is created, then MalformedInput and there is none',
  async () => {
    const UserName = uniqueName('user')
    const change = (request: { body?: unknown }) =>
      void (request.body = String(request.body).replaceAll('Tags.member.1.', 'Tags.member.3.'))
    const call = () => world.iam.createUser({ UserName, Tags: tags(2) })
    await failsAtTheQueryDoor(world.altered({ beforeSigning: change }, call), 400, 'MalformedInput')
    await failsInXml(world.iam.getUser({ UserName }), 'NoSuchEntityException')
  },
)
