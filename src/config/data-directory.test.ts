// What is made in a data directory once and kept, and the keys that follow from the secret key.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigError } from './config.ts'
import { openDataDirectory, openServerSecrets } from './data-directory.ts'

let path: string
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'carillon-data-'))
})
afterEach(() => rmSync(path, { recursive: true }))

function open(secretKey?: Buffer) {
  const directory = openDataDirectory({ dataDirectory: path })
  return openServerSecrets(directory, { rootCredential: undefined, secretKey })
}
const allOf = ({ keys }: ReturnType<typeof open>) =>
  Object.values(keys).map((key: Buffer) => key.toString('hex'))

describe('the secret key', () => {
  it('is made once, readable by its owner only, and each use has a key of its own', () => {
    const first = open()
    const file = join(path, 'secret-key')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(Buffer.from(readFileSync(file, 'utf8'), 'base64')).toHaveLength(32)
    expect(new Set(allOf(first)).size).toBe(3)
    for (const key of Object.values(first.keys)) expect(key).toHaveLength(32)
    expect(open().keys).toEqual(first.keys)
  })

  it('of the settings comes before the one that is kept, and makes none', () => {
    const shared = open(Buffer.alloc(32, 1))
    expect(() => statSync(join(path, 'secret-key'))).toThrow('ENOENT')
    const kept = open()
    expect(open(Buffer.alloc(32, 1)).keys).toEqual(shared.keys)
    expect(open(Buffer.alloc(32, 2)).keys).not.toEqual(shared.keys)
    expect(open().keys).toEqual(kept.keys)
  })

  it('always leads to the same keys: what is sealed outlives the version', () => {
    const { keys } = open(Buffer.alloc(32, 1))
    expect(
      Object.entries(keys).map(([use, key]) => [use, key.toString('hex').slice(0, 8)]),
    ).toEqual([
      ['nextTokens', 'ab21b305'],
      ['sessionTokens', 'f4123483'],
      ['secrets', '1f56a15e'],
    ])
  })

  it('of an older directory seals paging tokens with the key that it had for them', () => {
    const old = Buffer.alloc(32, 9)
    writeFileSync(join(path, 'next-token-key'), `${old.toString('base64')}\n`)
    const { keys } = open()
    expect(keys.nextTokens).toEqual(old)
    expect(new Set(allOf({ keys } as ReturnType<typeof open>)).size).toBe(3)
  })

  it('that is damaged stops the start', () => {
    writeFileSync(join(path, 'secret-key'), 'c2hvcnQ=\n')
    expect(() => open()).toThrow(ConfigError)
    expect(() => open()).toThrow('secret-key is damaged')
  })
})
