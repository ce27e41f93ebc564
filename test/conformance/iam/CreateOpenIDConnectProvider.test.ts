// Conformance of CreateOpenIDConnectProvider.
import { expect } from 'vitest'
import { casesOf } from '../kit/conformance-case.ts'
import { accessCases, queryDoorCases } from '../kit/iam-cases.ts'
import { uniqueName, useIamWorld } from '../kit/iam-world.ts'
import { failsInXml, failsValidation, succeedsInXml } from '../kit/query-answers.ts'
import { childOf } from '../kit/xml.ts'

const world = useIamWorld()
const write = casesOf('CreateOpenIDConnectProvider')

type Input = Partial<Parameters<typeof world.iam.createOpenIDConnectProvider>[0]>
const newUrl = () => `https://${uniqueName('issuer')}.example.com`
const create = (Url: string, input: Input = {}, iam = world.iam) =>
  iam.createOpenIDConnectProvider({ ...input, Url })
const prepare = () => {
  const url = newUrl()
  return Promise.resolve((iam: typeof world.iam) => create(url, {}, iam))
}
const arnOf = (url: string) =>
  `arn:aws:iam::${world.server.accountId}:oidc-provider/${url.replace('https://', '')}`
const find = (url: string) =>
  world.iam.getOpenIDConnectProvider({ OpenIDConnectProviderArn: arnOf(url) })

write(
  'wire',
  'model',
  'Given a URL, when a provider is created, then its ARN is told',
  async () => {
    const url = newUrl()
    const result = await succeedsInXml(create(url), 'CreateOpenIDConnectProvider', [
      'OpenIDConnectProviderArn',
    ])
    expect(childOf(result, 'OpenIDConnectProviderArn').text).toBe(arnOf(url))
  },
)
queryDoorCases(write, world, prepare)

write(
  'validation',
  'doc',
  'Given URLs that are none or not https, when providers are created, then ValidationError',
  async () => {
    for (const url of [
      'http://a.example.com',
      'a.example.com',
      'https://',
      'https:// a',
      'https://a?b',
      'https://u@a',
      'https://a#b',
      '',
    ]) {
      await failsValidation(create(url), url === '' ? 'Url' : 'it begins with https://')
    }
    await failsValidation(create(`https://${'a'.repeat(248)}`), 'Url')
  },
)
write(
  'validation',
  'model',
  'Given client ids that XML must escape, when a provider is created, then they come back as they were',
  async () => {
    const url = `${newUrl()}:8443/realms/a-b_c`
    const ClientIDList = [`<&"'>`, 'grün 日本 🦊', 'a\r\nb', 'x'.repeat(255)]
    const ThumbprintList = ['a'.repeat(40)]
    const Tags = [{ Key: 'k', Value: '' }]
    const created = await create(url, { ClientIDList, ThumbprintList, Tags })
    expect(created.Tags).toEqual(Tags)
    expect(await find(url)).toMatchObject({ ClientIDList, ThumbprintList, Tags })
  },
)
write(
  'validation',
  'model',
  'Given a client id of 256 characters or a thumbprint of 39, when a provider is created, then ValidationError',
  async () => {
    const url = newUrl()
    await failsValidation(create(url, { ClientIDList: ['x'.repeat(256)] }), 'ClientIDList')
    await failsValidation(create(url, { ThumbprintList: ['a'.repeat(39)] }), 'ThumbprintList')
    await failsInXml(find(url), 'NoSuchEntityException')
  },
)
write(
  'validation',
  'doc',
  'Given 100 client ids and 5 thumbprints, when a provider is created, then it is; one more is LimitExceeded',
  async () => {
    const ids = (count: number) => Array.from({ length: count }, (_, n) => `client ${n}`)
    const prints = (count: number) => Array.from({ length: count }, (_, n) => String(n).repeat(40))
    await create(newUrl(), { ClientIDList: ids(100), ThumbprintList: prints(5) })
    const url = newUrl()
    const message = await failsInXml(
      create(url, { ClientIDList: ids(101) }),
      'LimitExceededException',
    )
    expect(message).toBe('Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100')
    await failsInXml(create(url, { ThumbprintList: prints(6) }), 'LimitExceededException')
    await failsInXml(find(url), 'NoSuchEntityException')
  },
)
write(
  'validation',
  'doc',
  'Given a tag key twice, when a provider is created, then InvalidInput',
  async () => {
    const Tags = [
      { Key: 'a', Value: '1' },
      { Key: 'A', Value: '2' },
    ]
    await failsInXml(create(newUrl(), { Tags }), 'InvalidInputException')
  },
)

accessCases(write, world, 'CreateOpenIDConnectProvider', prepare)

write(
  'behaviour',
  'doc',
  'Given a provider, when another of its URL is created, then EntityAlreadyExists and the first stays',
  async () => {
    const url = newUrl()
    await create(url, { ClientIDList: ['one'] })
    await failsInXml(create(url, { ClientIDList: ['two'] }), 'EntityAlreadyExistsException')
    expect((await find(url)).ClientIDList).toEqual(['one'])
  },
)
write(
  'behaviour',
  'inferred',
  'Given a client id twice, when a provider is created, then it has it once',
  async () => {
    const url = newUrl()
    await create(url, { ClientIDList: ['one', 'one'] })
    expect((await find(url)).ClientIDList).toEqual(['one'])
  },
)
