// Conformance of DeleteOpenIDConnectProvider.
import { casesOf } from '../kit/conformance-case.ts'
import { accessCases, queryDoorCases } from '../kit/iam-cases.ts'
import { useIamWorld } from '../kit/iam-world.ts'
import { failsInXml, failsValidation, succeedsInXml } from '../kit/query-answers.ts'

const world = useIamWorld()
const write = casesOf('DeleteOpenIDConnectProvider')

const prepare = async () => {
  const OpenIDConnectProviderArn = await world.provider()
  return (iam: typeof world.iam) => iam.deleteOpenIDConnectProvider({ OpenIDConnectProviderArn })
}

write(
  'wire',
  'model',
  'Given a provider, when it is deleted, then there is only the id of the request',
  async () => {
    const OpenIDConnectProviderArn = await world.provider()
    await succeedsInXml(
      world.iam.deleteOpenIDConnectProvider({ OpenIDConnectProviderArn }),
      'DeleteOpenIDConnectProvider',
    )
    await failsInXml(
      world.iam.getOpenIDConnectProvider({ OpenIDConnectProviderArn }),
      'NoSuchEntityException',
    )
  },
)
queryDoorCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given an ARN of 19 characters, when it is deleted, then ValidationError',
  async () => {
    const OpenIDConnectProviderArn = 'a'.repeat(19)
    await failsValidation(
      world.iam.deleteOpenIDConnectProvider({ OpenIDConnectProviderArn }),
      'OpenIDConnectProviderArn',
    )
  },
)

accessCases(write, world, 'DeleteOpenIDConnectProvider', prepare)

write(
  'behaviour',
  'doc',
  'Given a deleted provider, when it is deleted again, then NoSuchEntity; it can be created again',
  async () => {
    const OpenIDConnectProviderArn = await world.provider()
    await world.iam.deleteOpenIDConnectProvider({ OpenIDConnectProviderArn })
    await failsInXml(
      world.iam.deleteOpenIDConnectProvider({ OpenIDConnectProviderArn }),
      'NoSuchEntityException',
    )
    const [, url] = OpenIDConnectProviderArn.split('oidc-provider/')
    await world.iam.createOpenIDConnectProvider({ Url: `https://${url!}` })
  },
)
