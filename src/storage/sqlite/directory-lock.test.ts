// Why a lock is refused: each reason names the file and what to do.
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DirectoryInUseError, lockDirectory } from './directory-lock.ts'

let directory: string
let path: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'carillon-lock-'))
  path = join(directory, 'lock.sqlite')
})
afterEach(() => rmSync(directory, { recursive: true }))

test('one at a time; the next after the release', () => {
  const first = lockDirectory(path)
  expect(() => lockDirectory(path)).toThrow(DirectoryInUseError)
  first.release()
  first.release()
  lockDirectory(path).release()
})

test('a directory that cannot be written is named, with the setting that chooses another', () => {
  mkdirSync(path)
  expect(() => lockDirectory(path)).toThrow(`cannot be written: ${path}: `)
  expect(() => lockDirectory(path)).toThrow('CARILLON_DATA_DIR')
})
