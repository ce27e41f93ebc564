// Every example runs by its one command and says what it promises.
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const EXAMPLES = path.join(import.meta.dirname, '../../examples')
/** Only an example that hangs takes so long. */
const RUN_MS_MAX = 45_000

const PROMISES: Readonly<Record<string, readonly (string | RegExp)[]>> = {
  'channel-flow': [
    'Ana sends "Lunch at one?": PENDING',
    '  Bo receives "Lunch at one?"',
    'Ana sends "What the heck": PENDING',
    '  Bo receives "What the ****"',
    'Ana sends "You idiots": PENDING',
    '  denied: only Ana knows of it',
    'The channel keeps: "Lunch at one?", "What the ****"',
  ],
  'data-stream': [
    /^CREATE_CHANNEL \{"/,
    /^CREATE_CHANNEL_MODERATOR .*"Name":"Ana"/,
    /^CREATE_CHANNEL_MEMBERSHIP .*"Name":"Ana"/,
    /^CREATE_CHANNEL_MEMBERSHIP .*"Name":"Bo"/,
    /^CREATE_CHANNEL_MESSAGE .*"Content":"Hello, Bo"/,
    /^REDACT_CHANNEL_MESSAGE .*"Redacted":true/,
    /^CREATE_CHANNEL_BAN .*"Name":"Bo"/,
    /^DELETE_CHANNEL_MEMBERSHIP .*"Name":"Bo"/,
    /^DELETE_CHANNEL \{"/,
  ],
  push: [
    /^Ana sends [0-9a-f]{32}$/,
    /^the-token-of-the-phone-of-bo shows "Ana: Lunch at one\?" and opens message [0-9a-f]{32}$/,
  ],
  bot: [
    'Flower bot: I can order flowers for you.',
    'Ana: I would like to order flowers',
    'Flower bot: What type of flowers? I have roses, lilies, tulips.',
    'Ana: Roses, please',
    'Flower bot: roses, good. What day shall they be delivered?',
    'Ana: Friday',
    'Flower bot: Your roses will be there on Friday.',
  ],
}

test('every example is promised something here', () => {
  const names = readdirSync(EXAMPLES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'shared')
    .map(({ name }) => name)
  expect(names.toSorted()).toEqual(Object.keys(PROMISES).toSorted())
})

test.each(Object.entries(PROMISES))('%s', async (name, promises) => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [path.join(EXAMPLES, 'run.ts'), name],
    { timeout: RUN_MS_MAX },
  )
  const lines = stdout.trimEnd().split('\n')
  expect(lines).toHaveLength(promises.length)
  for (const [place, promise] of promises.entries()) expect(lines[place]).toMatch(promise)
})
