// Keys and answers change what is being looked at.
import { describe, expect, it } from 'vitest'
import {
  sampleChannelArn,
  sampleElasticChannel,
  sampleOverview,
} from '../../test/harness/sample-overview.ts'
import type { ServerOverview } from '../domain/overview.ts'
import { keysIn } from './keys.ts'
import { afterKey, afterOverview, afterTrouble, queryOf, startView } from './view.ts'

const overview = sampleOverview({
  elasticChannels: [sampleElasticChannel('a'), sampleElasticChannel('b')],
  plainChannels: [{ channelArn: sampleChannelArn('c'), name: 'c', sessionsCount: 1 }],
})
const query = { channelArn: undefined, nextToken: undefined }
const none = { shownCount: 0, listedCount: 0 }
const fresh = afterOverview(startView('', undefined), overview, query)

function at(uptimeMs: number): ServerOverview {
  return { ...overview, uptimeMs }
}

describe('keys', () => {
  it('are read from what terminals send, whatever comes with them', () => {
    expect(keysIn('jk')).toEqual(['down', 'up'])
    expect(keysIn('\x1b[A\x1b[B\x1bOA\x1b[6~\x1b[5~')).toEqual([
      'up',
      'down',
      'up',
      'next-page',
      'previous-page',
    ])
    expect(keysIn('\x03')).toEqual(['quit'])
    expect(keysIn('\x1b[1;5Cx\x1b[200~__proto__')).toEqual([])
  })
})

describe('the view', () => {
  it('begins with the first elastic channel, unless another was asked for', () => {
    expect(queryOf(fresh).channelArn).toBe(sampleChannelArn('a'))
    const asked = startView('', sampleChannelArn('c'))
    expect(queryOf(afterOverview(asked, overview, query)).channelArn).toBe(sampleChannelArn('c'))
  })

  it('moves its cursor within the list, and chooses where it is', () => {
    let view = fresh
    for (const key of keysIn('jjjj')) view = afterKey(view, key, none)
    expect(view.cursorArn).toBe(sampleChannelArn('c'))
    expect(view.chosenArn).toBe(sampleChannelArn('a'))
    view = afterKey(view, 'choose', none)
    expect(queryOf(view)).toEqual({ channelArn: sampleChannelArn('c'), nextToken: undefined })
    expect(afterKey(fresh, 'up', none).cursorArn).toBe(sampleChannelArn('a'))
  })

  it('keeps its cursor on a channel when the order changes', () => {
    const down = afterKey(fresh, 'down', none)
    const turned = { ...overview, elasticChannels: overview.elasticChannels.toReversed() }
    expect(afterOverview(down, turned, query).cursorArn).toBe(sampleChannelArn('b'))
  })

  it('pages within an answer, then on to the next, and back', () => {
    const channel = sampleElasticChannel('a')
    const chosen = { channel, subChannels: [], nextToken: 'place' }
    const shown = { shownCount: 60, listedCount: 100 }
    const first = afterOverview(fresh, { ...overview, chosen }, query)
    const second = afterKey(first, 'next-page', shown)
    expect([second.firstShown, queryOf(second).nextToken]).toEqual([60, undefined])
    const third = afterKey(second, 'next-page', shown)
    expect([third.firstShown, queryOf(third).nextToken]).toEqual([0, 'place'])
    // The answer to that is not there yet.
    expect(afterKey(third, 'next-page', none)).toEqual(third)
    expect(queryOf(afterKey(third, 'previous-page', none)).nextToken).toBeUndefined()
    expect(afterKey(second, 'previous-page', shown).firstShown).toBe(0)
    const last = { ...first, latest: { ...overview, chosen: { channel, subChannels: [] } } }
    expect(afterKey(last, 'next-page', { shownCount: 60, listedCount: 60 })).toEqual(last)
  })

  it('takes rates over a whole interval, even when a key asks in between', () => {
    const one = afterOverview(fresh, at(1_000), query)
    const two = afterOverview(one, at(2_000), query)
    const between = afterOverview(two, at(2_010), query)
    expect(between.before?.uptimeMs).toBe(1_000)
    expect(afterOverview(two, at(3_000), query).before?.uptimeMs).toBe(2_000)
    expect(afterTrouble(two, 'away').before).toBeUndefined()
  })
})
