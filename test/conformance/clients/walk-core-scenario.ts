// The core scenario as conformance cases of one client. Where the client's program is missing, its
// cases are left out by name.
import { afterAll, expect, vi, type TestContext } from 'vitest'
import { createHeldClock } from '../../harness/held-clock.ts'
import { startServer, type TestServer } from '../../harness/start-server.ts'
import { swiftClock } from '../../harness/swift-clock.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { isRemote } from '../kit/world.ts'
import { AWS_CLI, need, type Program } from './child-environment.ts'
import { keysAndRoles, typedErrors } from './core-access.ts'
import type { OpenClient } from './core-client.ts'
import { elasticChannel } from './core-elastic.ts'
import { CHAPTERS, LAST_CHAPTER, openScene, refused, type Scene } from './core-scenario.ts'

/** A process for each call takes its time, more so while other suites run. */
const CASE_MS_MAX = 240_000

type Walk = (context: TestContext) => Promise<void>

export function walkCoreScenario(name: string, open: OpenClient, program?: Program): void {
  vi.setConfig({ testTimeout: CASE_MS_MAX })
  const write = casesOf(name)
  const title = (what: string) =>
    `Given the core scenario, when it comes to ${what}, then it passes`
  const add = (what: string, walk: Walk) =>
    write('behaviour', 'code', title(what), async (context) => {
      if (isRemote) return
      if (program !== undefined) need(context, program)
      await walk(context)
    })

  let opened: { readonly server: TestServer; readonly scene: Promise<Scene> } | undefined
  afterAll(async () => {
    if (opened === undefined) return
    await opened.scene.then(({ client }) => client[Symbol.asyncDispose]())
    await opened.server.stop()
  })
  const scene = async (): Promise<Scene> => {
    if (opened === undefined) {
      const server = await startServer()
      opened = { server, scene: openScene(open(server, { retries: true }), server) }
    }
    return opened.scene
  }
  for (const [what, chapter] of CHAPTERS) add(what, async () => chapter(await scene()))
  add('an elastic channel: members are placed, talk in their sub-channel, and leave', async () =>
    elasticChannel(await scene()),
  )
  add('users, keys, roles and temporary credentials', async () => keysAndRoles(await scene()))
  add('one typed error of each class', async () => {
    await using server = await startServer({
      settings: { quotas: 'aws' },
      overrides: { clock: swiftClock },
    })
    await using client = open(server, { retries: false })
    await typedErrors(await openScene(client, server))
  })
  add('being throttled, which it survives by trying again', () =>
    survivesThrottling(open, program !== AWS_CLI),
  )
  const [what, chapter] = LAST_CHAPTER
  add(what, async () => chapter(await scene()))
}

/** The rate of one batch a second is used up; time passes only once the client was told so. */
async function survivesThrottling(open: OpenClient, triesAgain: boolean): Promise<void> {
  const clock = createHeldClock()
  await using server = await startServer({ settings: { quotas: 'aws' }, overrides: { clock } })
  await using impatient = open(server, { retries: false })
  const { channel, ana, cy } = await openScene(impatient, server)
  await using patient = open(server, { retries: true })
  const batch = (client: typeof patient) =>
    client.call('messaging', 'BatchCreateChannelMembership', {
      ChannelArn: channel,
      MemberArns: [cy],
      ChimeBearer: ana,
    })
  await batch(impatient)
  await batch(impatient)
  expect(await refused(batch(impatient))).toBe('ThrottledClientException')
  const before = await throttledCount(server)
  const attempts = { areOver: false }
  const survivor = batch(patient).finally(() => (attempts.areOver = true))
  while (!attempts.areOver && (await throttledCount(server)) === before) {
    // The client's first attempt is on its way.
  }
  clock.letGo(10_000)
  // The command line from v2 on leaves it to its user to try again.
  // evidence: sdk botocore retries/standard.py, whose standard mode does not know the exception
  const outcome = triesAgain ? survivor : survivor.catch(() => batch(patient))
  expect(await outcome).toHaveProperty('Errors')
  expect(await throttledCount(server)).toBeGreaterThan(before)
}

async function throttledCount({ httpUrl }: TestServer): Promise<number> {
  const text = await (await fetch(`${httpUrl}/metrics`)).text()
  const counts = [...text.matchAll(/^carillon_requests_throttled_total\S* (\d+)/gm)]
  return counts.reduce((sum, [, count]) => sum + Number(count), 0)
}
