// The environment in which clients of other makers run as processes, and what is said where one of
// them is missing.
import { spawnSync } from 'node:child_process'
import type { TestContext } from 'vitest'
import type { Endpoint } from '../../harness/start-server.ts'

/** Whose calls a client makes, and for which region it signs. */
export type Caller = Pick<Endpoint, 'region' | 'credentials'>

/** Nothing of the machine's own configuration; credentials as their users set them. */
export function childEnvironment(caller: Caller, retries: boolean): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = caller.credentials
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
    ...(retries ? {} : { AWS_MAX_ATTEMPTS: '1' }),
    AWS_DEFAULT_REGION: caller.region,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_PAGER: '',
    LC_ALL: 'C.UTF-8',
    PYTHONUTF8: '1',
  }
}

/** A program, how to see whether it is there, and the Debian package that brings it. */
export interface Program {
  readonly command: string
  readonly check: readonly string[]
  readonly debianPackage: string
}

export const AWS_CLI: Program = { command: 'aws', check: ['--version'], debianPackage: 'awscli' }
export const BOTO3: Program = {
  command: 'python3',
  check: ['-c', 'import boto3'],
  debianPackage: 'python3-boto3',
}

/** Leaves the case out where the program is missing; in CI it fails instead. */
export function need(context: TestContext, { command, check, debianPackage }: Program): void {
  if (spawnSync(command, check, { stdio: 'ignore' }).status === 0) return
  const wanted = [command, ...check].join(' ')
  const missing = `this case needs ${wanted}: apt-get install ${debianPackage}`
  if (process.env['CI'] === 'true') throw new Error(missing)
  context.skip(missing)
}
