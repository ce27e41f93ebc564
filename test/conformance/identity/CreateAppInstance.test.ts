// Conformance of CreateAppInstance.
import { expect } from 'vitest'
import { at, fails, failsNaming, succeeds } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { bodyCases, doorCases } from '../kit/shared-cases.ts'
import { createRecordedClients } from '../kit/recorded-clients.ts'
import { startServer } from '../../harness/start-server.ts'
import { swiftClock } from '../../harness/swift-clock.ts'
import { isRemote, unique, useWorld } from '../kit/world.ts'

const world = useWorld()
const write = casesOf('CreateAppInstance')

const create = (input: object = {}) =>
  world.identity.createAppInstance({ Name: 'Shop', ClientRequestToken: unique(), ...input })
const prepare = async () => () => create()

write('wire', 'model', 'Given a name, when it is created, then 201 with only the ARN', async () => {
  const body = await succeeds(create(), 201, ['AppInstanceArn'])
  expect(body['AppInstanceArn']).toMatch(
    new RegExp(
      `^arn:aws:chime:${world.endpoint.region}:\\d{12}:app-instance/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`,
    ),
  )
})
doorCases(write, world, prepare)
bodyCases(write, world, prepare, 'Name')

write(
  'validation',
  'model',
  'Given a name of 1 or 256 characters, when it is created, then it is accepted; 0 and 257 are not',
  async () => {
    await succeeds(create({ Name: 'S' }), 201, ['AppInstanceArn'])
    await succeeds(create({ Name: 'ü'.repeat(256) }), 201, ['AppInstanceArn'])
    await failsNaming(create({ Name: '' }), 'Name')
    await failsNaming(create({ Name: 'S'.repeat(257) }), 'Name')
  },
)
write(
  'validation',
  'proposed',
  'Given metadata of 1024 bytes, when it is created, then it is accepted; 1025 bytes are not',
  async () => {
    await succeeds(create({ Metadata: 'm'.repeat(1024) }), 201, ['AppInstanceArn'])
    await succeeds(create({ Metadata: 'ü'.repeat(512) }), 201, ['AppInstanceArn'])
    await failsNaming(create({ Metadata: 'm'.repeat(1025) }), 'Metadata')
    await failsNaming(create({ Metadata: 'ü'.repeat(513) }), 'Metadata')
  },
)
write(
  'validation',
  'model',
  'Given a request token of 2 or 64 characters, when it is created, then it is accepted; 1, 65 and a space are not',
  async () => {
    const token = unique().replaceAll('-', '')
    await succeeds(create({ ClientRequestToken: (token + token).slice(0, 64) }), 201, [
      'AppInstanceArn',
    ])
    await failsNaming(create({ ClientRequestToken: 'x' }), 'ClientRequestToken')
    await failsNaming(create({ ClientRequestToken: 'x'.repeat(65) }), 'ClientRequestToken')
    await failsNaming(create({ ClientRequestToken: 'a b' }), 'ClientRequestToken')
  },
)
write(
  'validation',
  'model',
  'Given no tags in the list, 51 tags or an empty key, when it is created, then BadRequestException',
  async () => {
    const tags = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: 'v' }))
    await failsNaming(create({ Tags: tags(51) }), 'Tags')
    await failsNaming(create({ Tags: [] }), 'Tags')
    await failsNaming(create({ Tags: [{ Key: '', Value: 'v' }] }), 'Key')
  },
)
write(
  'validation',
  'proposed',
  'Given two faults, when it is created, then one message names both',
  async () => {
    const message = await fails(
      create({ Name: '', ClientRequestToken: 'x' }),
      'BadRequestException',
    )
    expect(message.toLowerCase()).toContain('name')
    expect(message.toLowerCase()).toContain('clientrequesttoken')
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
      ResourceARN: created.AppInstanceArn,
    })
    expect(Tags).toEqual(tags(50))
    await failsNaming(create({ Tags: tags(51) }), 'Tags')
    await failsNaming(create({ Tags: [] }), 'Tags')
    await failsNaming(create({ Tags: [...tags(2), ...tags(1)] }), 'Tags')
  },
)

write(
  'behaviour',
  'code',
  'Given no request token on the wire, when it is created, then it is accepted',
  async () => {
    const drop = (request: { body?: unknown }) => void (request.body = '{"Name":"Shop"}')
    await succeeds(
      world.altered({ beforeSigning: drop }, () => create()),
      201,
      ['AppInstanceArn'],
    )
  },
)
write(
  'behaviour',
  'proposed',
  'Given the token and body of an earlier call, when it is repeated, then the first answer comes again',
  async () => {
    const input = { Name: unique(), ClientRequestToken: unique() }
    const first = await create(input)
    const again = await succeeds(create(input), 201, ['AppInstanceArn'])
    expect(again['AppInstanceArn']).toBe(first.AppInstanceArn)
  },
)
write(
  'behaviour',
  'proposed',
  'Given the token of an earlier call, when the body is another, then ConflictException',
  async () => {
    const ClientRequestToken = unique()
    await create({ ClientRequestToken })
    await fails(create({ ClientRequestToken, Name: 'Another' }), 'ConflictException')
  },
)
write(
  'behaviour',
  'doc',
  'Given name and metadata, when it is created, then it can be read at once',
  async () => {
    const { AppInstanceArn } = await create({ Name: 'Läden 🛒', Metadata: '{"a":1}\nb' })
    const body = await succeeds(world.identity.describeAppInstance({ AppInstanceArn }), 200, [
      'AppInstance',
    ])
    expect(at(body, 'AppInstance.Name')).toBe('Läden 🛒')
    expect(at(body, 'AppInstance.Metadata')).toBe('{"a":1}\nb')
  },
)
write(
  'behaviour',
  'doc',
  "Given AWS's quotas, when the hundred and first app instance is created, then ResourceLimitExceededException",
  async () => {
    if (isRemote) return
    await using server = await startServer({
      settings: { quotas: 'aws' },
      overrides: { clock: swiftClock },
    })
    const clients = createRecordedClients({ ...server, endpoint: server.httpUrl })
    const createThere = () =>
      clients.identity.createAppInstance({ Name: 'One more', ClientRequestToken: unique() })
    for (let count = 0; count < 100; count++) await createThere()
    await fails(createThere(), 'ResourceLimitExceededException')
    const { AppInstances } = await clients.identity.listAppInstances({ MaxResults: 1 })
    await clients.identity.deleteAppInstance({ AppInstanceArn: AppInstances?.[0]?.AppInstanceArn })
    await succeeds(createThere(), 201, ['AppInstanceArn'])
    clients.destroy()
  },
)
