// The operator's file of destinations: what it may say, and how everything else is refused without
// repeating a secret.
import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createOutboundMapping } from '../domain/outbound-mapping.ts'
import { AWS_SERVICES, ConfigError, type AwsService } from './config.ts'
import { readOutboundTargets } from './outbound-targets.ts'
import { openLocalCertificate } from './local-certificate.ts'

const SECRET = 'hush-hush-hush-hush'
const SCOPE = { region: 'eu-central-1', accountId: '123456789012' }
const LAMBDA = 'arn:aws:lambda:eu-central-1:123456789012:function:moderate'
const STREAM = 'arn:aws:kinesis:eu-central-1:123456789012:stream/chime-events'
const APP = 'arn:aws:mobiletargeting:eu-central-1:123456789012:apps/abc'
const BOT = 'arn:aws:lex:eu-central-1:123456789012:bot-alias/BOT/ALIAS'
const HOOK = 'https://hooks.example.org/carillon'
const VARIABLES: Readonly<Record<string, string>> = {
  HOOK_SECRET: SECRET,
  NATS_PASSWORD: `${SECRET}-nats`,
  SHORT: 'hush',
  BLANK: '  ',
  SEARCH_SECRET: SECRET,
  PUSH_SECRET: SECRET,
  HELPER_SECRET: SECRET,
}
const webhook = { kind: 'webhook', url: HOOK, secret: { variable: 'HOOK_SECRET' } }

const ecKey = pemOf('ec')
const rsaKey = pemOf('rsa')
const account = {
  type: 'service_account',
  project_id: 'my-app',
  client_email: 'push@my-app.iam.gserviceaccount.com',
  private_key: rsaKey,
  token_uri: 'https://oauth2.googleapis.com/token',
}
let directory: string
let authority: string

function pemOf(type: 'ec' | 'rsa'): string {
  const format = { type: 'pkcs8', format: 'pem' } as const
  const { privateKey } =
    type === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2_048 })
  return privateKey.export(format) as string
}

function write(name: string, text: string, mode = 0o600): void {
  writeFileSync(join(directory, name), text)
  chmodSync(join(directory, name), mode)
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'carillon-outbound-'))
  const tls = join(directory, 'tls')
  const certificate = await openLocalCertificate(tls, ['localhost'], Date.UTC(2026, 0, 1))
  authority = certificate.authorityPath ?? ''
  write('hook-secret', `${SECRET}\n`)
  write('apns.p8', ecKey)
  write('rsa.pem', rsaKey)
  write('account.json', JSON.stringify(account))
  write('broken-account.json', `{"private_key": "${SECRET}"`)
  write('empty', '\n')
})

afterAll(() => rmSync(directory, { recursive: true }))

function read(file: unknown, awsServices: readonly AwsService[] = []) {
  write('outbound.json', typeof file === 'string' ? file : JSON.stringify(file))
  const config = { file: join(directory, 'outbound.json'), awsServices: new Set(awsServices) }
  return readOutboundTargets(config, SCOPE, (name) => VARIABLES[name])
}

/** Why it is refused. */
function refusalOf(file: unknown): string {
  try {
    read(file)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  throw new Error('it was taken')
}

describe('without a file', () => {
  it('nothing leads anywhere', () => {
    const config = { file: undefined, awsServices: new Set<AwsService>() }
    const { targets, warnings } = readOutboundTargets(config, SCOPE, () => undefined)
    expect(targets).toEqual({ processors: {}, streams: {}, push: {}, bots: {} })
    expect(warnings).toEqual([])
  })

  it('services of AWS take the ARNs of this region and account, and no others', () => {
    const config = { file: undefined, awsServices: new Set(AWS_SERVICES) }
    const mapping = createOutboundMapping(
      readOutboundTargets(config, SCOPE, () => undefined).targets,
    )
    expect(mapping.processor(LAMBDA)).toEqual({ kind: 'lambda' })
    expect(mapping.stream(STREAM)).toEqual({ kind: 'kinesis' })
    expect(mapping.bot(BOT)).toEqual({ kind: 'lex' })
    expect(mapping.push(APP)).toBeUndefined()
    for (const [from, to] of [
      ['eu-central-1', 'eu-west-1'],
      ['123456789012', '210987654321'],
    ] as const) {
      expect(mapping.processor(LAMBDA.replace(from, to))).toBeUndefined()
    }
  })
})

describe('a file', () => {
  it('says where each ARN leads, secrets apart', () => {
    const { targets, warnings } = read({
      processors: { [LAMBDA]: { kind: 'lambda' }, 'arn:aws:lambda:*': webhook },
      streams: {
        [STREAM]: { kind: 'kinesis' },
        [`${STREAM}-2`]: {
          kind: 'jetstream',
          servers: ['nats://127.0.0.1:4222', 'tls://nats.example.org:4222'],
          subject: 'chime.events',
          user: 'carillon',
          password: { variable: 'NATS_PASSWORD' },
        },
        [`${STREAM}-3`]: { ...webhook, secret: { file: 'hook-secret' } },
      },
      push: {
        [APP]: {
          apns: {
            key: { file: 'apns.p8' },
            keyId: 'KEY',
            teamId: 'TEAM',
            topic: 'org.example.app',
            address: '127.0.0.1:2197',
            certificateAuthority: { file: authority },
          },
          fcm: { serviceAccount: { file: 'account.json' }, url: 'http://127.0.0.1:9' },
          webhook,
        },
      },
      bots: { [BOT]: { kind: 'lex' }, [`${BOT}2`]: webhook },
    })
    const hook = { kind: 'webhook', url: HOOK, secret: SECRET }
    expect(warnings).toEqual([])
    expect(targets.processors).toEqual({ [LAMBDA]: { kind: 'lambda' }, 'arn:aws:lambda:*': hook })
    expect(targets.streams).toEqual({
      [STREAM]: { kind: 'kinesis' },
      [`${STREAM}-2`]: {
        kind: 'jetstream',
        servers: ['nats://127.0.0.1:4222', 'tls://nats.example.org:4222'],
        subject: 'chime.events',
        user: 'carillon',
        password: `${SECRET}-nats`,
      },
      [`${STREAM}-3`]: hook,
    })
    expect(targets.push[APP]).toEqual({
      apns: {
        key: ecKey,
        keyId: 'KEY',
        teamId: 'TEAM',
        topic: 'org.example.app',
        address: '127.0.0.1:2197',
        certificateAuthority: expect.stringContaining('BEGIN CERTIFICATE') as string,
      },
      fcm: {
        projectId: account.project_id,
        clientEmail: account.client_email,
        privateKey: rsaKey,
        tokenUrl: account.token_uri,
        url: 'http://127.0.0.1:9',
      },
      webhook: hook,
    })
    expect(targets.bots).toEqual({ [BOT]: { kind: 'lex' }, [`${BOT}2`]: hook })
  })

  it('wins over the services of AWS for the ARNs that it names', () => {
    const mapping = createOutboundMapping(
      read({ processors: { [LAMBDA]: webhook } }, ['lambda']).targets,
    )
    expect(mapping.processor(LAMBDA)).toMatchObject({ kind: 'webhook' })
    expect(mapping.processor(`${LAMBDA}2`)).toEqual({ kind: 'lambda' })
  })

  it('is taken as the document shows it', () => {
    const path = new URL('../../docs/outbound.md', import.meta.url)
    const [, example = ''] = /^```json\n(.*?)^```$/ms.exec(readFileSync(path, 'utf8')) ?? []
    mkdirSync(join(directory, 'secrets'))
    write('secrets/moderate', SECRET)
    write('secrets/nats.creds', SECRET)
    write('secrets/AuthKey_ABC123DEFG.p8', ecKey)
    write('secrets/firebase.json', JSON.stringify(account))
    const { targets, warnings } = read(example)
    expect(warnings).toEqual([])
    expect(Object.values(targets).map((part) => Object.keys(part as object).length)).toEqual([
      2, 3, 1, 2,
    ])
    const mapping = createOutboundMapping(targets)
    const functions = 'arn:aws:lambda:us-east-1:000000000000:function'
    expect(mapping.processor(`${functions}:moderate`)).toMatchObject({ kind: 'webhook' })
    expect(mapping.processor(`${functions}:another`)).toEqual({ kind: 'lambda' })
    const [app] = Object.values(targets.push)
    expect(Object.keys(app ?? {})).toEqual(['apns', 'fcm', 'webhook', 'sparesSenders'])
    expect(app?.sparesSenders).toBe(true)
  })

  it('may begin with a byte order mark, as its secrets may', () => {
    write('marked-secret', `\uFEFF${SECRET}`)
    write('marked.p8', `\uFEFF${ecKey}`)
    const file = {
      bots: { [BOT]: { ...webhook, secret: { file: 'marked-secret' } } },
      push: { [APP]: { apns: { ...apns, key: { file: 'marked.p8' } } } },
    }
    const { targets } = read(`\uFEFF${JSON.stringify(file)}`)
    expect(targets.bots[BOT]).toMatchObject({ secret: SECRET })
    expect(targets.push[APP]?.apns?.key).toBe(ecKey)
  })

  it('may be empty', () => {
    expect(read({}).targets).toEqual({ processors: {}, streams: {}, push: {}, bots: {} })
  })

  it('and its secrets warn where others may read them', () => {
    write('open-secret', SECRET, 0o644)
    const { warnings } = read({
      bots: { [BOT]: { ...webhook, secret: { file: 'open-secret' } } },
    })
    expect(warnings).toEqual([
      `the secret of ${BOT}: everybody on this machine may read open-secret`,
    ])
  })

  it('warns of records that others may read on their way', () => {
    const servers = ['nats://nats.example.org:4222', 'nats://localhost:4222', 'nats://[::1]:4222']
    const { warnings } = read({
      streams: { [STREAM]: { kind: 'jetstream', servers, subject: 'chime' } },
    })
    expect(warnings).toEqual([
      `${STREAM}: others may read on the way to nats://nats.example.org:4222; tls:// prevents it`,
    ])
  })
})

const jetstream = { kind: 'jetstream', servers: ['nats://127.0.0.1:4222'], subject: 'a.b' }
const apns = { key: { file: 'apns.p8' }, keyId: 'K', teamId: 'T', topic: 'org.example.app' }

describe('refused, with the place and what is allowed', () => {
  it.each<[string, unknown, string]>([
    ['a list', [], 'expected object'],
    ['an unknown part', { stream: {} }, 'Unrecognized key: "stream"'],
    [
      'an ARN of something else',
      { processors: { [STREAM]: webhook } },
      `processors › ${STREAM}: must be an ARN of lambda, or its beginning and a *`,
    ],
    ['no ARN', { streams: { events: webhook } }, 'streams › events: must be an ARN of kinesis'],
    [
      'a * in the middle',
      { bots: { 'arn:aws:lex:*:123456789012:bot-alias/B/A': webhook } },
      'must be an ARN of lex',
    ],
    ['a * for the service', { push: { 'arn:aws:*': { webhook } } }, 'must be an ARN of'],
    [
      'an unknown kind',
      { processors: { [LAMBDA]: { kind: 'kinesis' } } },
      `processors › ${LAMBDA} › kind: Invalid discriminator value. Expected 'lambda' | 'webhook'`,
    ],
    ['no kind', { bots: { [BOT]: { url: HOOK } } }, "Expected 'lex' | 'webhook'"],
    [
      'a misspelt member',
      { bots: { [BOT]: { ...webhook, timeout: 5 } } },
      'Unrecognized key: "timeout"',
    ],
    [
      'plain http to another machine',
      { bots: { [BOT]: { ...webhook, url: 'http://hooks.example.org/' } } },
      `bots › ${BOT} › url: must be an https:// URL without a user (http:// only within`,
    ],
    [
      'a user in the URL',
      { bots: { [BOT]: { ...webhook, url: `https://me:${SECRET}@hooks.example.org/` } } },
      'must be an https:// URL without a user',
    ],
    [
      'a secret that stands there itself',
      { bots: { [BOT]: { ...webhook, secret: SECRET } } },
      `bots › ${BOT} › secret: must be {"file": …} or {"variable": …}`,
    ],
    [
      'a server of NATS with a user',
      { streams: { [STREAM]: { ...jetstream, servers: [`nats://me:${SECRET}@there:4222`] } } },
      'servers › 0: must be nats://host:port or tls://host:port, without a user',
    ],
    ['no server', { streams: { [STREAM]: { ...jetstream, servers: [] } } }, 'servers: '],
    [
      'a subject with wildcards',
      { streams: { [STREAM]: { ...jetstream, subject: 'chime.>' } } },
      'subject: must be a subject without wildcards',
    ],
    [
      'half a user',
      { streams: { [STREAM]: { ...jetstream, user: 'me' } } },
      `streams › ${STREAM}: user and password go together`,
    ],
    [
      'two ways to log in',
      {
        streams: {
          [STREAM]: {
            ...jetstream,
            token: { variable: 'HOOK_SECRET' },
            credentials: { variable: 'HOOK_SECRET' },
          },
        },
      },
      'takes one of credentials, token, and user with password',
    ],
    ['no provider', { push: { [APP]: {} } }, `push › ${APP}: needs at least one of apns, fcm`],
    [
      'a setting without a provider',
      { push: { [APP]: { sparesSenders: true } } },
      `push › ${APP}: needs at least one of apns, fcm`,
    ],
    [
      'an address with a path',
      { push: { [APP]: { apns: { ...apns, address: 'https://there:443/' } } } },
      'apns › address: must be host:port',
    ],
  ])('%s', (_name, file, why) => {
    expect(refusalOf(file)).toContain(why)
    expect(refusalOf(file)).toContain(join(directory, 'outbound.json'))
  })

  it.each<[string, unknown, string]>([
    [
      'a variable that is not set',
      { bots: { [BOT]: { ...webhook, secret: { variable: 'NOWHERE' } } } },
      `the secret of ${BOT}: the variable NOWHERE is not set`,
    ],
    [
      'a variable that is blank',
      { bots: { [BOT]: { ...webhook, secret: { variable: 'BLANK' } } } },
      'the variable BLANK is not set',
    ],
    [
      'a file that is not there',
      { bots: { [BOT]: { ...webhook, secret: { file: 'nowhere' } } } },
      `the secret of ${BOT}: nowhere cannot be read: ENOENT`,
    ],
    [
      'a directory',
      { bots: { [BOT]: { ...webhook, secret: { file: '.' } } } },
      'cannot be read: it is a directory',
    ],
    [
      'an empty file',
      { streams: { [STREAM]: { ...jetstream, token: { file: 'empty' } } } },
      `the token of ${STREAM}: empty is empty`,
    ],
    [
      'a secret that can be guessed',
      { bots: { [BOT]: { ...webhook, secret: { variable: 'SHORT' } } } },
      `the secret of ${BOT}: must have at least 16 characters`,
    ],
    [
      'a key for APNs that is none',
      { push: { [APP]: { apns: { ...apns, key: { file: 'hook-secret' } } } } },
      `the APNs key of ${APP}: is no private key (ec) in PEM`,
    ],
    [
      'a key for APNs of another type',
      { push: { [APP]: { apns: { ...apns, key: { file: 'rsa.pem' } } } } },
      'is no private key (ec) in PEM',
    ],
    [
      'an authority that is none',
      { push: { [APP]: { apns: { ...apns, certificateAuthority: { file: 'apns.p8' } } } } },
      `the certificate authority of ${APP}: apns.p8 is no certificate in PEM`,
    ],
    [
      'a service account that is no JSON',
      { push: { [APP]: { fcm: { serviceAccount: { file: 'broken-account.json' } } } } },
      `the service account of ${APP} is no JSON (line 1 column 38)`,
    ],
    [
      'a service account that is another JSON',
      { push: { [APP]: { fcm: { serviceAccount: { file: 'outbound.json' } } } } },
      'project_id: ',
    ],
  ])('%s', (_name, file, why) => {
    const text = refusalOf(file)
    expect(text).toContain(why)
    for (const secret of ['hush', 'PRIVATE KEY']) expect(text).not.toContain(secret)
  })

  it('a service account whose key is none', () => {
    write('other-account.json', JSON.stringify({ ...account, private_key: SECRET }))
    const text = refusalOf({
      push: { [APP]: { fcm: { serviceAccount: { file: 'other-account.json' } } } },
    })
    expect(text).toContain(`the service account of ${APP}: is no private key (rsa) in PEM`)
    expect(text).not.toContain(SECRET)
  })

  it.each([
    [SECRET],
    [`{"bots": ${SECRET}}`],
    [`{"bots": {"secret": "${SECRET}",}}`],
    [`{"bots": {"secret": "${SECRET}`],
    [''],
  ])('what is no JSON, without its text: %s', (text) => {
    const refusal = refusalOf(text)
    expect(refusal).toMatch(/^CARILLON_OUTBOUND: \S+ is no JSON( \(line \d+ column \d+\))?$/)
    expect(refusal).not.toContain('hush')
  })

  it('an ARN that stands twice, of which the first would lead nowhere without a word', () => {
    const bot = `"${BOT}": ${JSON.stringify(webhook)}`
    expect(refusalOf(`{"streams": {}, "bots": {${bot}, ${bot}}}`)).toMatch(
      new RegExp(`outbound\\.json:\\n  bots › ${BOT}: stands there twice$`),
    )
    const parts = `{"bots": {"${BOT}": {"kind": "lex", "kind": "webhook"}}, "bots": {}}`
    expect(refusalOf(parts).split('\n').slice(1)).toEqual([
      `  bots › ${BOT} › kind: stands there twice`,
      '  bots: stands there twice',
    ])
  })

  it('half of a surrogate pair, which is no text anywhere', () => {
    const target = String.raw`{"kind": "jetstream", "servers": ["nats://\ud83d"], "subject": "a"}`
    expect(refusalOf(`{"streams": {"${STREAM}": ${target}}}`)).toMatch(
      / › servers › 0: holds half of a surrogate pair$/,
    )
    const key = String.raw`{"streams": {"arn:aws:kinesis:\ude00": {"kind": "kinesis"}}}`
    expect(refusalOf(key)).toMatch(/ {2}streams: a key holds half of a surrogate pair$/)
  })

  it('a file that is not there', () => {
    const config = { file: join(directory, 'none.json'), awsServices: new Set<AwsService>() }
    expect(() => readOutboundTargets(config, SCOPE, () => undefined)).toThrow(
      `CARILLON_OUTBOUND: ${config.file} cannot be read: ENOENT`,
    )
  })
})
