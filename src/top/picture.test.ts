// The picture from what is being looked at: what stands in it, and that it fits its terminal.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ServerOverview } from '../domain/overview.ts'
import {
  sampleChannelArn,
  sampleElasticChannel,
  sampleOverview,
  sampleSubChannels,
} from '../../test/harness/sample-overview.ts'
import { renderLine } from './line.ts'
import { drawPicture } from './picture.ts'
import { widthOf } from '../terminal/text-width.ts'
import { afterKey, afterOverview, afterTrouble, startView, type View } from './view.ts'

const ENDPOINT = 'http://127.0.0.1:8080'

function seen(overview: ServerOverview, before?: ServerOverview): View {
  const chosenArn = overview.chosen?.channel.channelArn
  const view = startView(ENDPOINT, chosenArn)
  const query = { channelArn: chosenArn, nextToken: undefined }
  const first = before === undefined ? view : afterOverview(view, before, query)
  return afterOverview(first, overview, query)
}

function draw(view: View, columns = 100, rows = 40, hasKeys = false): string[] {
  const { lines } = drawPicture(view, { columns, rows }, hasKeys)
  return lines.map((line) => renderLine(line, columns, false))
}

function event(counts: readonly number[], name = 'Opening'): ServerOverview {
  const channel = sampleElasticChannel(name, {
    subChannelsCount: counts.length,
    regularMembershipsCount: counts.reduce((sum, count) => sum + count, 0),
    sessionsCount: 12_345,
  })
  return sampleOverview({
    sessionsCount: 12_345,
    elasticChannels: [channel],
    chosen: { channel, subChannels: sampleSubChannels(counts) },
  })
}

describe('the picture', () => {
  it('says what the server does', () => {
    const totals = { ...sampleOverview().totals, framesDelivered: 1_000, requestsFailed: 2 }
    const before = sampleOverview({ uptimeMs: 59_000, totals })
    const now = sampleOverview({
      sessionsCount: 19_204,
      totals: { ...totals, framesDelivered: 49_210, requests: 7 },
      queues: {
        requestsInFlight: 3,
        storeTransactions: 12,
        hubBacklogBytes: 1_200_000,
        sessionQueuedBytes: 0,
      },
    })
    const text = draw(seen(now, before)).join('\n')
    expect(text).toContain('up 1 min 0 s')
    expect(text).toContain('sessions 19,204   deliveries 48,210/s   messages 0/s   requests 7.0/s')
    expect(text).toContain('queues: requests 3   commits 12   hub 1.2 MB   slow sockets 0 B')
    expect(text).toContain('since start: deliveries 49,210   messages 0   requests 7   failed 2')
  })

  it.each([
    [undefined, undefined],
    [{ waitingCount: 0, openCircuitsCount: 0, deadLettersCount: 0 }, undefined],
    [
      { waitingCount: 1_234, oldestAgeMs: 65_000, openCircuitsCount: 1, deadLettersCount: 7 },
      'outbox: waiting 1,234   oldest 1 min 5 s   down 1   dead letters 7',
    ],
    [
      { waitingCount: 0, openCircuitsCount: 0, deadLettersCount: 100 },
      'outbox: waiting 0   oldest –   down 0   dead letters 100 or more',
    ],
  ])('says what does not leave the server, if there is anything: %j', (outbox, line) => {
    const lines = draw(seen(sampleOverview({ outbox })))
    expect(lines.find((each) => each.startsWith('outbox'))).toBe(line)
  })

  it('shows a bar for each sub-channel as long as there is room', () => {
    const lines = draw(seen(event([100, 55, 12])))
    const text = lines.join('\n')
    expect(text).toContain('Opening  3 sub-channels  167 members  12,345 connected')
    expect(text).toContain('target 100  minimum 40 (40 %)  full 1  below minimum 1')
    expect(text).toContain('00000000 ██████████▒██████████████│100   ●0')
    expect(text).toContain('00000001 ██████████▒██▊           │ 55   ●0')
    expect(text).toContain('00000002 ███       ┊              │ 12   ●0')
    expect(lines.some((line) => line.includes('3 of 2,000'))).toBe(true)
  })

  it('speaks of one sub-channel and one member as of one', () => {
    expect(draw(seen(event([1]))).join('\n')).toContain('Opening  1 sub-channel  1 member  ')
  })

  it('shows a cell for each of a thousand, and bars of as many as fit', () => {
    const counts = Array.from({ length: 1_000 }, (_, index) => (index === 500 ? 3 : 100))
    const { shown } = drawPicture(seen(event(counts)), { columns: 100, rows: 40 }, true)
    const text = draw(seen(event(counts)), 100, 40, true).join('\n')
    expect(text).toContain(`▁${'█'.repeat(99)}`)
    expect(text).toContain('a cell for each')
    expect(text).toContain('full 999  below minimum 1')
    expect(shown.listedCount).toBe(1_000)
    expect(shown.shownCount).toBeGreaterThan(10)
  })

  it('goes on from where somebody paged to', () => {
    const counts = Array.from({ length: 1_000 }, () => 50)
    const view = { ...seen(event(counts)), firstShown: 700 }
    const text = draw(view, 100, 40, true).join('\n')
    expect(text).toContain('00000700')
    expect(text).not.toContain('00000699')
  })

  it('leaves no figure out where there is little room for them', () => {
    const lines = draw(seen(sampleOverview()), 40, 30)
    const figures = ['connects', 'slow sockets', 'memory', 'since start: deliveries', 'failed']
    for (const each of figures) {
      expect(lines.some((line) => new RegExp(`${each} \\S`).test(line))).toBe(true)
    }
  })

  it('begins with the emptiest, if somebody wants that', () => {
    const view = afterKey(seen(event([100, 55, 12])), 'sort', { shownCount: 3, listedCount: 3 })
    const text = draw(view).join('\n')
    expect(text).toContain('emptiest first')
    expect(text.match(/0000000\d/g)).toEqual(['00000002', '00000001', '00000000'])
    const back = afterKey(view, 'sort', { shownCount: 3, listedCount: 3 })
    expect(
      draw(back)
        .join('\n')
        .match(/0000000\d/g)
        ?.at(0),
    ).toBe('00000000')
  })

  it('says which sub-channels it counts where they are not all', () => {
    const overview = event([100, 0])
    const chosen = { ...overview.chosen!, nextToken: 'place' }
    expect(draw(seen({ ...overview, chosen })).join('\n')).toContain('of these 2 full 1')
  })

  it('names channels without letting them at the terminal', () => {
    const text = draw(seen(event([1], '\x1b[2J\r\nevil\u202e'))).join('\n')
    // oxlint-disable-next-line no-control-regex -- it must not be there
    expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\u0080-\u009f\u202e]/)
    expect(text).toContain('\u{FFFD}[2J\u{FFFD}\u{FFFD}evil\u{FFFD}')
  })

  it('keeps its columns, however wide a name is', () => {
    const channels = ['short', '開会式'.repeat(30), '🎉'.repeat(5)].map((name) =>
      sampleElasticChannel(name, { sessionsCount: 42 }),
    )
    const lines = draw(seen(sampleOverview({ elasticChannels: channels })))
    const rows = lines.filter((line) => line.endsWith('42'))
    expect(rows).toHaveLength(3)
    expect(new Set(rows.map(widthOf)).size).toBe(1)
  })

  it('says that the server is away, and of when the rest is', () => {
    const away = afterTrouble(startView(ENDPOINT, undefined), 'The server is away: no')
    expect(draw(away)).toEqual([`carillon top  ${ENDPOINT}`, 'The server is away: no.'])
    const later = draw(afterTrouble(seen(event([7])), 'The server is away: no')).join('\n')
    expect(later).toMatch(/The server is away: no\. Below is what was so at \d\d:\d\d:\d\d\./)
    expect(later).toContain('deliveries –/s')
    expect(later).toContain('sessions 12,345')
  })

  it('tells a channel that is gone from one that is not there yet, and from a plain one', () => {
    const arn = sampleChannelArn('gone')
    const view = startView(ENDPOINT, arn)
    const gone = afterOverview(view, sampleOverview(), { channelArn: arn, nextToken: undefined })
    expect(draw(gone).join('\n')).toContain(`There is no channel ${arn}.`)
    const asked = { channelArn: undefined, nextToken: undefined }
    expect(draw(afterOverview(view, sampleOverview(), asked)).at(-1)).toBe('…')
    const channel = { channelArn: arn, name: 'plain', sessionsCount: 1 }
    const plain = sampleOverview({ plainChannels: [channel], chosen: { channel, subChannels: [] } })
    expect(draw(seen(plain)).join('\n')).toContain('Not an elastic channel.')
  })

  it('fits every terminal', () => {
    const sizes = fc.record({
      columns: fc.integer({ min: 1, max: 250 }),
      rows: fc.integer({ min: 1, max: 80 }),
    })
    const counts = fc.array(fc.nat(120), { maxLength: 400 })
    fc.assert(
      fc.property(sizes, counts, fc.boolean(), (size, all, hasKeys) => {
        const { lines } = drawPicture(seen(event(all)), size, hasKeys)
        expect(lines.length).toBeLessThanOrEqual(size.rows)
        for (const line of lines) {
          expect(widthOf(renderLine(line, size.columns, false))).toBeLessThanOrEqual(size.columns)
        }
      }),
    )
  })
})
