// Conformance of GetUserPolicy.
import { expect } from 'vitest'
import { casesOf } from '../kit/conformance-case.ts'
import { accessCases, queryDoorCases } from '../kit/iam-cases.ts'
import { policyOf, uniqueName, useIamWorld } from '../kit/iam-world.ts'
import { failsInXml, failsValidation, succeedsInXml } from '../kit/query-answers.ts'
import { childOf } from '../kit/xml.ts'

const world = useIamWorld()
const write = casesOf('GetUserPolicy')

const get = (UserName: string, PolicyName: string) =>
  world.iam.getUserPolicy({ UserName, PolicyName })
const prepare = async () => {
  const UserName = await world.user()
  await world.iam.putUserPolicy({ UserName, PolicyName: 'p', PolicyDocument: policyOf('*') })
  return (iam: typeof world.iam) => iam.getUserPolicy({ UserName, PolicyName: 'p' })
}

write(
  'wire',
  'doc',
  'Given a policy with every kind of character, when it is read, then it comes back percent-encoded by RFC 3986',
  async () => {
    const UserName = await world.user()
    const Sid = 'x'
    const statement = {
      Sid,
      Effect: 'Allow',
      Action: '*',
      Resource: `arn:aws:iam::*:user/<&"'>!()*~-._é`,
    }
    const PolicyDocument = `\r\n\t${JSON.stringify({ Version: '2012-10-17', Statement: statement }, null, 2)} `
    await world.iam.putUserPolicy({ UserName, PolicyName: 'p', PolicyDocument })
    const call = get(UserName, 'p')
    const result = await succeedsInXml(call, 'GetUserPolicy', [
      'UserName',
      'PolicyName',
      'PolicyDocument',
    ])
    const encoded = childOf(result, 'PolicyDocument').text
    expect(encoded).toMatch(/^(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})+$/)
    expect(decodeURIComponent(encoded)).toBe(PolicyDocument)
    expect(await call).toMatchObject({ UserName, PolicyName: 'p', PolicyDocument: encoded })
  },
)
queryDoorCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given a policy name of 129 characters, when it is read, then ValidationError',
  async () => {
    await failsValidation(get(await world.user(), 'x'.repeat(129)), 'PolicyName')
  },
)

accessCases(write, world, 'GetUserPolicy', prepare)

write(
  'behaviour',
  'doc',
  'Given no such policy or user, when it is read, then NoSuchEntity names what is missing',
  async () => {
    const name = await world.user()
    const nobody = uniqueName('nobody')
    expect(await failsInXml(get(name, 'p'), 'NoSuchEntityException')).toBe(
      'The user policy with name p cannot be found.',
    )
    expect(await failsInXml(get(nobody, 'p'), 'NoSuchEntityException')).toBe(
      `The user with name ${nobody} cannot be found.`,
    )
  },
)
