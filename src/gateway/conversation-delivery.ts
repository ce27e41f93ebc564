// One conversation's way from events to the sessions of its connected members: who receives, what
// waits, and in which order. When to run is the hub's business.
import type { MemberArn } from '../base/arn.ts'
import { assert } from '../base/assert.ts'
import type { Audience } from '../domain/channel-event.ts'
import type { ConversationReference } from '../ports/conversation-reference.ts'

/** What a conversation needs to know of a session. */
export interface Receiver {
  readonly memberArn: MemberArn
  /** False once the session is ending: nothing more is written to it. */
  readonly isOpen: boolean
  /** Takes whole frames. The buffer is shared by all receivers. */
  deliver(frames: Buffer): void
}

/**
 * Most bytes of frames joined into one write. Far below what may wait for one session, so that a
 * burst alone never makes a reader look slow.
 */
const JOINED_BYTES_MAX = 128 * 1024

/**
 * Most bytes of frames that wait in one conversation while its receivers are being written to.
 * Events then arrive faster than the node can hand them out, for minutes.
 */
export const CONVERSATION_BACKLOG_BYTES_MAX = 16 * 1024 * 1024

/**
 * How many conversations a frame still has to pass on its way to receivers that are in several of
 * them: the last one hands it over, behind everything that went before in any of them.
 */
export type Copies = Map<Receiver, number>

type Step =
  | {
      readonly kind: 'frames'
      readonly audience: Audience
      readonly parts: Buffer[]
      readonly copies: Copies | undefined
      bytesCount: number
    }
  | { readonly kind: 'join' | 'leave'; readonly receiver: Receiver }
  | { readonly kind: 'wait'; readonly other: ConversationDelivery; readonly stepsCount: number }
  | { readonly kind: 'end' }

/** A delivery that has begun: the joined frames and where among the receivers it stands. */
interface Running {
  readonly frames: Buffer
  readonly framesCount: number
  readonly receivers: Iterator<Receiver>
  readonly copies: Copies | undefined
}

/**
 * The receivers of one channel or sub-channel and a queue of steps. Joins and leaves wait in the
 * same queue as frames, so a receiver gets exactly the events between its joining and its leaving,
 * however the writing is sliced.
 */
export class ConversationDelivery {
  readonly conversation: ConversationReference
  /** The hub's number of the conversation's last event; 0 before there was one. */
  lastEventNumber = 0
  readonly #receivers = new Set<Receiver>()
  /** Steps not begun; those before `#next` are done. Emptied when all are done. */
  #steps: Step[] = []
  #next = 0
  /** Steps that were done and forgotten. */
  #stepsForgotten = 0
  #running: Running | undefined
  #backlogBytes = 0
  #framesDelivered = 0
  #isEnded = false

  constructor(conversation: ConversationReference) {
    this.conversation = conversation
  }

  /** Nothing is left to do. */
  get isIdle(): boolean {
    return this.#running === undefined && this.#next === this.#steps.length
  }

  /** The channel was deleted; the events up to that may still be on their way. */
  get isEnded(): boolean {
    return this.#isEnded
  }

  /** Nobody receives and nobody is about to. */
  get isUnused(): boolean {
    return this.#receivers.size === 0 && this.isIdle
  }

  get receiversCount(): number {
    return this.#receivers.size
  }

  get backlogBytes(): number {
    return this.#backlogBytes
  }

  /** How many frames were handed to receivers since this was last asked. */
  takeFramesDelivered(): number {
    const taken = this.#framesDelivered
    this.#framesDelivered = 0
    return taken
  }

  join(receiver: Receiver): void {
    if (this.isIdle) this.#receivers.add(receiver)
    else this.#steps.push({ kind: 'join', receiver })
  }

  leave(receiver: Receiver): void {
    if (this.isIdle) this.#receivers.delete(receiver)
    else this.#steps.push({ kind: 'leave', receiver })
  }

  /** Takes a closed receiver out at once; a join of it that still waits has no effect. */
  drop(receiver: Receiver): void {
    this.#receivers.delete(receiver)
  }

  /**
   * Queues a pause until the other conversation has handed over what waits there now. Nobody waits
   * for ever: who is waited for waits for what is older still, if for anything.
   */
  waitFor(other: ConversationDelivery): void {
    this.#steps.push({ kind: 'wait', other, stepsCount: other.#stepsCount })
  }

  /** Whether something that waits here may be for `receiver`. */
  owes(receiver: Receiver): boolean {
    if (this.isIdle) return false
    if (this.#receivers.has(receiver)) return true
    const waiting = this.#steps.slice(this.#next)
    return waiting.some((step) => step.kind === 'join' && step.receiver === receiver)
  }

  /** Queues `frame` for `audience`; frames for all members that wait together become one write. */
  append(frame: Buffer, audience: Audience, copies?: Copies): void {
    this.#backlogBytes += frame.length
    const last = this.#next < this.#steps.length ? this.#steps.at(-1) : undefined
    if (
      last?.kind === 'frames' &&
      last.audience === 'members' &&
      audience === 'members' &&
      last.copies === undefined &&
      copies === undefined &&
      last.bytesCount + frame.length <= JOINED_BYTES_MAX
    ) {
      last.parts.push(frame)
      last.bytesCount += frame.length
      return
    }
    const parts = [frame]
    this.#steps.push({ kind: 'frames', audience, parts, copies, bytesCount: frame.length })
  }

  /** Queues the end of the channel: nobody belongs to it once everything before was delivered. */
  appendEnd(): void {
    this.#isEnded = true
    this.#steps.push({ kind: 'end' })
  }

  /** Gives up everything that waits, and everybody who receives or was about to; returns them. */
  abandon(): Receiver[] {
    const receivers = [...this.#receivers]
    for (const step of this.#steps.slice(this.#next)) {
      if (step.kind === 'join') receivers.push(step.receiver)
    }
    this.#receivers.clear()
    this.#forgetSteps()
    this.#running = undefined
    this.#backlogBytes = 0
    return receivers
  }

  /**
   * Goes on until `writesMax` receivers have been written to, nothing is left to do, or another
   * conversation must go on first. Returns how many were written to.
   */
  run(writesMax: number, sessionsOf: (memberArn: MemberArn) => readonly Receiver[]): number {
    let writes = 0
    while (writes < writesMax && !this.isIdle) {
      if (this.#running !== undefined) writes += this.#continue(this.#running, writesMax - writes)
      else if (this.#mustWait) break
      else this.#begin(sessionsOf)
    }
    if (this.isIdle) this.#forgetSteps()
    return writes
  }

  /** Of all times. */
  get #stepsCount(): number {
    return this.#stepsForgotten + this.#steps.length
  }

  get #stepsDone(): number {
    return this.#stepsForgotten + this.#next - (this.#running === undefined ? 0 : 1)
  }

  get #mustWait(): boolean {
    const step = this.#steps[this.#next]
    return step?.kind === 'wait' && step.other.#stepsDone < step.stepsCount
  }

  #forgetSteps(): void {
    this.#stepsForgotten += this.#steps.length
    this.#steps = []
    this.#next = 0
  }

  #begin(sessionsOf: (memberArn: MemberArn) => readonly Receiver[]): void {
    const step = this.#steps[this.#next]
    assert(step !== undefined, 'a step is begun when there is one')
    this.#next += 1
    switch (step.kind) {
      case 'join':
        if (step.receiver.isOpen) this.#receivers.add(step.receiver)
        return
      case 'leave':
        this.#receivers.delete(step.receiver)
        return
      case 'end':
        this.#receivers.clear()
        return
      case 'wait':
        return
      case 'frames':
        this.#backlogBytes -= step.bytesCount
        this.#running = {
          frames: joined(step.parts),
          framesCount: step.parts.length,
          copies: step.copies,
          receivers:
            step.audience === 'members'
              ? this.#receivers.values()
              : this.#named(step.audience, sessionsOf).values(),
        }
    }
  }

  #named(
    audience: Exclude<Audience, 'members'>,
    sessionsOf: (memberArn: MemberArn) => readonly Receiver[],
  ): Receiver[] {
    const named: Receiver[] = []
    if (audience === 'nobody') return named
    for (const memberArn of audience) {
      for (const receiver of sessionsOf(memberArn)) {
        if (this.#receivers.has(receiver)) named.push(receiver)
      }
    }
    return named
  }

  #continue(running: Running, writesMax: number): number {
    const { frames, framesCount, receivers, copies } = running
    for (let writes = 0; writes < writesMax; writes += 1) {
      const next = receivers.next()
      if (next.done === true) {
        if (this.#running === running) this.#running = undefined
        return writes
      }
      if (!next.value.isOpen || (copies && !isLastCopy(copies, next.value))) continue
      next.value.deliver(frames)
      this.#framesDelivered += framesCount
    }
    return writesMax
  }
}

function isLastCopy(copies: Copies, receiver: Receiver): boolean {
  const left = copies.get(receiver)
  if (left === undefined) return true
  copies.set(receiver, left - 1)
  return left === 1
}

/** A single frame goes out as it is: no copy. */
function joined(parts: readonly Buffer[]): Buffer {
  const [only] = parts
  return only !== undefined && parts.length === 1 ? only : Buffer.concat(parts)
}
