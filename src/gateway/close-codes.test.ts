// The table of close codes against the rule of the stock client, and the length of reasons.
import { DefaultMessagingSession } from 'amazon-chime-sdk-js'
import { describe, expect, it } from 'vitest'
import { CLOSE_CODES, CLOSE_REASON_BYTES_MAX, closeReasonOf } from './close-codes.ts'

/** The rule itself, taken from the client: it needs no session. */
function stockClientReconnects(code: number): boolean {
  const rule = DefaultMessagingSession.prototype as unknown as {
    canReconnect(closeCode: number): boolean
  }
  return rule.canReconnect(code)
}

describe('close codes', () => {
  it.each(Object.entries(CLOSE_CODES))('%s: the stock client does what it says', (_, closeCode) => {
    expect(stockClientReconnects(closeCode.code)).toBe(closeCode.reconnects)
  })

  it('are told apart', () => {
    const codes = Object.values(CLOSE_CODES).map(({ code }) => code)
    expect(new Set(codes).size).toBe(codes.length)
  })
})

describe('close reasons', () => {
  it('are left alone when they fit', () => {
    expect(closeReasonOf('x'.repeat(CLOSE_REASON_BYTES_MAX))).toHaveLength(CLOSE_REASON_BYTES_MAX)
  })

  it('are cut between characters when they do not', () => {
    const cut = closeReasonOf('é'.repeat(100))
    expect(cut).toBe('é'.repeat(61))
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(CLOSE_REASON_BYTES_MAX)
  })
})
