// What becomes of a SubChannelId: for every operation that takes one, every kind of caller and
// every kind of value, the answer. What a role may do at all is in authorization.test.ts.
import { expect, test } from 'vitest'
import { answerOfError } from '../authorization/policy-answers.ts'
import { readRawModel } from '../model/raw-models.ts'
import { casesOf } from './kit/conformance-case.ts'
import { createSubChannelStages, type Stage } from './kit/sub-channel-stage.ts'
import {
  answersOf,
  CALLERS,
  OPERATIONS,
  subChannelTable,
  VALUES,
  type Caller,
  type Operation,
  type Subject,
  type Value,
} from './kit/sub-channel-table.ts'
import { unique, useWorld } from './kit/world.ts'

const world = useWorld()
const stages = createSubChannelStages(world)

test('every operation with a SubChannelId has a table, and nothing else', () => {
  const { operations, shapes } = readRawModel('messaging')
  const named = Object.entries(operations).filter(([, { input }]) => {
    return 'SubChannelId' in (shapes[input?.shape ?? '']?.members ?? {})
  })
  expect(OPERATIONS.toSorted()).toEqual(named.map(([name]) => name).toSorted())
})

/** A stage, or a channel that is not elastic. */
type Ground = Omit<Stage, 'subChannelId'> & { readonly subChannelId?: string | undefined }

/** What a request names; undefined: nothing. */
function idOf(value: Value, stage: Stage): string | undefined {
  const ids: Readonly<Record<Value, string | undefined>> = {
    none: undefined,
    empty: '',
    the: stage.subChannelId,
    other: stage.otherSubChannelId,
    foreign: stage.foreignSubChannelId,
    gone: stage.goneSubChannelId,
    malformed: 'not an id',
  }
  return ids[value]
}

function subjectArnOf(subject: Subject, stage: Ground): Promise<string> | string {
  if (subject === 'newcomer') return world.user()
  return subject === 'self' ? stage.caller : stage[subject]
}

/** A message in the sub-channel that is meant: the caller's own, if it can have one there. */
function postIn({ channelArn, isCallerThere, caller, member, subChannelId }: Ground) {
  const author = isCallerThere ? caller : member
  return world.post(
    channelArn,
    author,
    'x',
    subChannelId === undefined ? {} : { SubChannelId: subChannelId },
  )
}

interface Named {
  readonly ChannelArn: string
  readonly ChimeBearer: string
  readonly SubChannelId?: string
}
type Ask = (named: Named, stage: Ground, subject: Subject) => Promise<object>

const about =
  (call: (input: Named & { MessageId: string }) => Promise<object>): Ask =>
  async (named, stage) =>
    call({ ...named, MessageId: await postIn(stage) })

const of =
  (call: (input: Named & { MemberArn: string }) => Promise<object>): Ask =>
  async (named, stage, subject) =>
    call({ ...named, MemberArn: await subjectArnOf(subject, stage) })

const requests: Readonly<Record<Operation, Ask>> = {
  SendChannelMessage: (named) =>
    world.messaging.sendChannelMessage({
      ...named,
      Content: 'x',
      Type: 'STANDARD',
      Persistence: 'PERSISTENT',
      ClientRequestToken: unique(),
    }),
  GetChannelMessage: about((input) => world.messaging.getChannelMessage(input)),
  GetChannelMessageStatus: about((input) => world.messaging.getChannelMessageStatus(input)),
  UpdateChannelMessage: about((input) =>
    world.messaging.updateChannelMessage({ ...input, Content: 'edited' }),
  ),
  RedactChannelMessage: about((input) => world.messaging.redactChannelMessage(input)),
  DeleteChannelMessage: about((input) => world.messaging.deleteChannelMessage(input)),
  ListChannelMessages: (named) => world.messaging.listChannelMessages(named),
  ListChannelMemberships: (named) => world.messaging.listChannelMemberships(named),
  DescribeChannelMembership: of((input) => world.messaging.describeChannelMembership(input)),
  DeleteChannelMembership: of((input) => world.messaging.deleteChannelMembership(input)),
  CreateChannelMembership: of((input) =>
    world.messaging.createChannelMembership({ ...input, Type: 'DEFAULT' }),
  ),
  BatchCreateChannelMembership: async (named, stage, subject) =>
    world.messaging.batchCreateChannelMembership({
      ...named,
      MemberArns: [await subjectArnOf(subject, stage)],
    }),
}

/** The answer in the words of the table; an item of Errors in parentheses. */
function answerOf(output: object): string {
  const { Errors: [error] = [] } = output as { Errors?: readonly { ErrorCode?: string }[] }
  return error === undefined ? 'Y' : `(${answerOfError(`${error.ErrorCode ?? ''}Exception`)})`
}

async function ask(
  operation: Operation,
  subject: Subject,
  caller: Caller,
  value: Value,
  expected: string,
): Promise<string> {
  // Whoever joins or leaves changes who is where.
  const isFresh = expected === 'Y' && /^(Batch)?(Create|Delete).*Membership$/.test(operation)
  const stage = await (isFresh ? stages.build(caller) : stages.shared(caller))
  const id = idOf(value, stage)
  const named = {
    ChannelArn: stage.channelArn,
    ChimeBearer: stage.caller,
    ...(id === undefined ? {} : { SubChannelId: id }),
  }
  return requests[operation](named, stage, subject).then(answerOf, (error: Error) =>
    answerOfError(error.name),
  )
}

for (const operation of OPERATIONS) {
  const write = casesOf(operation)
  for (const { subject, rows } of subChannelTable[operation]) {
    const what = subject === undefined ? operation : `${operation} of ${subject}`
    write(
      'authorisation',
      'inferred',
      `Given every kind of caller in an elastic channel and every kind of SubChannelId, when they ask for ${what}, then each is answered as the table of sub-channels says`,
      async () => {
        for (const caller of CALLERS) {
          const expected = answersOf(rows[caller])
          const answers: string[] = []
          for (const [index, value] of VALUES.entries()) {
            const answer = expected[index] ?? ''
            answers.push(await ask(operation, subject ?? 'self', caller, value, answer))
          }
          expect({ caller, answers: answers.join(' ') }).toEqual({
            caller,
            answers: expected.join(' '),
          })
        }
      },
    )
  }
  write(
    'authorisation',
    'proposed',
    `Given a channel that is not elastic, when ${operation} names a SubChannelId, then BadRequestException; to whoever may not know of the channel it is as without`,
    async () => {
      const subject = subChannelTable[operation][0]?.subject ?? 'self'
      const { subChannelId } = await stages.shared('member')
      const stage = { ...(await stages.buildPlain()), subChannelId: undefined }
      const answer = async (ChimeBearer: string, id: string | undefined) => {
        const named = { ChannelArn: stage.channelArn, ChimeBearer }
        const there = { ...stage, caller: ChimeBearer }
        return requests[operation](
          { ...named, ...(id === undefined ? {} : { SubChannelId: id }) },
          there,
          subject,
        ).then(answerOf, (error: Error) => answerOfError(error.name))
      }
      for (const id of [subChannelId, 'sc-1']) expect(await answer(stage.caller, id)).toBe('400')
      const outsider = await world.user()
      const unnamed = await answer(outsider, undefined)
      expect(['N', '404']).toContain(unnamed)
      expect(await answer(outsider, subChannelId)).toBe(unnamed)
      expect(await answer(stage.caller, undefined)).toBe('Y')
    },
  )
}
