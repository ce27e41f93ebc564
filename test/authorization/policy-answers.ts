// What each operation answers, decided by its policies in its order: the operations of the role
// matrix without a server. Held against the matrix by matrix.test.ts.
import type { AppInstanceArn, MemberArn } from '../../src/base/arn.ts'
import { appInstanceArnOf, arnWithin } from '../../src/base/arn.ts'
import {
  isVisibleTo,
  type ChannelMessage,
  type MessageId,
} from '../../src/domain/channel-message.ts'
import type { ChannelAccess, ChannelRelation } from '../../src/domain/channel.ts'
import { canBeBanned, canManageBans } from '../../src/policies/channel-ban.ts'
import { canChangeChannelFlow } from '../../src/policies/channel-flow.ts'
import {
  canBecomeMember,
  canCreateMembership,
  canDeleteMembership,
  canDescribeMembership,
  canDescribeRelationOf,
  canListMemberships,
  canListMembershipsOf,
  canSearchChannels,
  canSeeMembership,
  canUseOwnMembership,
} from '../../src/policies/channel-membership.ts'
import {
  canBeTarget,
  canDeleteMessage,
  canGetMessageStatus,
  canReadMessages,
  canRedactMessage,
  canSendMessage,
  canUpdateMessage,
} from '../../src/policies/channel-message.ts'
import { canBecomeModerator, canManageModerators } from '../../src/policies/channel-moderator.ts'
import {
  canDeleteChannel,
  canDescribeChannel,
  canListChannels,
  canPutChannelExpiration,
  canUpdateChannel,
} from '../../src/policies/channel.ts'
import { requireAllowed, type Decision } from '../../src/policies/decision.ts'
import { canListSubChannels } from '../../src/policies/sub-channel.ts'
import { conversationIn } from '../../src/services/messaging/conversation.ts'
import {
  refuseElastic,
  refusePlacement,
  requireElastic,
} from '../../src/services/messaging/elastic-channels.ts'
import type { Answer, BearerOperation, Column, MatrixCase, MatrixCell } from './matrix.ts'

export const appInstanceArn: AppInstanceArn = appInstanceArnOf(
  { region: 'us-east-1', accountId: '0' },
  'one',
)
export const other = arnWithin(appInstanceArn, 'user', 'other')
const third = arnWithin(appInstanceArn, 'user', 'third')
const channelArn = arnWithin(appInstanceArn, 'channel', 'lobby')

/** Who may ask: a user and a bot, who are to be answered alike. */
export const CALLERS = {
  user: arnWithin(appInstanceArn, 'user', 'self'),
  bot: arnWithin(appInstanceArn, 'bot', 'self'),
} as const

function nobody(arn: MemberArn): ChannelRelation {
  return { arn, isAdmin: false, isModerator: false, isBanned: false }
}

/** What someone in a column of the matrix is to the channel. */
export function relationOf(column: Column, arn: MemberArn): ChannelRelation {
  const relations: Readonly<Record<Column, Partial<ChannelRelation>>> = {
    Adm: { isAdmin: true },
    Mod: { isModerator: true },
    Mem: { membershipType: 'DEFAULT' },
    Hid: { membershipType: 'HIDDEN' },
    Pub: {},
    Prv: {},
    Ban: { isBanned: true },
  }
  return { ...nobody(arn), ...relations[column] }
}

/** A channel of a cell, and a caller to it. */
export function accessOf(
  { kind, mode, privacy }: Pick<MatrixCell, 'kind' | 'mode' | 'privacy'>,
  caller: ChannelRelation,
): ChannelAccess {
  const elasticChannelConfiguration = {
    maximumSubChannels: 2,
    targetMembershipsPerSubChannel: 2,
    minimumMembershipPercentage: 40,
  }
  return {
    channel: {
      arn: channelArn,
      name: 'Lobby',
      mode,
      privacy,
      createdBy: { arn: third, name: 'Third' },
      createdAt: 1,
      lastUpdatedAt: 1,
      ...(kind === 'elastic' ? { elasticChannelConfiguration } : {}),
    },
    caller,
  }
}

/** The message that is asked for; an elastic channel has none yet. */
export function messageOf(
  { channel, caller }: ChannelAccess,
  { of, target }: Pick<MatrixCase, 'of' | 'target'>,
): ChannelMessage | undefined {
  if (channel.elasticChannelConfiguration !== undefined) return undefined
  return {
    channelArn,
    subChannelId: '',
    messageId: '1' as MessageId,
    sender: { arn: of === 'self' ? caller.arn : other, name: 'Sender' },
    type: 'STANDARD',
    persistence: 'PERSISTENT',
    content: 'Hello',
    target: target === 'others' ? third : undefined,
    createdAt: 1,
    lastUpdatedAt: 1,
    redacted: false,
    status: 'SENT',
  }
}

/** Whom a request is about; `other` is a member of the channel, unless it is to become one. */
function targetOf({ caller, channel }: ChannelAccess, { of }: MatrixCase): ChannelRelation {
  const isElastic = channel.elasticChannelConfiguration !== undefined
  const targets: Readonly<Record<NonNullable<MatrixCase['of']>, ChannelRelation>> = {
    self: caller,
    banned: { ...nobody(other), isBanned: true },
    moderator: { ...nobody(other), isModerator: true },
    admin: { ...nobody(other), isAdmin: true },
    other: { ...nobody(other), membershipType: isElastic ? undefined : 'DEFAULT' },
  }
  return targets[of ?? 'other']
}

function arnOf(access: ChannelAccess, asked: MatrixCase): MemberArn {
  return targetOf(access, asked).arn
}

/** Allowed by all of them, or as the first that denies says. */
function all(...decisions: readonly Decision<unknown>[]): Answer {
  decisions.forEach(requireAllowed)
  return 'Y'
}

function describeIfThere(isThere: boolean): Answer {
  return isThere ? 'Y' : '404'
}

function ownMembership(access: ChannelAccess, asked: MatrixCase): Answer {
  refuseElastic(access, 'This is')
  return all(canUseOwnMembership(access, arnOf(access, asked)))
}

type Decide = (access: ChannelAccess, asked: MatrixCase) => Answer

/** Throws what the operation would throw. */
const decide: Readonly<Record<BearerOperation, Decide>> = {
  CreateChannel: () => 'Y',
  UpdateChannel: (access) => all(canUpdateChannel(access)),
  DeleteChannel: (access) => all(canDeleteChannel(access)),
  DescribeChannel: (access) => all(canDescribeChannel(access)),
  PutChannelExpirationSettings: (access) => all(canPutChannelExpiration(access)),
  AssociateChannelFlow: (access) => all(canChangeChannelFlow(access)),
  DisassociateChannelFlow: (access) => all(canChangeChannelFlow(access)),
  ListChannels: ({ caller }, { privacy }) => all(canListChannels(caller, privacy)),
  SearchChannels: ({ caller }) => all(canSearchChannels(caller)),
  ListChannelMembershipsForAppInstanceUser: (access, asked) =>
    all(canListMembershipsOf(access.caller, arnOf(access, asked))),
  ListChannelsModeratedByAppInstanceUser: (access, asked) =>
    all(canListMembershipsOf(access.caller, arnOf(access, asked))),
  DescribeChannelMembershipForAppInstanceUser(access, asked) {
    const target = targetOf(access, asked)
    all(canDescribeRelationOf(access, target.arn))
    return target.membershipType === undefined ? 'N' : 'Y'
  },
  DescribeChannelModeratedByAppInstanceUser(access, asked) {
    refuseElastic(access, 'This is')
    const target = targetOf(access, asked)
    all(canDescribeRelationOf(access, target.arn))
    return target.isModerator ? 'Y' : 'N'
  },
  PutChannelMembershipPreferences: ownMembership,
  GetChannelMembershipPreferences: ownMembership,
  UpdateChannelReadMarker: (access, asked) => ownMembership(access, { ...asked, of: 'self' }),
  CreateChannelMembership(access, asked) {
    const { type = 'DEFAULT', of } = asked
    const target = targetOf(access, asked)
    all(canCreateMembership(access, type, [target.arn]))
    refusePlacement(access.channel, type)
    all(canBecomeMember(target))
    return of === 'self' && target.membershipType !== undefined ? '409' : 'Y'
  },
  BatchCreateChannelMembership(access, asked) {
    const { type = 'DEFAULT' } = asked
    all(canCreateMembership(access, type, [arnOf(access, asked)]))
    refusePlacement(access.channel, type)
    return 'Y'
  },
  DescribeChannelMembership(access, asked) {
    const { type = 'DEFAULT', of } = asked
    const arn = arnOf(access, asked)
    if (of === 'self' && !hasRole(access, READERS)) return '404'
    const checked = requireAllowed(canDescribeMembership(access, arn))
    conversationIn(access.channel, undefined)
    const membershipType = of === 'self' ? access.caller.membershipType : type
    if (membershipType === undefined) return '404'
    return describeIfThere(canSeeMembership(checked, { type: membershipType, member: { arn } }))
  },
  ListChannelMemberships(access, { type = 'DEFAULT' }) {
    all(canListMemberships(access, type))
    conversationIn(access.channel, undefined)
    return 'Y'
  },
  DeleteChannelMembership: (access, asked) =>
    all(canDeleteMembership(access, arnOf(access, asked))),
  CreateChannelModerator(access, asked) {
    const target = targetOf(access, asked)
    all(canManageModerators(access), canBecomeModerator(target))
    return target.isModerator ? '409' : 'Y'
  },
  DeleteChannelModerator: (access) => all(canManageModerators(access)),
  DescribeChannelModerator(access, asked) {
    all(canManageModerators(access))
    return describeIfThere(targetOf(access, asked).isModerator)
  },
  ListChannelModerators: (access) => all(canManageModerators(access)),
  CreateChannelBan(access, asked) {
    const target = targetOf(access, asked)
    all(canManageBans(access), canBeBanned(target))
    return target.isBanned ? '409' : 'Y'
  },
  DeleteChannelBan: (access) => all(canManageBans(access)),
  DescribeChannelBan(access, asked) {
    all(canManageBans(access))
    return describeIfThere(targetOf(access, asked).isBanned)
  },
  ListChannelBans: (access) => all(canManageBans(access)),
  ListSubChannels(access) {
    all(canListSubChannels(access))
    requireElastic(access.channel)
    return 'Y'
  },
  SendChannelMessage(access, { target }) {
    all(canSendMessage(access))
    conversationIn(access.channel, undefined)
    if (target === undefined) return 'Y'
    const membershipType = target === 'member' ? ('DEFAULT' as const) : undefined
    return all(canBeTarget({ ...nobody(other), membershipType }))
  },
  GetChannelMessage(access, asked) {
    all(canReadMessages(access))
    conversationIn(access.channel, undefined)
    const message = messageOf(access, asked)
    return describeIfThere(message !== undefined && isVisibleTo(message, access.caller.arn))
  },
  ListChannelMessages(access) {
    all(canReadMessages(access))
    conversationIn(access.channel, undefined)
    return 'Y'
  },
  GetChannelMessageStatus: (access, asked) =>
    all(canGetMessageStatus(access, messageOf(access, asked))),
  UpdateChannelMessage: (access, asked) => all(canUpdateMessage(access, messageOf(access, asked))),
  RedactChannelMessage: (access, asked) => all(canRedactMessage(access, messageOf(access, asked))),
  DeleteChannelMessage: (access, asked) => all(canDeleteMessage(access, messageOf(access, asked))),
}

const ANSWERS: Readonly<Record<string, Answer>> = {
  ForbiddenException: 'N',
  BadRequestException: '400',
  NotFoundException: '404',
  ConflictException: '409',
  NotImplementedException: '501',
}

/** The answer that an error means; the name itself where the matrix does not know it. */
export function answerOfError(name: string): string {
  return ANSWERS[name] ?? name
}

/** What the caller is answered by the policies alone. */
export function answerOf(
  operation: BearerOperation,
  access: ChannelAccess,
  asked: MatrixCase,
): string {
  try {
    return decide[operation](access, asked)
  } catch (error) {
    return answerOfError((error as { wireName?: string }).wireName ?? String(error))
  }
}
import { hasRole, READERS } from '../../src/policies/channel-role.ts'
