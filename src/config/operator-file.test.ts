// Files that an operator names: what is read of them, and what is refused at once instead of being
// waited for or read for ever.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ConfigError } from './config.ts'
import { FILE_BYTES_MAX, readOperatorFile } from './operator-file.ts'

let directory: string

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'carillon-operator-file-'))
})

afterAll(() => rmSync(directory, { recursive: true }))

function written(name: string, bytes: string | Buffer): string {
  const path = join(directory, name)
  writeFileSync(path, bytes, { mode: 0o600 })
  return path
}

function refusalOf(path: string): string {
  try {
    readOperatorFile(path, 'SETTING: file')
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  throw new Error('it was taken')
}

describe('taken', () => {
  it.each([
    ['as it is', Buffer.from('žluť 🐎\n'), 'žluť 🐎\n'],
    ['without a byte order mark', Buffer.from('\uFEFF{"a": 1}'), '{"a": 1}'],
    ['when it is empty', Buffer.alloc(0), ''],
    ['when it is as long as may be', Buffer.alloc(FILE_BYTES_MAX, 'x'), 'x'.repeat(FILE_BYTES_MAX)],
  ])('%s', (_how, bytes, text) => {
    expect(readOperatorFile(written('taken', bytes), 'there').text === text).toBe(true)
  })

  it('through a link, as secrets are mounted', () => {
    symlinkSync(written('secret-1', 'hush'), join(directory, 'secret'))
    expect(readOperatorFile(join(directory, 'secret'), 'there').text).toBe('hush')
  })
})

describe('refused at once', () => {
  it('a pipe that nobody writes to', () => {
    const path = join(directory, 'pipe')
    execFileSync('mkfifo', [path])
    expect(refusalOf(path)).toBe('SETTING: file cannot be read: it is no regular file')
  })

  it('a socket', async () => {
    const path = join(directory, 'socket')
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(path, resolve))
    expect(refusalOf(path)).toBe('SETTING: file cannot be read: ENXIO')
    await new Promise((resolve) => server.close(resolve))
  })

  it.each([
    ['a directory', () => directory, 'it is a directory'],
    ['a device without an end', () => '/dev/zero', 'it is no regular file'],
    ['what is not there', () => join(directory, 'none'), 'ENOENT'],
  ])('%s', (_what, path, why) => {
    expect(refusalOf(path())).toBe(`SETTING: file cannot be read: ${why}`)
  })

  it('what is too long to be one, without reading it', () => {
    const path = written('long', 'x')
    truncateSync(path, 2 ** 40)
    expect(refusalOf(path)).toBe(
      `SETTING: file cannot be read: it has more than ${FILE_BYTES_MAX} bytes`,
    )
  })

  it.each([
    ['UTF-16', Buffer.from('\uFEFF{"a": 1}', 'utf16le')],
    ['Latin 1', Buffer.from('{"é": 1}', 'latin1')],
  ])('text in %s', (encoding, bytes) => {
    expect(refusalOf(written(encoding, bytes))).toBe(
      'SETTING: file cannot be read: it is no text in UTF-8',
    )
  })
})
