// Quotas that no test could fill at their real size, on a server with small ones: the last that
// fits, the first that does not, and that the refused call changed nothing.
import { afterAll, beforeAll, expect } from 'vitest'
import { startServer, type TestServer } from '../harness/start-server.ts'
import { fails } from './kit/answers.ts'
import { casesOf } from './kit/conformance-case.ts'
import { createRecordedClients, type RecordedClients } from './kit/recorded-clients.ts'
import { isRemote, unique } from './kit/world.ts'

const limits = {
  usersPerAppInstance: 6,
  botsPerAppInstance: 2,
  membershipsPerChannel: 3,
  membershipsPerMember: 4,
}

let server: TestServer
let clients: RecordedClients

beforeAll(async () => {
  server = await startServer({ overrides: { limits } })
  const { region, credentials, httpUrl: endpoint } = server
  clients = createRecordedClients({ region, credentials, endpoint })
})

afterAll(async () => {
  clients.destroy()
  await server.stop()
})

const isFull = (call: Promise<unknown>) => fails(call, 'ResourceLimitExceededException')

async function appInstance(): Promise<string> {
  const input = { Name: 'Full', ClientRequestToken: unique() }
  return (await clients.identity.createAppInstance(input)).AppInstanceArn!
}

async function user(AppInstanceArn: string): Promise<string> {
  const created = await clients.identity.createAppInstanceUser({
    AppInstanceArn,
    AppInstanceUserId: unique(),
    Name: 'Ana',
    ClientRequestToken: unique(),
  })
  return created.AppInstanceUserArn!
}

async function bot(AppInstanceArn: string): Promise<string> {
  const LexBotAliasArn = `arn:aws:lex:us-east-1:${server.accountId}:bot-alias/ABCDEFGHIJ/KLMNOPQRST`
  const created = await clients.identity.createAppInstanceBot({
    AppInstanceArn,
    Name: 'Botty',
    ClientRequestToken: unique(),
    Configuration: { Lex: { LexBotAliasArn, LocaleId: 'en_US' } },
  })
  return created.AppInstanceBotArn!
}

/** A channel whose creator is its only member, and more users. */
async function stage() {
  const AppInstanceArn = await appInstance()
  const [ChimeBearer, ...others] = await Promise.all(
    Array.from({ length: 5 }, () => user(AppInstanceArn)),
  )
  const { ChannelArn } = await clients.messaging.createChannel({
    AppInstanceArn,
    Name: 'Lobby',
    ClientRequestToken: unique(),
    ChimeBearer: ChimeBearer!,
  })
  const members = async () => {
    const input = { ChannelArn, ChimeBearer }
    const listed = await clients.messaging.listChannelMemberships(input)
    return listed.ChannelMemberships!.length
  }
  return { AppInstanceArn, ChannelArn, ChimeBearer: ChimeBearer!, others, members }
}

casesOf('CreateAppInstanceUser')(
  'behaviour',
  'doc',
  'Given an app instance with as many users as it may have, when one more is created, then ResourceLimitExceededException, and one that was deleted makes room',
  async () => {
    if (isRemote) return
    const app = await appInstance()
    const [first] = await Promise.all(
      Array.from({ length: limits.usersPerAppInstance }, () => user(app)),
    )
    expect(await isFull(user(app))).toContain(`${limits.usersPerAppInstance} users`)
    const listed = await clients.identity.listAppInstanceUsers({ AppInstanceArn: app })
    expect(listed.AppInstanceUsers).toHaveLength(limits.usersPerAppInstance)
    await clients.identity.deleteAppInstanceUser({ AppInstanceUserArn: first! })
    await user(app)
  },
)

casesOf('CreateAppInstanceBot')(
  'behaviour',
  'proposed',
  'Given an app instance with as many bots as it may have, when one more is created, then ResourceLimitExceededException, and users do not count',
  async () => {
    if (isRemote) return
    const app = await appInstance()
    await user(app)
    for (let n = 0; n < limits.botsPerAppInstance; n++) await bot(app)
    await isFull(bot(app))
    const listed = await clients.identity.listAppInstanceBots({ AppInstanceArn: app })
    expect(listed.AppInstanceBots).toHaveLength(limits.botsPerAppInstance)
  },
)

casesOf('CreateChannelMembership')(
  'behaviour',
  'doc',
  'Given a channel with as many members as it may have, when one more is added, then ResourceLimitExceededException, and one who left makes room',
  async () => {
    if (isRemote) return
    const { ChannelArn, ChimeBearer, others, members } = await stage()
    const add = (MemberArn: string) =>
      clients.messaging.createChannelMembership({
        ChannelArn,
        MemberArn,
        Type: 'DEFAULT',
        ChimeBearer,
      })
    await add(others[0]!)
    await add(others[1]!)
    await isFull(add(others[2]!))
    expect(await members()).toBe(limits.membershipsPerChannel)
    await clients.messaging.deleteChannelMembership({
      ChannelArn,
      MemberArn: others[0]!,
      ChimeBearer,
    })
    await add(others[2]!)
  },
)

casesOf('BatchCreateChannelMembership')(
  'behaviour',
  'doc',
  'Given a batch of which not all fit into the channel, when it is added, then ResourceLimitExceededException and nobody joins',
  async () => {
    if (isRemote) return
    const { ChannelArn, ChimeBearer, others, members } = await stage()
    const add = (MemberArns: string[]) =>
      clients.messaging.batchCreateChannelMembership({ ChannelArn, MemberArns, ChimeBearer })
    await isFull(add(others.slice(0, 3)))
    expect(await members()).toBe(1)
    await add(others.slice(0, 2))
    expect(await members()).toBe(limits.membershipsPerChannel)
  },
)

casesOf('CreateChannel')(
  'behaviour',
  'doc',
  'Given a user with as many memberships as it may have, when it creates one more channel, then ResourceLimitExceededException and there is no channel',
  async () => {
    if (isRemote) return
    const AppInstanceArn = await appInstance()
    const ChimeBearer = await user(AppInstanceArn)
    const create = () =>
      clients.messaging.createChannel({
        AppInstanceArn,
        Name: 'Lobby',
        Privacy: 'PUBLIC',
        ClientRequestToken: unique(),
        ChimeBearer,
      })
    for (let n = 0; n < limits.membershipsPerMember; n++) await create()
    await isFull(create())
    const listed = await clients.messaging.listChannels({ AppInstanceArn, ChimeBearer })
    expect(listed.Channels).toHaveLength(limits.membershipsPerMember)
  },
)

casesOf('CreateChannel')(
  'behaviour',
  'inferred',
  'Given the ARN of a channel for the app instance, when it is called, then ForbiddenException',
  async () => {
    if (isRemote) return
    const { ChannelArn, ChimeBearer } = await stage()
    await fails(
      clients.messaging.createChannel({
        AppInstanceArn: ChannelArn!,
        Name: 'Lobby',
        ClientRequestToken: unique(),
        ChimeBearer,
      }),
      'ForbiddenException',
    )
  },
)
