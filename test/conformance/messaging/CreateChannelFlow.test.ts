// Conformance of CreateChannelFlow.
import { expect } from 'vitest'
import type { Processor } from '@aws-sdk/client-chime-sdk-messaging'
import { at, fails, failsNaming, succeeds, type Json } from '../kit/answers.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { functionArn, processor } from '../kit/flows.ts'
import { bodyCases, doorCases } from '../kit/shared-cases.ts'
import { unique, useWorld } from '../kit/world.ts'

const world = useWorld()
const strict = useWorld({ quotas: 'aws' })
const write = casesOf('CreateChannelFlow')

const create = (input: object = {}, of = world) =>
  of.messaging.createChannelFlow({
    AppInstanceArn: of.appInstanceArn,
    Name: 'Moderation',
    Processors: [processor(of)],
    ClientRequestToken: unique(),
    ...input,
  })
const prepare = async () => () => create()
const whole = ['ChannelFlowArn']
const countFlows = async (AppInstanceArn: string) =>
  (await world.messaging.listChannelFlows({ AppInstanceArn })).ChannelFlows!.length
const numbered = (count: number): Processor[] =>
  Array.from({ length: count }, (_, index) =>
    processor(world, { Name: `P${index}`, ExecutionOrder: index + 1 }),
  )
const withLambda = (ResourceArn: string, InvocationType = 'ASYNC') => ({
  Processors: [{ ...processor(world), Configuration: { Lambda: { ResourceArn, InvocationType } } }],
})

write(
  'wire',
  'model',
  'Given a name and a processor, when it is created, then 201 with only the ARN, whose id is a UUID',
  async () => {
    const body = await succeeds(create(), 201, whole)
    const [head, id] = String(body['ChannelFlowArn']).split('/channel-flow/')
    expect(head).toBe(world.appInstanceArn)
    expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  },
)
doorCases(write, world, prepare)
bodyCases(write, world, prepare, 'Name')

write(
  'validation',
  'model',
  'Given a name of 1 or 256 characters, when it is created, then it is accepted; 0 and 257 are not, nor is its absence',
  async () => {
    for (const Name of ['M', 'ö'.repeat(256)]) await succeeds(create({ Name }), 201, whole)
    for (const Name of ['', 'M'.repeat(257), undefined]) await failsNaming(create({ Name }), 'Name')
  },
)
write(
  'validation',
  'model',
  'Given 1 to 3 processors, when it is created, then they are accepted; none and 4 are not',
  async () => {
    for (const count of [1, 3]) await succeeds(create({ Processors: numbered(count) }), 201, whole)
    await failsNaming(create({ Processors: [] }), 'Processors')
    await failsNaming(create({ Processors: undefined }), 'Processors')
    const four = [...numbered(3), processor(world, { ExecutionOrder: 3 })]
    await failsNaming(create({ Processors: four }), 'Processors')
  },
)
write(
  'validation',
  'model',
  'Given a processor that lacks a member or has one that the model does not allow, when it is created, then BadRequestException',
  async () => {
    const faults = {
      Name: ['', 'P'.repeat(257), undefined],
      ExecutionOrder: [0, 4, undefined],
      FallbackAction: ['RETRY', undefined],
      Configuration: [{}, undefined],
    }
    for (const [member, values] of Object.entries(faults)) {
      for (const value of values) {
        const Processors = [{ ...processor(world), [member]: value }]
        await failsNaming(create({ Processors }), member)
      }
    }
  },
)
write(
  'validation',
  'model',
  'Given functions with an alias, a version or $LATEST, when it is created, then they are accepted; other ARNs and ways to invoke are not',
  async () => {
    for (const name of ['f.-_9', 'f:live', 'f:7', 'f:$LATEST'])
      await succeeds(create(withLambda(functionArn(world, name))), 201, whole)
    const wrong = [
      functionArn(world, 'f:'),
      functionArn(world, 'f:a:b'),
      functionArn(world, ''),
      functionArn(world).replace(':function:', ':layer:'),
      functionArn(world).replace('arn:aws:', 'arn:aws-cn:'),
      'https://processor.example',
    ]
    for (const arn of wrong) await failsNaming(create(withLambda(arn)), 'ResourceArn')
    await failsNaming(create(withLambda(functionArn(world), 'SYNC')), 'InvocationType')
  },
)
write(
  'validation',
  'doc',
  'Given a function of another region or account, when it is created, then BadRequestException that says so',
  async () => {
    const { region, accountId } = world.endpoint
    const arn = functionArn(world)
    await failsNaming(create(withLambda(arn.replace(region, 'eu-west-3'))), region)
    await failsNaming(create(withLambda(arn.replace(accountId, '999999999999'))), accountId)
  },
)
write(
  'validation',
  'proposed',
  'Given two processors with one ExecutionOrder, when it is created, then BadRequestException',
  async () => {
    const Processors = [processor(world), processor(world, { Name: 'Other' })]
    await failsNaming(create({ Processors }), 'ExecutionOrder')
  },
)
write(
  'validation',
  'model',
  'Given 50 tags, when it is created, then it has them; 51 or none or a key twice are refused',
  async () => {
    const Tags = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: 'v' }))
    const { ChannelFlowArn } = await create({ Tags })
    const listed = await world.messaging.listTagsForResource({ ResourceARN: ChannelFlowArn })
    expect(listed.Tags).toEqual(Tags)
    for (const wrong of [[], [...Tags, { Key: 'k50', Value: 'v' }], [Tags[0], Tags[0]]])
      await failsNaming(create({ Tags: wrong }), 'Tags')
  },
)
write(
  'validation',
  'model',
  'Given an app instance that is no ARN, when a flow is created, then BadRequestException',
  () => failsNaming(create({ AppInstanceArn: 'app' }), 'AppInstanceArn'),
)

write(
  'authorisation',
  'inferred',
  'Given an unknown or deleted app instance, or the ARN of a user, when a flow is created, then ForbiddenException',
  async () => {
    const gone = await world.stranger()
    await world.identity.deleteAppInstance({ AppInstanceArn: gone.appInstanceArn })
    const unknown = world.appInstanceArn.replace(/[^/]+$/, 'unknown')
    for (const AppInstanceArn of [gone.appInstanceArn, unknown, await world.user()])
      await fails(create({ AppInstanceArn }), 'ForbiddenException')
  },
)
write(
  'authorisation',
  'doc',
  'Given a bearer header, though nobody needs one, when a flow is created, then it is ignored',
  async () => {
    const bear = (request: { headers: Record<string, string> }) =>
      void (request.headers['x-amz-chime-bearer'] = 'nobody')
    await succeeds(
      world.altered({ beforeSigning: bear }, () => create()),
      201,
      whole,
    )
  },
)

write(
  'behaviour',
  'doc',
  'Given processors, when a flow is created, then it is described as given, in the order given',
  async () => {
    const Processors = numbered(3).toReversed()
    const { ChannelFlowArn } = await create({ Processors })
    const { ChannelFlow } = await world.messaging.describeChannelFlow({ ChannelFlowArn })
    expect(ChannelFlow).toMatchObject({ Name: 'Moderation', Processors })
  },
)
write(
  'behaviour',
  'doc',
  'Given the quotas of AWS, when a flow is created with 2 processors, then ResourceLimitExceededException and nothing is created',
  async () => {
    const Processors = [processor(strict), processor(strict, { ExecutionOrder: 2 })]
    await fails(create({ Processors }, strict), 'ResourceLimitExceededException')
    const { ChannelFlows } = await strict.messaging.listChannelFlows({
      AppInstanceArn: strict.appInstanceArn,
    })
    expect(ChannelFlows).toEqual([])
    await succeeds(create({}, strict), 201, whole)
  },
)
write(
  'behaviour',
  'doc',
  'Given 100 flows under the quotas of AWS, when another is created, then ResourceLimitExceededException; once one is deleted, it fits',
  async () => {
    const { appInstanceArn: AppInstanceArn } = await strict.stranger()
    const arns: string[] = []
    while (arns.length < 100) arns.push((await create({ AppInstanceArn }, strict)).ChannelFlowArn!)
    await fails(create({ AppInstanceArn }, strict), 'ResourceLimitExceededException')
    await strict.messaging.deleteChannelFlow({ ChannelFlowArn: arns[0] })
    await succeeds(create({ AppInstanceArn }, strict), 201, whole)
    await fails(create({ AppInstanceArn }, strict), 'ResourceLimitExceededException')
  },
)
write(
  'behaviour',
  'proposed',
  'Given the token and body of an earlier call, when it is repeated, then the first answer comes again and there is one flow',
  async () => {
    const { appInstanceArn: AppInstanceArn } = await world.stranger()
    const input = { AppInstanceArn, ClientRequestToken: unique() }
    const answers: Json[] = []
    for (let call = 0; call < 2; call++) answers.push(await succeeds(create(input), 201, whole))
    expect(at(answers[1], 'ChannelFlowArn')).toBe(at(answers[0], 'ChannelFlowArn'))
    expect(await countFlows(AppInstanceArn)).toBe(1)
    await fails(create({ ...input, Name: 'Another' }), 'ConflictException')
    expect(await countFlows(AppInstanceArn)).toBe(1)
    await succeeds(create({ ...input, ClientRequestToken: unique() }), 201, whole)
    expect(await countFlows(AppInstanceArn)).toBe(2)
  },
)
