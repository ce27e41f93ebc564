// What the reader maps of the database file counts as memory of the process while it is mapped.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { configureWriting, forgetMappedPages, makeFile, openFile } from './open-file.ts'

const directory = mkdtempSync(join(tmpdir(), 'carillon-mapped-'))
const file = join(directory, 'test.sqlite')
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** Whether the file itself, and not what lies beside it, is mapped into this process. */
function isMapped(): boolean {
  return readFileSync('/proc/self/maps', 'utf8')
    .split('\n')
    .some((line) => line.endsWith(file))
}

test.runIf(process.platform === 'linux')('mapped pages are given back, and mapped again', () => {
  makeFile(file)
  const writer = openFile(file)
  configureWriting(writer)
  writer.exec('CREATE TABLE page (text TEXT)')
  writer.exec('INSERT INTO page VALUES (hex(zeroblob(100000)))')
  writer.close()
  const reader = openFile(file, 'read-only')
  const read = reader.prepare('SELECT length(text) AS length FROM page')
  expect(read.get()).toEqual({ length: 200_000 })
  expect(isMapped()).toBe(true)
  forgetMappedPages(reader)
  expect(isMapped()).toBe(false)
  expect(read.get()).toEqual({ length: 200_000 })
  expect(isMapped()).toBe(true)
  reader.close()
})
