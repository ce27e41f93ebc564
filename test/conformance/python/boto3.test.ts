// boto3 and the AWS command line as separate processes: clients of other makers see the same
// server. A tool that is missing is a failure in CI; elsewhere the case is left out with the tool's
// name.
import { execFile, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import type { TestContext } from 'vitest'
import { casesOf } from '../kit/conformance-case.ts'
import { unique, useWorld } from '../kit/world.ts'

const world = useWorld()
const script = fileURLToPath(new URL('whole_flow.py', import.meta.url))

/** How long one child may take; only a hanging one does. */
const CHILD_MS_MAX = 50_000

interface Finished {
  readonly code: number
  readonly output: string
  readonly errors: string
}

function run(command: string, parameters: readonly string[]): Promise<Finished> {
  const { region, credentials } = world.endpoint
  const environment = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_PAGER: '',
    LC_ALL: 'C.UTF-8',
    PYTHONUTF8: '1',
  }
  const options = { env: environment, timeout: CHILD_MS_MAX, encoding: 'utf8' } as const
  return new Promise((resolve) => {
    execFile(command, parameters, options, (error, output, errors) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), output, errors })
    })
  })
}

/** Says what is missing and how to get it. */
function need(
  context: TestContext,
  command: string,
  parameters: readonly string[],
  debianPackage: string,
): void {
  const { status } = spawnSync(command, parameters, { stdio: 'ignore' })
  if (status === 0) return
  const missing = `this case needs ${command} ${parameters.join(' ')}: apt-get install ${debianPackage}`
  if (process.env['CI'] === 'true') throw new Error(missing)
  context.skip(missing)
}

const flow = casesOf('boto3')
flow(
  'behaviour',
  'code',
  'Given boto3, when it walks the whole flow, then every step is as it expects',
  async (context) => {
    need(context, 'python3', ['-c', 'import boto3'], 'python3-boto3')
    const { code, output, errors } = await run('python3', [
      script,
      world.endpoint.httpUrl,
      world.endpoint.region,
    ])
    const results = output
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { case: string; ok: boolean; why?: string })
    expect(results.filter(({ ok }) => !ok)).toEqual([])
    expect([code, results.length], errors).toEqual([0, 11])
  },
)

const line = casesOf('AWS CLI')
const aws = async (api: 'identity' | 'messaging', operation: string, ...parameters: string[]) => {
  const command = [
    `chime-sdk-${api}`,
    operation,
    '--endpoint-url',
    world.endpoint.httpUrl,
    '--output',
    'json',
  ]
  return run('aws', [...command, ...parameters])
}
async function answered(call: Promise<Finished>): Promise<Record<string, unknown>> {
  const { code, output, errors } = await call
  expect(code, errors).toBe(0)
  return output === '' ? {} : (JSON.parse(output) as Record<string, unknown>)
}

line(
  'behaviour',
  'code',
  'Given the AWS CLI, when it creates, sends, lists and deletes, then it gets what it expects',
  async (context) => {
    need(context, 'aws', ['--version'], 'awscli')
    const user = await world.user('Ana')
    const bearer = ['--chime-bearer', user]
    const { ChannelArn } = await answered(
      aws(
        'messaging',
        'create-channel',
        '--app-instance-arn',
        world.appInstanceArn,
        '--name',
        'Grüße',
        '--client-request-token',
        unique(),
        ...bearer,
      ),
    )
    const channel = ['--channel-arn', String(ChannelArn), ...bearer]
    const sent = await answered(
      aws(
        'messaging',
        'send-channel-message',
        ...channel,
        '--content',
        'Grüße 日本',
        '--type',
        'STANDARD',
        '--persistence',
        'PERSISTENT',
        '--client-request-token',
        unique(),
      ),
    )
    const { ChannelMessages } = await answered(
      aws('messaging', 'list-channel-messages', ...channel),
    )
    expect(ChannelMessages).toMatchObject([{ MessageId: sent['MessageId'], Content: 'Grüße 日本' }])
    expect(await answered(aws('messaging', 'delete-channel', ...channel))).toEqual({})
    const refused = await aws('messaging', 'describe-channel', ...channel)
    expect(refused.code).not.toBe(0)
    expect(refused.errors).toContain('ForbiddenException')
  },
)
