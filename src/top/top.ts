// `carillon top`: polls a server and draws what it says, until somebody has seen enough.
import type { Clock, Timer } from '../base/clock.ts'
import type { ChannelArn } from '../base/arn.ts'
import { keysIn, type Key } from './keys.ts'
import type { OverviewClient } from './overview-client.ts'
import { drawPicture } from './picture.ts'
import { printTo, takeTerminal, type Output, type Screen } from './screen.ts'
import {
  afterKey,
  afterOverview,
  afterTrouble,
  queryOf,
  startView,
  type ShownSubChannels,
  type View,
} from './view.ts'

/** What this needs of the standard input. */
export interface Input {
  readonly isTTY?: boolean
  setRawMode?(isRaw: boolean): unknown
  setEncoding(encoding: 'utf8'): unknown
  on(event: 'data', listener: (text: string) => void): unknown
  off(event: 'data', listener: (text: string) => void): unknown
  resume(): unknown
  pause(): unknown
}

export interface TopOptions {
  readonly client: OverviewClient
  /** As a person writes it. */
  readonly endpoint: string
  readonly channelArn: ChannelArn | undefined
  readonly intervalMs: number
  readonly isOnce: boolean
  readonly wantsNoColour: boolean
  readonly input: Input
  readonly output: Output & {
    on(event: 'resize', listener: () => void): unknown
    off(event: 'resize', listener: () => void): unknown
  }
  readonly clock: Clock
}

export interface Top {
  /**
   * Resolves with the exit code: 0 when somebody ended it, or when the one picture of `isOnce` was
   * drawn; 1 when the server gave nothing to draw it from.
   */
  run(): Promise<number>
  /** Ends it and gives the terminal back, before this returns. Idempotent. */
  stop(): void
}

export function createTop(options: TopOptions): Top {
  return new PollingTop(options)
}

class PollingTop implements Top {
  readonly #options: TopOptions
  readonly #screen: Screen
  readonly #isInteractive: boolean
  #view: View
  #shown: ShownSubChannels = { shownCount: 0, listedCount: 0 }
  #isStopped = false
  /** Ends the rest before the next poll. */
  #wake: (() => void) | undefined

  constructor(options: TopOptions) {
    const { input, output, isOnce, wantsNoColour } = options
    this.#options = options
    this.#view = startView(options.endpoint, options.channelArn)
    const hasColour = output.isTTY === true && !wantsNoColour
    this.#isInteractive = output.isTTY === true && input.isTTY === true && !isOnce
    this.#screen = this.#isInteractive
      ? takeTerminal(output, hasColour)
      : printTo(output, hasColour)
  }

  async run(): Promise<number> {
    if (this.#options.isOnce) return this.#drawOnce()
    this.#listen()
    try {
      while (!this.#isStopped) {
        const rested = this.#rest()
        await this.#poll()
        if (!this.#isStopped) this.#draw()
        await rested
      }
    } finally {
      this.stop()
    }
    return 0
  }

  stop(): void {
    if (this.#isStopped) return
    this.#isStopped = true
    const { input, output, client } = this.#options
    if (this.#isInteractive) {
      input.off('data', this.#onInput)
      output.off('resize', this.#onResize)
      input.setRawMode?.(false)
      input.pause()
    }
    this.#screen.leave()
    client.close()
    this.#wake?.()
  }

  /** Twice, with the interval between, because rates are differences. */
  async #drawOnce(): Promise<number> {
    const rested = this.#rest()
    await this.#poll()
    if (this.#view.latest !== undefined) {
      await rested
      if (!this.#isStopped) await this.#poll()
    }
    if (!this.#isStopped) this.#draw()
    this.stop()
    return this.#view.trouble === undefined ? 0 : 1
  }

  /** Begins now, so that polls come at the interval however long they take. */
  #rest(): Promise<void> {
    return new Promise((resolve) => {
      const timer: Timer = this.#options.clock.after(this.#options.intervalMs, resolve)
      this.#wake = () => {
        timer.cancel()
        resolve()
      }
    })
  }

  async #poll(): Promise<void> {
    const query = queryOf(this.#view)
    const answer = await this.#options.client.ask(query)
    const isFirst = this.#view.chosenArn === undefined
    this.#view =
      'overview' in answer
        ? afterOverview(this.#view, answer.overview, query)
        : afterTrouble(this.#view, answer.trouble)
    // A channel was chosen by itself: nobody should have to wait for what is in it.
    if (isFirst && this.#view.chosenArn !== undefined && !this.#options.isOnce) this.#wake?.()
  }

  #draw(): void {
    const { lines, shown } = drawPicture(this.#view, this.#screen.size, this.#isInteractive)
    this.#shown = shown
    this.#screen.show(lines)
  }

  #listen(): void {
    if (!this.#isInteractive) return
    const { input, output } = this.#options
    input.setRawMode?.(true)
    input.setEncoding('utf8')
    input.on('data', this.#onInput)
    input.resume()
    output.on('resize', this.#onResize)
  }

  readonly #onResize = (): void => this.#draw()

  readonly #onInput = (text: string): void => {
    for (const key of keysIn(text)) this.#press(key)
  }

  #press(key: Key): void {
    if (this.#isStopped) return
    if (key === 'quit') {
      this.stop()
      return
    }
    const asked = queryOf(this.#view)
    this.#view = afterKey(this.#view, key, this.#shown)
    const { channelArn, nextToken } = queryOf(this.#view)
    this.#draw()
    // What was asked for now is not waited for.
    if (channelArn !== asked.channelArn || nextToken !== asked.nextToken) this.#wake?.()
  }
}
