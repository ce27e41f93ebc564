// Cases of the policies that users and roles hold of their own: the operations on them are the same
// twice, and so are these. Which of the two is meant comes as a `PolicyOwner`.
import type { IAM } from '@aws-sdk/client-iam'
import { expect } from 'vitest'
import type { CaseWriter } from './conformance-case.ts'
import {
  accessCases,
  markerBehaviourCases,
  markerValidationCases,
  queryDoorCases,
  type MarkedInput,
} from './iam-cases.ts'
import { policyOf, uniqueName } from './iam-world.ts'
import { SOME_POLICY, type PolicyNamesPage, type PolicyOwner } from './policy-owner.ts'
import { failsInXml, failsValidation, succeedsInXml } from './query-answers.ts'
import { childOf } from './xml.ts'

/** PutUserPolicy and PutRolePolicy. */
export function putPolicyCases(write: CaseWriter, owner: PolicyOwner): void {
  const operation = `Put${owner.kind}Policy`
  const prepare = async () => {
    const name = await owner.create()
    return (iam: IAM) => owner.put(name, 'p', SOME_POLICY, iam)
  }

  write(
    'wire',
    'model',
    'Given a policy, when it is put, then there is only the id of the request',
    async () => {
      await succeedsInXml(owner.put(await owner.create(), 'p'), operation)
    },
  )
  queryDoorCases(write, owner.world, prepare)

  write(
    'validation',
    'model',
    'Given policy names of 128 and 129 characters, when they are put, then the longer is refused',
    async () => {
      const name = await owner.create()
      await owner.put(name, 'x'.repeat(128))
      for (const PolicyName of ['x'.repeat(129), '', 'a b', '<p>']) {
        await failsValidation(owner.put(name, PolicyName), 'PolicyName')
      }
    },
  )
  write(
    'validation',
    'doc',
    'Given documents that cannot be evaluated, when they are put, then MalformedPolicyDocument and the old one stays',
    async () => {
      const name = await owner.create()
      await owner.put(name, 'p')
      const statement = { Effect: 'Allow', Action: 'iam:GetUser', Resource: '*' }
      const documents: unknown[] = [
        { Version: '2012-10-17' },
        { Version: '2012-10-17', Statement: [] },
        { Version: '2013-01-01', Statement: [statement] },
        { Version: '2012-10-17', Statement: [{ ...statement, Effect: 'allow' }] },
        { Version: '2012-10-17', Statement: [{ ...statement, Action: undefined }] },
        { Version: '2012-10-17', Statement: [{ ...statement, Resource: undefined }] },
        { Version: '2012-10-17', Statement: [{ ...statement, Principal: '*' }] },
        {
          Version: '2012-10-17',
          Statement: [{ ...statement, Condition: { Unheard: { 'aws:username': 'x' } } }],
        },
        [],
        'Allow',
      ]
      for (const document of documents) {
        await failsInXml(
          owner.put(name, 'p', JSON.stringify(document)),
          'MalformedPolicyDocumentException',
        )
      }
      await failsInXml(owner.put(name, 'p', '{"Version": '), 'MalformedPolicyDocumentException')
      const { PolicyDocument } = await owner.get(name, 'p')
      expect(decodeURIComponent(PolicyDocument!)).toBe(SOME_POLICY)
    },
  )
  write(
    'validation',
    'model',
    'Given a document with characters beyond Latin-1, when it is put, then ValidationError',
    async () => {
      await failsValidation(
        owner.put(await owner.create(), 'p', policyOf('iam:日本')),
        'PolicyDocument',
      )
    },
  )

  accessCases(write, owner.world, operation, prepare)

  write(
    'behaviour',
    'doc',
    'Given a policy, when another is put under its name, then it is replaced',
    async () => {
      const name = await owner.create()
      await owner.put(name, 'p')
      await owner.put(name, 'p', policyOf('chime:*'))
      const { PolicyDocument } = await owner.get(name, 'p')
      expect(decodeURIComponent(PolicyDocument!)).toBe(policyOf('chime:*'))
      expect((await owner.list(name)).PolicyNames).toEqual(['p'])
    },
  )
  write(
    'behaviour',
    'doc',
    'Given policies of 10,240 characters in all, when one more character is put, then LimitExceeded and nothing changed',
    async () => {
      const name = await owner.create()
      await owner.put(name, 'a', policyOfLength(5_000))
      await owner.put(name, 'b', policyOfLength(5_240))
      const message = await failsInXml(
        owner.put(name, 'b', policyOfLength(5_241)),
        'LimitExceededException',
      )
      expect(message).toContain('10240')
      await failsInXml(owner.put(name, 'c'), 'LimitExceededException')
      expect((await owner.list(name)).PolicyNames).toEqual(['a', 'b'])
      await owner.put(name, 'b', policyOfLength(5_239))
    },
  )
  write(
    'behaviour',
    'doc',
    `Given no such ${owner.word}, when a policy is put, then NoSuchEntity`,
    async () => {
      const nobody = uniqueName('nobody')
      const message = await failsInXml(owner.put(nobody, 'p'), 'NoSuchEntityException')
      expect(message).toBe(`The ${owner.word} with name ${nobody} cannot be found.`)
    },
  )
}

/** GetUserPolicy and GetRolePolicy. */
export function getPolicyCases(write: CaseWriter, owner: PolicyOwner): void {
  const operation = `Get${owner.kind}Policy`
  const nameMember = `${owner.kind}Name`
  const prepare = async () => {
    const name = await owner.create()
    await owner.put(name, 'p')
    return (iam: IAM) => owner.get(name, 'p', iam)
  }

  write(
    'wire',
    'doc',
    'Given a policy with every kind of character, when it is read, then it comes back percent-encoded by RFC 3986',
    async () => {
      const name = await owner.create()
      const Sid = 'x'
      const statement = {
        Sid,
        Effect: 'Allow',
        Action: '*',
        Resource: `arn:aws:iam::*:user/<&"'>!()*~-._é`,
      }
      const PolicyDocument = `\r\n\t${JSON.stringify({ Version: '2012-10-17', Statement: statement }, null, 2)} `
      await owner.put(name, 'p', PolicyDocument)
      const call = owner.get(name, 'p')
      const result = await succeedsInXml(call, operation, [
        nameMember,
        'PolicyName',
        'PolicyDocument',
      ])
      const encoded = childOf(result, 'PolicyDocument').text
      expect(encoded).toMatch(/^(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})+$/)
      expect(decodeURIComponent(encoded)).toBe(PolicyDocument)
      expect(await call).toMatchObject({
        [nameMember]: name,
        PolicyName: 'p',
        PolicyDocument: encoded,
      })
    },
  )
  queryDoorCases(write, owner.world, prepare)

  write(
    'validation',
    'model',
    'Given a policy name of 129 characters, when it is read, then ValidationError',
    async () => {
      await failsValidation(owner.get(await owner.create(), 'x'.repeat(129)), 'PolicyName')
    },
  )

  accessCases(write, owner.world, operation, prepare)

  write(
    'behaviour',
    'doc',
    `Given no such policy or ${owner.word}, when it is read, then NoSuchEntity names what is missing`,
    async () => {
      const name = await owner.create()
      const nobody = uniqueName('nobody')
      expect(await failsInXml(owner.get(name, 'p'), 'NoSuchEntityException')).toBe(
        `The ${owner.word} policy with name p cannot be found.`,
      )
      expect(await failsInXml(owner.get(nobody, 'p'), 'NoSuchEntityException')).toBe(
        `The ${owner.word} with name ${nobody} cannot be found.`,
      )
    },
  )
}

/** DeleteUserPolicy and DeleteRolePolicy. */
export function deletePolicyCases(write: CaseWriter, owner: PolicyOwner): void {
  const operation = `Delete${owner.kind}Policy`
  const prepare = async () => {
    const name = await owner.create()
    await owner.put(name, 'p')
    return (iam: IAM) => owner.remove(name, 'p', iam)
  }

  write(
    'wire',
    'model',
    'Given two policies, when one is deleted, then there is only the id of the request and the other stays',
    async () => {
      const name = await owner.create()
      await owner.put(name, 'p')
      await owner.put(name, 'q')
      await succeedsInXml(owner.remove(name, 'p'), operation)
      expect((await owner.list(name)).PolicyNames).toEqual(['q'])
    },
  )
  queryDoorCases(write, owner.world, prepare)

  write(
    'validation',
    'model',
    'Given a policy name with a space, when it is deleted, then ValidationError',
    async () => {
      await failsValidation(owner.remove(await owner.create(), 'a b'), 'PolicyName')
    },
  )

  accessCases(write, owner.world, operation, prepare)

  write(
    'behaviour',
    'doc',
    `Given no such policy or ${owner.word}, when it is deleted, then NoSuchEntity`,
    async () => {
      const name = await owner.create()
      await owner.put(name, 'p')
      await failsInXml(owner.remove(name, 'P'), 'NoSuchEntityException')
      await failsInXml(owner.remove(uniqueName('nobody'), 'p'), 'NoSuchEntityException')
      await failsInXml(owner.remove(await owner.create(), 'p'), 'NoSuchEntityException')
      expect((await owner.list(name)).PolicyNames).toEqual(['p'])
      await owner.remove(name, 'p')
      await failsInXml(owner.remove(name, 'p'), 'NoSuchEntityException')
    },
  )
}

/** ListUserPolicies and ListRolePolicies. */
export function listPoliciesCases(write: CaseWriter, owner: PolicyOwner): void {
  const operation = `List${owner.kind}Policies`
  const prepare = async () => {
    const name = await owner.create()
    return (iam: IAM) => owner.list(name, {}, iam)
  }
  const listing = {
    keysOf: ({ PolicyNames = [] }: PolicyNamesPage) => PolicyNames,
    async prepare() {
      const [name, other] = [await owner.create(), await owner.create()]
      const keys = ['b', 'a', 'C', 'd+e', 'f@g']
      for (const key of keys) await owner.put(name, key)
      await owner.put(other, 'z')
      return {
        keys,
        list: (page: MarkedInput) => owner.list(name, page),
        foreign: (page: MarkedInput) => owner.list(other, page),
      }
    },
  }

  write(
    'wire',
    'model',
    'Given no policies, when they are listed, then the list is there and empty',
    async () => {
      const call = owner.list(await owner.create())
      const result = await succeedsInXml(call, operation, ['PolicyNames', 'IsTruncated'])
      expect(childOf(result, 'PolicyNames').children).toEqual([])
      expect((await call).PolicyNames).toEqual([])
    },
  )
  queryDoorCases(write, owner.world, prepare)

  markerValidationCases(write, listing)

  accessCases(write, owner.world, operation, prepare)

  markerBehaviourCases(write, listing, 2)
  write(
    'behaviour',
    'doc',
    `Given no such ${owner.word}, when its policies are listed, then NoSuchEntity`,
    async () => {
      await failsInXml(owner.list(uniqueName('nobody')), 'NoSuchEntityException')
    },
  )
}

/** A policy that has exactly `length` characters besides the white space around it. */
function policyOfLength(length: number): string {
  const empty = policyOf('iam:').length
  return ` \n\t${policyOf(`iam:${'a'.repeat(length - empty)}`)}\n`
}
