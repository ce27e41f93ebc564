// `carillon top` as a person starts it: against a real server, one that is away, and one that says
// what it likes.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { BatchCreateChannelMembershipCommand } from '@aws-sdk/client-chime-sdk-messaging'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectSession } from '../harness/messaging-session.ts'
import {
  sampleElasticChannel,
  sampleOverview,
  sampleSubChannels,
} from '../harness/sample-overview.ts'
import { createScenario, type Scenario } from '../harness/scenario.ts'
import { createSdkClients, type SdkClients } from '../harness/sdk-clients.ts'
import { rawFetch } from '../harness/signed-fetch.ts'
import { ROOT_CREDENTIALS, startServer, type TestServer } from '../harness/start-server.ts'

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname
/** The root credential of test servers is in their settings, not in their directory. */
const CREDENTIALS = {
  CARILLON_ACCESS_KEY_ID: ROOT_CREDENTIALS.accessKeyId,
  CARILLON_SECRET_ACCESS_KEY: ROOT_CREDENTIALS.secretAccessKey,
}

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function start(args: readonly string[], env: Readonly<Record<string, string>> = CREDENTIALS) {
  const child = spawn(process.execPath, [MAIN, 'top', ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = once(child, 'close').then(([code]): Ended => ({
    code: code as number | null,
    stdout,
    stderr,
  }))
  return { child, ended, printed: () => stdout }
}

function onePicture(
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<Ended> {
  return start(['--once', '--interval', '0.2', ...args], env).ended
}

/** Resolves when the standard output holds what `isThere` looks for. */
async function printed(child: ChildProcess, isThere: () => boolean): Promise<void> {
  while (!isThere()) await once(child.stdout!, 'data')
}

let server: TestServer
let clients: SdkClients
let scenario: Scenario

beforeAll(async () => {
  server = await startServer()
  clients = createSdkClients(server)
  scenario = await createScenario(clients)
})

afterAll(async () => {
  clients[Symbol.dispose]()
  await server.stop()
})

async function fill(channelArn: string, creatorArn: string, membersCount: number) {
  const members: string[] = []
  while (members.length < membersCount) {
    const count = Math.min(50, membersCount - members.length)
    members.push(...(await Promise.all(Array.from({ length: count }, () => scenario.user('m')))))
  }
  for (let first = 0; first < members.length; first += 100) {
    const { Errors } = await clients.messaging.send(
      new BatchCreateChannelMembershipCommand({
        ChannelArn: channelArn,
        ChimeBearer: creatorArn,
        MemberArns: members.slice(first, first + 100),
      }),
    )
    expect(Errors ?? []).toEqual([])
  }
  return members
}

describe('against a real server', () => {
  it('shows what /metrics and the API say', async () => {
    const creator = await scenario.user('creator')
    const channelArn = await scenario.channel(creator, {
      Name: 'Opening\r\n開会',
      Mode: 'RESTRICTED',
      ElasticChannelConfiguration: {
        MaximumSubChannels: 20,
        TargetMembershipsPerSubChannel: 10,
        MinimumMembershipPercentage: 40,
      },
    })
    const members = await fill(channelArn, creator, 25)
    using first = await connectSession(server, members[0]!)
    using second = await connectSession(server, members[1]!)
    expect([first, second].map(({ socket }) => socket.readyState)).toEqual([1, 1])
    const { code, stdout, stderr } = await onePicture(['--endpoint', server.httpUrl])
    expect([code, stderr]).toEqual([0, ''])
    // oxlint-disable-next-line no-control-regex -- no pipe gets anything else
    expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/)
    expect(stdout).toContain('▸ Opening\u{FFFD}\u{FFFD}開会')
    expect(stdout).toMatch(/3 of 20 +25 +83 % +2$/m)
    expect(stdout).toMatch(/3 sub-channels {2}25 members {2}2 connected/)
    expect(stdout).toContain('target 10  minimum 4 (40 %)')
    const bars = [...stdout.matchAll(/│ *(\d+) +●(\d+)/g)]
    const sum = (group: 1 | 2) => bars.reduce((total, bar) => total + Number(bar[group]), 0)
    expect([bars.length, sum(1), sum(2)]).toEqual([3, 25, 2])

    const { body } = await rawFetch(server, { method: 'GET', path: '/metrics' })
    const metric = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(body)?.[1])
    expect(stdout).toContain(`sessions ${metric('carillon_sessions')}   deliveries`)
    const delivered = metric('carillon_frames_delivered_total').toLocaleString('en-US')
    expect(stdout).toContain(`since start: deliveries ${delivered}   messages`)
  })

  it('shows a thousand sub-channels', async () => {
    const creator = await scenario.user('creator')
    const channelArn = await scenario.channel(creator, {
      Name: 'Very many',
      Mode: 'RESTRICTED',
      ElasticChannelConfiguration: {
        MaximumSubChannels: 1_000,
        TargetMembershipsPerSubChannel: 2,
        MinimumMembershipPercentage: 40,
      },
    })
    await fill(channelArn, creator, 1_999)
    const args = ['--endpoint', server.httpUrl, '--channel', channelArn]
    const { code, stdout } = await onePicture(args)
    expect(code).toBe(0)
    expect(stdout).toContain('Very many  1,000 sub-channels  1,999 members  0 connected')
    expect(stdout).toContain('full 999  below minimum 0')
    const cells = stdout.split('\n').filter((line) => /^[▁▂▃▄▅▆▇█]+$/.test(line))
    expect(cells.join('').length).toBe(1_000)
    expect(cells.join('').match(/[^█]/g)).toHaveLength(1)
  })

  it('trusts the authority in the data directory, and no other server', async () => {
    const trusting = ['--endpoint', server.httpsUrl, '--data-dir', server.dataDirectory]
    expect((await onePicture(trusting)).code).toBe(0)
    const elsewhere = await onePicture(['--endpoint', server.httpsUrl, '--data-dir', '/nowhere'])
    expect([elsewhere.code, elsewhere.stdout]).toEqual([1, expect.stringContaining('is away')])
  })

  it('says that it is refused', async () => {
    const env = {
      ...CREDENTIALS,
      CARILLON_SECRET_ACCESS_KEY: 'another/secret+another/secret+another',
    }
    const { code, stdout } = await onePicture(['--endpoint', server.httpUrl], env)
    expect(code).toBe(1)
    expect(stdout).toContain(
      'The server refuses: The request signature we calculated does not match',
    )
  })

  it('prints until it is told to stop', async () => {
    const {
      child,
      ended,
      printed: text,
    } = start(['--endpoint', server.httpUrl, '--interval', '0.2'])
    await printed(child, () => (text().match(/^carillon top/gm) ?? []).length >= 3)
    child.kill('SIGTERM')
    expect(await ended).toMatchObject({ code: 0, stderr: '' })
  })
})

it('waits for a server that is away, and sees it when it is there', async () => {
  const early = await startServer()
  const listen = new URL(early.httpUrl).host
  await early.stop()
  const {
    child,
    ended,
    printed: text,
  } = start(['--endpoint', `http://${listen}`, '--interval', '0.2'])
  await printed(child, () => text().includes('The server is away: connect ECONNREFUSED'))
  await using late = await startServer({ settings: { listen, listenTls: 'off' } })
  expect(late.httpUrl).toBe(`http://${listen}`)
  await printed(child, () => text().includes('sessions 0'))
  child.kill('SIGINT')
  expect((await ended).code).toBe(0)
})

/** One picture of a server that answers like this, whatever it is asked. */
async function against(status: number, body: string): Promise<Ended> {
  const hostile = createServer((_request, response) => response.writeHead(status).end(body))
  await new Promise<void>((resolve) => hostile.listen(0, '127.0.0.1', resolve))
  const { port } = hostile.address() as AddressInfo
  try {
    return await onePicture(['--endpoint', `http://127.0.0.1:${port}`])
  } finally {
    hostile.closeAllConnections()
    hostile.close()
  }
}

it('never lets texts of a server that means no good at the terminal', async () => {
  const evil = '\x1b[2J\x1b]0;mine\x07\u009b31m\u202e'
  const channel = sampleElasticChannel(evil, { name: evil })
  const subChannels = sampleSubChannels([5]).map((each) => ({ ...each, subChannelId: evil }))
  const chosen = { channel, subChannels }
  const overview = sampleOverview({ elasticChannels: [channel], chosen })
  const refused = JSON.stringify({ message: evil })
  for (const [status, body] of [
    [200, JSON.stringify(overview)],
    [500, refused],
  ] as const) {
    const { stdout } = await against(status, body)
    // oxlint-disable-next-line no-control-regex -- it must not be there
    expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
    expect(stdout).toContain('\u{FFFD}[2J')
  }
})

it('refuses what cannot be used', async () => {
  const { code, stderr } = await onePicture(['--endpoint', 'http://there/path'])
  expect([code, stderr]).toEqual([2, expect.stringContaining('--endpoint')])
})

it('says where it looked for the credential', async () => {
  const { code, stderr } = await onePicture(['--data-dir', '/nowhere'], {})
  expect(code).toBe(2)
  expect(stderr).toContain('/nowhere/root-credentials.json does not exist')
})
