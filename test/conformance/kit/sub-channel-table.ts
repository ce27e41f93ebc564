// The answers to every SubChannelId, by operation and caller, as data: behaviour 4.3.

/**
 * Who asks: regular members of the sub-channel that is meant and of another one, moderators who are
 * in the one or the other, an admin who is neither, and those who are no members.
 */
export const CALLERS = [
  'member',
  'memberElsewhere',
  'moderator',
  'moderatorElsewhere',
  'admin',
  'public',
  'private',
  'bannedPublic',
  'bannedPrivate',
] as const
export type Caller = (typeof CALLERS)[number]

/**
 * What is named: nothing, an empty id, the sub-channel that is meant, another one of the channel,
 * one of another elastic channel, one of this channel that was taken apart, and no id at all.
 */
export const VALUES = ['none', 'empty', 'the', 'other', 'foreign', 'gone', 'malformed'] as const
export type Value = (typeof VALUES)[number]

/**
 * Whose membership it is about: the caller's own, that of somebody who is no member yet, of a
 * regular member of the sub-channel that is meant, of a moderator who is in none, or of one who is
 * in the one that is meant.
 */
export type Subject = 'self' | 'newcomer' | 'member' | 'idleModerator' | 'placedModerator'

/**
 * One answer for each of VALUES. Y: carried out. N: ForbiddenException. 400: BadRequestException.
 * 404: NotFoundException. 409: ConflictException. In parentheses: such an item of Errors.
 */
type Answers = string

export interface SubChannelCase {
  readonly subject?: Subject
  readonly rows: Readonly<Record<Caller, Answers>>
}

const ANSWERS = ['Y', 'N', '400', '404', '409', '(400)', '(409)', '(N)']

/** The answers of a row, one for each value. Throws when the row is not complete. */
export function answersOf(row: Answers): readonly string[] {
  const answers = row.split(' ').filter((answer) => answer !== '')
  if (answers.length !== VALUES.length || answers.some((answer) => !ANSWERS.includes(answer))) {
    throw new Error(`not an answer for each value: ${row}`)
  }
  return answers
}

//                         none  empty the   other foreign gone malformed
const NEVER: Answers = '   N     400   N     N     N     N     400'
const UNKNOWN: Answers = ' 404   400   404   404   404   404   400'
/** For those who may know of the channel, but are in none of its sub-channels. */
const IN_NONE: Answers = ' 400   400   N     N     N     N     400'
const IN_IT: Answers = '   400   400   Y     N     N     N     400'
const IN_OTHER: Answers = '400   400   N     Y     N     N     400'
/** For moderators and admins: any that there is. */
const ANY: Answers = '     400   400   Y     Y     N     N     400'
/** The same where NotFoundException is listed, for what is in the one that is meant. */
const THAT_ONE: Answers = '400   400   Y     404   404   404   400'
/** Where no sub-channel must be named. */
const UNNAMED: Answers = ' Y     400   400   400   400   400   400'

const strangers = {
  public: NEVER,
  private: NEVER,
  bannedPublic: NEVER,
  bannedPrivate: NEVER,
}
/** Strangers to what may be read in a public channel. */
const readers = { ...strangers, public: IN_NONE, bannedPublic: IN_NONE }
const nobody = {
  member: NEVER,
  memberElsewhere: NEVER,
  moderator: NEVER,
  moderatorElsewhere: NEVER,
  admin: NEVER,
  ...strangers,
}

const lists: SubChannelCase = {
  rows: {
    member: IN_IT,
    memberElsewhere: IN_OTHER,
    moderator: ANY,
    moderatorElsewhere: ANY,
    admin: ANY,
    ...readers,
  },
}
/** What is in the sub-channel that is meant, and belongs to somebody else. */
const items: SubChannelCase['rows'] = {
  member: IN_IT,
  memberElsewhere: '           400   400   N     404   N     N     400',
  moderator: THAT_ONE,
  moderatorElsewhere: THAT_ONE,
  admin: THAT_ONE,
  ...readers,
}

// evidence: docs elastic channels; the kinds of errors inferred (behaviour 4.3, 8.5)
const messages = {
  SendChannelMessage: [
    {
      rows: {
        ...nobody,
        member: IN_IT,
        memberElsewhere: IN_OTHER,
        moderator: IN_IT,
        moderatorElsewhere: IN_OTHER,
      },
    },
  ],
  ListChannelMessages: [lists],
  GetChannelMessage: [{ rows: items }],
  // The message is the caller's own only for whoever is where it was sent.
  GetChannelMessageStatus: [
    {
      rows: {
        ...nobody,
        member: IN_IT,
        memberElsewhere: IN_NONE,
        moderator: IN_IT,
        moderatorElsewhere: IN_NONE,
        admin: IN_NONE,
      },
    },
  ],
  UpdateChannelMessage: [
    {
      rows: {
        ...nobody,
        member: IN_IT,
        memberElsewhere: IN_NONE,
        moderator: IN_IT,
        moderatorElsewhere: IN_NONE,
      },
    },
  ],
  RedactChannelMessage: [
    {
      rows: {
        ...nobody,
        member: IN_IT,
        memberElsewhere: IN_NONE,
        moderator: IN_IT,
        moderatorElsewhere: IN_IT,
        admin: IN_IT,
      },
    },
  ],
  DeleteChannelMessage: [{ rows: { ...nobody, admin: IN_IT } }],
} satisfies Readonly<Record<string, readonly SubChannelCase[]>>

const MEMBER_ALREADY: Answers = '409   400   400   400   400   400   400'
const LEAVING: Answers = '       Y     400   Y     Y     N     N     400'
const joining: readonly SubChannelCase[] = [
  {
    subject: 'newcomer',
    rows: { ...nobody, moderator: UNNAMED, moderatorElsewhere: UNNAMED, admin: UNNAMED },
  },
  {
    subject: 'idleModerator',
    rows: { ...nobody, moderator: ANY, moderatorElsewhere: ANY, admin: ANY },
  },
  {
    subject: 'self',
    rows: {
      ...nobody,
      member: MEMBER_ALREADY,
      memberElsewhere: MEMBER_ALREADY,
      moderator: '          400   400   409   Y     N     N     400',
      moderatorElsewhere: ' 400   400   Y     409   N     N     400',
      admin: UNNAMED,
      public: UNNAMED,
    },
  },
]

/** A batch is carried out, and tells of each member what is the matter with it. */
function inBatch({ subject, rows }: SubChannelCase): SubChannelCase {
  const told = (row: Answers) =>
    answersOf(row)
      .map((answer, index) => (isOfMember(answer, VALUES[index]) ? `(${answer})` : answer))
      .join(' ')
  const entries = Object.entries(rows).map(([caller, row]) => [caller, told(row)])
  return {
    ...(subject && { subject }),
    rows: Object.fromEntries(entries) as SubChannelCase['rows'],
  }
}

/** Whether it is the matter of one member, not of the request. */
function isOfMember(answer: string, value: Value | undefined): boolean {
  return answer.startsWith('4') && value !== 'empty' && value !== 'malformed'
}

// evidence: docs elastic channels; the kinds of errors inferred (behaviour 4.3)
const memberships = {
  ListChannelMemberships: [lists],
  DescribeChannelMembership: [
    { subject: 'member', rows: items },
    {
      subject: 'self',
      rows: {
        ...readers,
        member: IN_IT,
        memberElsewhere: IN_OTHER,
        moderator: THAT_ONE,
        moderatorElsewhere: ' 400   400   404   Y     404   404   400',
        admin: '              400   400   404   404   404   404   400',
        private: UNKNOWN,
        bannedPrivate: UNKNOWN,
      },
    },
  ],
  CreateChannelMembership: joining,
  BatchCreateChannelMembership: joining.map(inBatch),
  DeleteChannelMembership: [
    {
      subject: 'member',
      rows: { ...nobody, moderator: UNNAMED, moderatorElsewhere: UNNAMED, admin: UNNAMED },
    },
    {
      subject: 'placedModerator',
      rows: { ...nobody, moderator: LEAVING, moderatorElsewhere: LEAVING, admin: LEAVING },
    },
    {
      subject: 'self',
      rows: {
        ...nobody,
        member: UNNAMED,
        memberElsewhere: UNNAMED,
        moderator: LEAVING,
        moderatorElsewhere: LEAVING,
        admin: UNNAMED,
      },
    },
  ],
} satisfies Readonly<Record<string, readonly SubChannelCase[]>>

/** Every operation that has a SubChannelId in its model. */
export const subChannelTable: Readonly<Record<Operation, readonly SubChannelCase[]>> = {
  ...messages,
  ...memberships,
}
export type Operation = keyof typeof messages | keyof typeof memberships
export const OPERATIONS = Object.keys(subChannelTable) as readonly Operation[]
