// Gets settlements into the store, however long the store cannot take them: the destination is not
// asked again for something that it has taken already.
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import type { OutboxEntry } from '../../domain/outbox.ts'
import type { Deliverer } from '../../ports/outbound.ts'
import { StoreUnavailableError, type Store } from '../../ports/store.ts'
import { writeSettlements, type Settled, type Settlement } from './settlement.ts'

/** Between attempts to write; a store that is busy or full is left alone for longer and longer. */
const FIRST_PAUSE_MS = 100
const PAUSE_MS_MAX = 5_000

export interface SettlerOptions {
  readonly store: Pick<Store, 'transact'>
  readonly clock: Clock
  readonly logger: Logger
}

export class Settler {
  readonly #options: SettlerOptions
  /** One for each pause. */
  readonly #endPauses = new Set<() => void>()
  #isClosed = false

  constructor(options: SettlerOptions) {
    this.#options = options
  }

  /** Resolves with what became of each; undefined when it is closed before that is known. */
  async settle(
    deliverer: Deliverer,
    settlements: readonly Settlement[],
  ): Promise<readonly Settled[] | undefined> {
    try {
      return await this.#write(deliverer, settlements)
    } catch (error) {
      const [only] = settlements
      if (only === undefined) return []
      if (settlements.length > 1) return this.#settleEach(deliverer, settlements)
      const { logger } = this.#options
      const names = namesOf(only.entry)
      logger.error({ ...names, err: error }, 'what follows a delivery cannot be written')
      return this.#bury(deliverer, unwritable(only.entry))
    }
  }

  async #bury(
    deliverer: Deliverer,
    settlement: Settlement,
  ): Promise<readonly Settled[] | undefined> {
    const { clock, logger } = this.#options
    try {
      return await this.#write(deliverer, [settlement], 'bury')
    } catch (error) {
      // It stays as it is, and is delivered once more.
      logger.error({ ...namesOf(settlement.entry), err: error }, 'a dead letter cannot be written')
      return [{ settlement, dueAt: clock.now() + PAUSE_MS_MAX, isDead: false }]
    }
  }

  /** Those that wait for the store stay as they are in it. */
  close(): void {
    this.#isClosed = true
    for (const endPause of this.#endPauses) endPause()
  }

  async #settleEach(
    deliverer: Deliverer,
    settlements: readonly Settlement[],
  ): Promise<readonly Settled[] | undefined> {
    const settled: Settled[] = []
    for (const settlement of settlements) {
      const one = await this.settle(deliverer, [settlement])
      if (one === undefined) return undefined
      settled.push(...one)
    }
    return settled
  }

  /** Throws what is no fault of the store. */
  async #write(
    deliverer: Deliverer,
    settlements: readonly Settlement[],
    end?: 'bury',
  ): Promise<readonly Settled[] | undefined> {
    const { store, logger } = this.#options
    const writer = end === 'bury' ? {} : deliverer
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(PAUSE_MS_MAX, 2 * pauseMs)) {
      try {
        return await store.transact((tx) => writeSettlements(tx, writer, settlements))
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error
        if (this.#isClosed) return undefined
        logger.warn({ kind: deliverer.kind, err: error }, 'what was delivered cannot be noted yet')
      }
      await this.#pause(pauseMs)
      if (this.#isClosed) return undefined
    }
  }

  #pause(pauseMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(pauseMs, () => end())
      const end = () => {
        timer.cancel()
        this.#endPauses.delete(end)
        resolve()
      }
      this.#endPauses.add(end)
    })
  }
}

/** Left to the operator: by itself it would fail again and again. */
function unwritable(entry: OutboxEntry): Settlement {
  const reason = 'what follows from its delivery cannot be written'
  return { kind: 'given up', entry, attemptsCount: entry.attemptsCount + 1, reason }
}

function namesOf({ kind, target, entryId }: OutboxEntry) {
  return { kind, destination: target, entryId }
}
