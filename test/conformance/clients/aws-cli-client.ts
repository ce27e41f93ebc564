// The AWS command line as a client of the core scenario: one process for each call, with the
// options that its users write.
import { execFile } from 'node:child_process'
import type { Credentials, Endpoint } from '../../harness/start-server.ts'
import { childEnvironment } from './child-environment.ts'
import {
  CallRefused,
  type CoreClient,
  type Input,
  type Output,
  type Service,
} from './core-client.ts'

/** How long one process may take; only a hanging one does. */
const CHILD_MS_MAX = 60_000

const COMMANDS: Readonly<Record<Service, string>> = {
  messaging: 'chime-sdk-messaging',
  identity: 'chime-sdk-identity',
  iam: 'iam',
  sts: 'sts',
}

export function openAwsCli(server: Endpoint, options: { readonly retries: boolean }): CoreClient {
  const environment = childEnvironment(server, options.retries)
  const common = ['--endpoint-url', server.httpUrl, '--output', 'json']
  return {
    call: (service, operation, input = {}) =>
      run(environment, [...common, COMMANDS[service], dashed(operation), ...optionsOf(input)]),
    // Without its arguments a command is refused before anything is sent.
    has: (service, operation) =>
      run(environment, [COMMANDS[service], dashed(operation)]).then(
        () => true,
        (error: Error) => !error.message.includes('Invalid choice'),
      ),
    as: (credentials: Credentials) => openAwsCli({ ...server, credentials }, options),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

function run(environment: NodeJS.ProcessEnv, line: readonly string[]): Promise<Output> {
  const { promise, resolve, reject } = Promise.withResolvers<Output>()
  const settings = { env: environment, timeout: CHILD_MS_MAX, encoding: 'utf8' } as const
  execFile('aws', line, settings, (error, output, errors) => {
    if (error === null) resolve(output === '' ? {} : (JSON.parse(output) as Output))
    else reject(refusalOf(errors))
  })
  return promise
}

/** What people read: `An error occurred (Code) when calling the Operation operation: text`. */
function refusalOf(errors: string): Error {
  const [, code, message] =
    /\((\w+)\) when calling the \w+ operation[^:]*: ([\s\S]*)/.exec(errors) ?? []
  return code === undefined ? new Error(errors) : new CallRefused(code, (message ?? '').trim())
}

function optionsOf(input: Input): string[] {
  return Object.entries(input).flatMap(([name, value]) => {
    const option = `--${dashed(name)}`
    if (typeof value === 'boolean') return [value ? option : option.replace('--', '--no-')]
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) {
      return [option, ...value]
    }
    return [option, typeof value === 'string' ? value : JSON.stringify(value)]
  })
}

/** As botocore names commands and options. */
function dashed(name: string): string {
  return name
    .replace(/(.)([A-Z][a-z]+)/g, '$1-$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
}
