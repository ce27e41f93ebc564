// Keeps what Node has compiled of this program in the data directory, so that a server that comes
// back after a crash serves half a second earlier: its clients give up after ten.
import { existsSync } from 'node:fs'
import { enableCompileCache, flushCompileCache } from 'node:module'
import { join } from 'node:path'

/**
 * To be called before most of the program is imported. Without a data directory, at the first
 * start, nothing is kept: nobody else may be able to write what is run.
 */
export function openCompileCache(dataDirectory: string): void {
  if (existsSync(dataDirectory)) enableCompileCache(join(dataDirectory, 'compile-cache'))
}

/** Writes what was compiled so far; a process that is killed would write nothing. */
export function writeCompileCache(): void {
  flushCompileCache()
}
