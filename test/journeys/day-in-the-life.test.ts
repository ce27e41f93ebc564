// A day in the life of an app, by stock clients alone: its operator, its back end, customers who
// sign in, a moderator, an administrator, somebody who is banned, and somebody who means harm.
import { ChimeSDKIdentity } from '@aws-sdk/client-chime-sdk-identity'
import type { SearchField } from '@aws-sdk/client-chime-sdk-messaging'
import { IAM } from '@aws-sdk/client-iam'
import { STS } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFakeClock } from '../harness/fake-clock.ts'
import { connectSession, openSession } from '../harness/messaging-session.ts'
import { makeIssuerKey } from '../harness/openid-issuer.ts'
import { startServer, type Credentials, type TestServer } from '../harness/start-server.ts'
import { iamOperations } from '../../src/operations/iam-operations.ts'
import { stsOperations } from '../../src/operations/sts-operations.ts'
import { REST_SERVICES } from '../model/raw-models.ts'
import { credentialsOf, failsAs } from '../conformance/kit/sts-world.ts'
import { createSdkSession } from '../conformance/session/sdk-messaging-session.ts'
import {
  beginDay,
  endUserPolicy,
  policy,
  tagClaims,
  userIdOf,
  type AppDay,
  type EndUser,
} from './app-day.ts'
import {
  attempt,
  attemptIam,
  attemptInput,
  bearerOperations,
  iamAttempts,
  operationsOf,
  type Targets,
} from './attempts.ts'
import { everythingThereIs } from './everything-there-is.ts'

let day: AppDay
/** Ana and Bo are customers, Mo moderates, Ada is an administrator, Max is no friend of anybody. */
let [ana, bo, mo, ada, max]: EndUser[] = []
let lobby: string
/** Of Bo and Mo alone. */
let privateChannel: string

beforeAll(async () => {
  day = await beginDay()
  const [anaArn, boArn, moArn, adaArn, maxArn] = await Promise.all(
    ['ana', 'bo', 'mo', 'ada', 'max'].map((id) => day.register(id, id.toUpperCase())),
  )
  ana = await day.signIn(anaArn!)
  bo = day.vend(boArn!)
  mo = day.vend(moArn!)
  ada = day.vend(adaArn!)
  max = await day.signIn(maxArn!)
})
afterAll(() => day.end())

const inLobby = (user: EndUser) => ({ ChannelArn: lobby, ChimeBearer: user.arn })
const say = (user: EndUser, Content: string, ChannelArn = lobby) =>
  user.messaging.sendChannelMessage({
    ChannelArn,
    Content,
    Type: 'STANDARD',
    Persistence: 'PERSISTENT',
    ChimeBearer: user.arn,
  })
const connect = async (user: EndUser, query: Readonly<Record<string, string>> = {}) =>
  connectSession(day.server, user.arn, { credentials: await user.credentials(), query })

describe('in the morning', () => {
  it('the back end makes what the app needs, and cannot take the app away', async () => {
    const { identity, messaging } = day.backEnd
    const AppInstanceArn = day.appInstanceArn
    await identity.createAppInstanceAdmin({ AppInstanceArn, AppInstanceAdminArn: ada!.arn })
    await identity.putAppInstanceRetentionSettings({
      AppInstanceArn,
      AppInstanceRetentionSettings: { ChannelRetentionSettings: { RetentionDays: 365 } },
    })
    const { region, accountId } = day.server
    await messaging.createChannelFlow({
      AppInstanceArn,
      Name: 'Moderation',
      Processors: [
        {
          Name: 'Words',
          ExecutionOrder: 1,
          FallbackAction: 'CONTINUE',
          Configuration: {
            Lambda: {
              ResourceArn: `arn:aws:lambda:${region}:${accountId}:function:words`,
              InvocationType: 'ASYNC',
            },
          },
        },
      ],
    })
    await messaging.putMessagingStreamingConfigurations({
      AppInstanceArn,
      StreamingConfigurations: [
        {
          DataType: 'Channel',
          ResourceArn: `arn:aws:kinesis:${region}:${accountId}:stream/chime-messaging-all`,
        },
      ],
    })
    const created = await messaging.createChannel({
      AppInstanceArn,
      Name: 'Lobby',
      Mode: 'RESTRICTED',
      Privacy: 'PRIVATE',
      Tags: [{ Key: 'team', Value: 'sales' }],
      ExpirationSettings: { ExpirationDays: 30, ExpirationCriterion: 'LAST_MESSAGE_TIMESTAMP' },
      ChimeBearer: mo!.arn,
    })
    lobby = created.ChannelArn!
    const { Tags } = await messaging.listTagsForResource({ ResourceARN: lobby })
    expect(Tags).toEqual([{ Key: 'team', Value: 'sales' }])
    const { Channel } = await messaging.describeChannel(inLobby(mo!))
    expect(Channel?.ExpirationSettings?.ExpirationDays).toBe(30)
    const refusal = await failsAs(
      identity.deleteAppInstance({ AppInstanceArn }),
      'AccessDeniedException',
      403,
    )
    expect(refusal).toContain('explicit deny')
  })

  it('everybody is who they signed in as', async () => {
    const session = (role: string, id: string) =>
      `arn:aws:sts::${day.server.accountId}:assumed-role/${role}/${id}`
    const who = async (user: EndUser) => (await user.sts.getCallerIdentity({})).Arn
    expect(await who(ana!)).toBe(session('end-user-sign-in', 'ana'))
    expect(await who(bo!)).toBe(session('end-user', 'bo'))
  })

  it('a sign-in for another app, of another kind of user or by another key gives nothing', async () => {
    const stranger = async (claims: object) =>
      (await day.signIn(ana!.arn, claims as Record<string, unknown>)).sts.getCallerIdentity({})
    await failsAs(stranger({ aud: 'other' }), 'InvalidIdentityTokenException', 400)
    await failsAs(stranger({ sub: 'employee-ana' }), 'AccessDenied', 403)
    const key = await makeIssuerKey('first')
    const WebIdentityToken = await day.issuer.token(
      { sub: 'customer-ana', ...tagClaims('ana') },
      key,
    )
    const forged = max!.sts.assumeRoleWithWebIdentity({
      RoleArn: day.signInRoleArn,
      RoleSessionName: 'ana',
      WebIdentityToken,
    })
    await failsAs(forged, 'InvalidIdentityTokenException', 400)
  })
})

describe('by day', () => {
  it('customers join, talk and are told of it live', async () => {
    using anaSession = await connect(ana!)
    using boSession = await createSdkSession(day.server, bo!.arn, () => bo!.credentials())
    await boSession.start()
    for (const user of [ana!, bo!, max!]) {
      const input = { ...inLobby(mo!), MemberArn: user.arn, Type: 'DEFAULT' as const }
      await mo!.messaging.createChannelMembership(input)
    }
    const { MessageId } = await say(ana!, 'Is the blue one back?')
    const isQuestion = ({ payload }: { payload: string | null }) =>
      payload?.includes(MessageId!) === true
    const heard = await boSession.waitFor(isQuestion)
    expect(JSON.parse(heard.payload)).toMatchObject({ Content: 'Is the blue one back?' })
    await say(bo!, 'Tomorrow')
    const answer = await anaSession.waitForType('CREATE_CHANNEL_MESSAGE', { Content: 'Tomorrow' })
    expect(answer.payload?.['Sender']).toEqual({ Arn: bo!.arn, Name: 'BO' })
    boSession.stop()
  })

  it('Ana reads, and has her preferences', async () => {
    await ana!.messaging.updateChannelReadMarker(inLobby(ana!))
    const own = { ...inLobby(ana!), MemberArn: ana!.arn }
    const PushNotifications = {
      AllowNotifications: 'FILTERED' as const,
      FilterRule: '{"mention":["ana"]}',
    }
    await ana!.messaging.putChannelMembershipPreferences({
      ...own,
      Preferences: { PushNotifications },
    })
    const { Preferences } = await ana!.messaging.getChannelMembershipPreferences(own)
    expect(Preferences).toEqual({ PushNotifications })
    const { ChannelMembership } = await ana!.messaging.describeChannelMembershipForAppInstanceUser({
      ...inLobby(ana!),
      AppInstanceUserArn: ana!.arn,
    })
    const membership = ChannelMembership?.AppInstanceUserMembershipSummary
    expect(membership?.ReadMarkerTimestamp).toBeInstanceOf(Date)
    const Fields: SearchField[] = [{ Key: 'MEMBERS', Operator: 'INCLUDES', Values: [ana!.arn] }]
    const found = await ana!.messaging.searchChannels({ Fields, ChimeBearer: ana!.arn })
    expect(found.Channels?.map(({ ChannelArn }) => ChannelArn)).toEqual([lobby])
  })

  it('Ana comes back and is given what she missed', async () => {
    await say(bo!, 'It is here!')
    using session = await connect(ana!, { 'prefetch-on': 'connect' })
    const { payload } = await session.waitForType('CHANNEL_DETAILS')
    const shown = payload as { ChannelMessages: { Content: string }[]; ReadMarkerTimestamp: string }
    expect(shown.ChannelMessages.map(({ Content }) => Content)).toEqual(
      expect.arrayContaining(['It is here!', 'Tomorrow']),
    )
    expect(shown.ReadMarkerTimestamp).toEqual(expect.any(String))
  })

  it('the moderator adds, redacts and bans; customers may not', async () => {
    const { MessageId } = await say(max!, 'Buy my pills')
    const aboutMax = { ...inLobby(mo!), MemberArn: max!.arn }
    const redact = (user: EndUser) =>
      user.messaging.redactChannelMessage({ ...inLobby(user), MessageId })
    await failsAs(redact(bo!), 'ForbiddenException', 403)
    await redact(mo!)
    const ban = { ...inLobby(ana!), MemberArn: max!.arn }
    await failsAs(ana!.messaging.createChannelBan(ban), 'ForbiddenException', 403)
    using session = await connect(max!)
    await mo!.messaging.createChannelBan(aboutMax)
    await session.waitForType('DELETE_CHANNEL_MEMBERSHIP')
    const { ChannelMessage } = await ana!.messaging.getChannelMessage({
      ...inLobby(ana!),
      MessageId,
    })
    expect([ChannelMessage?.Redacted, ChannelMessage?.Content]).toEqual([true, undefined])
  })

  it('the administrator deletes a message and lists', async () => {
    const { MessageId } = await say(ana!, 'My number is 555')
    await ada!.messaging.deleteChannelMessage({ ...inLobby(ada!), MessageId })
    const { ChannelMessages } = await ada!.messaging.listChannelMessages(inLobby(ada!))
    expect(ChannelMessages!.map((message) => message.MessageId)).not.toContain(MessageId)
    expect(ChannelMessages!.length).toBeGreaterThan(2)
    const { ChannelBans } = await ada!.messaging.listChannelBans(inLobby(ada!))
    expect(ChannelBans!.map(({ Member }) => Member?.Arn)).toEqual([max!.arn])
  })
})

/** Names nobody, and the policy of end users allows it. */
const OPEN = 'GetMessagingSessionEndpoint'
/** Users may look at themselves. */
const OWN = 'DescribeAppInstanceUser'

describe('somebody who means harm', () => {
  let targets: Targets
  let before: unknown

  beforeAll(async () => {
    const { identity, messaging } = day.backEnd
    const AppInstanceArn = day.appInstanceArn
    const created = await messaging.createChannel({
      AppInstanceArn,
      Name: 'Private',
      ChimeBearer: bo!.arn,
      MemberArns: [mo!.arn],
      Tags: [{ Key: 'team', Value: 'board' }],
    })
    privateChannel = created.ChannelArn!
    const { MessageId } = await say(bo!, 'The safe is 1234', privateChannel)
    const { ChannelFlows } = await messaging.listChannelFlows({ AppInstanceArn })
    const { region, accountId } = day.server
    const ResourceArn = `arn:aws:mobiletargeting:${region}:${accountId}:apps/shop`
    const { EndpointId } = await identity.registerAppInstanceUserEndpoint({
      AppInstanceUserArn: bo!.arn,
      Type: 'APNS',
      ResourceArn,
      EndpointAttributes: { DeviceToken: 'of Bo' },
    })
    const LexBotAliasArn = `arn:aws:lex:${region}:${accountId}:bot-alias/ABCDEFGHIJ/KLMNOPQRST`
    const Configuration = { Lex: { LexBotAliasArn, LocaleId: 'en_US' } }
    const { AppInstanceBotArn } = await identity.createAppInstanceBot({
      AppInstanceArn,
      Name: 'Clerk',
      Configuration,
    })
    targets = {
      AppInstanceArn,
      AppInstanceUserArn: bo!.arn,
      AppInstanceAdminArn: ada!.arn,
      AppInstanceBotArn,
      EndpointId,
      Configuration,
      ChannelArn: privateChannel,
      ChannelFlowArn: ChannelFlows![0]!.ChannelFlowArn,
      ChannelMessage: { MessageId },
      ChannelModeratorArn: bo!.arn,
      MemberArn: max!.arn,
      MemberArns: [max!.arn],
      MessageId,
      ResourceArn,
      ResourceARN: privateChannel,
      Preferences: { PushNotifications: { AllowNotifications: 'NONE' } },
      Processors: [
        {
          Name: 'Mine',
          ExecutionOrder: 1,
          FallbackAction: 'CONTINUE',
          Configuration: {
            Lambda: {
              ResourceArn: `arn:aws:lambda:${region}:${accountId}:function:mine`,
              InvocationType: 'ASYNC',
            },
          },
        },
      ],
      StreamingConfigurations: [
        {
          DataType: 'Channel',
          ResourceArn: `arn:aws:kinesis:${region}:${accountId}:stream/chime-messaging-mine`,
        },
      ],
    }
    before = await everything()
  })

  const everything = () => everythingThereIs(day.operator, day.appInstanceArn, ada!.arn)

  describe('with a credential of an end user, as somebody else', () => {
    for (const service of REST_SERVICES) {
      it.each(operationsOf(service).filter((name) => name !== OPEN))(
        `${service} %s`,
        async (operation) => {
          const input = attemptInput(service, operation, { ...targets, ChimeBearer: bo!.arn })
          const call = attempt(max!, service, operation, input)
          const message = await failsAs(call, 'AccessDeniedException', 403)
          expect(message).toContain(`chime:${operation}`)
        },
      )
    }

    it.each(operationsOf('identity').filter((name) => name !== OWN))(
      'identity %s about itself or the app',
      async (operation) => {
        const own = { AppInstanceUserArn: max!.arn, AppInstanceAdminArn: max!.arn }
        const ResourceARN = max!.arn
        const input = attemptInput('identity', operation, { ...targets, ...own, ResourceARN })
        const call = attempt(max!, 'identity', operation, input)
        await failsAs(call, 'AccessDeniedException', 403)
      },
    )

    it('may do what its policy names', async () => {
      expect(await attempt(max!, 'messaging', OPEN, {})).toHaveProperty('Endpoint.Url')
      const own = attempt(max!, 'identity', OWN, { AppInstanceUserArn: max!.arn })
      expect(await own).toHaveProperty('AppInstanceUser.AppInstanceUserArn', max!.arn)
    })

    it.each(Object.keys(iamOperations) as (keyof typeof iamOperations)[])(
      'IAM %s',
      async (operation) => {
        const { accessKeyId } = day.backEndCredentials
        const roleName = userIdOf(day.signInRoleArn)
        const attempts = iamAttempts(day.backEndName, roleName, day.providerArn, accessKeyId)
        const message = await failsAs(
          attemptIam(max!, operation, attempts[operation]),
          'AccessDenied',
          403,
        )
        expect(message).toContain(`iam:${operation}`)
      },
    )

    const RoleSessionName = 'bo'
    const stsAttempts = {
      async AssumeRole() {
        for (const RoleArn of [day.userRoleArn, day.signInRoleArn]) {
          const Tags = [{ Key: 'user', Value: 'bo' }]
          const call = max!.sts.assumeRole({ RoleArn, RoleSessionName, Tags })
          await failsAs(call, 'AccessDenied', 403)
        }
      },
      async AssumeRoleWithWebIdentity() {
        const own = await day.issuer.token({ sub: 'customer-max', ...tagClaims('max') })
        const [header, , signature] = own.split('.')
        const claims = {
          iss: day.issuer.issuer,
          sub: 'customer-bo',
          aud: 'app',
          ...tagClaims('bo'),
        }
        const payload = Buffer.from(JSON.stringify({ ...claims, exp: 4e9, iat: 1 })).toString(
          'base64url',
        )
        const none = Buffer.from('{"alg":"none"}').toString('base64url')
        for (const forged of [`${header}.${payload}.${signature}`, `${none}.${payload}.`]) {
          const call = max!.sts.assumeRoleWithWebIdentity({
            RoleArn: day.signInRoleArn,
            RoleSessionName,
            WebIdentityToken: forged,
          })
          await failsAs(call, 'InvalidIdentityTokenException', 400)
        }
        const other = max!.sts.assumeRoleWithWebIdentity({
          RoleArn: day.userRoleArn,
          RoleSessionName,
          WebIdentityToken: own,
        })
        await failsAs(other, 'AccessDenied', 403)
      },
      async GetCallerIdentity() {
        const { Arn } = await max!.sts.getCallerIdentity({})
        expect(Arn).toMatch(/:assumed-role\/end-user-sign-in\/max$/)
      },
    } satisfies Record<keyof typeof stsOperations, () => Promise<void>>
    it.each(Object.keys(stsOperations) as (keyof typeof stsOperations)[])('STS %s', (operation) =>
      stsAttempts[operation](),
    )

    it('cannot connect as anybody else, whatever the request says', async () => {
      const credentials = await max!.credentials()
      for (const arn of [bo!.arn, ada!.arn, `${day.appInstanceArn}/user/*`, day.appInstanceArn]) {
        using session = await openSession(day.server, arn, { credentials })
        expect((await session.closed).code, arn).toBe(4003)
      }
      const tamper = (url: string) => url.replace('user%2Fmax', 'user%2Fbo')
      using session = await openSession(day.server, max!.arn, { credentials, tamper })
      expect((await session.closed).code).toBe(4401)
    })
  })

  const membersAre = (arn: string) => ({
    Fields: [{ Key: 'MEMBERS', Operator: 'INCLUDES', Values: [arn] }],
  })

  describe('as itself, in a private channel of others', () => {
    const others = bearerOperations.filter((operation) => operation !== 'CreateChannel')
    it.each(others)('%s', async (operation) => {
      const about = {
        ...targets,
        ...membersAre(max!.arn),
        MemberArn: bo!.arn,
        ChimeBearer: max!.arn,
      }
      const input = attemptInput('messaging', operation, about)
      const call = attempt(max!, 'messaging', operation, input)
      await seesNothing(operation, call, privateChannel, BEHIND_THE_FIRST_GATE)
    })
  })

  it.each(['ListChannelMembershipsForAppInstanceUser', 'ListChannelsModeratedByAppInstanceUser'])(
    'as itself, %s of somebody else',
    async (operation) => {
      const input = { AppInstanceUserArn: bo!.arn, ChimeBearer: max!.arn }
      await failsAs(attempt(max!, 'messaging', operation, input), 'ForbiddenException', 403)
    },
  )

  it('as itself, searches for conversations of others', async () => {
    const input = { ...membersAre(bo!.arn), ChimeBearer: max!.arn }
    const call = attempt(max!, 'messaging', 'SearchChannels', input)
    expect(JSON.stringify(await call.catch((error: Error) => error.name))).not.toContain(
      '/channel/',
    )
  })

  describe('banned, in the channel that it was in', () => {
    let ownMessage: string
    beforeAll(async () => {
      const { ChannelMessages } = await mo!.messaging.listChannelMessages(inLobby(mo!))
      ownMessage = ChannelMessages!.find(({ Sender }) => Sender?.Arn === max!.arn)!.MessageId!
    })
    const others = bearerOperations.filter((operation) => operation !== 'CreateChannel')
    it.each(others)('%s', async (operation) => {
      const about = {
        ...membersAre(max!.arn),
        ChannelArn: lobby,
        MemberArn: ana!.arn,
        MessageId: ownMessage,
        ChimeBearer: max!.arn,
      }
      const input = attemptInput('messaging', operation, { ...targets, ...about })
      // Also by the back end, whose credential may speak for everybody: a ban is about the user.
      for (const clients of [max!, day.backEnd]) {
        const call = attempt(clients, 'messaging', operation, input)
        await seesNothing(operation, call, lobby, clients === max ? BEHIND_THE_FIRST_GATE : [])
      }
    })
  })

  it('has changed nothing', async () => {
    expect(await everything()).toEqual(before)
  })

  it('hears nothing of the channel any more', async () => {
    using session = await connect(max!)
    await say(ana!, 'He is gone')
    const { ChannelArn } = await max!.messaging.createChannel({
      AppInstanceArn: day.appInstanceArn,
      Name: 'Of Max',
      ChimeBearer: max!.arn,
    })
    await max!.messaging.updateChannel({ ChannelArn, Name: 'Last', ChimeBearer: max!.arn })
    await session.waitForType('UPDATE_CHANNEL', { Name: 'Last' })
    expect(session.events.filter(({ text }) => text.includes(lobby))).toEqual([])
  })
})

describe('in the evening', () => {
  it('a credential ends: its socket closes so that clients come back, with a fresh one', async () => {
    const realNow = Date.now()
    const clock = createFakeClock(realNow)
    await using server = await startServer({ overrides: { clock } })
    const evening = await openApp(server)
    // One that was granted 897 of its 900 seconds ago.
    clock.setNow(realNow - 897_000)
    const ending = await evening.assume(-897_000)
    clock.setNow(realNow)
    using session = await connectSession(server, evening.userArn, { credentials: ending })
    clock.advance(4_000)
    // evidence: behaviour 1.5 and 1.7: stock clients reconnect on every 4xxx but 4002, 4003, 4401
    expect((await session.closed).code).toBe(4001)
    using refused = await openSession(server, evening.userArn, { credentials: ending })
    expect((await refused.closed).code).toBe(4401)
    const credentials = await evening.assume(0)
    using again = await connectSession(server, evening.userArn, { credentials })
    expect(again.events[0]?.type).toBe('SESSION_ESTABLISHED')
    evening.destroy()
  })
})

/** What names no channel: as itself a user sees what is its own, and nothing else. */
const OWN_ANSWERS: readonly string[] = [
  'ListChannels',
  'ListChannelMembershipsForAppInstanceUser',
  'ListChannelsModeratedByAppInstanceUser',
  'SearchChannels',
]
/** The end user's policy names no flow: the first gate refuses it. */
const BEHIND_THE_FIRST_GATE = ['AssociateChannelFlow', 'DisassociateChannelFlow']

/** The call is refused by the right gate, or its answer does not know the channel. */
async function seesNothing(
  operation: string,
  call: Promise<object>,
  channelArn: string,
  firstGate: readonly string[],
): Promise<void> {
  if (!OWN_ANSWERS.includes(operation)) {
    const name = firstGate.includes(operation) ? 'AccessDeniedException' : 'ForbiddenException'
    await failsAs(call, name, 403)
    return
  }
  const answer = JSON.stringify(await call)
  if (answer.includes(channelArn)) throw new Error(`${operation} shows the channel: ${answer}`)
}

/** An app instance with one user and the role for it, on a server with a clock of its own. */
async function openApp({ httpUrl: endpoint, region, credentials }: TestServer) {
  const settings = { endpoint, region, credentials }
  const [identity, iam] = [new ChimeSDKIdentity(settings), new IAM(settings)]
  const { AppInstanceArn } = await identity.createAppInstance({ Name: 'Shop' })
  const created = await identity.createAppInstanceUser({
    AppInstanceArn,
    AppInstanceUserId: 'ana',
    Name: 'Ana',
  })
  const RoleName = 'end-user'
  const { Role } = await iam.createRole({
    RoleName,
    AssumeRolePolicyDocument: policy({
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::000000000000:root' },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
    }),
  })
  const PolicyDocument = endUserPolicy(AppInstanceArn!)
  await iam.putRolePolicy({ RoleName, PolicyName: 'chat', PolicyDocument })
  return {
    userArn: created.AppInstanceUserArn!,
    async assume(systemClockOffset: number): Promise<Credentials> {
      const sts = new STS({ ...settings, systemClockOffset })
      const output = await sts.assumeRole({
        RoleArn: Role!.Arn,
        RoleSessionName: 'ana',
        DurationSeconds: 900,
        Tags: [{ Key: 'user', Value: 'ana' }],
      })
      sts.destroy()
      return credentialsOf(output)
    },
    destroy() {
      for (const client of [identity, iam]) client.destroy()
    },
  }
}
