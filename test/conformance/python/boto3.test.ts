// boto3 and the AWS command line as separate processes: clients of other makers see the same
// server.
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { AWS_CLI, BOTO3, need } from '../clients/child-environment.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { unique, useWorld } from '../kit/world.ts'
import { runCommand, type Finished } from './command.ts'

const world = useWorld()
const script = fileURLToPath(new URL('whole_flow.py', import.meta.url))

const run = (command: string, parameters: readonly string[]) =>
  runCommand(command, parameters, world.endpoint)

const flow = casesOf('boto3')
flow(
  'behaviour',
  'code',
  'Given boto3, when it walks the whole flow, then every step is as it expects',
  async (context) => {
    need(context, BOTO3)
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
    expect([code, results.length], errors).toEqual([0, 12])
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
    need(context, AWS_CLI)
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
