// IAM through boto3 and the AWS command line, as they come.
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { AWS_CLI, BOTO3, need } from '../clients/child-environment.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { policyOf, uniqueName, useIamWorld } from '../kit/iam-world.ts'
import type { KeyPair } from '../kit/iam-world.ts'
import { runCommand } from './command.ts'

const world = useIamWorld()
const script = fileURLToPath(new URL('iam_flow.py', import.meta.url))
const write = casesOf('IAM by other clients')

interface CliKey {
  readonly AccessKey: { readonly AccessKeyId: string; readonly SecretAccessKey: string }
}

function aws(credentials: KeyPair, ...parameters: string[]) {
  const { region, httpUrl } = world.server
  const all = ['iam', ...parameters, '--endpoint-url', httpUrl, '--output', 'json']
  return runCommand('aws', all, { region, credentials })
}

async function answered<Answer>(...parameters: string[]): Promise<Answer> {
  const { code, output, errors } = await aws(world.server.credentials, ...parameters)
  expect(code, errors).toBe(0)
  return (output === '' ? {} : JSON.parse(output)) as Answer
}

write(
  'behaviour',
  'code',
  'Given boto3, when it manages users, keys, roles and providers, then every step is as it expects',
  async (context) => {
    need(context, BOTO3)
    const { httpUrl, region } = world.server
    const { code, output, errors } = await runCommand('python3', [script, httpUrl], {
      region,
      credentials: world.server.credentials,
    })
    const results = output
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { case: string; ok: boolean; why?: string })
    expect(results.filter(({ ok }) => !ok)).toEqual([])
    expect([code, results.length], errors).toEqual([0, 6])
  },
)
write(
  'behaviour',
  'code',
  'Given the AWS CLI, when it makes a user with a policy and a key, then the key may do that and no more',
  async (context) => {
    need(context, AWS_CLI)
    const name = ['--user-name', uniqueName('cli')]
    const tags = ['--tags', 'Key=team,Value=grün', 'Key=empty,Value=']
    const { User } = await answered<{ User: { Tags: unknown } }>('create-user', ...name, ...tags)
    expect(User.Tags).toEqual([
      { Key: 'team', Value: 'grün' },
      { Key: 'empty', Value: '' },
    ])
    const policy = [...name, '--policy-name', 'p']
    const document = policyOf('iam:GetUser')
    await answered('put-user-policy', ...policy, '--policy-document', document)
    // The CLI decodes the document that the answer carries percent-encoded.
    expect(await answered('get-user-policy', ...policy)).toMatchObject({
      PolicyDocument: JSON.parse(document) as object,
    })
    const { AccessKey } = await answered<CliKey>('create-access-key', ...name)
    const key = {
      accessKeyId: AccessKey.AccessKeyId,
      secretAccessKey: AccessKey.SecretAccessKey,
    }
    const own = await aws(key, 'get-user')
    expect(JSON.parse(own.output)).toMatchObject({ User: { UserName: name[1] } })
    const refused = await aws(key, 'list-users')
    expect([refused.code === 0, refused.errors]).toEqual([
      false,
      expect.stringContaining('(AccessDenied) when calling the ListUsers operation'),
    ])
    const conflict = await aws(world.server.credentials, 'delete-user', ...name)
    expect(conflict.errors).toContain('(DeleteConflict)')
    await answered('delete-access-key', ...name, '--access-key-id', key.accessKeyId)
    expect((await aws(key, 'get-user')).errors).toContain('(InvalidClientTokenId)')
    await answered('delete-user-policy', ...policy)
    await answered('delete-user', ...name)
    const missing = await aws(world.server.credentials, 'get-user', ...name)
    expect(missing.errors).toContain('(NoSuchEntity)')
  },
)
