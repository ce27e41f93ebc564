// The role matrix of the operations with a bearer as data: what each role is answered. Held against
// the policies by matrix.test.ts; the same cells can be asked for over HTTP.
import type { ChannelMode, ChannelPrivacy, MembershipType } from '../../src/domain/channel.ts'
import type { messagingOperations } from '../../src/operations/messaging-operations.ts'

/**
 * Y: carried out. N: ForbiddenException. 404: NotFoundException. 409: ConflictException.
 * '=': whatever someone is answered who is not a member of a channel of that privacy.
 */
export type Cell = 'Y' | 'N' | '404' | '409' | '='

/**
 * What the caller is to the channel: admin of the app instance or moderator (neither of them a
 * member), DEFAULT or HIDDEN member, nobody to a PUBLIC or to a PRIVATE channel, or banned. The
 * columns but Pub and Prv hold for channels of either privacy.
 */
export const COLUMNS = ['Adm', 'Mod', 'Mem', 'Hid', 'Pub', 'Prv', 'Ban'] as const
export type Column = (typeof COLUMNS)[number]

/** One cell for each column: a row that lacks one does not compile. */
export type Row = readonly [
  Adm: Cell,
  Mod: Cell,
  Mem: Cell,
  Hid: Cell,
  Pub: Cell,
  Prv: Cell,
  Ban: Cell,
]

/** What a row asks for, as far as it matters to the operation. */
export interface MatrixCase {
  /** The mode of the channel; absent: the same in both. */
  readonly mode?: ChannelMode
  /** The privacy that a list asks for; absent: none. */
  readonly privacy?: ChannelPrivacy
  /** The membership that is created, described or listed; absent: DEFAULT. */
  readonly type?: MembershipType
  /**
   * Who the request is about, or whose message: the caller itself (who may have left since it sent
   * the message), another member, or someone who is banned. Absent: another member.
   */
  readonly of?: 'self' | 'other' | 'banned'
  /** Whom the message is targeted at; absent: nobody. `others` excludes the caller. */
  readonly target?: 'member' | 'others' | 'stranger'
  readonly row: Row
}

type OperationsWithBearer = {
  [Name in keyof typeof messagingOperations]: (typeof messagingOperations)[Name] extends {
    readonly access: 'bearer'
  }
    ? Name
    : never
}[keyof typeof messagingOperations]

/** Every implemented operation that acts for a bearer: one without rows does not compile. */
export type BearerOperation = OperationsWithBearer

const creation: readonly MatrixCase[] = [
  { of: 'other', mode: 'UNRESTRICTED', row: ['Y', 'Y', 'Y', 'N', 'N', 'N', 'N'] },
  { of: 'other', mode: 'RESTRICTED', row: ['Y', 'Y', 'N', 'N', 'N', 'N', 'N'] },
  { of: 'other', type: 'HIDDEN', row: ['Y', 'Y', 'N', 'N', 'N', 'N', 'N'] },
  { of: 'self', type: 'HIDDEN', row: ['Y', 'Y', 'N', 'N', 'N', 'N', 'N'] },
]

// evidence: docs "authorization by role"; notes and rulings of behaviour 2.4 and 12b
// prettier-ignore
export const matrix: Readonly<Record<BearerOperation, readonly MatrixCase[]>> = {
  //                                           Adm    Mod    Mem    Hid    Pub    Prv    Ban
  CreateChannel: [{                     row: ['Y',   'Y',   'Y',   'Y',   'Y',   'Y',   'Y'] }],
  UpdateChannel: [{                     row: ['Y',   'Y',   'N',   'N',   'N',   'N',   'N'] }],
  DeleteChannel: [{                     row: ['Y',   'Y',   'N',   'N',   'N',   'N',   'N'] }],
  DescribeChannel: [{                   row: ['Y',   'Y',   'Y',   'Y',   'Y',   'N',   '='] }],
  PutChannelExpirationSettings: [{      row: ['Y',   'Y',   'N',   'N',   'N',   'N',   'N'] }],
  AssociateChannelFlow: [{              row: ['Y',   'Y',   'N',   'N',   'N',   'N',   'N'] }],
  DisassociateChannelFlow: [{           row: ['Y',   'Y',   'N',   'N',   'N',   'N',   'N'] }],
  ListChannels: [
    {                                   row: ['Y',   'Y',   'Y',   'Y',   'Y',   'Y',   'Y'] },
    { privacy: 'PUBLIC',                row: ['Y',   'Y',   'Y',   'Y',   'Y',   'Y',   'Y'] },
    { privacy: 'PRIVATE',               row: ['Y',   'N',   'N',   'N',   'N',   'N',   'N'] },
  ],
  ListChannelMembershipsForAppInstanceUser: [
    { of: 'self',                       row: ['Y',   'Y',   'Y',   'Y',   'Y',   'Y',   'Y'] },
    { of: 'other',                      row: ['Y',   'N',   'N',   'N',   'N',   'N',   'N'] },
  ],
  CreateChannelMembership: [
    ...creation,
    { of: 'self',                       row: ['Y',   'Y',   '409', 'N',   'Y',   'N',   'N'] },
    { of: 'banned',                     row: ['N',   'N',   'N',   'N',   'N',   'N',   'N'] },
  ],
  BatchCreateChannelMembership: [
    ...creation,
    { of: 'self',                       row: ['Y',   'Y',   'Y',   'N',   'Y',   'N',   'N'] },
  ],
  DescribeChannelMembership: [
    { of: 'other',                      row: ['Y',   'Y',   'Y',   'N',   'Y',   'N',   '='] },
    { of: 'other', type: 'HIDDEN',      row: ['Y',   'Y',   '404', 'N',   '404', 'N',   '='] },
    { of: 'self',                       row: ['404', '404', 'Y',   'Y',   '404', '404', '='] },
  ],
  ListChannelMemberships: [
    { type: 'DEFAULT',                  row: ['Y',   'Y',   'Y',   'Y',   'Y',   'N',   '='] },
    { type: 'HIDDEN',                   row: ['Y',   'Y',   'N',   'N',   'N',   'N',   'N'] },
  ],
  DeleteChannelMembership: [
    { of: 'other',                      row: ['Y',   'Y',   'N',   'N',   'N',   'N',   'N'] },
    { of: 'self',                       row: ['Y',   'Y',   'Y',   'Y',   'N',   'N',   'N'] },
  ],
  SendChannelMessage: [
    {                                   row: ['N',   'N',   'Y',   'N',   'N',   'N',   'N'] },
    { target: 'member',                 row: ['N',   'N',   'Y',   'N',   'N',   'N',   'N'] },
    { target: 'stranger',               row: ['N',   'N',   'N',   'N',   'N',   'N',   'N'] },
  ],
  GetChannelMessage: [
    { of: 'other',                      row: ['Y',   'Y',   'Y',   'Y',   'Y',   'N',   '='] },
    { of: 'self',                       row: ['Y',   'Y',   'Y',   'Y',   'Y',   'N',   '='] },
    { of: 'other', target: 'others',    row: ['404', '404', '404', '404', '404', 'N',   '='] },
  ],
  ListChannelMessages: [{               row: ['Y',   'Y',   'Y',   'Y',   'Y',   'N',   '='] }],
  UpdateChannelMessage: [
    { of: 'self',                       row: ['N',   'N',   'Y',   'N',   'N',   'N',   'N'] },
    { of: 'other',                      row: ['N',   'N',   'N',   'N',   'N',   'N',   'N'] },
  ],
  RedactChannelMessage: [
    { of: 'self',                       row: ['Y',   'Y',   'Y',   'N',   'Y',   'Y',   'N'] },
    { of: 'other',                      row: ['Y',   'Y',   'N',   'N',   'N',   'N',   'N'] },
    { of: 'other', target: 'others',    row: ['N',   'N',   'N',   'N',   'N',   'N',   'N'] },
  ],
  DeleteChannelMessage: [
    { of: 'self',                       row: ['Y',   'N',   'N',   'N',   'N',   'N',   'N'] },
    { of: 'other',                      row: ['Y',   'N',   'N',   'N',   'N',   'N',   'N'] },
    { of: 'other', target: 'others',    row: ['Y',   'N',   'N',   'N',   'N',   'N',   'N'] },
  ],
}

/** One question with its answer: a cell for one channel. */
export interface MatrixCell {
  readonly operation: BearerOperation
  readonly asked: MatrixCase
  readonly column: Column
  readonly privacy: ChannelPrivacy
  readonly mode: ChannelMode
  readonly answer: Exclude<Cell, '='>
}

const PRIVACIES_OF: Readonly<Record<Column, readonly ChannelPrivacy[]>> = {
  Adm: ['PUBLIC', 'PRIVATE'],
  Mod: ['PUBLIC', 'PRIVATE'],
  Mem: ['PUBLIC', 'PRIVATE'],
  Hid: ['PUBLIC', 'PRIVATE'],
  Pub: ['PUBLIC'],
  Prv: ['PRIVATE'],
  Ban: ['PUBLIC', 'PRIVATE'],
}

/** Every cell of the matrix, for every privacy and mode that it speaks of. */
export function matrixCells(): readonly MatrixCell[] {
  return (Object.keys(matrix) as BearerOperation[]).flatMap((operation) =>
    matrix[operation].flatMap((asked) =>
      COLUMNS.flatMap((column) =>
        PRIVACIES_OF[column].flatMap((privacy) =>
          modesOf(asked).map((mode) => {
            const answer = answerIn(asked.row, column, privacy)
            return { operation, asked, column, privacy, mode, answer }
          }),
        ),
      ),
    ),
  )
}

function modesOf(asked: MatrixCase): readonly ChannelMode[] {
  return asked.mode === undefined ? ['RESTRICTED', 'UNRESTRICTED'] : [asked.mode]
}

function answerIn(row: Row, column: Column, privacy: ChannelPrivacy): Exclude<Cell, '='> {
  const cell = row[COLUMNS.indexOf(column)]
  if (cell !== undefined && cell !== '=') return cell
  return answerIn(row, privacy === 'PUBLIC' ? 'Pub' : 'Prv', privacy)
}
