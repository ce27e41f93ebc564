// A process that writes to a store and is killed with SIGKILL, and what must be there afterwards.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect } from 'vitest'
import type { Store } from '../../src/ports/store.ts'
import { conversation, pageThrough, person } from './store-world.ts'

/** After so many messages the process is killed. */
export const ACKNOWLEDGED_BEFORE_KILL = 500

/** Resolves with the ids of the messages that were acknowledged before the process was gone. */
export async function killWhileItWrites(database: string): Promise<readonly string[]> {
  const child = spawn(
    process.execPath,
    [new URL('./store-writer.process.ts', import.meta.url).pathname, database],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const acknowledged: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(line)
    if (acknowledged.length === ACKNOWLEDGED_BEFORE_KILL) child.kill('SIGKILL')
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  expect(child.signalCode).toBe('SIGKILL')
  return acknowledged
}

/** Every acknowledged message is there, and no message twice. */
export async function expectOnce(store: Store, acknowledged: readonly string[]): Promise<void> {
  const { items } = await pageThrough((after) =>
    store.read.messages.list(conversation('one'), {
      order: 'ASCENDING',
      viewer: person('ann').arn,
      limit: 50,
      after,
    }),
  )
  const found = items.map(({ messageId }): string => messageId)
  expect(new Set(found).size).toBe(found.length)
  expect(acknowledged.filter((id) => !found.includes(id))).toEqual([])
  const contents = items.map(({ content }) => content)
  expect(new Set(contents).size).toBe(contents.length)
}
