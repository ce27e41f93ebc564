// The senders of the benches that measure stores without a server around them: what
// SendChannelMessage does in the store, 64 at once over 100 channels.
import { appInstanceArnOf, arnWithin, type AppInstanceUserArn } from '../../src/base/arn.ts'
import { systemClock } from '../../src/base/clock.ts'
import { createMetrics } from '../../src/observability/metrics.ts'
import type { Store } from '../../src/ports/store.ts'
import type { StoreOptions } from '../../src/storage/engine/store-engine.ts'
import { silent } from '../../test/harness/silent-logger.ts'

export const SENDERS_COUNT = 64
export const CHANNELS_COUNT = 100
const ACCESS_READS = 20_000
/** About what people write. */
export const CONTENT = 'x'.repeat(120)

export const storeOptions: StoreOptions = {
  clock: systemClock,
  committedEvents: {
    channelEvent() {},
    memberRemoved() {},
    appInstanceRemoved() {},
    outboxAppended() {},
  },
  metrics: createMetrics(),
  logger: silent,
  onFatal(error) {
    throw error
  },
}

const scope = { region: 'us-east-1', accountId: '000000000000' }
const appInstanceArn = appInstanceArnOf(scope, 'bench')
const channelArns = Array.from({ length: CHANNELS_COUNT }, (_, n) =>
  arnWithin(appInstanceArn, 'channel', `c${n}`),
)
const people = Array.from({ length: SENDERS_COUNT }, (_, n) => ({
  arn: arnWithin(appInstanceArn, 'user', `u${n}`) as AppInstanceUserArn,
  name: `User ${n}`,
}))

/** Everybody is a member of every channel. */
export async function furnish(store: Store): Promise<void> {
  const at = systemClock.now()
  const stamps = { createdAt: at, lastUpdatedAt: at }
  const [first] = people
  if (first === undefined) throw new Error('nobody to send')
  await store.transact(async (tx) => {
    tx.appInstances.insert({ arn: appInstanceArn, name: 'Bench', ...stamps })
    for (const person of people) tx.appInstanceUsers.insert({ ...person, ...stamps })
    for (const arn of channelArns) {
      const kind = { mode: 'UNRESTRICTED', privacy: 'PRIVATE' } as const
      tx.channels.insert({ arn, name: 'Channel', ...kind, createdBy: first, ...stamps })
      for (const member of people) {
        const place = { type: 'DEFAULT', subChannelId: '', isOfModerator: false } as const
        tx.memberships.insert({ channelArn: arn, member, ...place, invitedBy: first, ...stamps })
      }
    }
  })
}

/** What SendChannelMessage does in the store. */
async function sendOne(store: Store, sender: number, n: number): Promise<void> {
  const channelArn = channelArns[(sender + n * 7) % CHANNELS_COUNT]
  const person = people[sender]
  if (channelArn === undefined || person === undefined) throw new Error('no such sender')
  const token = `${sender}-${n}-0123456789abcdef`
  const conversation = { channelArn, subChannelId: '' }
  await store.transact(async (tx) => {
    const access = await tx.channels.findAccess(channelArn, person.arn)
    if (access?.caller.membershipType === undefined) throw new Error('not a member')
    await tx.messages.findByRequestToken(conversation, person.arn, token)
    const kind = { type: 'STANDARD', persistence: 'PERSISTENT' } as const
    const draft = { ...conversation, sender: person, ...kind, content: CONTENT }
    await tx.messages.append(draft, 'SENT', { token, requestHash: 'h'.repeat(43) })
  })
}

/** Everybody sends, one message after the other, for `durationMs`. */
export async function sendFor(store: Store, durationMs: number, round: number) {
  const startedAtMs = performance.now()
  const startedCpu = process.threadCpuUsage()
  let messages = 0
  await Promise.all(
    people.map(async (_, sender) => {
      for (let n = 0; performance.now() - startedAtMs < durationMs; n++) {
        await sendOne(store, sender, round * 1_000_000 + n)
        messages++
      }
    }),
  )
  const seconds = (performance.now() - startedAtMs) / 1_000
  const { user, system } = process.threadCpuUsage(startedCpu)
  return { perSecond: messages / seconds, mainThreadUs: (user + system) / messages }
}

/** Microseconds of one look at what a member is to a channel. */
export async function accessUs(store: Store): Promise<number> {
  const startedAtMs = performance.now()
  for (let n = 0; n < ACCESS_READS; n++) {
    const channelArn = channelArns[n % CHANNELS_COUNT]
    const person = people[n % SENDERS_COUNT]
    if (channelArn && person) await store.read.channels.findAccess(channelArn, person.arn)
  }
  return ((performance.now() - startedAtMs) * 1_000) / ACCESS_READS
}
