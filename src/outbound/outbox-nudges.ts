// Carries the store's word that something waits to whoever delivers it: the store is made before
// there is anybody to listen.
import type { OutboxDestination } from '../domain/outbox.ts'
import type { OutboxSignal } from '../ports/outbound.ts'

/** What is said before `listen` is lost: whoever listens looks into the outbox first. */
export class OutboxNudges implements OutboxSignal {
  #listener: ((destination: OutboxDestination, isRevived: boolean) => void) | undefined

  appended(destination: OutboxDestination, isRevived = false): void {
    this.#listener?.(destination, isRevived)
  }

  /** From now on `listener` is told of each entry; it must not throw or wait. */
  listen(listener: (destination: OutboxDestination, isRevived: boolean) => void): void {
    this.#listener = listener
  }
}
