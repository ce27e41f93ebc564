// The role matrix of the operations with a bearer as data: what each role is answered. Held against
// the policies by matrix.test.ts; the same cells can be asked for over HTTP.
import type { ChannelMode, ChannelPrivacy, MembershipType } from '../../src/domain/channel.ts'
import type { messagingOperations } from '../../src/operations/messaging-operations.ts'

/** What kind of channel is asked about: each has a table of its own. */
export type ChannelKind = 'standard' | 'elastic'

/**
 * Y: carried out. N: ForbiddenException. 400: BadRequestException. 404: NotFoundException.
 * 409: ConflictException. '-': there is no such caller.
 * '=': whatever someone is answered who is not a member of a channel of that privacy.
 */
export type Cell = Answer | '=' | '-'
export type Answer = 'Y' | 'N' | '400' | '404' | '409'

/**
 * What the caller is to the channel: admin of the app instance or moderator (neither of them a
 * member), DEFAULT or HIDDEN member, nobody to a PUBLIC or to a PRIVATE channel, or banned. The
 * columns but Pub and Prv hold for channels of either privacy.
 */
export const COLUMNS = ['Adm', 'Mod', 'Mem', 'Hid', 'Pub', 'Prv', 'Ban'] as const
export type Column = (typeof COLUMNS)[number]

/** One cell for each column: a row that lacks one does not compile, nor any when one is added. */
export type Row = CellsOf<typeof COLUMNS>
type CellsOf<Columns extends readonly unknown[]> = { readonly [Index in keyof Columns]: Cell }

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
   * the message), another member, someone who is banned, a moderator, or an admin of the app
   * instance; neither of the last two is a member. Absent: another member.
   */
  readonly of?: 'self' | 'other' | 'banned' | 'moderator' | 'admin'
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
const standardChannels: Readonly<Record<BearerOperation, readonly MatrixCase[]>> = {
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
  SearchChannels: [{                    row: ['Y',   'Y',   'Y',   'Y',   'Y',   'Y',   'Y'] }],
  ListChannelsModeratedByAppInstanceUser: [
    { of: 'self',                       row: ['Y',   'Y',   'Y',   'Y',   'Y',   'Y',   'Y'] },
    { of: 'other',                      row: ['Y',   'N',   'N',   'N',   'N',   'N',   'N'] },
  ],
  DescribeChannelMembershipForAppInstanceUser: [
    { of: 'self',                       row: ['N',   'N',   'Y',   'Y',   'N',   'N',   'N'] },
    { of: 'other',                      row: ['Y',   'Y',   'N',   'N',   'N',   'N',   'N'] },
  ],
  DescribeChannelModeratedByAppInstanceUser: [
    { of: 'self',                       row: ['N',   'Y',   'N',   'N',   'N',   'N',   'N'] },
    { of: 'moderator',                  row: ['Y',   'Y',   'N',   'N',   'N',   'N',   'N'] },
    { of: 'other',                      row: ['N',   'N',   'N',   'N',   'N',   'N',   'N'] },
  ],
  PutChannelMembershipPreferences: [
    { of: 'self',                       row: ['N',   'N',   'Y',   'Y',   'N',   'N',   'N'] },
    { of: 'other',                      row: ['N',   'N',   'N',   'N',   'N',   'N',   'N'] },
  ],
  GetChannelMembershipPreferences: [
    { of: 'self',                       row: ['N',   'N',   'Y',   'Y',   'N',   'N',   'N'] },
    { of: 'other',                      row: ['N',   'N',   'N',   'N',   'N',   'N',   'N'] },
  ],
  UpdateChannelReadMarker: [{           row: ['N',   'N',   'Y',   'Y',   'N',   'N',   'N'] }],
  CreateChannelModerator: [
    { of: 'other',                      row: ['Y',   'Y',   'N',   'N',   'N',   'N',   'N'] },
    { of: 'self',                       row: ['Y',   '409', 'N',   'N',   'N',   'N',   'N'] },
    { of: 'moderator',                  row: ['409', '409', 'N',   'N',   'N',   'N',   'N'] },
    { of: 'banned',                     row: ['N',   'N',   'N',   'N',   'N',   'N',   'N'] },
  ],
  DeleteChannelModerator: [
    { of: 'moderator',                  row: ['Y',   'Y',   'N',   'N',   'N',   'N',   'N'] },
    { of: 'self',                       row: ['Y',   'Y',   'N',   'N',   'N',   'N',   'N'] },
    { of: 'other',                      row: ['Y',   'Y',   'N',   'N',   'N',   'N',   'N'] },
  ],
  DescribeChannelModerator: [
    { of: 'moderator',                  row: ['Y',   'Y',   'N',   'N',   'N',   'N',   'N'] },
    { of: 'self',                       row: ['404', 'Y',   'N',   'N',   'N',   'N',   'N'] },
    { of: 'other',                      row: ['404', '404', 'N',   'N',   'N',   'N',   'N'] },
  ],
  ListChannelModerators: [{             row: ['Y',   'Y',   'N',   'N',   'N',   'N',   'N'] }],
  CreateChannelBan: [
    { of: 'other',                      row: ['Y',   'Y',   'N',   'N',   'N',   'N',   'N'] },
    { of: 'self',                       row: ['N',   'N',   'N',   'N',   'N',   'N',   'N'] },
    { of: 'moderator',                  row: ['N',   'N',   'N',   'N',   'N',   'N',   'N'] },
    { of: 'admin',                      row: ['N',   'N',   'N',   'N',   'N',   'N',   'N'] },
    { of: 'banned',                     row: ['409', '409', 'N',   'N',   'N',   'N',   'N'] },
  ],
  DeleteChannelBan: [
    { of: 'banned',                     row: ['Y',   'Y',   'N',   'N',   'N',   'N',   'N'] },
    { of: 'other',                      row: ['Y',   'Y',   'N',   'N',   'N',   'N',   'N'] },
    { of: 'self',                       row: ['Y',   'Y',   'N',   'N',   'N',   'N',   'N'] },
  ],
  DescribeChannelBan: [
    { of: 'banned',                     row: ['Y',   'Y',   'N',   'N',   'N',   'N',   'N'] },
    { of: 'other',                      row: ['404', '404', 'N',   'N',   'N',   'N',   'N'] },
    { of: 'self',                       row: ['404', '404', 'N',   'N',   'N',   'N',   'N'] },
  ],
  ListChannelBans: [{                   row: ['Y',   'Y',   'N',   'N',   'N',   'N',   'N'] }],
  ListSubChannels: [{                   row: ['400', '400', 'N',   'N',   'N',   'N',   'N'] }],
  GetChannelMessageStatus: [
    { of: 'self',                       row: ['Y',   'Y',   'Y',   'Y',   'N',   'N',   'N'] },
    { of: 'other',                      row: ['N',   'N',   'N',   'N',   'N',   'N',   'N'] },
    { of: 'other', target: 'others',    row: ['N',   'N',   'N',   'N',   'N',   'N',   'N'] },
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

// Requests about an elastic channel name the sub-channel in which all of its members are, where
// they must; what becomes of those that name another or none is in the conformance of sub-channel
// ids. There are no hidden members.
const ADMINS_AND_MODERATORS: Row = ['Y', 'Y', 'N', '-', 'N', 'N', 'N']
const EVERYONE: Row = ['Y', 'Y', 'Y', '-', 'Y', 'Y', 'Y']
const MEMBERS: Row = ['N', 'N', 'Y', '-', 'N', 'N', 'N']
const ADMINS: Row = ['Y', 'N', 'N', '-', 'N', 'N', 'N']
const NOBODY: Row = ['N', 'N', 'N', '-', 'N', 'N', 'N']
/** Who is in no sub-channel reads none, in a public channel either. */
const READERS: Row = ['Y', 'Y', 'Y', '-', 'N', 'N', 'N']
/** What elastic channels do not have. */
const UNSUPPORTED: Row = ['400', '400', '400', '-', '400', 'N', '=']
/** Only admins and moderators hear why it does not work. */
const NONE_HIDDEN: Row = ['400', '400', 'N', '-', 'N', 'N', 'N']

const unsupported: readonly MatrixCase[] = [
  { of: 'self', row: UNSUPPORTED },
  { of: 'other', row: UNSUPPORTED },
]
const placement: readonly MatrixCase[] = [
  { of: 'other', row: ADMINS_AND_MODERATORS },
  { of: 'other', type: 'HIDDEN', row: NONE_HIDDEN },
  { of: 'self', type: 'HIDDEN', row: NONE_HIDDEN },
]

// evidence: docs elastic channels; notes of behaviour 2.4, 4.1 and 4.3
// prettier-ignore
const elasticChannels: Readonly<Record<BearerOperation, readonly MatrixCase[]>> = {
  CreateChannel: [{ row: EVERYONE }],
  UpdateChannel: [{ row: ADMINS_AND_MODERATORS }],
  DeleteChannel: [{ row: ADMINS_AND_MODERATORS }],
  DescribeChannel: [{ row: ['Y', 'Y', 'Y', '-', 'Y', 'N', '='] }],
  ListChannels: [
    { row: EVERYONE },
    { privacy: 'PUBLIC', row: EVERYONE },
    { privacy: 'PRIVATE', row: ADMINS },
  ],
  SearchChannels: [{ row: EVERYONE }],
  ListChannelMembershipsForAppInstanceUser: [
    { of: 'self', row: EVERYONE },
    { of: 'other', row: ADMINS },
  ],
  ListChannelsModeratedByAppInstanceUser: [
    { of: 'self', row: EVERYONE },
    { of: 'other', row: ADMINS },
  ],
  DescribeChannelMembershipForAppInstanceUser: [
    { of: 'self', row: MEMBERS },
    { of: 'other', row: ADMINS_AND_MODERATORS },
  ],
  DescribeChannelModeratedByAppInstanceUser: [
    ...unsupported,
    { of: 'moderator', row: UNSUPPORTED },
  ],
  PutChannelMembershipPreferences: unsupported,
  GetChannelMembershipPreferences: unsupported,
  UpdateChannelReadMarker: [{ row: UNSUPPORTED }],
  CreateChannelMembership: [
    ...placement,
    { of: 'self', row: ['Y', 'Y', '409', '-', 'Y', 'N', 'N'] },
    { of: 'banned', row: NOBODY },
  ],
  BatchCreateChannelMembership: [
    ...placement,
    { of: 'self', row: ['Y', 'Y', 'Y', '-', 'Y', 'N', 'N'] },
  ],
  DescribeChannelMembership: [
    { of: 'other', row: READERS },
    { of: 'self', row: ['404', '404', 'Y', '-', 'N', '404', '='] },
  ],
  ListChannelMemberships: [
    { type: 'DEFAULT', row: READERS },
    { type: 'HIDDEN', row: NONE_HIDDEN },
  ],
  DeleteChannelMembership: [
    { of: 'other', row: ADMINS_AND_MODERATORS },
    { of: 'self', row: READERS },
  ],
  CreateChannelModerator: [
    { of: 'other', row: ADMINS_AND_MODERATORS },
    { of: 'self', row: ['Y', '409', 'N', '-', 'N', 'N', 'N'] },
    { of: 'moderator', row: ['409', '409', 'N', '-', 'N', 'N', 'N'] },
    { of: 'banned', row: NOBODY },
  ],
  DeleteChannelModerator: [
    { of: 'moderator', row: ADMINS_AND_MODERATORS },
    { of: 'self', row: ADMINS_AND_MODERATORS },
    { of: 'other', row: ADMINS_AND_MODERATORS },
  ],
  DescribeChannelModerator: [
    { of: 'moderator', row: ADMINS_AND_MODERATORS },
    { of: 'self', row: ['404', 'Y', 'N', '-', 'N', 'N', 'N'] },
    { of: 'other', row: ['404', '404', 'N', '-', 'N', 'N', 'N'] },
  ],
  ListChannelModerators: [{ row: ADMINS_AND_MODERATORS }],
  CreateChannelBan: [
    { of: 'other', row: ADMINS_AND_MODERATORS },
    { of: 'self', row: NOBODY },
    { of: 'moderator', row: NOBODY },
    { of: 'admin', row: NOBODY },
    { of: 'banned', row: ['409', '409', 'N', '-', 'N', 'N', 'N'] },
  ],
  DeleteChannelBan: [
    { of: 'banned', row: ADMINS_AND_MODERATORS },
    { of: 'other', row: ADMINS_AND_MODERATORS },
    { of: 'self', row: ADMINS_AND_MODERATORS },
  ],
  DescribeChannelBan: [
    { of: 'banned', row: ADMINS_AND_MODERATORS },
    { of: 'other', row: ['404', '404', 'N', '-', 'N', 'N', 'N'] },
    { of: 'self', row: ['404', '404', 'N', '-', 'N', 'N', 'N'] },
  ],
  ListChannelBans: [{ row: ADMINS_AND_MODERATORS }],
  ListSubChannels: [{ row: ADMINS_AND_MODERATORS }],
  PutChannelExpirationSettings: [{ row: ADMINS_AND_MODERATORS }],
  AssociateChannelFlow: [{ row: ADMINS_AND_MODERATORS }],
  DisassociateChannelFlow: [{ row: ADMINS_AND_MODERATORS }],
  SendChannelMessage: [
    { row: MEMBERS },
    { target: 'member', row: MEMBERS },
    { target: 'stranger', row: NOBODY },
  ],
  GetChannelMessage: [
    { of: 'other', row: READERS },
    { of: 'self', row: READERS },
    { of: 'other', target: 'others', row: ['404', '404', '404', '-', 'N', 'N', 'N'] },
  ],
  ListChannelMessages: [{ row: READERS }],
  GetChannelMessageStatus: [
    { of: 'self', row: READERS },
    { of: 'other', row: NOBODY },
    { of: 'other', target: 'others', row: NOBODY },
  ],
  UpdateChannelMessage: [
    { of: 'self', row: MEMBERS },
    { of: 'other', row: NOBODY },
  ],
  RedactChannelMessage: [
    { of: 'self', row: READERS },
    { of: 'other', row: ADMINS_AND_MODERATORS },
    { of: 'other', target: 'others', row: NOBODY },
  ],
  DeleteChannelMessage: [
    { of: 'self', row: ADMINS },
    { of: 'other', row: ADMINS },
    { of: 'other', target: 'others', row: ADMINS },
  ],
}

/** Every kind of channel has every operation: a new one of either does not compile. */
export const matrix: Readonly<
  Record<ChannelKind, Readonly<Record<BearerOperation, readonly MatrixCase[]>>>
> = { standard: standardChannels, elastic: elasticChannels }

/** One question with its answer: a cell for one channel. */
export interface MatrixCell {
  readonly kind: ChannelKind
  readonly operation: BearerOperation
  readonly asked: MatrixCase
  readonly column: Column
  readonly privacy: ChannelPrivacy
  readonly mode: ChannelMode
  readonly answer: Answer
}

/** A row of one table: all cells of one question. */
export interface MatrixRow {
  readonly kind: ChannelKind
  readonly operation: BearerOperation
  readonly asked: MatrixCase
  readonly cells: readonly MatrixCell[]
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

/** Every row of both tables, with its cells for every privacy and mode that it speaks of. */
export function matrixRows(): readonly MatrixRow[] {
  return (Object.keys(matrix) as ChannelKind[]).flatMap((kind) =>
    (Object.keys(matrix[kind]) as BearerOperation[]).flatMap((operation) =>
      matrix[kind][operation].map((asked) => {
        return { kind, operation, asked, cells: cellsOf(kind, operation, asked) }
      }),
    ),
  )
}

/** What a row asks for, in words. */
export function titleOf({ kind, operation, asked }: Omit<MatrixRow, 'cells'>): string {
  const { row: _row, ...rest } = asked
  const details = Object.entries(rest).map(([name, value]) => `${name} ${value}`)
  return [`${operation} in ${kind} channels`, ...details].join(', ')
}

/** Who asks where, in words. */
export function placeOf({ column, privacy, mode }: MatrixCell): string {
  return `${column} ${privacy} ${mode}`
}

function cellsOf(
  kind: ChannelKind,
  operation: BearerOperation,
  asked: MatrixCase,
): readonly MatrixCell[] {
  return COLUMNS.flatMap((column) =>
    PRIVACIES_OF[column].flatMap((privacy) => {
      const answer = answerIn(asked.row, column, privacy)
      if (answer === '-') return []
      return modesOf(kind, asked).map((mode) => {
        return { kind, operation, asked, column, privacy, mode, answer }
      })
    }),
  )
}

// evidence: docs elastic channels, which are never UNRESTRICTED
function modesOf(kind: ChannelKind, asked: MatrixCase): readonly ChannelMode[] {
  if (kind === 'elastic') return ['RESTRICTED']
  return asked.mode === undefined ? ['RESTRICTED', 'UNRESTRICTED'] : [asked.mode]
}

function answerIn(row: Row, column: Column, privacy: ChannelPrivacy): Answer | '-' {
  const cell = row[COLUMNS.indexOf(column)]
  if (cell !== undefined && cell !== '=') return cell
  return answerIn(row, privacy === 'PUBLIC' ? 'Pub' : 'Prv', privacy)
}
