// Sealed secrets: what comes back, and what does not open.
import { describe, expect, it } from 'vitest'
import { newSecretBytes } from '../../base/ids.ts'
import { SEALING_KEY_BYTES } from '../../base/sealed-bytes.ts'
import { createSecretSealer, UnsealableError } from './secret-sealer.ts'

const sealer = createSecretSealer(newSecretBytes(SEALING_KEY_BYTES))
const CONTEXT = 'AKIATESTTESTTESTTEST'

describe('a sealed secret', () => {
  it.each(['', 'secret', 'grüße 日本 🦊', 'x'.repeat(10_000)])('comes back as it was', (plain) => {
    const sealed = sealer.seal(plain, CONTEXT)
    expect(sealed).toMatch(/^[A-Za-z0-9_-]+$/)
    expect(sealer.open(sealed, CONTEXT)).toBe(plain)
  })

  it('is another text each time', () => {
    expect(sealer.seal('secret', CONTEXT)).not.toBe(sealer.seal('secret', CONTEXT))
  })

  it('does not open for another context or under another key', () => {
    const sealed = sealer.seal('secret', CONTEXT)
    const other = createSecretSealer(newSecretBytes(SEALING_KEY_BYTES))
    expect(() => sealer.open(sealed, `${CONTEXT}X`)).toThrow(UnsealableError)
    expect(() => other.open(sealed, CONTEXT)).toThrow(UnsealableError)
  })

  it('does not open once any of its bytes is changed, cut or added', () => {
    const sealed = Buffer.from(sealer.seal('secret', CONTEXT), 'base64url')
    for (let index = 0; index < sealed.length; index++) {
      const altered = Buffer.from(sealed)
      altered[index] = altered[index]! ^ 1
      expect(() => sealer.open(altered.toString('base64url'), CONTEXT)).toThrow(UnsealableError)
      const cut = sealed.subarray(0, index).toString('base64url')
      expect(() => sealer.open(cut, CONTEXT)).toThrow(UnsealableError)
    }
    const text = sealed.toString('base64url')
    expect(() => sealer.open(`${text}=`, CONTEXT)).toThrow(UnsealableError)
    expect(() => sealer.open(`${text}AAAA`, CONTEXT)).toThrow(UnsealableError)
  })
})
