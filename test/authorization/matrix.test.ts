// Holds the policies against every cell of the role matrix, and against combinations of roles.
import { describe, expect, test } from 'vitest'
import { appInstanceArnOf, arnWithin } from '../../src/base/arn.ts'
import {
  isVisibleTo,
  type ChannelMessage,
  type MessageId,
} from '../../src/domain/channel-message.ts'
import type { ChannelAccess, ChannelRelation } from '../../src/domain/channel.ts'
import { canChangeChannelFlow } from '../../src/policies/channel-flow.ts'
import {
  canBecomeMember,
  canCreateMembership,
  canDeleteMembership,
  canDescribeMembership,
  canListMemberships,
  canListMembershipsOf,
  canSeeMembership,
} from '../../src/policies/channel-membership.ts'
import {
  canBeTarget,
  canDeleteMessage,
  canReadMessages,
  canRedactMessage,
  canSendMessage,
  canUpdateMessage,
} from '../../src/policies/channel-message.ts'
import {
  canDeleteChannel,
  canDescribeChannel,
  canListChannels,
  canPutChannelExpiration,
  canUpdateChannel,
} from '../../src/policies/channel.ts'
import type { Decision } from '../../src/policies/decision.ts'
import {
  matrix,
  matrixCells,
  type BearerOperation,
  type Cell,
  type Column,
  type MatrixCase,
  type MatrixCell,
} from './matrix.ts'

type Answer = Exclude<Cell, '='>

const appInstanceArn = appInstanceArnOf({ region: 'us-east-1', accountId: '0' }, 'one')
const self = arnWithin(appInstanceArn, 'user', 'self')
const other = arnWithin(appInstanceArn, 'user', 'other')
const third = arnWithin(appInstanceArn, 'user', 'third')
const channelArn = arnWithin(appInstanceArn, 'channel', 'lobby')

const NOBODY: ChannelRelation = { arn: self, isAdmin: false, isModerator: false, isBanned: false }

const RELATIONS: Readonly<Record<Column, ChannelRelation>> = {
  Adm: { ...NOBODY, isAdmin: true },
  Mod: { ...NOBODY, isModerator: true },
  Mem: { ...NOBODY, membershipType: 'DEFAULT' },
  Hid: { ...NOBODY, membershipType: 'HIDDEN' },
  Pub: NOBODY,
  Prv: NOBODY,
  Ban: { ...NOBODY, isBanned: true },
}

function accessOf(
  cell: Pick<MatrixCell, 'mode' | 'privacy'>,
  caller: ChannelRelation,
): ChannelAccess {
  const { mode, privacy } = cell
  const createdBy = { arn: third, name: 'Third' }
  const channel = { name: 'Lobby', mode, privacy, createdBy, createdAt: 1, lastUpdatedAt: 1 }
  return { channel: { arn: channelArn, ...channel }, caller }
}

function messageOf(asked: MatrixCase): ChannelMessage {
  return {
    channelArn,
    subChannelId: '',
    messageId: '1' as MessageId,
    sender: { arn: asked.of === 'self' ? self : other, name: 'Sender' },
    type: 'STANDARD',
    persistence: 'PERSISTENT',
    content: 'Hello',
    target: asked.target === 'others' ? third : undefined,
    createdAt: 1,
    lastUpdatedAt: 1,
    redacted: false,
    status: 'SENT',
  }
}

function yesOrNo(...decisions: readonly Decision<unknown>[]): Answer {
  return decisions.every((decision) => decision.allowed) ? 'Y' : 'N'
}

/** What each operation answers, decided by its policies in its order. */
const decide: Readonly<
  Record<BearerOperation, (access: ChannelAccess, asked: MatrixCase) => Answer>
> = {
  CreateChannel: () => 'Y',
  UpdateChannel: (access) => yesOrNo(canUpdateChannel(access)),
  DeleteChannel: (access) => yesOrNo(canDeleteChannel(access)),
  DescribeChannel: (access) => yesOrNo(canDescribeChannel(access)),
  PutChannelExpirationSettings: (access) => yesOrNo(canPutChannelExpiration(access)),
  AssociateChannelFlow: (access) => yesOrNo(canChangeChannelFlow(access)),
  DisassociateChannelFlow: (access) => yesOrNo(canChangeChannelFlow(access)),
  ListChannels: ({ caller }, { privacy }) => yesOrNo(canListChannels(caller, privacy)),
  ListChannelMembershipsForAppInstanceUser: ({ caller }, { of }) =>
    yesOrNo(canListMembershipsOf(caller, of === 'self' ? self : other)),
  CreateChannelMembership(access, { of, type = 'DEFAULT' }) {
    const member =
      of === 'self' ? access.caller : { ...NOBODY, arn: other, isBanned: of === 'banned' }
    const answer = yesOrNo(canCreateMembership(access, type, [member.arn]), canBecomeMember(member))
    return answer === 'Y' && member.membershipType !== undefined ? '409' : answer
  },
  BatchCreateChannelMembership: (access, { of, type = 'DEFAULT' }) =>
    yesOrNo(canCreateMembership(access, type, [of === 'self' ? self : other])),
  DescribeChannelMembership(access, { of, type = 'DEFAULT' }) {
    const arn = of === 'self' ? self : other
    const decision = canDescribeMembership(access, arn)
    if (!decision.allowed) return 'N'
    const membershipType = of === 'self' ? access.caller.membershipType : type
    if (membershipType === undefined) return '404'
    const membership = { type: membershipType, member: { arn } }
    return canSeeMembership(decision.checked, membership) ? 'Y' : '404'
  },
  ListChannelMemberships: (access, { type = 'DEFAULT' }) =>
    yesOrNo(canListMemberships(access, type)),
  DeleteChannelMembership: (access, { of }) =>
    yesOrNo(canDeleteMembership(access, of === 'self' ? self : other)),
  SendChannelMessage(access, { target }) {
    if (target === undefined) return yesOrNo(canSendMessage(access))
    const membershipType = target === 'member' ? 'DEFAULT' : undefined
    return yesOrNo(canSendMessage(access), canBeTarget({ ...NOBODY, arn: other, membershipType }))
  },
  GetChannelMessage(access, asked) {
    if (!canReadMessages(access).allowed) return 'N'
    return isVisibleTo(messageOf(asked), access.caller.arn) ? 'Y' : '404'
  },
  ListChannelMessages: (access) => yesOrNo(canReadMessages(access)),
  UpdateChannelMessage: (access, asked) => yesOrNo(canUpdateMessage(access, messageOf(asked))),
  RedactChannelMessage: (access, asked) => yesOrNo(canRedactMessage(access, messageOf(asked))),
  DeleteChannelMessage: (access, asked) => yesOrNo(canDeleteMessage(access, messageOf(asked))),
}

function titleOf({ operation, asked, column, privacy, mode }: MatrixCell): string {
  const { row: _row, mode: _mode, ...rest } = asked
  return `${operation} ${JSON.stringify(rest)} by ${column} in ${privacy} ${mode}`
}

describe('the role matrix', () => {
  test.each(matrixCells().map((cell) => [titleOf(cell), cell] as const))('%s', (_title, cell) => {
    const access = accessOf(cell, RELATIONS[cell.column])
    expect(decide[cell.operation](access, cell.asked)).toBe(cell.answer)
  })

  test('roles add up: who has two may do what either may', () => {
    for (const cell of matrixCells().filter(({ column }) => column === 'Mem' || column === 'Hid')) {
      for (const role of ['Adm', 'Mod'] as const) {
        const both = { ...RELATIONS[role], membershipType: RELATIONS[cell.column].membershipType }
        const answerTo = (caller: ChannelRelation) =>
          decide[cell.operation](accessOf(cell, caller), cell.asked)
        const single = [answerTo(RELATIONS[role]), answerTo(RELATIONS[cell.column])]
        const isEnough = single.includes('Y') || single.includes('409')
        const possible: readonly Answer[] = isEnough ? ['Y', '409'] : single
        const answer = answerTo(both)
        expect({ cell, role, answer, fits: possible.includes(answer) }).toMatchObject({
          fits: true,
        })
      }
    }
  })

  test('a channel that does not exist is answered like a private one of others', () => {
    const stranger = accessOf({ mode: 'UNRESTRICTED', privacy: 'PRIVATE' }, NOBODY)
    const message = messageOf({ of: 'other', row: matrix.CreateChannel[0]!.row })
    const rules = [
      canDescribeChannel,
      canUpdateChannel,
      canDeleteChannel,
      canPutChannelExpiration,
      canChangeChannelFlow,
      canSendMessage,
      canReadMessages,
      (access: ChannelAccess | undefined) => canCreateMembership(access, 'DEFAULT', [self]),
      (access: ChannelAccess | undefined) => canCreateMembership(access, 'HIDDEN', [other]),
      (access: ChannelAccess | undefined) => canDescribeMembership(access, other),
      (access: ChannelAccess | undefined) => canListMemberships(access, 'HIDDEN'),
      (access: ChannelAccess | undefined) => canDeleteMembership(access, self),
      (access: ChannelAccess | undefined) => canUpdateMessage(access, message),
      (access: ChannelAccess | undefined) => canRedactMessage(access, message),
      (access: ChannelAccess | undefined) => canDeleteMessage(access, message),
    ]
    for (const rule of rules) {
      expect(rule(stranger)).toEqual({ allowed: false, reason: undefined })
      expect(rule(undefined)).toEqual(rule(stranger))
    }
  })
})
