// `carillon outbox` as an operator starts it: against a real server with dead letters of its own,
// one that is away, and one that means no good; with a terminal and without.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PutMessagingStreamingConfigurationsCommand } from '@aws-sdk/client-chime-sdk-messaging'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { OutboxDraft } from '../../src/domain/outbox.ts'
import { sampleChannelArn } from '../harness/sample-overview.ts'
import { seedDeadLetters, writeOutboundFile } from '../harness/seeded-outbox.ts'
import { createScenario } from '../harness/scenario.ts'
import { createSdkClients } from '../harness/sdk-clients.ts'
import { ROOT_CREDENTIALS, startServer, type TestServer } from '../harness/start-server.ts'
import { startWebhookServer, type WebhookServer } from '../harness/webhook-server.ts'

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname
const CREDENTIALS = {
  CARILLON_ACCESS_KEY_ID: ROOT_CREDENTIALS.accessKeyId,
  CARILLON_SECRET_ACCESS_KEY: ROOT_CREDENTIALS.secretAccessKey,
}
const STREAM = 'arn:aws:kinesis:us-east-1:000000000000:stream/chime-messaging-events'
const OTHER = `${STREAM}-other`
const FAILURE = 'the webhook answered 400'
/** What a destination says of itself reaches the operator's terminal. */
const EVIL = '\x1b[2J\x1b]0;mine\x07\u009b31m\u202e'
const HOUR_MS = 3_600_000

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

let directory: string
let webhook: WebhookServer
let server: TestServer
let entryIds: readonly number[]

function record(target: string, index: number): OutboxDraft {
  const content = { record: JSON.stringify({ Content: `hidden ${index}` }) }
  return { kind: 'stream', target, orderingKey: sampleChannelArn('lobby'), content }
}

const bot: OutboxDraft = {
  kind: 'bot',
  target: 'arn:aws:lex:us-east-1:000000000000:bot-alias/B/A',
  orderingKey: `${sampleChannelArn('lobby')} session`,
  content: {
    channelArn: sampleChannelArn('lobby'),
    channelCreatedAt: 0,
    subChannelId: '',
    botArn: 'arn:aws:chime:us-east-1:000000000000:app-instance/a/bot/b' as never,
    cause: 'welcome',
    intent: 'Hello',
  },
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'carillon-outbox-'))
  webhook = await startWebhookServer()
  const drafts = [
    ...Array.from({ length: 5 }, (_, index) => record(OTHER, index)),
    ...Array.from({ length: 205 }, (_, index) => record(STREAM, index)),
    bot,
  ]
  const now = Date.now()
  entryIds = await seedDeadLetters(
    directory,
    drafts.map((draft, index) => ({
      draft,
      failure: draft === bot ? EVIL : FAILURE,
      createdAt: now - 3 * HOUR_MS + index * 1_000,
      diedAt: now - 2 * HOUR_MS + index * 1_000,
    })),
  )
  const target = { kind: 'webhook', url: webhook.url, secret: { file: 'secret' } }
  const targets = { streams: { [STREAM]: target } }
  const outbound = await writeOutboundFile(directory, targets, { secret: webhook.secret })
  server = await startServer({ settings: { dataDirectory: directory, outbound, store: 'sqlite' } })
})

afterAll(async () => {
  await server.stop()
  await webhook[Symbol.asyncDispose]()
  await rm(directory, { recursive: true })
})

function start(command: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = spawn(command, args, { env: { PATH: process.env['PATH'], ...env } })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = once(child, 'close').then(([code]): Ended => ({
    code: code as number | null,
    stdout,
    stderr,
  }))
  return { child, ended, printed: () => stdout }
}

function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ended> {
  const { child, ended } = start(command, args, env)
  child.stdin.end()
  return ended
}

/** A record of something that happens: the stream is told of the channel that is made. */
async function sendToStream(): Promise<void> {
  using clients = createSdkClients(server)
  const scenario = await createScenario(clients)
  await clients.messaging.send(
    new PutMessagingStreamingConfigurationsCommand({
      AppInstanceArn: scenario.appInstanceArn,
      StreamingConfigurations: [{ DataType: 'Channel', ResourceArn: STREAM }],
    }),
  )
  await scenario.channel(await scenario.user('ann'))
}

/** Without a terminal. */
function outbox(
  args: readonly string[],
  env: Readonly<Record<string, string>> = CREDENTIALS,
  endpoint = server.httpUrl,
): Promise<Ended> {
  return run(process.execPath, [MAIN, 'outbox', ...args, '--endpoint', endpoint], env)
}

/** On a terminal of its own, at which somebody types `typed` when there is a question. */
async function outboxAtTerminal(args: readonly string[], typed: string): Promise<Ended> {
  const words = [process.execPath, MAIN, 'outbox', ...args, '--endpoint', server.httpUrl]
  const command = words.map((word) => `'${word}'`).join(' ')
  const env = { TERM: 'dumb', ...CREDENTIALS }
  const { child, ended, printed } = start('script', ['-qec', command, '/dev/null'], env)
  while (!printed().includes('[y/N]')) await once(child.stdout, 'data')
  child.stdin.write(typed)
  return ended
}

async function listedIds(args: readonly string[] = []): Promise<readonly unknown[]> {
  const { code, stdout } = await outbox(['list', '--json', '--limit', '10000', ...args])
  expect(code).toBe(0)
  const lines = stdout.split('\n').filter((line) => line !== '')
  return lines.map((line) => (JSON.parse(line) as { entryId: unknown }).entryId)
}

it('lists them as a table, with nothing in it that a terminal acts on', async () => {
  const { code, stdout, stderr } = await outbox(['list', '--limit', '3'])
  expect([code, stderr]).toEqual([0, ''])
  const [heading, first, second, , last] = stdout.split('\n')
  expect(heading).toMatch(/^ +ID {2}KIND +TARGET +CHANNEL +AGE +GIVEN UP +ATTEMPTS {2}REASON$/)
  expect(first).toContain(`${entryIds.at(-1)}  bot     ${bot.target}`)
  expect(first).toContain('\u{FFFD}[2J\u{FFFD}]0;mine\u{FFFD}\u{FFFD}31m\u{FFFD}')
  expect(second).toMatch(
    new RegExp(
      `^${entryIds.at(-2)} {2}stream {2}${STREAM} +lobby +2 h 56 min {2}1 h 56 min ago +3`,
    ),
  )
  expect(second).toMatch(new RegExp(`${FAILURE}$`))
  expect(last).toBe('… and more: see --limit.')
  // oxlint-disable-next-line no-control-regex -- it must not be there
  expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
})

it('lists them as JSON, a line each, in as many pages as it takes', async () => {
  expect(await listedIds()).toEqual(entryIds.toReversed())
  expect(await listedIds(['--target', OTHER])).toEqual(entryIds.slice(0, 5).toReversed())
  expect(await listedIds(['--kind', 'bot', '--target', OTHER])).toEqual([])
  const { stdout } = await outbox(['list', '--json', '--kind', 'bot'])
  expect(JSON.parse(stdout)).toMatchObject({ kind: 'bot', failure: EVIL, attemptsCount: 3 })
  // oxlint-disable-next-line no-control-regex -- it must not be there
  expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
})

it('never shows what they say', async () => {
  for (const args of [['list'], ['list', '--json']]) {
    expect((await outbox(args)).stdout).not.toContain('hidden')
  }
})

it('drops some, and says which ids are not there', async () => {
  const [first, second] = entryIds
  const { code, stdout, stderr } = await outbox(['drop', `${second}`, `${first}`, '99999', '--yes'])
  expect([code, stdout, stderr]).toEqual([
    1,
    'Dropped: 2 dead letters.\n',
    'There is no dead letter 99999.\n',
  ])
  const again = await outbox(['drop', `${first}`, '--yes'])
  expect([again.code, again.stdout]).toEqual([1, 'Dropped: 0 dead letters.\n'])
  expect(await listedIds(['--target', OTHER])).toEqual(entryIds.slice(2, 5).toReversed())
})

it('asks before it drops, and takes only a yes', async () => {
  const [, , third] = entryIds
  const declined = await outboxAtTerminal(['drop', `${third}`], 'n\n')
  expect(declined.stdout).toContain('Drop 1 dead letter for good? [y/N]')
  expect([declined.code, declined.stdout]).toEqual([1, expect.stringContaining('Nothing was')])
  const interrupted = await outboxAtTerminal(['drop', '--all'], '\x03')
  expect(interrupted.code).toBe(1)
  expect(await listedIds(['--target', OTHER])).toHaveLength(3)
  const confirmed = await outboxAtTerminal(['drop', '--all', '--target', OTHER], 'yes\n')
  expect(confirmed.stdout).toContain('Drop 3 dead letters for good? [y/N]')
  expect([confirmed.code, confirmed.stdout]).toEqual([
    0,
    expect.stringContaining('Dropped: 3 dead'),
  ])
  expect(await listedIds(['--target', OTHER])).toEqual([])
})

it('does not drop where there is nobody to ask', async () => {
  const { code, stdout, stderr } = await outbox(['drop', '--all'])
  expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining('--yes')])
  expect(await listedIds()).not.toEqual([])
})

it('has all of a kind tried again, so that they arrive once and in their order', async () => {
  const { code, stdout, stderr } = await outbox(['retry', '--all', '--kind', 'stream'])
  expect([code, stdout, stderr]).toEqual([0, 'Tried again: 205 dead letters.\n', ''])
  await webhook.received.first(({ text }) => text.includes('hidden 204'))
  const text = webhook.received.items.map((each) => each.text).join('')
  expect([...text.matchAll(/hidden \d+/g)].map(([match]) => match)).toEqual(
    Array.from({ length: 205 }, (_, index) => `hidden ${index}`),
  )
  expect(await listedIds()).toEqual([entryIds.at(-1)])
})

it('says that there is nothing', async () => {
  const { code, stdout } = await outbox(['list', '--kind', 'push'])
  expect([code, stdout]).toEqual([0, 'No dead letters.\n'])
  const none = await outbox(['retry', '--all', '--kind', 'push'])
  expect([none.code, none.stdout]).toEqual([0, 'No dead letters.\n'])
  expect((await outbox(['list', '--kind', 'push', '--json'])).stdout).toBe('')
  const waiting = await outbox(['list', '--waiting', '--kind', 'push'])
  expect([waiting.code, waiting.stdout]).toEqual([0, 'Nothing waits.\n'])
})

it('tells what waits for each destination', async () => {
  webhook.answerTo = () => ({ status: 400 })
  const before = webhook.received.items.length
  await sendToStream()
  await webhook.received.holds(before + 1)
  // It is given up a moment later; from then on the destination is down.
  while (!(await listedIds(['--kind', 'stream'])).length);
  webhook.answerTo = () => ({ status: 503 })
  expect((await outbox(['retry', '--all', '--kind', 'stream'])).code).toBe(0)
  await webhook.received.holds(before + 2)
  const waiting = () => outbox(['list', '--waiting'])
  let ended = await waiting()
  while (!ended.stdout.includes('503')) ended = await waiting()
  const [heading, row] = ended.stdout.split('\n')
  expect(heading).toMatch(/^KIND +TARGET +WAITING {2}OLDEST +CIRCUIT +LAST FAILURE$/)
  expect(row).toMatch(
    new RegExp(`^stream {2}${STREAM} +[1-9] {2}\\d+ s +closed {3}the webhook answered 503$`),
  )
  const { stdout } = await outbox(['list', '--waiting', '--json'])
  expect(JSON.parse(stdout)).toMatchObject({ kind: 'stream', target: STREAM })
})

it('says that the server is away, or refuses', async () => {
  const away = await outbox(['list'], CREDENTIALS, 'http://127.0.0.1:9')
  expect([away.code, away.stdout]).toEqual([1, ''])
  expect(away.stderr).toContain('The server is away: connect ECONNREFUSED')
  const refused = await outbox(['drop', '1', '--yes'], {
    ...CREDENTIALS,
    CARILLON_SECRET_ACCESS_KEY: 'another/secret+another/secret+another',
  })
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain('The server refuses: The request signature we calculated')
})

it.each([
  [['list', '--kind', 'letters'], '--kind is not allowed; allowed: processor, stream'],
  [['list', '--limit', '0'], '--limit is not allowed; allowed: 1 to 10000'],
  [['list', '--limit', '3', '--waiting'], '--limit is for dead letters'],
  [['retry'], 'retry needs ids of dead letters, or --all'],
  [['retry', '1', '--all'], 'and not both'],
  [['drop', '1', '--kind', 'bot'], '--kind and --target go with --all'],
  [['drop', 'one'], '"one" is not the id of a dead letter'],
  [['eat'], "unknown command 'eat'"],
])('refuses %j', async (args, why) => {
  const { code, stdout, stderr } = await outbox(args)
  expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(why)])
})

/** What is printed of a server that answers like this, whatever it is asked. */
async function against(args: readonly string[], status: number, body: string): Promise<Ended> {
  const hostile = createServer((_request, response) => response.writeHead(status).end(body))
  await new Promise<void>((resolve) => hostile.listen(0, '127.0.0.1', resolve))
  const { port } = hostile.address() as AddressInfo
  try {
    return await outbox(args, CREDENTIALS, `http://127.0.0.1:${port}`)
  } finally {
    hostile.closeAllConnections()
    hostile.close()
  }
}

const letter = { entryId: 1, kind: 'stream', target: EVIL, channelArn: EVIL, failure: EVIL }
it.each([
  ['a refusal', ['list'], 500, { message: EVIL }, 1],
  ['a table', ['list'], 200, { deadLetters: [letter] }, 0],
  ['JSON', ['list', '--json'], 200, { deadLetters: [letter] }, 0],
  ['destinations', ['list', '--waiting'], 200, { destinations: [letter] }, 0],
  ['a token without end', ['list'], 200, { deadLetters: [], nextToken: 'x' }, 1],
  [
    'a letter without an id',
    ['retry', '--all'],
    200,
    { deadLetters: [{ ...letter, entryId: EVIL }] },
    1,
  ],
  ['no letters', ['list'], 200, { deadLetters: null }, 1],
  ['something else', ['drop', '1', '--yes'], 200, { entryIds: [EVIL] }, 1],
])('a server that means no good: %s', async (_name, args, status, body, code) => {
  const ended = await against(args, status, JSON.stringify(body))
  expect(ended.code).toBe(code)
  // oxlint-disable-next-line no-control-regex -- it must not be there
  expect(ended.stdout + ended.stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
})

it('a file of destinations that is wrong refuses the start before anything is touched', async () => {
  const dataDirectory = join(directory, 'never')
  const outbound = await writeOutboundFile(directory, { streams: { events: {} } }, {})
  const args = [MAIN, 'serve', '--data-dir', dataDirectory, '--outbound', outbound]
  const { code, stdout, stderr } = await run(process.execPath, args, {})
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain('streams › events: must be an ARN of kinesis')
  await expect(access(dataDirectory)).rejects.toThrow('ENOENT')
})

it('the start says how much is mapped, and of secrets that others may read, but none of them', async () => {
  const dataDirectory = join(directory, 'logged')
  const hook = { kind: 'webhook', url: webhook.url, secret: { file: 'open-secret' } }
  const targets = { streams: { [STREAM]: hook, [OTHER]: hook } }
  const outbound = await writeOutboundFile(directory, targets, { 'open-secret': webhook.secret })
  await chmod(join(directory, 'open-secret'), 0o644)
  const lines: string[] = []
  const settings = { dataDirectory, outbound, store: 'sqlite', logLevel: 'info' }
  const overrides = { writeLog: (line: string) => lines.push(line) }
  await using logged = await startServer({ settings, overrides })
  expect(logged.httpUrl).toMatch(/^http:/)
  const text = lines.join('')
  expect(text).toContain(`the secret of ${OTHER}: everybody on this machine may read open-secret`)
  expect(JSON.parse(lines.find((line) => line.includes('are mapped')) ?? '{}')).toMatchObject({
    processors: 0,
    streams: 2,
    push: 0,
    bots: 0,
    awsServices: [],
  })
  expect(text).not.toContain(webhook.secret)
  expect(text).not.toContain(webhook.url)
})
