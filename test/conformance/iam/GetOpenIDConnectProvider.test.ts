// Conformance of GetOpenIDConnectProvider.
import { expect } from 'vitest'
import { casesOf } from '../kit/conformance-case.ts'
import { accessCases, queryDoorCases } from '../kit/iam-cases.ts'
import { uniqueName, useIamWorld } from '../kit/iam-world.ts'
import { failsInXml, failsValidation, succeedsInXml } from '../kit/query-answers.ts'
import { childOf } from '../kit/xml.ts'

const world = useIamWorld()
const write = casesOf('GetOpenIDConnectProvider')

const find = (OpenIDConnectProviderArn: string) =>
  world.iam.getOpenIDConnectProvider({ OpenIDConnectProviderArn })
const prepare = async () => {
  const OpenIDConnectProviderArn = await world.provider()
  return (iam: typeof world.iam) => iam.getOpenIDConnectProvider({ OpenIDConnectProviderArn })
}

write(
  'wire',
  'model',
  'Given a provider, when it is asked for, then its URL is told without its scheme',
  async () => {
    const arn = await world.provider()
    const members = ['Url', 'ClientIDList', 'ThumbprintList', 'CreateDate']
    const result = await succeedsInXml(find(arn), 'GetOpenIDConnectProvider', members)
    expect(arn).toContain(`:oidc-provider/${childOf(result, 'Url').text}`)
    expect(childOf(result, 'Url').text).toMatch(/^issuer-.*\.example\.com\/tenant$/)
  },
)
queryDoorCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given an ARN of 19 characters, when it is asked for, then ValidationError',
  async () => {
    await failsValidation(find('a'.repeat(19)), 'OpenIDConnectProviderArn')
  },
)

accessCases(write, world, 'GetOpenIDConnectProvider', prepare)

write(
  'behaviour',
  'doc',
  'Given no such provider, when it is asked for, then NoSuchEntity',
  async () => {
    const arn = `${await world.provider()}/${uniqueName('x')}`
    const message = await failsInXml(find(arn), 'NoSuchEntityException')
    expect(message).toBe(`OpenIDConnect Provider not found for arn ${arn}`)
    await failsInXml(find(`<&"'> no arn at all \u0001`), 'NoSuchEntityException')
  },
)
