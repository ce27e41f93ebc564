// What `carillon top` makes of its arguments and of the server's own settings.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readClientAccess } from './client-config.ts'
import { parseCommandLine } from './command-line.ts'
import { readEnvironment } from './env.ts'
import { createTopConfig } from './top-config.ts'

function parse(args: readonly string[], variables: Readonly<Record<string, string>> = {}) {
  return parseCommandLine(['top', ...args], readEnvironment(variables), '1.0.0')
}

function configOf(args: readonly string[], variables: Readonly<Record<string, string>> = {}) {
  const invocation = parse(args, variables)
  if (invocation.command !== 'top') throw new Error(JSON.stringify(invocation))
  return invocation.config
}

describe('the endpoint', () => {
  it.each([
    [{}, 'http://127.0.0.1:8080'],
    [{ CARILLON_LISTEN: '0.0.0.0:9000' }, 'http://127.0.0.1:9000'],
    [{ CARILLON_LISTEN: '[::]:9000' }, 'http://[::1]:9000'],
    [{ CARILLON_LISTEN: 'off', CARILLON_LISTEN_TLS: 'chat.test:8443' }, 'https://chat.test:8443'],
  ])('of a server with %j is %s', (variables, endpoint) => {
    expect(configOf([], variables).endpoint.origin).toBe(endpoint)
  })

  it('is the one that is named', () => {
    expect(configOf(['--endpoint', 'https://there']).endpoint.href).toBe('https://there/')
  })
})

it.each([
  [['--endpoint', 'ftp://there'], '--endpoint'],
  [['--endpoint', 'http://there/path'], '--endpoint'],
  [['--endpoint', 'http://user:secret@there'], '--endpoint'],
  [['--endpoint', 'there'], '--endpoint'],
  [['--interval', '0.1'], '--interval'],
  [['--interval', '3601'], '--interval'],
  [['--interval', 'soon'], '--interval'],
  [['--channel', 'lobby'], '--channel'],
  [['--channel', 'arn:aws:chime:us-east-1:0:app-instance/x/user/y'], '--channel'],
  [['--surprise'], '--surprise'],
  [['--region', 'Atlantis'], 'CARILLON_REGION'],
])('refuses %j', (args, named) => {
  const invocation = parse(args)
  const text = expect.stringContaining(named) as string
  expect(invocation).toEqual({ command: 'print', exitCode: 2, text })
  expect(JSON.stringify(invocation)).not.toContain('secret')
})

it('wants to know the port of a server that takes any', () => {
  const text = expect.stringContaining('--endpoint') as string
  expect(parse([], { CARILLON_LISTEN: '127.0.0.1:0' })).toMatchObject({ exitCode: 2, text })
})

it('takes the rest as it is said', () => {
  const channel = 'arn:aws:chime:us-east-1:000000000000:app-instance/x/channel/y'
  const args = ['--interval', '2.5', '--once', '--channel', channel, '--data-dir', '/there']
  expect(configOf(args, { NO_COLOR: '1', CARILLON_REGION: 'eu-central-1' })).toMatchObject({
    intervalMs: 2_500,
    isOnce: true,
    channelArn: channel,
    dataDirectory: '/there',
    region: 'eu-central-1',
    wantsNoColour: true,
  })
  expect(configOf([])).toMatchObject({ intervalMs: 1_000, isOnce: false, wantsNoColour: false })
})

describe('the credential', () => {
  it('is the one of the settings, else the one in the directory, else missed by its place', () => {
    const directory = mkdtempSync(join(tmpdir(), 'carillon-top-'))
    try {
      const open = (variables: Readonly<Record<string, string>> = {}) =>
        readClientAccess(configOf(['--data-dir', directory], variables))
      expect(() => open()).toThrow(join(directory, 'root-credentials.json'))
      const kept = { accessKeyId: 'AKIAKEPTKEPTKEPTKEPT', secretAccessKey: 'kept' }
      writeFileSync(join(directory, 'root-credentials.json'), JSON.stringify(kept))
      expect(open()).toEqual({ credential: kept, authority: undefined })
      const configured = { accessKeyId: 'AKIASETSETSETSETSETS', secretAccessKey: 'x'.repeat(40) }
      const variables = {
        CARILLON_ACCESS_KEY_ID: configured.accessKeyId,
        CARILLON_SECRET_ACCESS_KEY: configured.secretAccessKey,
      }
      expect(open(variables).credential).toEqual(configured)
    } finally {
      rmSync(directory, { recursive: true })
    }
  })

  it('is not made, nor is the directory', () => {
    const config = createTopConfig({}, { dataDirectory: '/nowhere/at/all' }, false)
    expect(() => readClientAccess(config)).toThrow('--data-dir')
  })
})
