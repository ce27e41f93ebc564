// SearchChannels against a search by hand: channels with random members, some hidden, some who left
// or were removed, and random questions of random callers. CARILLON_SEARCH_SEED repeats a run.
import { randomUUID } from 'node:crypto'
import { ChimeSDKIdentity } from '@aws-sdk/client-chime-sdk-identity'
import { ChimeSDKMessaging } from '@aws-sdk/client-chime-sdk-messaging'
import type { SearchField } from '@aws-sdk/client-chime-sdk-messaging'
import { expect, test } from 'vitest'
import { hasPostgres, openTestDatabase } from '../../harness/postgres.ts'
import { createScenario } from '../../harness/scenario.ts'
import { createSdkClients } from '../../harness/sdk-clients.ts'
import { startServer } from '../../harness/start-server.ts'
import { mulberry32 } from './random.ts'

const STORES = hasPostgres() ? (['sqlite', 'postgres'] as const) : (['sqlite'] as const)
const seed = Number(process.env['CARILLON_SEARCH_SEED'] ?? Date.now() % 2 ** 31)

const CHANNELS = 200
const USERS = 9
const QUESTIONS = 150
/** Small, so that most answers have several pages. */
const PAGE = 7

interface Made {
  readonly arn: string
  readonly members: ReadonlySet<string>
  readonly hidden: ReadonlySet<string>
}

for (const store of STORES) {
  test(`SearchChannels finds what a search by hand does (${store}, seed ${seed})`, async () => {
    const database = store === 'postgres' ? await openTestDatabase(randomUUID()) : undefined
    await using server = await startServer({ settings: { store: database?.url ?? 'sqlite' } })
    using clients = createSdkClients(server)
    const settings = {
      endpoint: server.httpUrl,
      region: server.region,
      credentials: server.credentials,
    }
    const messaging = new ChimeSDKMessaging(settings)
    const identity = new ChimeSDKIdentity(settings)
    const scenario = await createScenario(clients)
    const random = mulberry32(seed)
    const some = (from: readonly string[], share: number) => from.filter(() => random() < share)
    const admin = await scenario.admin('admin')
    const users: string[] = []
    while (users.length < USERS) users.push(await scenario.user('user'))
    const [gone = '', ...staying] = users

    const made: Made[] = []
    while (made.length < CHANNELS) {
      const [creator = ''] = some(staying, 0.5).concat(staying)
      const members = new Set([creator, ...some(users, random())])
      const hidden = new Set(some(users, 0.15).filter((arn) => !members.has(arn)))
      const arn = await scenario.channel(creator)
      const add = { ChannelArn: arn, ChimeBearer: creator }
      const others = [...members].filter((member) => member !== creator)
      if (others.length > 0)
        await messaging.batchCreateChannelMembership({ ...add, MemberArns: others })
      if (hidden.size > 0) {
        const MemberArns = [...hidden]
        await messaging.batchCreateChannelMembership({ ...add, Type: 'HIDDEN', MemberArns })
      }
      for (const MemberArn of some(others, 0.2)) {
        await messaging.deleteChannelMembership({ ...add, MemberArn })
        members.delete(MemberArn)
      }
      if (random() < 0.1) await messaging.deleteChannel(add)
      else made.push({ arn, members, hidden })
    }
    await identity.deleteAppInstanceUser({ AppInstanceUserArn: gone })

    const without = (arns: ReadonlySet<string>) => new Set([...arns].filter((arn) => arn !== gone))
    const there = made.map(({ arn, members, hidden }) => ({
      arn,
      members: without(members),
      hidden: without(hidden),
    }))
    let foundCount = 0
    for (let left = QUESTIONS; left > 0; left--) {
      const ChimeBearer = random() < 0.2 ? admin : (some(staying, 0.3)[0] ?? admin)
      const Fields = Array.from({ length: random() < 0.8 ? 1 : 2 }, () => {
        // Half of the questions ask for what there is.
        const like = there[Math.floor(random() * there.length)]?.members ?? new Set()
        const Values = random() < 0.5 ? [...like] : some(users, 0.3).concat(users[1] ?? '')
        const Operator = random() < 0.5 ? ('EQUALS' as const) : ('INCLUDES' as const)
        return { Key: 'MEMBERS' as const, Operator, Values }
      })
      const expected = there
        .filter(({ members, hidden }) => {
          const isSeen =
            ChimeBearer === admin || members.has(ChimeBearer) || hidden.has(ChimeBearer)
          return isSeen && Fields.every((field) => fits(members, field))
        })
        .map(({ arn }) => arn)
      const found = await searchAll(messaging, ChimeBearer, Fields)
      expect({ ChimeBearer, Fields, found: found.toSorted() }).toEqual({
        ChimeBearer,
        Fields,
        found: expected.toSorted(),
      })
      foundCount += found.length
    }
    expect(foundCount).toBeGreaterThan(QUESTIONS)
    messaging.destroy()
    identity.destroy()
    await server.stop()
    await database?.remove()
  })
}

/** By the book: only DEFAULT members count. */
function fits(members: ReadonlySet<string>, { Operator, Values = [] }: SearchField): boolean {
  const wanted = new Set(Values)
  const hasAll = [...wanted].every((arn) => members.has(arn))
  return hasAll && (Operator === 'INCLUDES' || members.size === wanted.size)
}

async function searchAll(
  messaging: ChimeSDKMessaging,
  ChimeBearer: string,
  Fields: SearchField[],
): Promise<readonly string[]> {
  const found: string[] = []
  let NextToken: string | undefined
  do {
    const page = await messaging.searchChannels({
      ChimeBearer,
      Fields,
      MaxResults: PAGE,
      NextToken,
    })
    found.push(...(page.Channels ?? []).map(({ ChannelArn = '' }) => ChannelArn))
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  return found
}
