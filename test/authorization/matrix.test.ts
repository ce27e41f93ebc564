// Holds the policies against every cell of the role matrix, and against combinations of roles.
import { describe, expect, test } from 'vitest'
import type { ChannelAccess, ChannelRelation } from '../../src/domain/channel.ts'
import { canManageBans } from '../../src/policies/channel-ban.ts'
import { canChangeChannelFlow } from '../../src/policies/channel-flow.ts'
import {
  canCreateMembership,
  canDeleteMembership,
  canDescribeMembership,
  canDescribeRelationOf,
  canListMemberships,
  canUseOwnMembership,
} from '../../src/policies/channel-membership.ts'
import {
  canDeleteMessages,
  canGetMessageStatuses,
  canReadMessages,
  canRedactMessage,
  canRedactMessages,
  canSendMessage,
  canUpdateMessages,
} from '../../src/policies/channel-message.ts'
import { canManageModerators } from '../../src/policies/channel-moderator.ts'
import {
  canDeleteChannel,
  canDescribeChannel,
  canPutChannelExpiration,
  canUpdateChannel,
} from '../../src/policies/channel.ts'
import { canListSubChannels } from '../../src/policies/sub-channel.ts'
import { matrixRows, placeOf, titleOf, type MatrixCell } from './matrix.ts'
import { accessOf, answerOf, CALLERS, messageOf, other, relationOf } from './policy-answers.ts'

const rows = matrixRows()

describe.each(Object.entries(CALLERS))('the role matrix for a %s', (_kind, self) => {
  test.each(rows.map((row) => [titleOf(row), row] as const))('%s', (_title, { cells }) => {
    const answers = cells.map((cell) => {
      const access = accessOf(cell, relationOf(cell.column, self))
      return [placeOf(cell), answerOf(cell.operation, access, cell.asked)]
    })
    expect(answers).toEqual(cells.map((cell) => [placeOf(cell), cell.answer]))
  })

  test('roles add up: who has two may do what either may', () => {
    const cells = rows.flatMap((row) => row.cells)
    for (const cell of cells.filter(({ column }) => column === 'Mem' || column === 'Hid')) {
      for (const role of ['Adm', 'Mod'] as const) {
        const { membershipType } = relationOf(cell.column, self)
        const both = { ...relationOf(role, self), membershipType }
        const answerTo = (caller: ChannelRelation) =>
          answerOf(cell.operation, accessOf(cell, caller), cell.asked)
        const single = [answerTo(relationOf(role, self)), answerTo(relationOf(cell.column, self))]
        const isEnough = single.includes('Y') || single.includes('409')
        const possible = isEnough ? ['Y', '409'] : single
        const answer = answerTo(both)
        const asked: Pick<MatrixCell, 'operation' | 'column'> = cell
        expect({ asked, role, answer, fits: possible.includes(answer) }).toMatchObject({
          fits: true,
        })
      }
    }
  })
})

describe('the size of the matrix', () => {
  test('every operation has rows for both kinds of channel, and every column is asked for', () => {
    expect(rows.filter(({ cells }) => cells.length === 0)).toEqual([])
    for (const kind of ['standard', 'elastic'] as const) {
      const cells = rows.filter((row) => row.kind === kind).flatMap((row) => row.cells)
      const columns = new Set(cells.map(({ column }) => column))
      expect([...columns].toSorted()).toEqual(
        kind === 'elastic'
          ? ['Adm', 'Ban', 'Mem', 'Mod', 'Prv', 'Pub']
          : ['Adm', 'Ban', 'Hid', 'Mem', 'Mod', 'Prv', 'Pub'],
      )
    }
  })
})

test('a channel that does not exist is answered like a private one of others', () => {
  const self = CALLERS.user
  const stranger = accessOf(
    { kind: 'standard', mode: 'UNRESTRICTED', privacy: 'PRIVATE' },
    relationOf('Prv', self),
  )
  const rules = [
    canDescribeChannel,
    canUpdateChannel,
    canDeleteChannel,
    canPutChannelExpiration,
    canChangeChannelFlow,
    canSendMessage,
    canReadMessages,
    canUpdateMessages,
    canDeleteMessages,
    canGetMessageStatuses,
    canManageModerators,
    canManageBans,
    canListSubChannels,
    (access: ChannelAccess | undefined) => canCreateMembership(access, 'DEFAULT', [self]),
    (access: ChannelAccess | undefined) => canCreateMembership(access, 'HIDDEN', [other]),
    (access: ChannelAccess | undefined) => canDescribeMembership(access, other),
    (access: ChannelAccess | undefined) => canDescribeRelationOf(access, other),
    (access: ChannelAccess | undefined) => canUseOwnMembership(access, self),
    (access: ChannelAccess | undefined) => canListMemberships(access, 'HIDDEN'),
    (access: ChannelAccess | undefined) => canDeleteMembership(access, self),
  ]
  for (const rule of rules) {
    expect(rule(stranger)).toEqual({ allowed: false, reason: undefined })
    expect(rule(undefined)).toEqual(rule(stranger))
  }
  // Who has left may redact its own, so that being none of the senders is what counts.
  expect(canRedactMessages(undefined)).toEqual({ allowed: false, reason: undefined })
  const message = messageOf(stranger, { of: 'other' })
  expect(canRedactMessage(stranger, message)).toEqual(canRedactMessages(undefined))
  const elastic = accessOf(
    { kind: 'elastic', mode: 'RESTRICTED', privacy: 'PRIVATE' },
    stranger.caller,
  )
  expect(canRedactMessages(elastic)).toEqual(canRedactMessages(undefined))
})
