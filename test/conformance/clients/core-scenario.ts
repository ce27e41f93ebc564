// The core scenario: what an app does with the four services, told once and walked by each of the
// four clients. A chapter is one case; the first thing that a chapter needs makes the app.
import { expect } from 'vitest'
import type { Endpoint } from '../../harness/start-server.ts'
import { CallRefused, type CoreClient, type Input, type Output } from './core-client.ts'

/** What chapters stand on; made by the client itself. */
export interface Scene {
  readonly client: CoreClient
  readonly server: Endpoint
  /** The app instance. */
  readonly app: string
  readonly ana: string
  readonly bo: string
  /** Not a member of anything. */
  readonly cy: string
  /** An administrator. */
  readonly ada: string
  /** Of Ana, with tags and an expiration; Bo is a member. */
  readonly channel: string
}

/**
 * Debian's boto3 and command line are of 2022 and do not know what came later: bots, streaming
 * configurations and expiration settings. They are spared those, and those only.
 */
const RECENT = 'PutChannelExpirationSettings'
const isRecent = (client: CoreClient) => client.has('messaging', RECENT)

const ExpirationSettings = { ExpirationDays: 30, ExpirationCriterion: 'CREATED_TIMESTAMP' }

export type Chapter = (scene: Scene) => Promise<void>

/** A text that is hard on quoting, encodings and signatures. */
export const HARD_TEXT = "Grüße 日本 🦊 \"\\ & <b> 'x' $HOME"

const TAGS = [
  { Key: 'team', Value: 'sales' },
  { Key: 'größe', Value: 'ä b' },
]

/** The code of the refusal; fails when there is none. */
export async function refused(call: Promise<Output>): Promise<string> {
  const outcome = await call.then(
    () => 'it succeeded',
    (error: unknown) => error,
  )
  if (!(outcome instanceof CallRefused)) throw new Error('not refused', { cause: outcome })
  expect(outcome.message).not.toBe('')
  return outcome.code
}

/** The value at a path of names, such as `Channel.Name`. */
export function at(output: Output, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, name) => (value as Output | undefined)?.[name], output)
}

export function textAt(output: Output, path: string): string {
  const value = at(output, path)
  if (typeof value !== 'string') throw new Error(`the answer has no text at ${path}`)
  return value
}

export function listAt(output: Output, path: string): readonly Output[] {
  return at(output, path) as readonly Output[]
}

/** Everything of a list, two at a time, and how many pages that took. */
async function paged(
  list: (page: Input) => Promise<Output>,
  member: string,
): Promise<{ items: readonly Output[]; pages: number }> {
  const items: Output[] = []
  let [pages, token] = [0, undefined as unknown]
  do {
    const page = await list({ MaxResults: 2, ...(token === undefined ? {} : { NextToken: token }) })
    items.push(...listAt(page, member))
    token = page['NextToken']
    pages += 1
  } while (token !== undefined && token !== null && pages < 10)
  return { items, pages }
}

export async function openScene(client: CoreClient, server: Endpoint): Promise<Scene> {
  const created = await client.call('identity', 'CreateAppInstance', {
    Name: HARD_TEXT,
    Tags: TAGS,
  })
  const app = textAt(created, 'AppInstanceArn')
  const user = async (AppInstanceUserId: string, Name: string) => {
    const input = { AppInstanceArn: app, AppInstanceUserId, Name }
    const output = await client.call('identity', 'CreateAppInstanceUser', input)
    return textAt(output, 'AppInstanceUserArn')
  }
  const [ana, bo, cy, ada] = await Promise.all([
    user('us-east-1:ana', 'Ana ü'),
    user('bo@example.com_x-1.Z', 'Bo'),
    user('cy', 'Cy'),
    user('ada', 'Ada'),
  ])
  await client.call('identity', 'CreateAppInstanceAdmin', {
    AppInstanceArn: app,
    AppInstanceAdminArn: ada,
  })
  const output = await client.call('messaging', 'CreateChannel', {
    AppInstanceArn: app,
    Name: HARD_TEXT,
    Mode: 'RESTRICTED',
    Privacy: 'PRIVATE',
    ChannelId: 'room:a@b.c_d',
    MemberArns: [bo],
    Tags: TAGS,
    ...((await isRecent(client)) ? { ExpirationSettings } : {}),
    ChimeBearer: ana,
  })
  return { client, server, app, ana, bo, cy, ada, channel: textAt(output, 'ChannelArn') }
}

const appAndUsers: Chapter = async ({ client, app, ana, bo, cy, ada }) => {
  const identity = (operation: string, input: Input) => client.call('identity', operation, input)
  const described = await identity('DescribeAppInstance', { AppInstanceArn: app })
  expect(at(described, 'AppInstance.Name')).toBe(HARD_TEXT)
  const list = (page: Input) => identity('ListAppInstanceUsers', { AppInstanceArn: app, ...page })
  const { items, pages } = await paged(list, 'AppInstanceUsers')
  expect(new Set(items.map((item) => item['AppInstanceUserArn']))).toEqual(
    new Set([ana, bo, cy, ada]),
  )
  expect(items.length).toBe(4)
  expect(pages).toBe(2)
  const admins = await identity('ListAppInstanceAdmins', { AppInstanceArn: app })
  expect(listAt(admins, 'AppInstanceAdmins').map((item) => at(item, 'Admin.Arn'))).toEqual([ada])
  await identity('UpdateAppInstanceUser', {
    AppInstanceUserArn: cy,
    Name: HARD_TEXT,
    Metadata: '{"a": 1}',
  })
  const user = await identity('DescribeAppInstanceUser', { AppInstanceUserArn: cy })
  expect(at(user, 'AppInstanceUser')).toMatchObject({ Name: HARD_TEXT, Metadata: '{"a": 1}' })
  if (await isRecent(client)) {
    const settings = { AppInstanceUserArn: cy, ExpirationSettings }
    await identity('PutAppInstanceUserExpirationSettings', settings)
  }
}

const settingsAndTags: Chapter = async ({ client, server, app, ana, channel }) => {
  const RetentionDays = 30
  await client.call('identity', 'PutAppInstanceRetentionSettings', {
    AppInstanceArn: app,
    AppInstanceRetentionSettings: { ChannelRetentionSettings: { RetentionDays } },
  })
  const retention = await client.call('identity', 'GetAppInstanceRetentionSettings', {
    AppInstanceArn: app,
  })
  const place = 'AppInstanceRetentionSettings.ChannelRetentionSettings.RetentionDays'
  expect(at(retention, place)).toBe(RetentionDays)
  if (await isRecent(client)) await streams(client, server, app)
  for (const [service, ResourceARN] of [
    ['identity', app],
    ['identity', ana],
    ['messaging', channel],
  ] as const) {
    await client.call(service, 'TagResource', { ResourceARN, Tags: [{ Key: 'new', Value: '1' }] })
    await client.call(service, 'UntagResource', { ResourceARN, TagKeys: ['team', 'new'] })
    const { Tags } = await client.call(service, 'ListTagsForResource', { ResourceARN })
    expect(Tags).toEqual(ResourceARN === ana ? [] : [TAGS[1]])
  }
}

async function streams(client: CoreClient, server: Endpoint, app: string): Promise<void> {
  const { region, accountId } = server
  const wanted = [
    {
      DataType: 'ChannelMessage',
      ResourceArn: `arn:aws:kinesis:${region}:${accountId}:stream/chime-messaging-all`,
    },
  ]
  await client.call('messaging', 'PutMessagingStreamingConfigurations', {
    AppInstanceArn: app,
    StreamingConfigurations: wanted,
  })
  const kept = await client.call('messaging', 'GetMessagingStreamingConfigurations', {
    AppInstanceArn: app,
  })
  expect(at(kept, 'StreamingConfigurations')).toEqual(wanted)
}

async function bots(client: CoreClient, server: Endpoint, app: string): Promise<void> {
  const { region, accountId } = server
  const identity = (operation: string, input: Input) => client.call('identity', operation, input)
  const bot = textAt(
    await identity('CreateAppInstanceBot', {
      AppInstanceArn: app,
      Name: 'Clerk',
      Configuration: {
        Lex: {
          LexBotAliasArn: `arn:aws:lex:${region}:${accountId}:bot-alias/ABCDEFGHIJ/KLMNOPQRST`,
          LocaleId: 'en_US',
          WelcomeIntent: 'Hello',
        },
      },
    }),
    'AppInstanceBotArn',
  )
  const shown = await identity('DescribeAppInstanceBot', { AppInstanceBotArn: bot })
  expect(at(shown, 'AppInstanceBot.Configuration.Lex.WelcomeIntent')).toBe('Hello')
  await identity('DeleteAppInstanceBot', { AppInstanceBotArn: bot })
  const left = await identity('ListAppInstanceBots', { AppInstanceArn: app })
  expect(left['AppInstanceBots']).toEqual([])
}

const botsAndDevices: Chapter = async ({ client, server, app, bo }) => {
  const { region, accountId } = server
  const identity = (operation: string, input: Input) => client.call('identity', operation, input)
  if (await isRecent(client)) await bots(client, server, app)

  const registered = await identity('RegisterAppInstanceUserEndpoint', {
    AppInstanceUserArn: bo,
    Type: 'APNS',
    Name: 'Phone',
    ResourceArn: `arn:aws:mobiletargeting:${region}:${accountId}:apps/shop`,
    EndpointAttributes: { DeviceToken: HARD_TEXT },
    AllowMessages: 'ALL',
  })
  const device = { AppInstanceUserArn: bo, EndpointId: textAt(registered, 'EndpointId') }
  await identity('UpdateAppInstanceUserEndpoint', { ...device, AllowMessages: 'NONE' })
  const described = await identity('DescribeAppInstanceUserEndpoint', device)
  expect(at(described, 'AppInstanceUserEndpoint')).toMatchObject({
    Name: 'Phone',
    AllowMessages: 'NONE',
    EndpointAttributes: { DeviceToken: HARD_TEXT },
  })
  await identity('DeregisterAppInstanceUserEndpoint', device)
}

const channelAndMembers: Chapter = async ({ client, app, channel, ana, bo, cy, ada }) => {
  const messaging = (operation: string, input: Input) => client.call('messaging', operation, input)
  const asAna = { ChannelArn: channel, ChimeBearer: ana }
  const { Channel } = await messaging('DescribeChannel', asAna)
  expect(Channel).toMatchObject({
    Name: HARD_TEXT,
    Mode: 'RESTRICTED',
    Privacy: 'PRIVATE',
    CreatedBy: { Arn: ana, Name: 'Ana ü' },
    ...((await isRecent(client)) ? { ExpirationSettings } : {}),
  })
  const batch = await messaging('BatchCreateChannelMembership', { ...asAna, MemberArns: [ada, bo] })
  expect(listAt(batch, 'Errors').map((error) => error['ErrorCode'])).toEqual(['Conflict'])
  const added = await messaging('CreateChannelMembership', {
    ...asAna,
    MemberArn: cy,
    Type: 'DEFAULT',
  })
  expect(at(added, 'Member.Arn')).toBe(cy)
  const memberships = (page: Input) => messaging('ListChannelMemberships', { ...asAna, ...page })
  const { items } = await paged(memberships, 'ChannelMemberships')
  expect(new Set(items.map((item) => at(item, 'Member.Arn')))).toEqual(new Set([ana, bo, cy, ada]))
  expect(items.length).toBe(4)
  await messaging('CreateChannelModerator', { ...asAna, ChannelModeratorArn: bo })
  const moderators = await messaging('ListChannelModerators', asAna)
  const arns = listAt(moderators, 'ChannelModerators').map((item) => at(item, 'Moderator.Arn'))
  expect(new Set(arns)).toEqual(new Set([ana, bo]))
  await messaging('UpdateChannel', { ChannelArn: channel, ChimeBearer: bo, Name: 'Room' })

  const ban = { ChannelArn: channel, MemberArn: cy, ChimeBearer: bo }
  await messaging('CreateChannelBan', ban)
  const banned = await messaging('DescribeChannelBan', ban)
  expect(at(banned, 'ChannelBan.CreatedBy.Arn')).toBe(bo)
  expect(await refused(messaging('ListChannelMessages', { ...asAna, ChimeBearer: cy }))).toBe(
    'ForbiddenException',
  )
  await messaging('DeleteChannelBan', ban)
  const seen = await messaging('ListChannels', {
    AppInstanceArn: app,
    Privacy: 'PRIVATE',
    ChimeBearer: ada,
  })
  expect(listAt(seen, 'Channels').map((item) => item['Name'])).toEqual(['Room'])
}

const messages: Chapter = async ({ client, channel, ana, ada }) => {
  const messaging = (operation: string, input: Input) =>
    client.call('messaging', operation, { ChannelArn: channel, ChimeBearer: ana, ...input })
  const send = async (Content: string, more: Input = {}) =>
    messaging('SendChannelMessage', {
      Content,
      Type: 'STANDARD',
      Persistence: 'PERSISTENT',
      ...more,
    })
  const first = await send(HARD_TEXT, {
    Metadata: '{"x": "ä"}',
    MessageAttributes: { mention: { StringValues: ['ana'] } },
    ClientRequestToken: 'the-same',
  })
  const again = await send(HARD_TEXT, {
    Metadata: '{"x": "ä"}',
    MessageAttributes: { mention: { StringValues: ['ana'] } },
    ClientRequestToken: 'the-same',
  })
  expect(again['MessageId']).toBe(first['MessageId'])
  const sent = [textAt(first, 'MessageId')]
  for (const text of ['two', 'three', 'four', 'five']) {
    sent.push(textAt(await send(text), 'MessageId'))
  }
  const list = (page: Input) =>
    messaging('ListChannelMessages', { SortOrder: 'ASCENDING', ...page })
  const { items, pages } = await paged(list, 'ChannelMessages')
  expect([items.map((item) => item['MessageId']), pages]).toEqual([sent, 3])
  expect(items[0]).toMatchObject({ Content: HARD_TEXT, Metadata: '{"x": "ä"}' })

  const [MessageId, other] = sent
  await messaging('UpdateChannelMessage', { MessageId, Content: 'edited' })
  const edited = await messaging('GetChannelMessage', { MessageId })
  expect(at(edited, 'ChannelMessage.Content')).toBe('edited')
  const status = await messaging('GetChannelMessageStatus', { MessageId })
  expect(at(status, 'Status.Value')).toBe('SENT')
  await messaging('RedactChannelMessage', { MessageId })
  const redacted = await messaging('GetChannelMessage', { MessageId })
  expect(at(redacted, 'ChannelMessage.Redacted')).toBe(true)
  expect(at(redacted, 'ChannelMessage.Content') ?? '').toBe('')
  await messaging('DeleteChannelMessage', { MessageId: other, ChimeBearer: ada })
  expect(await refused(messaging('GetChannelMessage', { MessageId: other }))).toBe(
    'NotFoundException',
  )
}

const whatAMemberSees: Chapter = async ({ client, channel, ana, bo }) => {
  const messaging = (operation: string, input: Input) =>
    client.call('messaging', operation, { ChimeBearer: bo, ...input })
  const own = { ChannelArn: channel, MemberArn: bo }
  const PushNotifications = { AllowNotifications: 'FILTERED', FilterRule: '{"mention":["bo"]}' }
  const Preferences = { PushNotifications }
  await messaging('PutChannelMembershipPreferences', { ...own, Preferences })
  const kept = await messaging('GetChannelMembershipPreferences', own)
  expect(kept['Preferences']).toEqual({ PushNotifications })
  await messaging('UpdateChannelReadMarker', { ChannelArn: channel })
  const membership = await messaging('DescribeChannelMembershipForAppInstanceUser', {
    ChannelArn: channel,
    AppInstanceUserArn: bo,
  })
  const place = 'ChannelMembership.AppInstanceUserMembershipSummary.ReadMarkerTimestamp'
  expect(at(membership, place)).toBeTruthy()
  const found = await messaging('SearchChannels', {
    Fields: [{ Key: 'MEMBERS', Operator: 'INCLUDES', Values: [ana, bo] }],
  })
  expect(listAt(found, 'Channels').map((item) => item['ChannelArn'])).toEqual([channel])
  const mine = await messaging('ListChannelMembershipsForAppInstanceUser', {})
  const summaries = listAt(mine, 'ChannelMemberships')
  expect(summaries.map((item) => at(item, 'ChannelSummary.ChannelArn'))).toEqual([channel])
  const endpoint = await client.call('messaging', 'GetMessagingSessionEndpoint')
  expect(textAt(endpoint, 'Endpoint.Url')).toMatch(/^[\w.:-]+$/)
}

const flows: Chapter = async ({ client, server: { region, accountId }, app, ana, channel }) => {
  const messaging = (operation: string, input: Input) => client.call('messaging', operation, input)
  const Processors = [
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
  ]
  const created = await messaging('CreateChannelFlow', {
    AppInstanceArn: app,
    Name: 'Flow',
    Processors,
    // boto3 of 2022 does not make it up.
    ClientRequestToken: 'flow',
  })
  const flow = { ChannelFlowArn: textAt(created, 'ChannelFlowArn') }
  await messaging('UpdateChannelFlow', { ...flow, Name: 'Words', Processors })
  const shown = await messaging('DescribeChannelFlow', flow)
  expect(at(shown, 'ChannelFlow')).toMatchObject({ Name: 'Words', Processors })
  const association = { ...flow, ChannelArn: channel, ChimeBearer: ana }
  await messaging('AssociateChannelFlow', association)
  const associated = await messaging('ListChannelsAssociatedWithChannelFlow', flow)
  expect(listAt(associated, 'Channels').map((item) => item['ChannelArn'])).toEqual([channel])
  expect(await refused(messaging('DeleteChannelFlow', flow))).toBe('ConflictException')
  await messaging('DisassociateChannelFlow', association)
  await messaging('DeleteChannelFlow', flow)
  const left = await messaging('ListChannelFlows', { AppInstanceArn: app })
  expect(left['ChannelFlows']).toEqual([])
}

const cleanUp: Chapter = async ({ client, app, channel, ana, ada }) => {
  const messaging = (operation: string, input: Input) => client.call('messaging', operation, input)
  if (await isRecent(client)) {
    await messaging('DeleteMessagingStreamingConfigurations', { AppInstanceArn: app })
  }
  await messaging('DeleteChannel', { ChannelArn: channel, ChimeBearer: ana })
  const gone = messaging('DescribeChannel', { ChannelArn: channel, ChimeBearer: ana })
  expect(await refused(gone)).toBe('ForbiddenException')
  const admin = { AppInstanceArn: app, AppInstanceAdminArn: ada }
  await client.call('identity', 'DeleteAppInstanceAdmin', admin)
  await client.call('identity', 'DeleteAppInstanceUser', { AppInstanceUserArn: ada })
  await client.call('identity', 'DeleteAppInstance', { AppInstanceArn: app })
  const none = client.call('identity', 'DescribeAppInstance', { AppInstanceArn: app })
  expect(await refused(none)).toBe('ForbiddenException')
}

/** In the order in which they are walked; the last one leaves nothing. */
export const CHAPTERS: readonly (readonly [title: string, chapter: Chapter])[] = [
  ['an app instance and its users', appAndUsers],
  ['retention, streams and tags', settingsAndTags],
  ['a bot and a device', botsAndDevices],
  ['a channel with tags and an expiration, members, a moderator and a ban', channelAndMembers],
  ['messages: sent once, listed by page, edited, redacted and deleted', messages],
  ['preferences, read marker, search and the session endpoint', whatAMemberSees],
  ['a channel flow', flows],
]
export const LAST_CHAPTER: readonly [title: string, chapter: Chapter] = [
  'everything is deleted',
  cleanUp,
]
