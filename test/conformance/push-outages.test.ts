// What becomes of pushes while a provider fails: senders do not notice, nothing is missing
// afterwards, and a repetition is known by its id. Pauses between attempts are those of the
// product, so cases take seconds.
import { beforeEach, expect } from 'vitest'
import type { ApnsAnswer } from '../harness/apns-server.ts'
import { signedFetch } from '../harness/signed-fetch.ts'
import { casesOf } from './kit/conformance-case.ts'
import { PAIRS } from './kit/elastic-pairs.ts'
import { elasticStage } from './kit/elastic.ts'
import { pushAppOf, registerDevice } from './kit/endpoints.ts'
import { usePushWorld } from './kit/push-world.ts'
import { unique } from './kit/world.ts'

const world = usePushWorld()
beforeEach(() => () => {
  world.apple.answerTo = () => undefined
  world.google.answerTo = () => undefined
})

/** Resolves when so many pushes wait. */
async function waits(count: number): Promise<void> {
  let waiting = -1
  while (waiting !== count) {
    const path = '/outbox?scope=waiting'
    const { body } = await signedFetch(world.endpoint, { method: 'GET', path })
    const { destinations } = JSON.parse(body) as { readonly destinations: Destination[] }
    const ofPushes = destinations.filter(({ kind }) => kind.startsWith('push'))
    const isOfAudience = ofPushes.some(({ kind }) => kind === 'push-audience')
    waiting = isOfAudience ? -1 : ofPushes.reduce((sum, { waitingCount }) => sum + waitingCount, 0)
  }
}
interface Destination {
  readonly kind: string
  readonly waitingCount: number
}

const write = casesOf('SendChannelMessage')

const faults: Readonly<Record<string, Exclude<ApnsAnswer, undefined>>> = {
  'resets streams': 'reset',
  'ends connections': 'goaway',
  'never answers': 'hang',
  'answers 429': { status: 429, reason: 'TooManyRequests' },
  'answers 500': { status: 500, reason: 'InternalServerError' },
  'answers 503': { status: 503, reason: 'ServiceUnavailable' },
  'says that the server’s token is too old': { status: 403, reason: 'ExpiredProviderToken' },
}
for (const [what, fault] of Object.entries(faults)) {
  write(
    'behaviour',
    'proposed',
    `Given a provider that ${what} at first, when a message is pushed, then it arrives later, with the id that it had`,
    async () => {
      const { arn, token } = await world.phone()
      const channelArn = await world.channel(arn)
      let failuresCount = 0
      world.apple.answerTo = (deviceToken) =>
        deviceToken === token && failuresCount++ < 1 ? fault : undefined
      await world.push(channelArn, arn, what)
      await world.apple.received.first((push) => push.deviceToken === token && push.status === 200)
      const attempts = world.apple.received.items.filter((push) => push.deviceToken === token)
      expect(failuresCount).toBe(2)
      expect(new Set(attempts.map(({ id }) => id)).size).toBe(1)
      expect(attempts.filter(({ status }) => status === 200)).toHaveLength(1)
    },
  )
}
write(
  'behaviour',
  'proposed',
  'Given providers that are down, when messages are pushed, then senders are answered, another provider delivers, and what waited arrives when they are back',
  async () => {
    const [ana, bob] = [await world.phone(), await world.phone()]
    const DeviceToken = unique()
    await registerDevice(world, bob.arn, { Type: 'GCM', EndpointAttributes: { DeviceToken } })
    const hooked = unique()
    await registerDevice(world, bob.arn, {
      Type: 'GCM',
      ResourceArn: pushAppOf(world, 'hook'),
      EndpointAttributes: { DeviceToken: hooked },
    })
    const channelArn = await world.channel(ana.arn, { MemberArns: [bob.arn] })
    await Promise.all([world.apple.down(), world.google.down()])
    const titles = ['one', 'two', 'three']
    for (const title of titles) await world.push(channelArn, ana.arn, title)
    for (const Title of titles) {
      await world.webhook.received.first(
        ({ body }) => body['DeviceToken'] === hooked && body['Title'] === Title,
      )
    }
    expect(world.shown(ana.token)).toEqual([])
    await Promise.all([world.apple.up(), world.google.up()])
    for (const title of titles) {
      for (const { token } of [ana, bob]) await world.isShown(token, title)
      await world.google.received.first(
        ({ message }) =>
          message.token === DeviceToken && message.data['pinpoint.notification.title'] === title,
      )
    }
    for (const { token } of [ana, bob])
      expect(world.shown(token).toSorted()).toEqual(titles.toSorted())
  },
)
write(
  'behaviour',
  'proposed',
  'Given an access token that Google has taken back, when a message is pushed, then it arrives with a new one',
  async () => {
    const DeviceToken = unique()
    const { arn } = await world.phone({ Type: 'GCM', EndpointAttributes: { DeviceToken } })
    const channelArn = await world.channel(arn)
    await world.push(channelArn, arn, 'before')
    const isOf = (title: string) =>
      world.google.received.first(
        ({ message }) =>
          message.token === DeviceToken && message.data['pinpoint.notification.title'] === title,
      )
    await isOf('before')
    const { tokensCount } = world.google
    world.google.revoke()
    await world.push(channelArn, arn, 'after')
    await isOf('after')
    expect(world.google.tokensCount).toBe(tokensCount + 1)
  },
)
write(
  'behaviour',
  'inferred',
  'Given pushes that wait for a provider, when their channel is deleted, and perhaps another one made under its ARN, then they are pushed to nobody',
  async () => {
    const [ana, bob] = [await world.phone(), await world.phone()]
    const [ChannelId, other] = [unique(), unique()]
    const channels = [
      await world.channel(ana.arn, { ChannelId, MemberArns: [bob.arn] }),
      await world.channel(ana.arn, { ChannelId: other, MemberArns: [bob.arn] }),
    ]
    await world.apple.down()
    for (const channelArn of channels) await world.push(channelArn, ana.arn, 'of a deleted channel')
    await waits(4)
    for (const ChannelArn of channels)
      await world.messaging.deleteChannel({ ChannelArn, ChimeBearer: ana.arn })
    await world.channel(ana.arn, { ChannelId: other, MemberArns: [bob.arn] })
    await world.push(channels[1]!, ana.arn, 'of the new one')
    await world.apple.up()
    for (const { token } of [ana, bob]) await world.isShown(token, 'of the new one')
    await waits(0)
    for (const { token } of [ana, bob]) expect(world.shown(token)).toEqual(['of the new one'])
  },
)

write(
  'behaviour',
  'inferred',
  'Given pushes that wait for a provider, when the sub-channel of their message is taken apart, then they are pushed to nobody',
  async () => {
    const stage = await elasticStage(world, PAIRS)
    const [staying, leaving, sender] = [
      await world.phone(),
      await world.phone(),
      await world.user(),
    ]
    const places = await stage.add(staying.arn, await world.user(), sender, leaving.arn)
    expect(new Set(places).size).toBe(2)
    const say = (title: string, bearer: string, SubChannelId: string) =>
      world.push(stage.channelArn, bearer, title, { SubChannelId })
    await world.apple.down()
    await say('of one that goes', sender, places[2]!)
    await say('of one that stays', staying.arn, places[0]!)
    await waits(2)
    for (const member of [sender, leaving.arn]) await stage.remove(member)
    expect(await stage.counts()).toEqual([2])
    await world.apple.up()
    await world.isShown(staying.token, 'of one that stays')
    await waits(0)
    expect(world.shown(leaving.token)).toEqual([])
  },
)

/** At once, while members are made. */
const CALLERS = 16
const MEMBERS = 2_000
/** One in so many has a device. */
const MEMBERS_PER_DEVICE = 3
/** As many as one request may add. */
const BATCH = 100
write(
  'behaviour',
  'proposed',
  `Given a channel of ${MEMBERS} members, when a message is pushed, then each device of theirs gets it exactly once`,
  async () => {
    const owner = await world.user('Owner')
    const channelArn = await world.channel(owner)
    const memberArns: string[] = []
    const tokens: string[] = []
    let count = 0
    await Promise.all(
      Array.from({ length: CALLERS }, async () => {
        while (count < MEMBERS) {
          if (count++ % MEMBERS_PER_DEVICE === 0) {
            const { arn, token } = await world.phone()
            memberArns.push(arn)
            tokens.push(token)
          } else {
            memberArns.push(await world.user())
          }
        }
      }),
    )
    for (let start = 0; start < memberArns.length; start += BATCH) {
      await world.messaging.batchCreateChannelMembership({
        ChannelArn: channelArn,
        MemberArns: memberArns.slice(start, start + BATCH),
        ChimeBearer: owner,
      })
    }
    const before = world.apple.received.items.length
    await world.push(channelArn, owner, 'to all')
    await world.apple.received.holds(before + tokens.length)
    const last = await world.phone()
    await world.join(channelArn, owner, last.arn)
    await world.push(channelArn, owner, 'fence', { Target: [{ MemberArn: last.arn }] })
    await world.isShown(last.token, 'fence')
    const toAll = world.apple.received.items
      .slice(before)
      .filter(({ payload }) => payload['pinpoint.notification.title'] === 'to all')
      .map(({ deviceToken }) => deviceToken)
    expect(toAll.toSorted()).toEqual(tokens.toSorted())
  },
)
