// The loop: polls at its interval, draws, listens to keys, and gives the terminal back.
import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { ServerOverview } from '../domain/overview.ts'
import { createFakeClock } from '../../test/harness/fake-clock.ts'
import {
  sampleChannelArn,
  sampleElasticChannel,
  sampleOverview,
} from '../../test/harness/sample-overview.ts'
import type { OverviewAnswer, OverviewClient } from './overview-client.ts'
import { createTop, type TopOptions } from './top.ts'
import type { OverviewQuery } from './view.ts'

class FakeTerminal extends EventEmitter {
  readonly isTTY: boolean
  columns = 90
  rows = 24
  text = ''
  modes: boolean[] = []
  isPaused = true

  constructor(isTTY: boolean) {
    super()
    this.isTTY = isTTY
  }

  write(text: string): void {
    this.text += text
  }

  setRawMode(isRaw: boolean): void {
    this.modes.push(isRaw)
  }

  setEncoding(): void {}

  resume(): void {
    this.isPaused = false
  }

  pause(): void {
    this.isPaused = true
  }
}

/** Answers one poll at a time, when the test says so. */
class FakeClient implements OverviewClient {
  readonly queries: OverviewQuery[] = []
  isClosed = false
  #answer: ((answer: OverviewAnswer) => void) | undefined

  ask(query: OverviewQuery): Promise<OverviewAnswer> {
    this.queries.push(query)
    return new Promise((resolve) => (this.#answer = resolve))
  }

  async answer(answer: ServerOverview | string): Promise<void> {
    this.#answer?.(typeof answer === 'string' ? { trouble: answer } : { overview: answer })
    await turn()
  }

  close(): void {
    this.isClosed = true
    this.#answer?.({ trouble: 'closed' })
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function start(isTTY: boolean, options: Partial<TopOptions> = {}) {
  const [terminal, client, clock] = [new FakeTerminal(isTTY), new FakeClient(), createFakeClock()]
  const top = createTop({
    client,
    endpoint: 'http://there',
    channelArn: sampleChannelArn('a'),
    intervalMs: 1_000,
    isOnce: false,
    wantsNoColour: false,
    input: terminal,
    output: terminal,
    clock,
    ...options,
  })
  return { terminal, client, clock, top, ended: top.run() }
}

const overview = sampleOverview({
  sessionsCount: 77,
  elasticChannels: [sampleElasticChannel('a'), sampleElasticChannel('b')],
})
const LEFT = '\x1b[?7h\x1b[?25h\x1b[?1049l'

describe('on a terminal', () => {
  it('takes it over, and gives it back with the key', async () => {
    const { terminal, client, ended } = start(true)
    expect(terminal.text).toContain('\x1b[?1049h')
    await client.answer(overview)
    expect(terminal.text).toContain('\x1b[2msessions \x1b[0m77')
    expect(terminal.text).not.toContain(LEFT)
    terminal.emit('data', 'q')
    expect(terminal.text.endsWith(LEFT)).toBe(true)
    expect([terminal.modes, terminal.isPaused, client.isClosed]).toEqual([
      [true, false],
      true,
      true,
    ])
    expect(terminal.listenerCount('data') + terminal.listenerCount('resize')).toBe(0)
    expect(await ended).toBe(0)
  })

  it('gives it back at once when it is stopped, in the middle of a poll, too', async () => {
    const { terminal, top, ended } = start(true)
    top.stop()
    top.stop()
    expect(terminal.text.split(LEFT)).toHaveLength(2)
    expect(await ended).toBe(0)
  })

  it('asks once in an interval, and at once when a key wants something else', async () => {
    const { terminal, client, clock, top, ended } = start(true)
    await client.answer(overview)
    clock.advance(999)
    await turn()
    expect(client.queries).toHaveLength(1)
    clock.advance(1)
    await turn()
    expect(client.queries).toHaveLength(2)
    await client.answer(overview)
    terminal.emit('data', 'j\r')
    await turn()
    expect(client.queries.map(({ channelArn }) => channelArn?.at(-1))).toEqual(['a', 'a', 'b'])
    top.stop()
    await ended
  })

  it('draws again when its size changes', async () => {
    const { terminal, client, top, ended } = start(true)
    await client.answer(overview)
    terminal.text = ''
    terminal.rows = 3
    terminal.emit('resize')
    const [frame = ''] = terminal.text.split('\x1b[?2026l')
    expect(frame.split('\r\n')).toHaveLength(3)
    top.stop()
    await ended
  })

  it('goes on asking a server that is away', async () => {
    const { terminal, client, clock, top, ended } = start(true)
    await client.answer('The server is away: gone fishing')
    expect(terminal.text).toContain('gone fishing')
    clock.advance(1_000)
    await turn()
    terminal.text = ''
    await client.answer(overview)
    expect(terminal.text).toContain('77')
    expect(terminal.text).not.toContain('gone fishing')
    top.stop()
    await ended
  })

  it('leaves colours out for those who want none', async () => {
    const { terminal, client, top, ended } = start(true, { wantsNoColour: true })
    await client.answer(overview)
    expect(terminal.text).toContain('sessions 77')
    // oxlint-disable-next-line no-control-regex -- colours are what must not be there
    expect(terminal.text).not.toMatch(/\x1b\[\d*m/)
    top.stop()
    await ended
  })
})

describe('without a terminal', () => {
  it('prints plain text, one picture after the other', async () => {
    const { terminal, client, clock, top, ended } = start(false)
    await client.answer(overview)
    clock.advance(1_000)
    await turn()
    await client.answer(overview)
    expect(terminal.text).not.toContain('\x1b')
    expect(terminal.text.match(/^carillon top/gm)).toHaveLength(2)
    top.stop()
    expect(await ended).toBe(0)
  })

  it('prints one with the rates of an interval, if that is all', async () => {
    const { terminal, client, clock, ended } = start(false, { isOnce: true })
    await client.answer(overview)
    expect(terminal.text).toBe('')
    clock.advance(1_000)
    await turn()
    const totals = { ...overview.totals, messagesSent: 30 }
    await client.answer({ ...overview, uptimeMs: overview.uptimeMs + 1_000, totals })
    expect(await ended).toBe(0)
    expect(terminal.text).toContain('messages 30/s')
  })

  it('ends with 1 where there was nothing to draw', async () => {
    const { terminal, client, ended } = start(false, { isOnce: true })
    await client.answer('The server refuses: no')
    expect(await ended).toBe(1)
    expect(terminal.text).toContain('The server refuses: no.')
  })
})
