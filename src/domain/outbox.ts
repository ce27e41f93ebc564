// What leaves the server: each thing that is to be delivered is an entry of the outbox, written in
// the transaction of what caused it and removed when it has arrived.
import type { ChannelArn, MemberArn } from '../base/arn.ts'
import type { MessageId, PushNotification } from './channel-message.ts'

/**
 * What is to be done with an entry. `push-audience` finds whose devices a message is pushed to and
 * makes a `push` entry for each; it stays within the server.
 */
export type OutboxKind = 'processor' | 'stream' | 'push-audience' | 'push' | 'bot'

/** All of them, as texts are checked against and shown. */
export const OUTBOX_KINDS: readonly OutboxKind[] = [
  'processor',
  'stream',
  'push-audience',
  'push',
  'bot',
]

/** A queue of its own: what is slow or down holds up nothing else. */
export interface OutboxDestination {
  readonly kind: OutboxKind
  /**
   * The ARN of the function, stream or bot alias; of the push application with the provider behind
   * it, `…/apns`; empty for `push-audience`.
   */
  readonly target: string
}

/** What an entry of each kind says. Kept as JSON, so only what JSON keeps. */
export interface OutboxContents {
  readonly processor: { readonly callbackId: string }
  /** The whole record, as text: a repetition is the same byte for byte. */
  readonly stream: { readonly record: string }
  readonly 'push-audience': {
    readonly message: PushedMessage
    /** Undefined for everybody in the conversation. */
    readonly viewers?: readonly MemberArn[] | undefined
    /** Where the last page of members ended. */
    readonly after?: readonly (string | number)[] | undefined
  }
  readonly push: {
    readonly userArn: MemberArn
    readonly endpointId: string
    readonly message: PushedMessage
  }
  readonly bot: BotInvocation
}

/** What a device is told of a message. */
export interface PushedMessage {
  readonly channelArn: ChannelArn
  /** When the channel was made: one that is made later may have its ARN, and other members. */
  readonly channelCreatedAt: number
  /** Empty unless the channel is elastic. */
  readonly subChannelId: string
  readonly messageId: MessageId
  readonly senderArn: MemberArn
  readonly push: PushNotification
  /** For the filter rules of members. */
  readonly messageAttributes?: Readonly<Record<string, readonly string[]>> | undefined
}

/** Why a bot is asked: somebody said something, or it has just joined. */
export type BotInvocation = {
  readonly channelArn: ChannelArn
  /** When the channel was made: one that is made later may have its ARN, and other members. */
  readonly channelCreatedAt: number
  readonly subChannelId: string
  readonly botArn: MemberArn
} & (
  | {
      readonly cause: 'message'
      readonly messageId: MessageId
      readonly senderArn: MemberArn
      /** What was said, as a whole: Lex refuses what is too long for it. */
      readonly text: string
      /** The answer goes to the sender alone. */
      readonly isTargeted: boolean
    }
  | { readonly cause: 'welcome'; readonly intent: string }
)

/** An entry as it is made. */
export type OutboxDraft = {
  readonly [Kind in OutboxKind]: {
    readonly kind: Kind
    readonly target: string
    /**
     * Entries of one destination with the same key arrive in the order in which they were made;
     * empty for one that may overtake and be overtaken. A channel's ARN, or begins with one.
     */
    readonly orderingKey: ChannelArn | `${ChannelArn} ${string}` | ''
    readonly content: OutboxContents[Kind]
  }
}[OutboxKind]

/** An entry that waits, or that was given up. Instants are epoch milliseconds. */
export type OutboxEntry<Kind extends OutboxKind = OutboxKind> = {
  readonly [Each in Kind]: {
    readonly kind: Each
    readonly target: string
    readonly orderingKey: string
    readonly content: OutboxContents[Each]
    /** Ascending in the order of commits. */
    readonly entryId: number
    readonly createdAt: number
    /** Attempts that failed. */
    readonly attemptsCount: number
    /** Not tried again before. */
    readonly dueAt: number
    /** Why the last attempt failed. Never holds content. */
    readonly failure?: string | undefined
  }
}[Kind]

/** A dead letter: an entry that was given up, kept for the operator. */
export interface DeadLetter {
  readonly entryId: number
  readonly kind: OutboxKind
  readonly target: string
  readonly orderingKey: string
  readonly createdAt: number
  readonly attemptsCount: number
  readonly failure: string
  readonly diedAt: number
}

/** A destination that something waits for, as the operator is told of it. */
export interface DestinationOverview extends OutboxDestination {
  /** At least so many, where there are very many. */
  readonly waitingCount: number
  readonly oldestAgeMs: number
  /** It is down, and left alone for a while. */
  readonly isCircuitOpen: boolean
  /** Since something waits for it without a break. Never holds content. */
  readonly lastFailure: string | undefined
}
