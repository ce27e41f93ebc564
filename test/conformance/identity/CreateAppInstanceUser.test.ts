// Conformance of CreateAppInstanceUser.
import { expect } from 'vitest'
import { at, fails, failsNaming, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { bodyCases, doorCases } from '../kit/shared-cases.ts'
import { unique, useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('CreateAppInstanceUser')

const create = (input: object = {}) =>
  world.identity.createAppInstanceUser({
    AppInstanceArn: world.appInstanceArn,
    AppInstanceUserId: unique(),
    Name: 'Ana',
    ClientRequestToken: unique(),
    ...input,
  })
const prepare = async () => () => create()
const accepted = (input: object) => succeeds(create(input), 201, ['AppInstanceUserArn'])

write(
  'wire',
  'model',
  'Given an id and a name, when it is created, then 201 with only the ARN made of the id',
  async () => {
    const AppInstanceUserId = unique()
    const body = await accepted({ AppInstanceUserId })
    expect(body['AppInstanceUserArn']).toBe(`${world.appInstanceArn}/user/${AppInstanceUserId}`)
  },
)
doorCases(write, world, prepare)
bodyCases(write, world, prepare, 'Name')

write(
  'validation',
  'doc',
  'Given ids with : - _ . @, when it is created, then they are accepted and can be read',
  async () => {
    for (const id of [`us-east-1:${unique()}`, `a@b.c_d-e:${unique().slice(0, 8)}Z`]) {
      const body = await accepted({ AppInstanceUserId: id })
      const AppInstanceUserArn = String(body['AppInstanceUserArn'])
      expect(AppInstanceUserArn).toBe(`${world.appInstanceArn}/user/${id}`)
      const user = await world.identity.describeAppInstanceUser({ AppInstanceUserArn })
      expect(user.AppInstanceUser?.AppInstanceUserArn).toBe(AppInstanceUserArn)
    }
  },
)
write(
  'validation',
  'model',
  'Given an id of 1 or 64 characters, when it is created, then it is accepted; 0, 65 and bad ends are not',
  async () => {
    await accepted({ AppInstanceUserId: 'x' })
    await accepted({ AppInstanceUserId: 'x'.repeat(64) })
    for (const AppInstanceUserId of ['', 'x'.repeat(65), '-x', 'x-', '.', 'a b', 'a/b', 'ä']) {
      await failsNaming(create({ AppInstanceUserId }), 'AppInstanceUserId')
    }
  },
)
write(
  'validation',
  'model',
  'Given a name of 1 or 100 characters, when it is created, then it is accepted; 0, 101 and blank are not',
  async () => {
    await accepted({ Name: 'A' })
    await accepted({ Name: 'é'.repeat(100) })
    for (const Name of ['', 'A'.repeat(101), '   ']) await failsNaming(create({ Name }), 'Name')
  },
)
write(
  'validation',
  'proposed',
  'Given metadata of 1024 bytes, when it is created, then it is accepted; 1025 bytes are not',
  async () => {
    await accepted({ Metadata: 'm'.repeat(1024) })
    await failsNaming(create({ Metadata: 'm'.repeat(1025) }), 'Metadata')
  },
)
write(
  'validation',
  'inferred',
  'Given fifty tags, when it is created, then it has them; none, fifty-one or a key twice are not accepted',
  async () => {
    const tags = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: 'v' }))
    const created = await create({ Tags: tags(50) })
    const { Tags } = await world.identity.listTagsForResource({
      ResourceARN: created.AppInstanceUserArn,
    })
    expect(Tags).toEqual(tags(50))
    await failsNaming(create({ Tags: tags(51) }), 'Tags')
    await failsNaming(create({ Tags: [] }), 'Tags')
    await failsNaming(create({ Tags: [...tags(2), ...tags(1)] }), 'Tags')
  },
)
write(
  'validation',
  'model',
  'Given expiration settings of 1 or 5475 days, when it is created, then it has them; 0, 5476 and another criterion are not accepted',
  async () => {
    const settings = (ExpirationDays: number, ExpirationCriterion = 'CREATED_TIMESTAMP') => ({
      ExpirationSettings: { ExpirationDays, ExpirationCriterion },
    })
    for (const days of [1, 5475]) {
      const { AppInstanceUserArn } = await create(settings(days))
      const { AppInstanceUser } = await world.identity.describeAppInstanceUser({
        AppInstanceUserArn,
      })
      expect(AppInstanceUser?.ExpirationSettings).toEqual(settings(days).ExpirationSettings)
    }
    await failsNaming(create(settings(0)), 'ExpirationDays')
    await failsNaming(create(settings(5476)), 'ExpirationDays')
    await failsNaming(create(settings(7, 'LAST_MESSAGE_TIMESTAMP')), 'ExpirationCriterion')
    await failsNaming(create({ ExpirationSettings: {} }), 'ExpirationDays')
  },
)

write(
  'authorisation',
  'inferred',
  'Given an unknown app instance, when a user is created, then ForbiddenException',
  async () => {
    const AppInstanceArn = world.appInstanceArn.replace(/[^/]+$/, 'unknown')
    await fails(create({ AppInstanceArn }), 'ForbiddenException')
  },
)

write(
  'behaviour',
  'field',
  'Given an id that exists, when it is created with another token, then ConflictException',
  async () => {
    const AppInstanceUserId = unique()
    await create({ AppInstanceUserId })
    await fails(create({ AppInstanceUserId }), 'ConflictException')
  },
)
write(
  'behaviour',
  'inferred',
  'Given the token and body of an earlier call, when it is repeated, then 201 with the same ARN',
  async () => {
    const input = { AppInstanceUserId: unique(), ClientRequestToken: unique() }
    const first = await create(input)
    expect((await accepted(input))['AppInstanceUserArn']).toBe(first.AppInstanceUserArn)
  },
)
write(
  'behaviour',
  'proposed',
  'Given the token of an earlier call, when the body is another, then ConflictException',
  async () => {
    const ClientRequestToken = unique()
    await create({ ClientRequestToken })
    await fails(create({ ClientRequestToken }), 'ConflictException')
  },
)
write(
  'behaviour',
  'code',
  'Given no request token on the wire, when it is created, then it is accepted',
  async () => {
    const drop = (request: { body?: unknown }) => {
      const { ClientRequestToken: _token, ...rest } = JSON.parse(String(request.body)) as Record<
        string,
        unknown
      >
      request.body = JSON.stringify(rest)
    }
    await succeeds(
      world.altered({ beforeSigning: drop }, () => create()),
      201,
      ['AppInstanceUserArn'],
    )
  },
)
write(
  'behaviour',
  'doc',
  'Given the same id in another app instance, when it is created, then both exist',
  async () => {
    const AppInstanceUserId = unique()
    const { appInstanceArn } = await world.stranger()
    await accepted({ AppInstanceUserId })
    await accepted({ AppInstanceUserId, AppInstanceArn: appInstanceArn })
  },
)
write(
  'behaviour',
  'doc',
  'Given name and metadata, when it is created, then they are read back unchanged',
  async () => {
    const { AppInstanceUserArn } = await create({ Name: '日本 🦊', Metadata: '{"ü":"\\n"}' })
    const body = await succeeds(
      world.identity.describeAppInstanceUser({ AppInstanceUserArn }),
      200,
      ['AppInstanceUser'],
    )
    expect(at(body, 'AppInstanceUser.Name')).toBe('日本 🦊')
    expect(at(body, 'AppInstanceUser.Metadata')).toBe('{"ü":"\\n"}')
  },
)
