// Who may put a channel flow before the messages of a channel: behaviour 2.4; and which answers of
// its processors are taken. Flows themselves are made and changed by developers, for whom only the
// policies of IAM count.
import type { ChannelArn } from '../base/arn.ts'
import type { FlowCallback } from '../domain/channel-flow-steps.ts'
import { allowRoles, isAdmin, isModerator } from './channel-role.ts'
import { allow, deny, type Decision } from './decision.ts'

/** For associating and disassociating. */
// evidence: docs role table
export const canChangeChannelFlow = allowRoles(
  [isAdmin, isModerator],
  'only admins and moderators may change the flow of a channel',
)

/** What an answer says that it is about. */
export interface AnsweredMessage {
  readonly channelArn: ChannelArn
  readonly messageId: string
  /** Absent or empty where the answer names none. */
  readonly subChannelId?: string | undefined
}

/** Whether a processor was asked exactly this, and may still answer, or has done so before. */
// evidence: docs for the deadline; for the rest inferred (behaviour 5)
export function canAnswerCallback(
  found: FlowCallback | undefined,
  about: AnsweredMessage,
  now: number,
): Decision<Exclude<FlowCallback, { readonly state: 'ENDED' }>> {
  if (found === undefined || found.channelArn !== about.channelArn) {
    return deny('CallbackId was not given out for a message of this channel')
  }
  if (found.messageId !== about.messageId) {
    return deny('CallbackId was given out for a message with another MessageId')
  }
  if (found.state === 'ENDED') {
    return deny('the message waits for CallbackId no more: the processor failed or was too late')
  }
  if (found.state === 'ANSWERED') return allow(found)
  if (found.expiresAt <= now) return deny('CallbackId has expired')
  const { subChannelId = '' } = about
  if (subChannelId !== '' && subChannelId !== found.step.message.subChannelId) {
    return deny('CallbackId was given out for a message with another SubChannelId')
  }
  return allow(found)
}

/** The answer to whoever processed a message that is no more. */
// evidence: inferred (behaviour 8.5)
export const noMessageToAnswer: Decision<never> = deny(
  'the message, or the channel that it was in, was deleted',
)
