// Conformance of ListOpenIDConnectProviders.
import { expect } from 'vitest'
import { casesOf } from '../kit/conformance-case.ts'
import { accessCases, queryDoorCases } from '../kit/iam-cases.ts'
import { useIamWorld } from '../kit/iam-world.ts'
import { succeedsInXml } from '../kit/query-answers.ts'

const world = useIamWorld()
const write = casesOf('ListOpenIDConnectProviders')

const prepare = () => Promise.resolve((iam: typeof world.iam) => iam.listOpenIDConnectProviders({}))

write(
  'wire',
  'model',
  'Given no providers, when they are listed, then the list is there and empty',
  async () => {
    const call = world.iam.listOpenIDConnectProviders({})
    await succeedsInXml(call, 'ListOpenIDConnectProviders', ['OpenIDConnectProviderList'])
    expect((await call).OpenIDConnectProviderList).toEqual([])
  },
)
queryDoorCases(write, world, prepare)

accessCases(write, world, 'ListOpenIDConnectProviders', prepare)

write(
  'behaviour',
  'doc',
  'Given providers, when they are listed, then the ARN of each that is not deleted',
  async () => {
    const arns = [await world.provider(), await world.provider(), await world.provider()]
    await world.iam.deleteOpenIDConnectProvider({ OpenIDConnectProviderArn: arns.pop()! })
    const { OpenIDConnectProviderList } = await world.iam.listOpenIDConnectProviders({})
    expect(OpenIDConnectProviderList).toEqual(arns.toSorted().map((Arn) => ({ Arn })))
  },
)
