// Which channels are listed, and what each of them is said to have, over a hub and a store that are
// as large as a test wants them.
import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../../test/harness/fake-clock.ts'
import { sampleChannelArn } from '../../test/harness/sample-overview.ts'
import {
  ELASTIC_CHANNELS_LISTED_MAX,
  PLAIN_CHANNELS_LISTED_MAX,
  SUB_CHANNELS_LISTED_MAX,
} from '../domain/overview.ts'
import type { PageRequest } from '../ports/paging.ts'
import { createOverviewReader, type OverviewReaderOptions } from './overview-reader.ts'

const configuration = {
  maximumSubChannels: 5_000,
  targetMembershipsPerSubChannel: 10,
  minimumMembershipPercentage: 40,
}

interface World {
  /** By channel: sessions, or sessions by sub-channel for an elastic one. */
  readonly heard?: Readonly<Record<string, number | Readonly<Record<string, number>>>>
  /** Elastic channels with their number of sub-channels. */
  readonly elastic?: Readonly<Record<string, number>>
}

function nameOf(arn: string): string {
  return arn.split('/').at(-1) ?? ''
}

function readerOf({ heard = {}, elastic = {} }: World) {
  const subChannels = {
    async listElasticChannelArns({ limit }: PageRequest) {
      return { items: Object.keys(elastic).slice(0, limit).map(sampleChannelArn) }
    },
    async measure(arn: string) {
      const subChannelsCount = elastic[nameOf(arn)] ?? 0
      return { subChannelsCount, regularMembershipsCount: subChannelsCount * 7 }
    },
    async list(arn: string, { after, limit }: PageRequest) {
      const first = after === undefined ? 0 : Number(after[0])
      const end = Math.min(first + limit, elastic[nameOf(arn)] ?? 0)
      const items = Array.from({ length: end - first }, (_, index) => ({
        subChannelId: `s${first + index}`,
        regularMembershipsCount: 7,
        moderatorMembershipsCount: 1,
      }))
      return { items, ...(end < (elastic[nameOf(arn)] ?? 0) ? { next: [end, 's'] } : {}) }
    },
  }
  const channels = {
    async find(arn: string) {
      const name = nameOf(arn)
      if (!(name in elastic) && !(name in heard)) return undefined
      return {
        arn,
        name,
        ...(name in elastic ? { elasticChannelConfiguration: configuration } : {}),
      }
    },
  }
  return createOverviewReader({
    store: { channels, subChannels } as unknown as OverviewReaderOptions['store'],
    hub: {
      *heardConversations() {
        for (const [name, sessions] of Object.entries(heard)) {
          const parts = typeof sessions === 'number' ? { '': sessions } : sessions
          for (const [subChannelId, sessionsCount] of Object.entries(parts)) {
            yield { channelArn: sampleChannelArn(name), subChannelId, sessionsCount }
          }
        }
      },
    },
    metrics: {
      readGauge: () => 0,
      totals: () => ({
        requests: 0,
        requestsFailed: 0,
        messagesSent: 0,
        framesDelivered: 0,
        sessionsOpened: 0,
        sessions: 0,
      }),
    },
    eventLoop: { take: () => ({ p99Ms: 0, maxMs: 0 }) },
    state: { isDraining: false },
    outbox: {
      measure: async () => ({ waitingCount: 3, openCircuitsCount: 0, deadLettersCount: 1 }),
    },
    clock: createFakeClock(),
  })
}

/** `prefix0`, `prefix1`, … with a value each. */
function many<Value>(count: number, prefix: string, valueOf: (index: number) => Value) {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`${prefix}${index}`, valueOf(index)]),
  )
}

it('has what is to leave the server', async () => {
  const { outbox } = await readerOf({}).take({})
  expect(outbox).toEqual({ waitingCount: 3, openCircuitsCount: 0, deadLettersCount: 1 })
})

describe('elastic channels', () => {
  it('come with what is in all of their sub-channels together', async () => {
    const reader = readerOf({ heard: { a: { s0: 3, s1: 4 } }, elastic: { a: 2, b: 1 } })
    const { elasticChannels, hasMoreElasticChannels } = await reader.take({})
    expect(elasticChannels).toEqual([
      {
        channelArn: sampleChannelArn('a'),
        name: 'a',
        configuration,
        sessionsCount: 7,
        subChannelsCount: 2,
        regularMembershipsCount: 14,
      },
      {
        channelArn: sampleChannelArn('b'),
        name: 'b',
        configuration,
        sessionsCount: 0,
        subChannelsCount: 1,
        regularMembershipsCount: 7,
      },
    ])
    expect(hasMoreElasticChannels).toBe(false)
  })

  it('are those with the most sessions first, and bounded', async () => {
    const elastic = many(500, 'e', () => 1)
    const heard = many(500, 'e', (index) => ({ s0: index + 1 }))
    const { elasticChannels, hasMoreElasticChannels } = await readerOf({ heard, elastic }).take({})
    expect(elasticChannels).toHaveLength(ELASTIC_CHANNELS_LISTED_MAX)
    expect(elasticChannels.slice(0, 2).map(({ name }) => name)).toEqual(['e499', 'e498'])
    expect(hasMoreElasticChannels).toBe(true)
  })

  it('that are one more than fit are said to be more, heard or not', async () => {
    const seen: boolean[] = []
    for (const count of [ELASTIC_CHANNELS_LISTED_MAX, ELASTIC_CHANNELS_LISTED_MAX + 1]) {
      const elastic = many(count, 'e', () => 1)
      const reader = readerOf({ heard: { e3: { s0: 1 } }, elastic })
      seen.push((await reader.take({})).hasMoreElasticChannels)
    }
    expect(seen).toEqual([false, true])
  })
})

describe('other channels', () => {
  it('are the most heard of very many', async () => {
    const heard = many(30_000, 'p', (index) => (index * 7_919) % 30_011)
    const { plainChannels } = await readerOf({ heard }).take({})
    const expected = Object.values(heard)
      .toSorted((left, right) => right - left)
      .slice(0, PLAIN_CHANNELS_LISTED_MAX)
    expect(plainChannels.map(({ sessionsCount }) => sessionsCount)).toEqual(expected)
  })
})

describe('the chosen channel', () => {
  it('comes with its sub-channels, and what each hears', async () => {
    const reader = readerOf({ heard: { a: { s1: 4 } }, elastic: { a: 2 } })
    const { chosen } = await reader.take({ channelArn: sampleChannelArn('a') })
    expect(chosen?.subChannels).toEqual([
      {
        subChannelId: 's0',
        regularMembershipsCount: 7,
        moderatorMembershipsCount: 1,
        sessionsCount: 0,
      },
      {
        subChannelId: 's1',
        regularMembershipsCount: 7,
        moderatorMembershipsCount: 1,
        sessionsCount: 4,
      },
    ])
    expect(chosen?.next).toBeUndefined()
  })

  it('comes in pages that leave nothing out', async () => {
    const reader = readerOf({ elastic: { a: 2_345 } })
    const channelArn = sampleChannelArn('a')
    const seen: string[] = []
    let after
    do {
      const { chosen } = await reader.take({ channelArn, after })
      expect(chosen?.subChannels.length).toBeLessThanOrEqual(SUB_CHANNELS_LISTED_MAX)
      seen.push(...(chosen?.subChannels ?? []).map(({ subChannelId }) => subChannelId))
      after = chosen?.next
    } while (after !== undefined)
    expect(seen).toEqual(Array.from({ length: 2_345 }, (_, index) => `s${index}`))
  })

  it('may be one of few that hear a plain channel, or none at all', async () => {
    const heard = { ...many(100, 'p', () => 50), quiet: 2 }
    const reader = readerOf({ heard })
    const { chosen } = await reader.take({ channelArn: sampleChannelArn('quiet') })
    expect(chosen).toEqual({
      channel: { channelArn: sampleChannelArn('quiet'), name: 'quiet', sessionsCount: 2 },
      subChannels: [],
    })
    expect((await reader.take({ channelArn: sampleChannelArn('none') })).chosen).toBeUndefined()
  })
})
