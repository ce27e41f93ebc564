// Everything is made, joined and removed at once, over and over, while background work clears away
// behind it and the server is killed in the middle. No request fails but by the rules, and in the
// end every count is right and nothing is left over. CARILLON_STORM_SEED repeats a storm.
import { randomUUID } from 'node:crypto'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createInterface } from 'node:readline'
import { ChimeSDKIdentity } from '@aws-sdk/client-chime-sdk-identity'
import { ChimeSDKMessaging } from '@aws-sdk/client-chime-sdk-messaging'
import { expect, test } from 'vitest'
import { hasPostgres, openTestDatabase, queryPostgres } from '../../harness/postgres.ts'
import { unique } from '../../harness/scenario.ts'
import { ROOT_CREDENTIALS } from '../../harness/start-server.ts'
import { countLeft, faultsIn, type Ask } from './counts.ts'
import { mulberry32 } from './random.ts'

const STORES = hasPostgres() ? (['sqlite', 'postgres'] as const) : (['sqlite'] as const)
const seed = Number(process.env['CARILLON_STORM_SEED'] ?? Date.now() % 2 ** 31)

/** Callers at once, and what each does between two kills. */
const CALLERS = 24
const CALLS_PER_CALLER = 60
const KILLS = 2
/** So few ids that callers are always after the same things. */
const USERS = 8
const CHANNELS = 5

/** What a rule may answer to somebody who is too late. */
const BY_THE_RULES = new Set([
  'BadRequestException',
  'ConflictException',
  'ForbiddenException',
  'NotFoundException',
  'ResourceLimitExceededException',
  'UnauthorizedClientException',
])

for (const store of STORES) {
  test(`counts are right after a storm of removals (${store}, seed ${seed})`, async () => {
    await using bed = await openBed(store)
    const random = mulberry32(seed)
    const surprises: string[] = []
    for (let kill = 1; kill <= KILLS; kill++) {
      await using server = await launch(bed.settings)
      using storm = await createStorm(server.url, random, surprises)
      const callers = storm.start()
      await storm.half
      storm.isOver = true
      await server.end('SIGKILL')
      await callers
    }
    await using server = await launch(bed.settings)
    using storm = await createStorm(server.url, random, surprises)
    await storm.start()
    await expect.poll(() => countLeft(bed.ask), { timeout: 30_000 }).toBe(0)
    await server.end('SIGTERM')
    expect(surprises).toEqual([])
    expect(storm.done).toBeGreaterThan(CALLERS)
    expect(await faultsIn(bed.ask)).toEqual([])
  })
}

interface Bed extends AsyncDisposable {
  readonly settings: object
  readonly ask: Ask
}

async function openBed(store: 'sqlite' | 'postgres'): Promise<Bed> {
  const directory = await mkdtemp(join(tmpdir(), 'carillon-storm-'))
  const database = store === 'postgres' ? await openTestDatabase(randomUUID()) : undefined
  const settings = {
    listen: '127.0.0.1:0',
    listenTls: 'off',
    dataDirectory: directory,
    accessKeyId: ROOT_CREDENTIALS.accessKeyId,
    secretAccessKey: ROOT_CREDENTIALS.secretAccessKey,
    logLevel: 'error',
    store: database?.url ?? 'sqlite',
  }
  return {
    settings,
    ask: async (text) => {
      if (database !== undefined) return queryPostgres(text, [], database.url)
      const file = new DatabaseSync(join(directory, 'carillon.sqlite'), { readOnly: true })
      try {
        return file.prepare(text).all()
      } finally {
        file.close()
      }
    },
    [Symbol.asyncDispose]: async () => {
      await database?.remove()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function launch(settings: object) {
  const program = new URL('./storm-server.process.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [program, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const url = await new Promise<string>((resolve, reject) => {
    void exited.then(() => reject(new Error('the server ended before it was ready')))
    createInterface({ input: child.stdout }).on('line', (line) => resolve(line.split(' ')[1] ?? ''))
  })
  return {
    url,
    async end(signal: NodeJS.Signals) {
      child.kill(signal)
      await exited
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

const named = () => ({ Name: 'x', ClientRequestToken: unique() })

async function createStorm(endpoint: string, random: () => number, surprises: string[]) {
  const settings = { endpoint, region: 'us-east-1', credentials: ROOT_CREDENTIALS, maxAttempts: 1 }
  const identity = new ChimeSDKIdentity(settings)
  const messaging = new ChimeSDKMessaging(settings)
  const half = Promise.withResolvers<void>()
  const { AppInstanceArn = '' } = await identity.createAppInstance({
    Name: 'Storm',
    ClientRequestToken: unique(),
  })
  const { AppInstanceAdminArn: admin = '' } = await (async () => {
    const { AppInstanceUserArn: AppInstanceAdminArn } = await identity.createAppInstanceUser({
      AppInstanceArn,
      AppInstanceUserId: 'root',
      Name: 'Root',
      ClientRequestToken: unique(),
    })
    await identity.createAppInstanceAdmin({ AppInstanceArn, AppInstanceAdminArn })
    return { AppInstanceAdminArn }
  })()
  const any = (count: number) => Math.floor(random() * count)
  const anyUser = () => `${AppInstanceArn}/user/u${any(USERS)}`
  const anyChannel = () => `${AppInstanceArn}/channel/c${any(CHANNELS)}`
  const place = () => ({ ChannelArn: anyChannel(), ChimeBearer: admin })
  const bots: string[] = []
  const flows: string[] = []
  const others: string[] = []

  const calls: readonly (() => Promise<unknown>)[] = [
    ...times(4, () =>
      identity.createAppInstanceUser({
        AppInstanceArn,
        AppInstanceUserId: `u${any(USERS)}`,
        ...named(),
      }),
    ),
    () => identity.deleteAppInstanceUser({ AppInstanceUserArn: anyUser() }),
    ...times(4, () =>
      messaging.createChannel({
        AppInstanceArn,
        ChannelId: `c${any(CHANNELS)}`,
        ChimeBearer: admin,
        MemberArns: [anyUser()],
        ModeratorArns: [anyUser()],
        ...named(),
      }),
    ),
    () => messaging.deleteChannel(place()),
    ...times(6, () =>
      messaging.createChannelMembership({
        ...place(),
        MemberArn: anyUser(),
        Type: any(2) === 0 ? 'DEFAULT' : 'HIDDEN',
      }),
    ),
    ...times(2, () =>
      messaging.batchCreateChannelMembership({
        ...place(),
        MemberArns: [anyUser(), anyUser(), anyUser(), ...bots.slice(-1)],
      }),
    ),
    ...times(2, () => messaging.deleteChannelMembership({ ...place(), MemberArn: anyUser() })),
    ...times(3, () =>
      messaging.createChannelModerator({ ...place(), ChannelModeratorArn: anyUser() }),
    ),
    () => messaging.deleteChannelModerator({ ...place(), ChannelModeratorArn: anyUser() }),
    ...times(2, () => messaging.createChannelBan({ ...place(), MemberArn: anyUser() })),
    ...times(2, () => messaging.deleteChannelBan({ ...place(), MemberArn: anyUser() })),
    ...times(4, () =>
      messaging.sendChannelMessage({
        ChannelArn: anyChannel(),
        ChimeBearer: anyUser(),
        Content: 'x',
        Type: 'STANDARD',
        Persistence: 'PERSISTENT',
        ClientRequestToken: unique(),
        ...(any(2) === 0 ? { Target: [{ MemberArn: anyUser() }] } : {}),
      }),
    ),
    () => identity.createAppInstanceAdmin({ AppInstanceArn, AppInstanceAdminArn: anyUser() }),
    () => identity.deleteAppInstanceAdmin({ AppInstanceArn, AppInstanceAdminArn: anyUser() }),
    async () => {
      const made = await identity.createAppInstanceBot({
        AppInstanceArn,
        ClientRequestToken: unique(),
        Configuration: {
          Lex: {
            LexBotAliasArn: 'arn:aws:lex:us-east-1:000000000000:bot-alias/ABCDEFGHIJ/ABCDEFGHIJ',
            LocaleId: 'en_US',
            RespondsTo: 'STANDARD_MESSAGES',
          },
        },
      })
      bots.push(made.AppInstanceBotArn ?? '')
    },
    async () => {
      const AppInstanceBotArn = bots.shift()
      if (AppInstanceBotArn) await identity.deleteAppInstanceBot({ AppInstanceBotArn })
    },
    () =>
      identity.registerAppInstanceUserEndpoint({
        AppInstanceUserArn: anyUser(),
        Type: 'APNS',
        ResourceArn: 'arn:aws:mobiletargeting:us-east-1:000000000000:apps/shop',
        EndpointAttributes: { DeviceToken: `token-${any(20)}` },
        ClientRequestToken: unique(),
      }),
    async () => {
      const made = await messaging.createChannelFlow({
        AppInstanceArn,
        Processors: [
          {
            Name: 'x',
            Configuration: {
              Lambda: {
                ResourceArn: 'arn:aws:lambda:us-east-1:000000000000:function:x',
                InvocationType: 'ASYNC',
              },
            },
            ExecutionOrder: 1,
            FallbackAction: 'CONTINUE',
          },
        ],
        ...named(),
      })
      flows.push(made.ChannelFlowArn ?? '')
    },
    async () => {
      const ChannelFlowArn = flows.at(-1)
      if (ChannelFlowArn) await messaging.associateChannelFlow({ ...place(), ChannelFlowArn })
    },
    async () => {
      const ChannelFlowArn = flows.shift()
      if (ChannelFlowArn) await messaging.deleteChannelFlow({ ChannelFlowArn })
    },
    () =>
      messaging.createChannel({
        AppInstanceArn,
        ChannelId: `c${any(CHANNELS)}`,
        ChimeBearer: admin,
        ElasticChannelConfiguration: {
          MaximumSubChannels: 2,
          TargetMembershipsPerSubChannel: 2,
          MinimumMembershipPercentage: 40,
        },
        ...named(),
      }),
    async () => {
      const made = await identity.createAppInstance(named())
      const arn = made.AppInstanceArn ?? ''
      others.push(arn)
      const user = await identity.createAppInstanceUser({
        AppInstanceArn: arn,
        AppInstanceUserId: 'u',
        ...named(),
      })
      const ChimeBearer = user.AppInstanceUserArn ?? ''
      const in_ = await messaging.createChannel({ AppInstanceArn: arn, ChimeBearer, ...named() })
      await messaging.sendChannelMessage({
        ChannelArn: in_.ChannelArn ?? '',
        ChimeBearer,
        Content: 'x',
        Type: 'STANDARD',
        Persistence: 'PERSISTENT',
        ClientRequestToken: unique(),
      })
    },
    async () => {
      const arn = others.shift()
      if (arn) await identity.deleteAppInstance({ AppInstanceArn: arn })
    },
  ]

  const storm = {
    [Symbol.dispose]() {
      identity.destroy()
      messaging.destroy()
    },
    done: 0,
    isOver: false,
    half: half.promise,
    async start() {
      await Promise.all(Array.from({ length: CALLERS }, () => storm.call()))
    },
    async call(): Promise<void> {
      for (let left = CALLS_PER_CALLER; left > 0 && !storm.isOver; left--) {
        try {
          await calls[any(calls.length)]?.()
          storm.done++
        } catch (error) {
          const { name, message } = error as Error
          if (!BY_THE_RULES.has(name) && !storm.isOver) surprises.push(`${name}: ${message}`)
        }
        if (left < CALLS_PER_CALLER / 2) half.resolve()
      }
    },
  }
  return storm
}

function times<Value>(count: number, value: Value): readonly Value[] {
  return Array.from({ length: count }, () => value)
}
