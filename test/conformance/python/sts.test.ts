// boto3 and the AWS command line take temporary credentials here as they do at AWS. A tool that is
// missing is a failure in CI; elsewhere the case is left out with the tool's name.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createScenario } from '../../harness/scenario.ts'
import { createSdkClients } from '../../harness/sdk-clients.ts'
import type { Credentials } from '../../harness/start-server.ts'
import { AWS_CLI, BOTO3, need } from '../clients/child-environment.ts'
import { allow, trustAccount, useStsWorld } from '../kit/sts-world.ts'
import { runCommand } from './command.ts'

const world = useStsWorld()
const script = fileURLToPath(new URL('sts_flow.py', import.meta.url))

let directory: string
let tokenFile: string
let appInstanceArn: string
let ana: string
let bob: string
let roleArn: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'carillon-token-'))
  tokenFile = join(directory, 'token')
  using clients = createSdkClients(world.server)
  const scenario = await createScenario(clients)
  appInstanceArn = scenario.appInstanceArn
  ana = await scenario.user('ana')
  bob = await scenario.user('bob')
  const actions = ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession']
  const federated = {
    Effect: 'Allow',
    Principal: { Federated: world.providerArn },
    Action: actions,
  }
  const role = await world.role(
    [trustAccount(['sts:AssumeRole', 'sts:TagSession']), federated],
    allow('chime:*', [
      `${appInstanceArn}/user/\${aws:PrincipalTag/user}`,
      `${appInstanceArn}/channel/*`,
    ]),
  )
  roleArn = role.arn
  const user = ana.slice(ana.lastIndexOf('/') + 1)
  const tags = { principal_tags: { user: [user] } }
  await writeFile(tokenFile, await world.issuer.token({ 'https://aws.amazon.com/tags': tags }))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

it('boto3 assumes roles, signs in by web identity, and finds it in the environment', async (context) => {
  need(context, BOTO3)
  const parameters = [world.server.httpUrl, roleArn, tokenFile, appInstanceArn, ana, bob]
  const { code, output, errors } = await runCommand(
    'python3',
    [script, ...parameters],
    world.server,
  )
  expect(errors).toBe('')
  expect(code).toBe(0)
  const chats = { by: ana, as_other: ['AccessDeniedException', 403] }
  const sessionArn = roleArn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')
  const seen = JSON.parse(output) as { readonly knows_variable: boolean }
  expect(seen).toEqual({
    caller: 'arn:aws:iam::000000000000:root',
    assumed: `${sessionArn}/boto`,
    assumed_chats: chats,
    web: `${sessionArn}/boto-web`,
    web_subject: 'ana',
    web_chats: chats,
    knows_variable: seen.knows_variable,
    chain: seen.knows_variable ? { method: 'assume-role-with-web-identity', chats } : null,
    no_role: ['AccessDenied', 403],
    bad_token: ['InvalidIdentityToken', 400],
  })
})

it('the AWS command line assumes a role and is then its session', async (context) => {
  need(context, AWS_CLI)
  const sts = ['--endpoint-url', world.server.httpUrl, '--output', 'json', 'sts']
  const { region } = world.server
  const run = (credentials: Credentials, ...words: string[]) =>
    runCommand('aws', [...sts, ...words], { region, credentials })
  const root = await run(world.server.credentials, 'get-caller-identity')
  expect(root.errors).toBe('')
  expect(JSON.parse(root.output)).toEqual({
    UserId: '000000000000',
    Account: '000000000000',
    Arn: 'arn:aws:iam::000000000000:root',
  })
  const parameters = ['--role-arn', roleArn, '--role-session-name', 'cli']
  const assumed = await run(world.server.credentials, 'assume-role', ...parameters)
  expect(assumed.errors).toBe('')
  const { Credentials: granted } = JSON.parse(assumed.output) as {
    Credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string }
  }
  const session = {
    accessKeyId: granted.AccessKeyId,
    secretAccessKey: granted.SecretAccessKey,
    sessionToken: granted.SessionToken,
  }
  const who = await run(session, 'get-caller-identity')
  expect((JSON.parse(who.output) as { Arn: string }).Arn).toMatch(/:assumed-role\/[\w-]+\/cli$/)
  const cut = { ...session, sessionToken: granted.SessionToken.slice(1) }
  const refused = await run(cut, 'get-caller-identity')
  expect(refused.code).not.toBe(0)
  expect(refused.errors).toContain('(InvalidClientTokenId)')
})
