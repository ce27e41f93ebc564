// boto3 and the AWS command line take temporary credentials here as they do at AWS. A tool that is
// missing is a failure in CI; elsewhere the case is left out with the tool's name.
import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it, type TestContext } from 'vitest'
import { createScenario } from '../../harness/scenario.ts'
import { createSdkClients } from '../../harness/sdk-clients.ts'
import type { Credentials } from '../../harness/start-server.ts'
import { allow, trustAccount, useStsWorld } from '../kit/sts-world.ts'

const world = useStsWorld()
const script = fileURLToPath(new URL('sts_flow.py', import.meta.url))

/** How long one child may take; only a hanging one does. */
const CHILD_MS_MAX = 50_000

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

function run(
  command: string,
  parameters: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly output: string; readonly errors: string }> {
  const { region, credentials } = world.server
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    ...variablesOf(credentials),
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_PAGER: '',
    LC_ALL: 'C.UTF-8',
    PYTHONUTF8: '1',
    ...more,
  }
  return new Promise((resolve) => {
    const options = { env, timeout: CHILD_MS_MAX, encoding: 'utf8' } as const
    execFile(command, parameters, options, (error, output, errors) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), output, errors })
    })
  })
}

function variablesOf({ accessKeyId, secretAccessKey, sessionToken = '' }: Credentials) {
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  }
}

/** Says what is missing and how to get it. */
function need(context: TestContext, command: string, parameters: string[], debian: string): void {
  if (spawnSync(command, parameters, { stdio: 'ignore' }).status === 0) return
  const missing = `this case needs ${command} ${parameters.join(' ')}: apt-get install ${debian}`
  if (process.env['CI'] === 'true') throw new Error(missing)
  context.skip(missing)
}

it('boto3 assumes roles, signs in by web identity, and finds it in the environment', async (context) => {
  need(context, 'python3', ['-c', 'import boto3'], 'python3-boto3')
  const parameters = [world.server.httpUrl, roleArn, tokenFile, appInstanceArn, ana, bob]
  const { code, output, errors } = await run('python3', [script, ...parameters])
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
  need(context, 'aws', ['--version'], 'awscli')
  const sts = ['--endpoint-url', world.server.httpUrl, '--output', 'json', 'sts']
  const root = await run('aws', [...sts, 'get-caller-identity'])
  expect(root.errors).toBe('')
  expect(JSON.parse(root.output)).toEqual({
    UserId: '000000000000',
    Account: '000000000000',
    Arn: 'arn:aws:iam::000000000000:root',
  })
  const parameters = ['--role-arn', roleArn, '--role-session-name', 'cli']
  const assumed = await run('aws', [...sts, 'assume-role', ...parameters])
  expect(assumed.errors).toBe('')
  const { Credentials: granted } = JSON.parse(assumed.output) as {
    Credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string }
  }
  const session = variablesOf({
    accessKeyId: granted.AccessKeyId,
    secretAccessKey: granted.SecretAccessKey,
    sessionToken: granted.SessionToken,
  })
  const who = await run('aws', [...sts, 'get-caller-identity'], session)
  expect((JSON.parse(who.output) as { Arn: string }).Arn).toMatch(/:assumed-role\/[\w-]+\/cli$/)
  const cut = { ...session, AWS_SESSION_TOKEN: granted.SessionToken.slice(1) }
  const refused = await run('aws', [...sts, 'get-caller-identity'], cut)
  expect(refused.code).not.toBe(0)
  expect(refused.errors).toContain('(InvalidClientTokenId)')
})
