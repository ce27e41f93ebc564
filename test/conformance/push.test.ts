// Who is pushed what: providers are servers that behave like Apple's and Google's, and a webhook.
// Where a case says that somebody is pushed nothing, the sender has been pushed that message, which
// was decided together, and everybody a later one.
import { expect } from 'vitest'
import type { ChannelMembershipPreferences } from '@aws-sdk/client-chime-sdk-messaging'
import { appleToken, PROCESSOR } from '../harness/push-providers.ts'
import { at, succeeds } from './kit/answers.ts'
import { casesOf } from './kit/conformance-case.ts'
import { elasticStage, SMALL } from './kit/elastic.ts'
import { pushAppOf, registerDevice } from './kit/endpoints.ts'
import { functionArn, processor } from './kit/flows.ts'
import { usePushWorld } from './kit/push-world.ts'
import { unique } from './kit/world.ts'

const world = usePushWorld()

type Phone = Awaited<ReturnType<typeof world.phone>>
/** A channel of Ana's with Bob and Cid in it, each with a device. */
async function stage() {
  const [ana, bob, cid] = [await world.phone(), await world.phone(), await world.phone()]
  const channelArn = await world.channel(ana.arn, { MemberArns: [bob.arn, cid.arn] })
  return { ana, bob, cid, channelArn }
}
/** Resolves when the sender itself is pushed it: then it is decided who else is. */
async function tell(
  channelArn: string,
  sender: Phone,
  title: string,
  input?: Parameters<typeof world.push>[3],
) {
  const messageId = await world.push(channelArn, sender.arn, title, input)
  await world.isShown(sender.token, title)
  return messageId
}
/** A push that everybody gets. */
async function fence(channelArn: string, bearer: string, ...phones: readonly Phone[]) {
  const title = `fence ${unique().slice(0, 8)}`
  await world.push(channelArn, bearer, title)
  for (const { token } of phones) await world.isShown(token, title)
}
const shown = ({ token }: Phone) => world.shown(token).filter((title) => !title.startsWith('fence'))
const prefer = (channelArn: string, { arn }: Phone, PushNotifications: object) =>
  world.messaging.putChannelMembershipPreferences({
    ChannelArn: channelArn,
    MemberArn: arn,
    ChimeBearer: arn,
    Preferences: { PushNotifications } as ChannelMembershipPreferences,
  })
const chimeKeys = (messageId: string, channelArn: string) => ({
  'chime.message_id': messageId,
  'chime.channel_arn': channelArn,
})

const write = casesOf('SendChannelMessage')
write(
  'behaviour',
  'doc',
  'Given devices of Apple, when a message with PushNotification is sent, then each member is pushed title, body and the keys of the message, the sender too',
  async () => {
    const { ana, bob, cid, channelArn } = await stage()
    const messageId = await world.push(channelArn, ana.arn, 'Hello')
    const ids = new Set<string>()
    for (const { token } of [ana, bob, cid]) {
      const { payload, id, topic, pushType, priority } = await world.isShown(token, 'Hello')
      expect({ topic, pushType, priority }).toEqual({
        topic: 'com.example.chat',
        pushType: 'alert',
        priority: '10',
      })
      expect(payload).toEqual({
        aps: { alert: { title: 'Hello', body: 'You have mail' }, 'mutable-content': 1 },
        data: {
          pinpoint: { campaign: { campaign_id: '_DIRECT' } },
          jsonBody: chimeKeys(messageId, channelArn),
        },
        'pinpoint.openApp': 'true',
        'pinpoint.notification.title': 'Hello',
        'pinpoint.notification.body': 'You have mail',
        'pinpoint.notification.silentPush': '0',
        'pinpoint.campaign.campaign_id': '_DIRECT',
        'pinpoint.jsonBody': JSON.stringify(chimeKeys(messageId, channelArn)),
      })
      ids.add(id)
    }
    expect(ids.size).toBe(3)
  },
)
write(
  'behaviour',
  'doc',
  'Given devices of Google, when a message is pushed with a body alone, then they get data with the documented keys',
  async () => {
    const token = unique()
    const { arn } = await world.phone({
      Type: 'GCM',
      EndpointAttributes: { DeviceToken: token },
    })
    const channelArn = await world.channel(arn)
    const messageId = await world.post(channelArn, arn, 'Hi', {
      PushNotification: { Type: 'DEFAULT', Body: 'Only a body' },
    })
    const { message } = await world.google.received.first((each) => each.message.token === token)
    expect(message.data).toEqual({
      'pinpoint.openApp': 'true',
      'pinpoint.notification.title': '',
      'pinpoint.notification.body': 'Only a body',
      'pinpoint.notification.silentPush': '0',
      'pinpoint.campaign.campaign_id': '_DIRECT',
      'pinpoint.jsonBody': JSON.stringify(chimeKeys(messageId, channelArn)),
    })
    expect(message.android.priority).toBe('HIGH')
  },
)
write(
  'behaviour',
  'proposed',
  'Given an application that leads to a webhook, when a message is pushed, then the webhook is asked, signed, with everything that a provider needs',
  async () => {
    const token = unique()
    const phone = await world.phone(
      { Type: 'GCM', EndpointAttributes: { DeviceToken: token } },
      'hook',
    )
    const channelArn = await world.channel(phone.arn)
    const messageId = await world.push(channelArn, phone.arn, 'Hooked')
    const asked = await world.webhook.received.first(({ body }) => body['DeviceToken'] === token)
    expect(asked).toMatchObject({ kind: 'push', isSigned: true })
    expect(asked.id).toMatch(/^[0-9a-f-]{36}$/)
    expect(asked.body).toEqual({
      AppInstanceUserArn: phone.arn,
      EndpointId: phone.endpointId,
      EndpointType: 'GCM',
      ResourceArn: pushAppOf(world, 'hook'),
      DeviceToken: token,
      PushType: 'DEFAULT',
      Title: 'Hooked',
      Body: 'You have mail',
      ChannelArn: channelArn,
      MessageId: messageId,
      SenderArn: phone.arn,
      ExpirationTimestamp: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    })
  },
)
write(
  'behaviour',
  'doc',
  'Given messages without PushNotification and edits, when they are sent, then nobody is pushed anything',
  async () => {
    const { ana, bob, channelArn } = await stage()
    await world.post(channelArn, ana.arn, 'quiet')
    const MessageId = await tell(channelArn, ana, 'once')
    await world.isShown(bob.token, 'once')
    await world.messaging.updateChannelMessage({
      ChannelArn: channelArn,
      MessageId,
      Content: 'edited',
      ChimeBearer: ana.arn,
    })
    await world.messaging.redactChannelMessage({
      ChannelArn: channelArn,
      MessageId,
      ChimeBearer: ana.arn,
    })
    await fence(channelArn, ana.arn, ana, bob)
    expect([shown(ana), shown(bob)]).toEqual([['once'], ['once']])
  },
)
write(
  'behaviour',
  'proposed',
  'Given a message that is not persistent, when it is sent with PushNotification, then it is pushed',
  async () => {
    const { ana, bob, channelArn } = await stage()
    await world.push(channelArn, ana.arn, 'fleeting', { Persistence: 'NON_PERSISTENT' })
    await world.isShown(bob.token, 'fleeting')
  },
)
write(
  'behaviour',
  'proposed',
  'Given a repetition with the same ClientRequestToken, when it is sent, then it is not pushed again',
  async () => {
    const { ana, bob, channelArn } = await stage()
    const ClientRequestToken = unique()
    const first = await tell(channelArn, ana, 'same', { ClientRequestToken })
    const again = await tell(channelArn, ana, 'same', { ClientRequestToken })
    expect(again).toBe(first)
    await world.isShown(bob.token, 'same')
    await fence(channelArn, ana.arn, bob)
    expect(shown(bob)).toEqual(['same'])
  },
)
write(
  'behaviour',
  'proposed',
  'Given hidden, removed and banned members, when a message is pushed, then the hidden one is pushed it, and those that are gone are not',
  async () => {
    const { ana, bob, cid, channelArn } = await stage()
    const hidden = await world.phone()
    await world.joinHidden(channelArn, ana.arn, hidden.arn)
    await world.ban(channelArn, ana.arn, bob.arn)
    await world.messaging.deleteChannelMembership({
      ChannelArn: channelArn,
      MemberArn: cid.arn,
      ChimeBearer: ana.arn,
    })
    await tell(channelArn, ana, 'who hears')
    await world.isShown(hidden.token, 'who hears')
    await fence(channelArn, ana.arn, ana, hidden)
    expect([shown(hidden), shown(bob), shown(cid)]).toEqual([['who hears'], [], []])
  },
)
write(
  'behaviour',
  'inferred',
  'Given a target, when a message is pushed, then only the target and the sender are pushed it, as their preferences say',
  async () => {
    const { ana, bob, cid, channelArn } = await stage()
    const Target = [{ MemberArn: bob.arn }]
    await tell(channelArn, ana, 'for Bob', { Target })
    await world.isShown(bob.token, 'for Bob')
    await prefer(channelArn, bob, { AllowNotifications: 'NONE' })
    await tell(channelArn, ana, 'against his wish', { Target })
    await prefer(channelArn, bob, { AllowNotifications: 'ALL' })
    await fence(channelArn, ana.arn, ana, bob, cid)
    expect(shown(ana)).toEqual(['for Bob', 'against his wish'])
    expect([shown(bob), shown(cid)]).toEqual([['for Bob'], []])
  },
)
write(
  'behaviour',
  'inferred',
  'Given a call, when it is pushed, then it goes to the token for calls under the topic for calls, or else to the other one',
  async () => {
    const VoipDeviceToken = appleToken()
    const EndpointAttributes = { DeviceToken: appleToken(), VoipDeviceToken }
    const ana = await world.phone({ EndpointAttributes })
    const bob = await world.phone()
    const channelArn = await world.channel(ana.arn, { MemberArns: [bob.arn] })
    const PushNotification = { Type: 'VOIP', Title: 'Ana calls' } as const
    await world.push(channelArn, ana.arn, 'Ana calls', { PushNotification })
    const call = await world.isShown(VoipDeviceToken, 'Ana calls')
    expect(call).toMatchObject({ topic: 'com.example.chat.voip', pushType: 'voip' })
    const ahead = call.expiration - Date.now() / 1000
    expect(ahead).toBeLessThanOrEqual(30)
    const alert = await world.isShown(bob.token, 'Ana calls')
    expect(alert).toMatchObject({ topic: 'com.example.chat', pushType: 'alert' })
    expect(world.shown(EndpointAttributes.DeviceToken)).toEqual([])
  },
)
write(
  'behaviour',
  'doc',
  'Given a bot as sender, and several devices of one user, when a message is pushed, then each device is pushed it once',
  async () => {
    const { ana, channelArn } = await stage()
    const bot = await world.bot()
    await world.join(channelArn, ana.arn, bot)
    const DeviceToken = appleToken()
    const EndpointAttributes = { DeviceToken }
    await registerDevice(world, ana.arn, { Type: 'APNS_SANDBOX', EndpointAttributes })
    await world.push(channelArn, bot, 'beep')
    await world.isShown(DeviceToken, 'beep')
    await world.isShown(ana.token, 'beep')
    await fence(channelArn, bot, ana)
    expect([shown(ana), world.shown(DeviceToken).filter((title) => title === 'beep')]).toEqual([
      ['beep'],
      ['beep'],
    ])
  },
)
write(
  'behaviour',
  'inferred',
  'Given an elastic channel, when a message is pushed in a sub-channel, then its members are pushed it and those of others are not',
  async () => {
    const elastic = await elasticStage(world)
    const tokens = new Map<string, string>()
    for (let count = 0; count < SMALL.TargetMembershipsPerSubChannel + 2; count++) {
      const { arn, token } = await world.phone()
      tokens.set(arn, token)
      await elastic.add(arn)
    }
    const spread = [...(await elastic.spread())]
    expect(spread.length).toBeGreaterThan(1)
    for (const [SubChannelId, [sender]] of spread) {
      await world.push(elastic.channelArn, sender!, SubChannelId, { SubChannelId })
    }
    for (const [subChannelId, members] of spread) {
      for (const arn of members) await world.isShown(tokens.get(arn)!, subChannelId)
    }
    for (const token of tokens.values()) expect(world.shown(token)).toHaveLength(1)
  },
)
write(
  'behaviour',
  'proposed',
  'Given an application that the operator has not mapped, when a message is pushed, then its devices get nothing and stay ACTIVE, and others do',
  async () => {
    const { ana, bob, channelArn } = await stage()
    const lost = await world.phone({ ResourceArn: pushAppOf(world, 'unknown') })
    await world.join(channelArn, ana.arn, lost.arn)
    await tell(channelArn, ana, 'who')
    await world.isShown(bob.token, 'who')
    await fence(channelArn, ana.arn, bob)
    expect([shown(bob), world.shown(lost.token)]).toEqual([['who'], []])
    const described = await world.identity.describeAppInstanceUserEndpoint({
      AppInstanceUserArn: lost.arn,
      EndpointId: lost.endpointId,
    })
    expect(described.AppInstanceUserEndpoint?.EndpointState).toEqual({ Status: 'ACTIVE' })
  },
)
write(
  'behaviour',
  'proposed',
  'Given an application that spares senders, when a message is pushed, then the sender is not pushed its own',
  async () => {
    const [ana, bob] = [await world.phone({}, 'quiet'), await world.phone({}, 'quiet')]
    const channelArn = await world.channel(ana.arn, { MemberArns: [bob.arn] })
    await world.push(channelArn, ana.arn, 'from Ana')
    await world.isShown(bob.token, 'from Ana')
    await world.push(channelArn, bob.arn, 'from Bob')
    await world.isShown(ana.token, 'from Bob')
    expect([world.shown(ana.token), world.shown(bob.token)]).toEqual([['from Bob'], ['from Ana']])
  },
)

const preferences = casesOf('PutChannelMembershipPreferences')
preferences(
  'behaviour',
  'doc',
  'Given ALL, NONE and FILTERED, when messages are pushed, then each member is pushed what its preferences let through',
  async () => {
    const { ana, bob, cid, channelArn } = await stage()
    await prefer(channelArn, bob, { AllowNotifications: 'NONE' })
    const FilterRule = JSON.stringify({ type: [{ 'anything-but': ['Room'] }], mention: ['Cid'] })
    await prefer(channelArn, cid, { AllowNotifications: 'FILTERED', FilterRule })
    const mention = { mention: { StringValues: ['Bob', 'Cid'] } }
    const type = { type: { StringValues: ['Room'] } }
    await tell(channelArn, ana, 'mention', { MessageAttributes: mention })
    await world.isShown(cid.token, 'mention')
    await tell(channelArn, ana, 'room', { MessageAttributes: { ...mention, ...type } })
    await tell(channelArn, ana, 'neither')
    await prefer(channelArn, bob, { AllowNotifications: 'ALL' })
    await prefer(channelArn, cid, { AllowNotifications: 'ALL' })
    await fence(channelArn, ana.arn, ana, bob, cid)
    expect([shown(ana).toSorted(), shown(bob), shown(cid)]).toEqual([
      ['mention', 'neither', 'room'],
      [],
      ['mention'],
    ])
  },
)

const update = casesOf('UpdateAppInstanceUserEndpoint')
update(
  'behaviour',
  'doc',
  'Given a device with AllowMessages NONE, when a message is pushed, then it gets nothing until ALL',
  async () => {
    const { ana, bob, channelArn } = await stage()
    const allow = (AllowMessages: 'ALL' | 'NONE') =>
      world.identity.updateAppInstanceUserEndpoint({
        AppInstanceUserArn: bob.arn,
        EndpointId: bob.endpointId,
        AllowMessages,
      })
    await allow('NONE')
    await tell(channelArn, ana, 'unheard')
    await fence(channelArn, ana.arn, ana)
    await allow('ALL')
    await fence(channelArn, ana.arn, ana, bob)
    expect([shown(ana), shown(bob)]).toEqual([['unheard'], []])
  },
)

const describe = casesOf('DescribeAppInstanceUserEndpoint')
const stateOf = async (phone: { arn: string; endpointId: string }) => {
  const body = await succeeds(
    world.identity.describeAppInstanceUserEndpoint({
      AppInstanceUserArn: phone.arn,
      EndpointId: phone.endpointId,
    }),
    200,
    ['AppInstanceUserEndpoint'],
  )
  return at(body, 'AppInstanceUserEndpoint.EndpointState')
}
const GONE = { Status: 'INACTIVE', StatusReason: 'INVALID_DEVICE_TOKEN' }
/** Resolves once the state is `expected`: it is written after the provider's answer. */
async function becomes(phone: { arn: string; endpointId: string }, expected: object) {
  while (JSON.stringify(await stateOf(phone)) !== JSON.stringify(expected));
}

describe(
  'behaviour',
  'doc',
  'Given a device that the app was removed from, when a message is pushed, then its endpoint is INACTIVE with the reason, and it is pushed nothing more',
  async () => {
    const { ana, bob, channelArn } = await stage()
    world.apple.unregistered.add(bob.token)
    await tell(channelArn, ana, 'to nobody')
    await becomes(bob, GONE)
    await fence(channelArn, ana.arn, ana)
    const toBob = world.apple.received.items.filter(({ deviceToken }) => deviceToken === bob.token)
    expect(toBob).toMatchObject([{ status: 410, reason: 'Unregistered' }])
    expect(await stateOf(ana)).toEqual({ Status: 'ACTIVE' })
    const listed = await world.identity.listAppInstanceUserEndpoints({
      AppInstanceUserArn: bob.arn,
    })
    expect(listed.AppInstanceUserEndpoints?.[0]?.EndpointState).toEqual(GONE)
  },
)
describe(
  'behaviour',
  'doc',
  'Given tokens that Google or a webhook refuse, or that are none, when a message is pushed, then their endpoints are INACTIVE',
  async () => {
    const [google, hook] = [unique(), unique()]
    const phones = [
      await world.phone({ Type: 'GCM', EndpointAttributes: { DeviceToken: google } }),
      await world.phone({ Type: 'GCM', EndpointAttributes: { DeviceToken: hook } }, 'hook'),
      await world.phone({ EndpointAttributes: { DeviceToken: 'no token of Apple' } }),
    ]
    world.google.unregistered.add(google)
    world.webhook.answerTo = ({ body }) => ({ status: body['DeviceToken'] === hook ? 410 : 200 })
    const channelArn = await world.channel(phones[0]!.arn, {
      MemberArns: phones.slice(1).map(({ arn }) => arn),
    })
    await world.push(channelArn, phones[0]!.arn, 'to nobody')
    for (const phone of phones) await becomes(phone, GONE)
  },
)

const callback = casesOf('ChannelFlowCallback')
callback(
  'behaviour',
  'doc',
  'Given a flow, when its processor changes the push notification, then nothing is pushed before, and what it says after',
  async () => {
    const { ana, bob, channelArn } = await stage()
    const { ChannelFlowArn } = await world.messaging.createChannelFlow({
      AppInstanceArn: world.appInstanceArn,
      Name: 'Flow',
      Processors: [
        processor(world, {
          Configuration: {
            Lambda: { ResourceArn: functionArn(world, PROCESSOR), InvocationType: 'ASYNC' },
          },
        }),
      ],
      ClientRequestToken: unique(),
    })
    const flow = { ChannelArn: channelArn, ChannelFlowArn, ChimeBearer: ana.arn }
    await world.messaging.associateChannelFlow(flow)
    const MessageId = await world.push(channelArn, ana.arn, 'as it was')
    const { body } = await world.webhook.received.first(
      (asked) => asked.kind === 'processor' && asked.text.includes(MessageId),
    )
    expect(shown(bob)).toEqual([])
    await world.messaging.channelFlowCallback({
      CallbackId: String(body['CallbackId']),
      ChannelArn: channelArn,
      ChannelMessage: {
        MessageId,
        Content: 'Hello',
        PushNotification: { Type: 'DEFAULT', Title: 'as it is', Body: 'now' },
      },
    })
    await world.isShown(ana.token, 'as it is')
    const { payload } = await world.isShown(bob.token, 'as it is')
    expect(payload['pinpoint.notification.body']).toBe('now')
    await world.messaging.disassociateChannelFlow({ ...flow, ChannelFlowArn: ChannelFlowArn! })
    await fence(channelArn, ana.arn, ana, bob)
    expect([shown(ana), shown(bob)]).toEqual([['as it is'], ['as it is']])
  },
)

const register = casesOf('RegisterAppInstanceUserEndpoint')
register(
  'behaviour',
  'inferred',
  'Given an endpoint that became INACTIVE, when the same device is registered again, then it has a new one and is pushed to',
  async () => {
    const { ana, bob, channelArn } = await stage()
    world.apple.unregistered.add(bob.token)
    await tell(channelArn, ana, 'to nobody')
    await becomes(bob, GONE)
    world.apple.unregistered.delete(bob.token)
    const EndpointAttributes = { DeviceToken: bob.token }
    const { EndpointId } = await registerDevice(world, bob.arn, { EndpointAttributes })
    const listed = await world.identity.listAppInstanceUserEndpoints({
      AppInstanceUserArn: bob.arn,
    })
    expect(listed.AppInstanceUserEndpoints?.map((each) => each.EndpointId)).toEqual([EndpointId])
    await world.push(channelArn, ana.arn, 'back again')
    await world.isShown(bob.token, 'back again')
  },
)
