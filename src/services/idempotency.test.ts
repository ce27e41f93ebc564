// What counts as the same request, and what a repetition is answered.
import { describe, expect, test } from 'vitest'
import { ConflictException } from '../domain/errors.ts'
import type { RecordedRequest, RequestTokenReference } from '../ports/store.ts'
import { answerOnce, CREATE_TOKEN_WINDOW_MS, hashRequest } from './idempotency.ts'

describe('hashRequest', () => {
  test('depends neither on the order of members, nor on the token, nor on absent members', () => {
    const input = { Name: 'a', Tags: [{ Key: 'k', Value: 'v' }], ClientRequestToken: '1' }
    const same = { Tags: [{ Value: 'v', Key: 'k' }], Mode: undefined, Name: 'a' }
    expect(hashRequest(same)).toBe(hashRequest(input))
  })

  test.each([
    ['a value', { Name: 'b', List: ['x', 'y'] }],
    ['the order of a list', { Name: 'a', List: ['y', 'x'] }],
    ['where a list is cut', { Name: 'a', List: ['x","y'] }],
    ['a member more', { Name: 'a', List: ['x', 'y'], Mode: '' }],
    ['a token that is not the request’s own', { Name: 'a', List: [{ ClientRequestToken: '1' }] }],
  ])('depends on %s', (_title, other) => {
    expect(hashRequest(other)).not.toBe(hashRequest({ Name: 'a', List: ['x', 'y'] }))
  })
})

/** What a transaction would keep, by scope and token. */
function createTokens() {
  const kept = new Map<string, RecordedRequest & { expiresAt: number }>()
  const requestTokens = {
    find: async (reference: RequestTokenReference) => kept.get(keyOf(reference)),
    record(reference: RequestTokenReference, request: RecordedRequest, expiresAt: number) {
      kept.set(keyOf(reference), { ...request, expiresAt })
    },
  }
  return { kept, requestTokens }
}

function keyOf({ scope, token }: RequestTokenReference): string {
  return JSON.stringify([scope, token])
}

const request = { scope: ['0', 'CreateChannel', 'ana'], token: 't1', requestHash: 'h', now: 5 }
const answer = async () => ({ ChannelArn: 'first' })
const other = async () => ({ ChannelArn: 'second' })

describe('answerOnce', () => {
  test('answers a repetition with the first answer and does not work again', async () => {
    const tx = createTokens()
    expect(await answerOnce(tx, request, answer)).toEqual({ ChannelArn: 'first' })
    expect(await answerOnce(tx, request, other)).toEqual({ ChannelArn: 'first' })
    expect([...tx.kept.values()].map(({ expiresAt }) => expiresAt)).toEqual([
      5 + CREATE_TOKEN_WINDOW_MS,
    ])
  })

  test('refuses another request under the same token', async () => {
    const tx = createTokens()
    await answerOnce(tx, request, answer)
    const changed = answerOnce(tx, { ...request, requestHash: 'i' }, other)
    await expect(changed).rejects.toBeInstanceOf(ConflictException)
  })

  test('keeps scopes apart, and without a token every request is new', async () => {
    const tx = createTokens()
    await answerOnce(tx, request, answer)
    const scope = ['0', 'CreateChannel', 'bo']
    expect(await answerOnce(tx, { ...request, scope }, other)).toEqual({ ChannelArn: 'second' })
    const untold = { ...request, token: undefined }
    expect(await answerOnce(tx, untold, other)).toEqual({ ChannelArn: 'second' })
    expect(tx.kept.size).toBe(2)
  })

  test('keeps nothing of a request that failed', async () => {
    const tx = createTokens()
    const failing = answerOnce(tx, request, () => Promise.reject(new ConflictException('no')))
    await expect(failing).rejects.toThrow('no')
    expect(tx.kept.size).toBe(0)
  })
})
