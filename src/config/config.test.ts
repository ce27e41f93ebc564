// Each setting: what it takes, and how it is refused.
import { describe, expect, it } from 'vitest'
import { ConfigError, createConfig, formatAddress } from './config.ts'
import { readEnvironment } from './env.ts'
import { SETTINGS } from './settings.ts'
import type { SettingName } from './settings.ts'

describe('createConfig', () => {
  it('needs no setting', () => {
    expect(createConfig({})).toEqual({
      listen: { host: '127.0.0.1', port: 8080 },
      listenTls: { host: '127.0.0.1', port: 8443 },
      tlsFiles: undefined,
      publicEndpoint: undefined,
      dataDirectory: './data',
      store: { kind: 'sqlite' },
      rootCredential: undefined,
      region: 'us-east-1',
      accountId: '000000000000',
      outbound: { file: undefined, awsServices: new Set() },
      quotas: 'relaxed',
      logLevel: 'info',
    })
  })

  it.each([
    ['0.0.0.0:80', '0.0.0.0', 80],
    ['[::1]:0', '::1', 0],
    ['localhost:65535', 'localhost', 65535],
  ])('listens on %s', (listen, host, port) => {
    const config = createConfig({ listen, listenTls: 'off' })
    expect(config.listen).toEqual({ host, port })
    expect(config.listenTls).toBeUndefined()
    expect(formatAddress({ host, port })).toBe(listen)
  })

  it.each<[SettingName, string, string]>([
    ['listen', 'nowhere', 'host:port'],
    ['listen', ':8080', 'host:port'],
    ['listen', '::1:8080', 'host:port'],
    ['listen', '127.0.0.1:65536', 'host:port'],
    ['listenTls', 'http://127.0.0.1:8443', 'host:port'],
    ['publicEndpoint', 'https://chat.example.org', 'without scheme'],
    ['publicEndpoint', 'chat.example.org/', 'without scheme'],
    ['publicEndpoint', 'chat.example.org:0', 'without scheme'],
    ['tlsCertificate', 'cert.pem', 'needs CARILLON_TLS_KEY'],
    ['secretAccessKey', 'secret', 'needs CARILLON_ACCESS_KEY_ID'],
    ['secretKey', 'ab'.repeat(31), '32 bytes'],
    ['secretKey', `${'ab'.repeat(31)}xy`, '32 bytes'],
    ['secretKey', Buffer.alloc(33).toString('base64'), '32 bytes'],
    ['region', 'US East', 'lower-case'],
    ['accountId', '123', 'twelve digits'],
    ['store', 'mysql', '"sqlite"'],
    ['store', 'mysql://host/db', 'postgres://user:password@host:port/database'],
    ['store', 'postgres://host', 'postgres://user:password@host:port/database'],
    ['store', 'postgres:///db', 'postgres://user:password@host:port/database'],
    ['bus', 'nats://host:4222', 'no NATS yet'],
    ['roles', 'api', 'api,gateway,jobs'],
    ['quotas', 'none', '"relaxed", "aws"'],
    ['logLevel', 'loud', '"trace", "debug"'],
  ])('refuses %s=%s by its name, with what is allowed', (name, value, allowed) => {
    const attempt = () => createConfig({ [name]: value })
    expect(attempt).toThrow(ConfigError)
    expect(attempt).toThrow(SETTINGS[name].variable)
    expect(attempt).toThrow(allowed)
  })

  it('refuses a server without any listener', () => {
    expect(() => createConfig({ listen: 'off', listenTls: 'off' })).toThrow(/both off/)
  })

  it.each(['hex', 'base64', 'base64url'] as const)('takes the secret key as %s', (notation) => {
    const secretKey = Buffer.alloc(32, 0xfb)
    expect(createConfig({ secretKey: secretKey.toString(notation) }).secretKey).toEqual(secretKey)
  })

  it('never repeats a secret', () => {
    expect(() => createConfig({ secretKey: 'too short' })).toThrow(/^(?!.*too short).*SECRET_KEY/)
    const values = { accessKeyId: 'AKIAXXXXXXXXXXXXXXXX', secretAccessKey: 'too short' }
    expect(() => createConfig(values)).toThrow(/^(?!.*too short).*CARILLON_SECRET_ACCESS_KEY/)
  })

  it.each(['postgres://u:p@h:5432/db', 'postgresql://h/db', 'postgres:///db?host=/run/postgresql'])(
    'keeps everything in %s',
    (url) => {
      expect(createConfig({ store: url }).store).toEqual({ kind: 'postgres', url })
    },
  )

  it('never repeats the password of a database', () => {
    const store = 'postgres://carillon:hush@host/'
    expect(() => createConfig({ store })).toThrow(/^(?!.*hush).*CARILLON_STORE/)
  })

  it('takes the roles in any order', () => {
    expect(() => createConfig({ roles: 'jobs, api,gateway' })).not.toThrow()
  })
})

describe('readEnvironment', () => {
  it('takes what is ours, and names what only looks like it', () => {
    const variables = {
      CARILLON_LISTEN: 'off',
      CARILLON_REGION: '',
      CARILLON_LISTNE: 'x',
      AWS_ENDPOINT_URL_KINESIS: 'http://127.0.0.1:4567',
      AWS_ENDPOINT_URL_LAMBDA: '',
      HOME: '/',
    }
    expect(readEnvironment(variables)).toEqual({
      values: { listen: 'off' },
      unknownVariables: ['CARILLON_LISTNE'],
      awsServices: new Set(['kinesis']),
      wantsNoColour: false,
    })
    expect(readEnvironment({ NO_COLOR: '1' }).wantsNoColour).toBe(true)
  })
})
