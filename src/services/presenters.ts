// Domain objects as the wire shows them: PascalCase members, instants as Date, absent members
// undefined. Answers and event payloads look the same, so both come from here.
import type { ChannelMessage } from '../domain/channel-message.ts'
import type { Channel, ChannelMembership, ChannelSummary } from '../domain/channel.ts'
import type {
  AppInstance,
  AppInstanceAdmin,
  AppInstanceUser,
  Identity,
} from '../domain/identity.ts'

export function presentIdentity(identity: Identity) {
  return { Arn: identity.arn, Name: identity.name }
}

export function presentAppInstanceSummary(appInstance: AppInstance) {
  return {
    AppInstanceArn: appInstance.arn,
    Name: appInstance.name,
    Metadata: appInstance.metadata,
  }
}

export function presentAppInstance(appInstance: AppInstance) {
  return {
    ...presentAppInstanceSummary(appInstance),
    CreatedTimestamp: new Date(appInstance.createdAt),
    LastUpdatedTimestamp: new Date(appInstance.lastUpdatedAt),
  }
}

export function presentAppInstanceUserSummary(user: AppInstanceUser) {
  return { AppInstanceUserArn: user.arn, Name: user.name, Metadata: user.metadata }
}

export function presentAppInstanceUser(user: AppInstanceUser) {
  return {
    ...presentAppInstanceUserSummary(user),
    CreatedTimestamp: new Date(user.createdAt),
    LastUpdatedTimestamp: new Date(user.lastUpdatedAt),
  }
}

export function presentAppInstanceAdminSummary(admin: AppInstanceAdmin) {
  return { Admin: presentIdentity(admin.admin) }
}

export function presentAppInstanceAdmin(admin: AppInstanceAdmin) {
  return {
    ...presentAppInstanceAdminSummary(admin),
    AppInstanceArn: admin.appInstanceArn,
    CreatedTimestamp: new Date(admin.createdAt),
  }
}

/** LastMessageTimestamp is absent while there is no message. */
// evidence: field (behaviour 3.1)
export function presentChannelSummary({ channel, lastMessageAt }: ChannelSummary) {
  return {
    Name: channel.name,
    ChannelArn: channel.arn,
    Mode: channel.mode,
    Privacy: channel.privacy,
    Metadata: channel.metadata,
    LastMessageTimestamp: lastMessageAt === undefined ? undefined : new Date(lastMessageAt),
  }
}

export function presentChannel(summary: ChannelSummary) {
  const { channel } = summary
  return {
    ...presentChannelSummary(summary),
    CreatedBy: presentIdentity(channel.createdBy),
    CreatedTimestamp: new Date(channel.createdAt),
    LastUpdatedTimestamp: new Date(channel.lastUpdatedAt),
    ChannelFlowArn: channel.channelFlowArn,
    ExpirationSettings: presentChannelExpiration(channel),
  }
}

/** For those who may see it, beside `presentChannel`. */
export function presentElasticConfiguration({ elasticChannelConfiguration }: Channel) {
  return (
    elasticChannelConfiguration && {
      MaximumSubChannels: elasticChannelConfiguration.maximumSubChannels,
      TargetMembershipsPerSubChannel: elasticChannelConfiguration.targetMembershipsPerSubChannel,
      MinimumMembershipPercentage: elasticChannelConfiguration.minimumMembershipPercentage,
    }
  )
}

export function presentChannelExpiration({ expiration }: Channel) {
  return (
    expiration && { ExpirationDays: expiration.days, ExpirationCriterion: expiration.criterion }
  )
}

export function presentMembershipSummary(membership: Pick<ChannelMembership, 'member'>) {
  return { Member: presentIdentity(membership.member) }
}

export function presentMembership(membership: ChannelMembership) {
  return {
    ChannelArn: membership.channelArn,
    Member: presentIdentity(membership.member),
    Type: membership.type,
    InvitedBy: presentIdentity(membership.invitedBy),
    CreatedTimestamp: new Date(membership.createdAt),
    LastUpdatedTimestamp: new Date(membership.lastUpdatedAt),
  }
}

/** Memberships that one request created in one channel; at least one. */
// evidence: model BatchChannelMemberships, which has no instants
export function presentMembershipBatch(
  batch: Pick<ChannelMembership, 'channelArn' | 'type' | 'invitedBy'>,
  members: readonly Identity[],
) {
  return {
    ChannelArn: batch.channelArn,
    Type: batch.type,
    InvitedBy: presentIdentity(batch.invitedBy),
    Members: members.map(presentIdentity),
  }
}

/** What lists and prefetched channels show of a message. */
// evidence: sdk sample chat app (behaviour 1.10): Status and Sender always, LastEditedTimestamp
// only when edited, because its presence makes clients print "edited"
export function presentMessageSummary(message: ChannelMessage) {
  return {
    MessageId: message.messageId,
    Content: message.content,
    Metadata: message.metadata,
    Type: message.type,
    CreatedTimestamp: new Date(message.createdAt),
    LastUpdatedTimestamp: new Date(message.lastUpdatedAt),
    LastEditedTimestamp:
      message.lastEditedAt === undefined ? undefined : new Date(message.lastEditedAt),
    Sender: presentIdentity(message.sender),
    Redacted: message.redacted,
    Status: presentMessageStatus(message),
    MessageAttributes: presentAttributes(message),
    ContentType: message.contentType,
    Target: message.target === undefined ? undefined : [{ MemberArn: message.target }],
  }
}

export function presentMessage(message: ChannelMessage) {
  return {
    ...presentMessageSummary(message),
    ChannelArn: message.channelArn,
    Persistence: message.persistence,
    SubChannelId: message.subChannelId === '' ? undefined : message.subChannelId,
  }
}

/** Why a message failed: the one reason that there is. */
// evidence: inferred (behaviour 1.10)
const FAILED_DETAIL = 'Processor could not be invoked'

export function presentMessageStatus({ status }: Pick<ChannelMessage, 'status'>) {
  return { Value: status, Detail: status === 'FAILED' ? FAILED_DETAIL : undefined }
}

/** The answer to whoever sent or edited a message. */
export function presentSentMessage(message: ChannelMessage) {
  return {
    ChannelArn: message.channelArn,
    MessageId: message.messageId,
    Status: presentMessageStatus(message),
    SubChannelId: message.subChannelId === '' ? undefined : message.subChannelId,
  }
}

/** The payload of DELETE_CHANNEL_MESSAGE: who and when, but no longer what. */
// evidence: inferred (behaviour 1.10), clients dereference Sender and Status of every message
export function presentDeletedMessage(message: ChannelMessage, deletedAt: number) {
  return {
    ...presentMessage(message),
    Content: undefined,
    Metadata: undefined,
    MessageAttributes: undefined,
    LastUpdatedTimestamp: new Date(deletedAt),
  }
}

function presentAttributes({ messageAttributes }: ChannelMessage) {
  if (messageAttributes === undefined) return undefined
  return Object.fromEntries(
    Object.entries(messageAttributes).map(([name, values]) => [name, { StringValues: values }]),
  )
}
