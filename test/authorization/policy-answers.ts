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
  canDeleteMessages,
  canGetMessageStatus,
  canGetMessageStatuses,
  canReadMessages,
  canRedactMessage,
  canRedactMessages,
  canSendMessage,
  canUpdateMessage,
  canUpdateMessages,
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
import { canListSubChannels, canSeeSubChannel } from '../../src/policies/sub-channel.ts'
import { ownConversationIn } from '../../src/services/messaging/conversation.ts'
import {
  refuseElastic,
  refuseHidden,
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
/** Where in an elastic channel everyone is who is a member. */
const subChannelId = 's1'

/** Who may ask: a user and a bot, who are to be answered alike. */
export const CALLERS = {
  user: arnWithin(appInstanceArn, 'user', 'self'),
  bot: arnWithin(appInstanceArn, 'bot', 'self'),
} as const

function nobody(arn: MemberArn): ChannelRelation {
  return { arn, isAdmin: false, isModerator: false, isBanned: false, subChannelIds: [] }
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

function isElastic({ channel }: ChannelAccess): boolean {
  return channel.elasticChannelConfiguration !== undefined
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
    caller: kind === 'elastic' ? placed(caller) : caller,
  }
}

/** Every member of an elastic channel is in the same sub-channel. */
function placed(relation: ChannelRelation): ChannelRelation {
  return relation.membershipType === undefined
    ? relation
    : { ...relation, subChannelIds: [subChannelId] }
}

/** The message that is asked for. */
export function messageOf(
  access: ChannelAccess,
  { of, target }: Pick<MatrixCase, 'of' | 'target'>,
): ChannelMessage {
  const { caller } = access
  return {
    channelArn,
    subChannelId: isElastic(access) ? subChannelId : '',
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
function targetOf({ caller }: ChannelAccess, { of }: MatrixCase): ChannelRelation {
  const targets: Readonly<Record<NonNullable<MatrixCase['of']>, ChannelRelation>> = {
    self: caller,
    banned: { ...nobody(other), isBanned: true },
    moderator: { ...nobody(other), isModerator: true },
    admin: { ...nobody(other), isAdmin: true },
    other: { ...nobody(other), membershipType: 'DEFAULT' },
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

/** What a request about a sub-channel names: the one where the members are. */
function takePart(access: ChannelAccess): void {
  ownConversationIn(access, isElastic(access) ? subChannelId : undefined)
}

/** Like `seenConversationIn`, which must ask the store only whether there is a sub-channel. */
function see(access: ChannelAccess): void {
  if (isElastic(access)) requireAllowed(canSeeSubChannel(access, subChannelId))
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
    refuseHidden(access.channel, type)
    all(canBecomeMember(target))
    return of === 'self' && target.membershipType !== undefined ? '409' : 'Y'
  },
  BatchCreateChannelMembership(access, asked) {
    const { type = 'DEFAULT' } = asked
    all(canCreateMembership(access, type, [arnOf(access, asked)]))
    refuseHidden(access.channel, type)
    return 'Y'
  },
  DescribeChannelMembership(access, asked) {
    const { type = 'DEFAULT', of } = asked
    const arn = arnOf(access, asked)
    if (of === 'self' && !hasRole(access, READERS)) return '404'
    const checked = requireAllowed(canDescribeMembership(access, arn))
    see(access)
    const membershipType = of === 'self' ? access.caller.membershipType : type
    if (membershipType === undefined) return '404'
    return describeIfThere(canSeeMembership(checked, { type: membershipType, member: { arn } }))
  },
  ListChannelMemberships(access, { type = 'DEFAULT' }) {
    all(canListMemberships(access, type))
    if (type === 'HIDDEN') refuseElastic(access, 'These are')
    see(access)
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
    takePart(access)
    if (target === undefined) return 'Y'
    const membershipType = target === 'member' ? ('DEFAULT' as const) : undefined
    const targeted = { ...nobody(other), membershipType }
    return all(canBeTarget(isElastic(access) ? placed(targeted) : targeted, messageOf(access, {})))
  },
  GetChannelMessage(access, asked) {
    all(canReadMessages(access))
    see(access)
    return describeIfThere(isVisibleTo(messageOf(access, asked), access.caller.arn))
  },
  ListChannelMessages(access) {
    all(canReadMessages(access))
    see(access)
    return 'Y'
  },
  GetChannelMessageStatus(access, asked) {
    all(canGetMessageStatuses(access))
    see(access)
    return all(canGetMessageStatus(access, messageOf(access, asked)))
  },
  UpdateChannelMessage(access, asked) {
    all(canUpdateMessages(access))
    takePart(access)
    return all(canUpdateMessage(access, messageOf(access, asked)))
  },
  RedactChannelMessage(access, asked) {
    all(canRedactMessages(access))
    see(access)
    return all(canRedactMessage(access, messageOf(access, asked)))
  },
  DeleteChannelMessage(access, asked) {
    all(canDeleteMessages(access))
    see(access)
    return all(canDeleteMessage(messageOf(access, asked)))
  },
}

const ANSWERS: Readonly<Record<string, Answer>> = {
  ForbiddenException: 'N',
  BadRequestException: '400',
  NotFoundException: '404',
  ConflictException: '409',
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
