// Conformance of UpdateAccessKey.
import { expect } from 'vitest'
import { casesOf } from '../kit/conformance-case.ts'
import { accessCases, queryDoorCases } from '../kit/iam-cases.ts'
import { useIamWorld } from '../kit/iam-world.ts'
import {
  failsAtTheQueryDoor,
  failsInXml,
  failsValidation,
  succeedsInXml,
} from '../kit/query-answers.ts'

const world = useIamWorld()
const write = casesOf('UpdateAccessKey')

const switchTo = (iam: typeof world.iam, UserName: string, AccessKeyId: string, Status: string) =>
  iam.updateAccessKey({ UserName, AccessKeyId, Status: Status as 'Active' })
const prepare = async () => {
  const userName = await world.user()
  const { accessKeyId } = await world.key(userName)
  return (iam: typeof world.iam) => switchTo(iam, userName, accessKeyId, 'Inactive')
}

write(
  'wire',
  'model',
  'Given a key, when it is switched off, then there is only the id of the request',
  async () => {
    const userName = await world.user()
    const { accessKeyId } = await world.key(userName)
    await succeedsInXml(switchTo(world.iam, userName, accessKeyId, 'Inactive'), 'UpdateAccessKey')
  },
)
queryDoorCases(write, world, prepare)

write(
  'validation',
  'model',
  'Given ids of 15 and 129 characters, when they are switched, then ValidationError',
  async () => {
    const userName = await world.user()
    for (const id of ['A'.repeat(15), 'A'.repeat(129), 'AKIA-AAAAAAAAAAAA']) {
      await failsValidation(switchTo(world.iam, userName, id, 'Active'), 'AccessKeyId')
    }
  },
)
write(
  'validation',
  'doc',
  'Given a status that cannot be set, when a key is switched, then it is refused and stays',
  async () => {
    const { userName, clients } = await world.signedInUser('iam:*')
    const { AccessKeyMetadata } = await clients.iam.listAccessKeys({})
    const { AccessKeyId } = AccessKeyMetadata![0]!
    await failsValidation(switchTo(world.iam, userName, AccessKeyId!, 'Asleep'), 'Status')
    await failsInXml(
      switchTo(world.iam, userName, AccessKeyId!, 'Expired'),
      'InvalidInputException',
    )
    expect((await clients.iam.listAccessKeys({})).AccessKeyMetadata).toEqual(AccessKeyMetadata)
  },
)

accessCases(write, world, 'UpdateAccessKey', prepare)

write(
  'behaviour',
  'doc',
  'Given a key, when it is switched off and on, then the next request is refused, then taken',
  async () => {
    const { userName, clients } = await world.signedInUser('iam:*')
    const { AccessKeyMetadata } = await clients.iam.listAccessKeys({})
    const { AccessKeyId } = AccessKeyMetadata![0]!
    for (let round = 0; round < 3; round++) {
      await switchTo(world.iam, userName, AccessKeyId!, 'Inactive')
      await failsAtTheQueryDoor(clients.iam.listAccessKeys({}), 403, 'InvalidClientTokenId')
      await expect(clients.identity.listAppInstances({})).rejects.toMatchObject({
        name: 'UnrecognizedClientException',
      })
      const shown = await world.iam.listAccessKeys({ UserName: userName })
      expect(shown.AccessKeyMetadata![0]!.Status).toBe('Inactive')
      await switchTo(world.iam, userName, AccessKeyId!, 'Active')
      await clients.iam.listAccessKeys({})
    }
  },
)
write(
  'behaviour',
  'doc',
  'Given no name, when a user switches its own key off, then it is',
  async () => {
    const { clients } = await world.signedInUser('iam:*')
    const { AccessKeyMetadata } = await clients.iam.listAccessKeys({})
    const { AccessKeyId } = AccessKeyMetadata![0]!
    await clients.iam.updateAccessKey({ AccessKeyId, Status: 'Inactive' })
    await failsAtTheQueryDoor(clients.iam.listAccessKeys({}), 403, 'InvalidClientTokenId')
  },
)
write(
  'behaviour',
  'doc',
  'Given a key of another user, or none, when it is switched, then NoSuchEntity and it still works',
  async () => {
    const { clients } = await world.signedInUser('iam:*')
    const { AccessKeyMetadata } = await clients.iam.listAccessKeys({})
    const { AccessKeyId } = AccessKeyMetadata![0]!
    const other = await world.user()
    const message = await failsInXml(
      switchTo(world.iam, other, AccessKeyId!, 'Inactive'),
      'NoSuchEntityException',
    )
    expect(message).toBe(`The Access Key with id ${AccessKeyId} cannot be found.`)
    await failsInXml(
      switchTo(world.iam, other, 'AKIAUNKNOWNUNKNOWN22', 'Inactive'),
      'NoSuchEntityException',
    )
    await failsInXml(
      switchTo(world.iam, 'nobody', AccessKeyId!, 'Inactive'),
      'NoSuchEntityException',
    )
    await clients.iam.listAccessKeys({})
  },
)
