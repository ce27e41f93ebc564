// How the changes of a group become statements: their order, and that no column is lost.
import { describe, expect, it } from 'vitest'
import type { Change } from '../engine/backend.ts'
import {
  insertMembershipByKeys,
  type MembershipKeyValues,
} from '../sql/channels/membership-statements.ts'
import {
  insertMessage,
  moveActivity,
  moveSubChannelActivity,
  moveTargetedActivity,
  type MessageValues,
} from '../sql/messages/message-statements.ts'
import { insertEntry, removeEntry } from '../sql/outbox/outbox-statements.ts'
import { addMembershipsOfMember } from '../sql/quotas.ts'
import { StatementTexts } from '../sql/statement.ts'
import { ChangeBinder } from './batches.ts'
import { createQueries } from './dialect.ts'

const message: MessageValues = {
  channelKey: 1,
  subChannelId: '',
  messageId: 'a1',
  senderKey: 2,
  targetKey: null,
  type: 'STANDARD',
  status: 'SENT',
  content: 'hello',
  metadata: null,
  contentType: null,
  attributes: null,
  createdAt: 3,
  requestToken: null,
  requestHash: null,
}

const membership: MembershipKeyValues = {
  channelKey: 1,
  subChannelId: 'a',
  memberKey: 2,
  type: 'DEFAULT',
  ofModerator: 0,
  invitedByKey: 1,
  createdAt: 3,
  lastUpdatedAt: 3,
}

function messageChange(more: Partial<MessageValues>): Change {
  return { statement: insertMessage, parameters: { ...message, ...more } }
}

function columnsOf(text: string | undefined): string | undefined {
  return /\(([^)]*)\)/.exec(text ?? '')?.[1]
}

describe('ChangeBinder', () => {
  it('makes one statement of all messages and one of all activity, in the order of the first', () => {
    const targeted: Change = {
      statement: moveTargetedActivity,
      parameters: { channelKey: 1, subChannelId: '', memberKey: 2, createdAt: 3 },
    }
    const moves = [1, 2].map((channelKey): Change => {
      return { statement: moveActivity, parameters: { channelKey, sequence: 9, lastMessageAt: 3 } }
    })
    const changes = [messageChange({}), targeted, messageChange({ messageId: 'a2' }), ...moves]
    const queries = new ChangeBinder(new StatementTexts(createQueries())).bind(changes)
    expect(queries.map(({ text }) => text.split(' ').slice(0, 3).join(' '))).toEqual([
      'insert into "message"',
      'insert into "targeted_activity"',
      'update channel_activity as',
    ])
    expect(queries[0]?.values).toContainEqual(['a1', 'a2'])
    expect(queries[2]?.values).toEqual([
      [1, 2],
      [9, 9],
      [3, 3],
    ])
  })

  it('makes one statement of all entries of the outbox, and one of those that are gone', () => {
    const entries = ['a', 'b'].map((content): Change => {
      const place = { kind: 'stream', target: 't', orderingKey: 'arn:c' }
      return { statement: insertEntry, parameters: { ...place, content, createdAt: 7 } }
    })
    const removals = [4, 5].map((entryId): Change => {
      return { statement: removeEntry, parameters: { entryId } }
    })
    const texts = new StatementTexts(createQueries())
    const queries = new ChangeBinder(texts).bind([...entries, ...removals])
    expect(queries).toHaveLength(2)
    expect(columnsOf(queries[0]?.text)).toBe(columnsOf(texts.get(insertEntry).text))
    expect(queries[0]?.text).toContain(
      'unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[])',
    )
    expect(queries[0]?.values[3]).toEqual(['a', 'b'])
    expect(queries[1]?.values).toEqual([[4, 5]])
  })

  it('makes one statement of all activity of sub-channels', () => {
    const moves = ['a', 'b'].map((subChannelId): Change => {
      const parameters = { channelKey: 1, subChannelId, lastMessageAt: 3 }
      return { statement: moveSubChannelActivity, parameters }
    })
    const queries = new ChangeBinder(new StatementTexts(createQueries())).bind(moves)
    expect(queries.map(({ values }) => values)).toEqual([
      [
        [1, 1],
        ['a', 'b'],
        [3, 3],
      ],
    ])
  })

  it('makes one statement of memberships, and one of the counts of their members', () => {
    const changes = [2, 3].flatMap((memberKey): Change[] => [
      { statement: insertMembershipByKeys, parameters: { ...membership, memberKey } },
      { statement: addMembershipsOfMember, parameters: { memberKey, more: 1 } },
    ])
    const texts = new StatementTexts(createQueries())
    const queries = new ChangeBinder(texts).bind(changes)
    expect(queries).toHaveLength(2)
    const text = texts.get(insertMembershipByKeys).text
    expect(columnsOf(queries[0]?.text)).toBe(columnsOf(text))
    expect(queries[0]?.text).toContain('$5::bigint[]')
    expect(queries[0]?.values).toContainEqual([2, 3])
    expect(queries[1]?.values).toEqual([
      [2, 3],
      [1, 1],
    ])
  })

  it('fills the columns that the INSERT of one message fills, in the same order', () => {
    const texts = new StatementTexts(createQueries())
    const [query] = new ChangeBinder(texts).bind([messageChange({})])
    expect(columnsOf(query?.text)).toBe(columnsOf(texts.get(insertMessage).text))
    expect(query?.values).toEqual(
      texts
        .get(insertMessage)
        .bind(message)
        .map((value) => [value]),
    )
  })
})
