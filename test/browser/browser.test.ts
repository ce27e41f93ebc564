// The product in a real browser: a page of another origin with the stock SDKs, over TLS. Chromium
// is found at CARILLON_CHROMIUM or where Debian installs it (apt-get install chromium).
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createScenario } from '../harness/scenario.ts'
import type { Scenario } from '../harness/scenario.ts'
import { createSdkClients } from '../harness/sdk-clients.ts'
import type { SdkClients } from '../harness/sdk-clients.ts'
import { startServerProcess } from '../harness/start-server.ts'
import type { ServerProcess } from '../harness/start-server.ts'
import type * as PageModule from './page.ts'

const candidates = [
  process.env['CARILLON_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
]
const executablePath = candidates.find((path) => path !== undefined && existsSync(path))
/** Without Chromium the suite fails in CI; elsewhere `npm test` says what is missing. */
const runs = executablePath !== undefined || process.env['CI'] === 'true'

/** A stock session gives up 10 s after it lost its server. evidence: sdk DefaultMessagingSession */
const BACK_WITHIN_MS = 10_000

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

let browser: Browser
let server: ServerProcess
let clients: SdkClients
let scenario: Scenario
let origin: string
let closeOrigin: () => void

beforeAll(async () => {
  if (!runs) return
  if (executablePath === undefined) {
    throw new Error('this suite needs Chromium: apt-get install chromium')
  }
  const script = await bundle()
  const pages = createServer((request, response) => {
    const isScript = request.url === '/page.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? script : '<!doctype html><script src="/page.js"></script>')
  })
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}/`
  closeOrigin = () => void pages.close()
  browser = await chromium.launch({ executablePath, args: ARGUMENTS })
  server = await startServerProcess()
  clients = createSdkClients(server)
  scenario = await createScenario(clients)
})

afterAll(async () => {
  await browser?.close()
  closeOrigin?.()
  clients?.[Symbol.dispose]()
  await server?.stop()
})

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('page.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'page',
    platform: 'browser',
    // Named, so that what is required is also taken as a module made for browsers.
    mainFields: ['browser', 'module', 'main'],
    define: { global: 'globalThis' },
    logLevel: 'error',
  })
  return outputFiles[0]!.text
}

/** A page of its own profile; `credentials` are those of the server unless named. */
async function openPage(credentials = server.credentials): Promise<Page> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true })
  const page = await context.newPage()
  await page.goto(origin)
  const settings = { endpoint: server.httpsUrl, region: server.region, credentials }
  await inPage(page, 'configure', settings)
  return page
}

/** Calls one function of page.ts in the page. */
function inPage<Name extends keyof typeof PageModule>(
  page: Page,
  name: Name,
  ...parameters: Parameters<(typeof PageModule)[Name]>
): Promise<Awaited<ReturnType<(typeof PageModule)[Name]>>> {
  return page.evaluate(
    ([called, given]) => {
      const functions = (
        globalThis as unknown as { page: Record<string, (...all: unknown[]) => unknown> }
      ).page
      return functions[called]!(...given) as never
    },
    [name, parameters] as const,
  )
}

async function waitForMessage(page: Page, messageId: string | undefined): Promise<void> {
  await page.waitForFunction((wanted) => {
    const { sessionLog } = (globalThis as unknown as { page: typeof PageModule }).page
    return sessionLog().events.some(
      ({ type, payload }) => type === 'CREATE_CHANNEL_MESSAGE' && payload['MessageId'] === wanted,
    )
  }, messageId)
}

async function waitForStarts(page: Page, count: number): Promise<void> {
  await page.waitForFunction((wanted) => {
    const { sessionLog } = (globalThis as unknown as { page: typeof PageModule }).page
    return sessionLog().started >= wanted
  }, count)
}

test.runIf(runs)("two users in two browsers see each other's messages", async () => {
  const [ana, bo] = [await scenario.user('ana'), await scenario.user('bo')]
  const channelArn = await scenario.channel(ana)
  await scenario.member(channelArn, ana, bo)
  const [first, second] = [await openPage(), await openPage()]
  expect(await inPage(first, 'start', ana)).toBeUndefined()
  expect(await inPage(second, 'start', bo)).toBeUndefined()
  const fromAna = await inPage(first, 'send', channelArn, ana, 'Hallo Bo 🦊')
  const fromBo = await inPage(second, 'send', channelArn, bo, 'Hallo Ana')
  for (const page of [first, second]) {
    await waitForMessage(page, fromAna)
    await waitForMessage(page, fromBo)
    const { events } = await inPage(page, 'sessionLog')
    const contents = events
      .filter(({ type }) => type === 'CREATE_CHANNEL_MESSAGE')
      .map(({ payload }) => payload['Content'])
    expect(contents).toEqual(['Hallo Bo 🦊', 'Hallo Ana'])
  }
})

test.runIf(runs)('a page of another origin gets typed exceptions', async () => {
  const ana = await scenario.user('ana')
  const channelArn = await scenario.channel(ana)
  const page = await openPage()
  const seen = { hasMessage: true, hasRequestId: true }
  expect(await inPage(page, 'failure', 'describe', ana, `${channelArn}-none`)).toEqual({
    ...seen,
    types: ['ForbiddenException'],
    code: 'Forbidden',
  })
  expect(await inPage(page, 'failure', 'bearer', ana, channelArn)).toEqual({
    ...seen,
    types: ['UnauthorizedClientException'],
    code: 'Unauthorized',
  })
  expect(await inPage(page, 'failure', 'name', ana, channelArn)).toEqual({
    ...seen,
    types: ['BadRequestException'],
    code: 'BadRequest',
  })
})

test.runIf(runs).each([
  ['secret', { secretAccessKey: 'wrong' }],
  ['key', { accessKeyId: 'AKIAUNKNOWNUNKNOWN00' }],
] as const)(
  'a wrong %s ends the socket with 4401 and the session does not try again',
  async (_name, fault) => {
    const ana = await scenario.user('ana')
    const page = await openPage()
    let sockets = 0
    page.on('websocket', () => void sockets++)
    expect(await inPage(page, 'start', ana, { ...server.credentials, ...fault })).toBe(4401)
    const { connecting, started } = await inPage(page, 'sessionLog')
    expect([sockets, connecting, started]).toEqual([1, [false], 0])
  },
)

test.runIf(runs).each([
  ['SIGTERM', () => server.terminate()],
  ['kill -9', () => server.kill9()],
] as const)(
  'after %s and a new start the session is back within ten seconds',
  async (_name, end) => {
    const [ana, bo] = [await scenario.user('ana'), await scenario.user('bo')]
    const channelArn = await scenario.channel(ana)
    await scenario.member(channelArn, ana, bo)
    const page = await openPage()
    expect(await inPage(page, 'start', bo)).toBeUndefined()
    const lostAt = performance.now()
    await end()
    await server.restart()
    await waitForStarts(page, 2)
    expect(performance.now() - lostAt).toBeLessThan(BACK_WITHIN_MS)
    const after = await scenario.send(channelArn, ana, 'after')
    await waitForMessage(page, after)
    const log = await inPage(page, 'sessionLog')
    expect(log.stoppedWith).toBeUndefined()
  },
)
