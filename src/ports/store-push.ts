// Whose devices a message is pushed to, as the store finds them.
import type { MemberArn } from '../base/arn.ts'
import type { ChannelMembershipPreferences } from '../domain/channel.ts'
import type { AppInstanceUserEndpoint } from '../domain/identity.ts'
import type { ConversationReference } from './conversation-reference.ts'
import type { Page, PageRequest } from './paging.ts'

/** An endpoint that is ACTIVE and takes messages; its tokens are read only when it is pushed to. */
export type PushDevice = Pick<AppInstanceUserEndpoint, 'endpointId' | 'type' | 'resourceArn'>

/** A member of a conversation with at least one such device. */
export interface PushRecipient {
  readonly memberArn: MemberArn
  /** Undefined for the default. */
  readonly preferences?: ChannelMembershipPreferences | undefined
  readonly devices: readonly PushDevice[]
}

/** Nothing of it is depended upon: what changes meanwhile is seen when the device is pushed to. */
export interface PushRecipientReader {
  /**
   * In the order in which members joined, first the DEFAULT, then the HIDDEN ones. The limit is one
   * of members, with or without devices: a page may be short, even empty, and still have a `next`.
   */
  list(conversation: ConversationReference, page: PageRequest): Promise<Page<PushRecipient>>
  /** Undefined for whoever is no member, or has no such device. */
  find(
    conversation: ConversationReference,
    memberArn: MemberArn,
  ): Promise<PushRecipient | undefined>
}
