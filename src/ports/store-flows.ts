// Channel flows, what their processors are asked, and streaming configurations, as the store keeps
// them.
import type { AppInstanceArn, ChannelFlowArn } from '../base/arn.ts'
import type { FlowCallback, WaitingCallback } from '../domain/channel-flow-steps.ts'
import type { ChannelFlow } from '../domain/channel-flow.ts'
import type { MessageId } from '../domain/channel-message.ts'
import type { Channel } from '../domain/channel.ts'
import type { StreamingConfiguration } from '../domain/identity.ts'
import type { Page, PageRequest } from './paging.ts'

/** Channel flows, and who uses them. */
export interface ChannelFlowReader {
  find(arn: ChannelFlowArn): Promise<ChannelFlow | undefined>
  /** Oldest first. */
  list(appInstanceArn: AppInstanceArn, page: PageRequest): Promise<Page<ChannelFlow>>
  /** The channels that use it, oldest first. */
  listChannels(arn: ChannelFlowArn, page: PageRequest): Promise<Page<Channel>>
}

/** Which flow a channel uses is changed by `channels.replace`. */
export interface ChannelFlowWriter extends ChannelFlowReader {
  insert(flow: ChannelFlow): void
  /** Changes name, processors and lastUpdatedAt. */
  replace(flow: ChannelFlow): void
  /** Whoever removes it has made sure, by `isUsed`, that no channel uses it. */
  remove(arn: ChannelFlowArn): void
  /** Exact: no channel begins to use the flow in a transaction that runs at the same time. */
  isUsed(arn: ChannelFlowArn): Promise<boolean>
}

/** What processors are asked, and how they answered. */
export interface FlowCallbackReader {
  find(callbackId: string): Promise<FlowCallback | undefined>
  /** What a processor is asked now about an edit of a message that was sent. */
  findWaitingEdit(messageId: MessageId): Promise<WaitingCallback | undefined>
  /** Those that wait although their time has passed at `now`, in the order in which it did. */
  listExpired(now: number, page: PageRequest): Promise<Page<string>>
}

/** The same within a transaction, and what it changes. */
export interface FlowCallbackWriter extends FlowCallbackReader {
  insert(callback: WaitingCallback): void
  /** It has its answer; of what was asked nothing is kept. */
  answer(callback: WaitingCallback, answerHash: string): void
  /** There will be no answer; of what was asked nothing is kept. */
  end(callback: WaitingCallback): void
  /** Forgets at most `limit` that wait no more, once their time has passed; how many it forgot. */
  purge(now: number, limit: number): Promise<number>
}

/** Which data streams an app instance has. */
export interface StreamingConfigurationReader {
  /** Empty when there are none, or no such app instance. */
  list(appInstanceArn: AppInstanceArn): Promise<readonly StreamingConfiguration[]>
}

/** The same within a transaction, and what it changes. */
export interface StreamingConfigurationWriter extends StreamingConfigurationReader {
  /** Replaces all; an empty list removes them. */
  put(appInstanceArn: AppInstanceArn, configurations: readonly StreamingConfiguration[]): void
}
