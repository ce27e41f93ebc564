// The order in which a committed event reaches the bus.
import { expect, it } from 'vitest'
import type { AppInstanceArn, ChannelArn, MemberArn } from '../base/arn.ts'
import { createEventPublisher } from './event-publisher.ts'

const channelArn = 'channel' as ChannelArn

it('publishes joins before the event and leaves after it', () => {
  const published: string[] = []
  const bus: Parameters<typeof createEventPublisher>[0] = {
    publishToConversation: ({ type }) => published.push(type),
    publishToMember: (memberArn, event) => published.push(`${memberArn} ${event.kind}`),
    publishAppInstanceRemoved: (arn) => published.push(`${arn} removed`),
  }
  const publisher = createEventPublisher(bus, {
    appended: ({ kind, target }) => published.push(`waits for ${kind} ${target}`),
  })
  publisher.channelEvent({
    type: 'UPDATE_CHANNEL',
    messageType: 'SYSTEM',
    channelArn,
    subChannelId: '',
    audience: 'members',
    payload: {},
    membershipChanges: [
      { memberArn: 'ana' as MemberArn, change: 'left', subChannelId: '' },
      { memberArn: 'bo' as MemberArn, change: 'joined', subChannelId: '' },
    ],
    endsChannel: false,
  })
  publisher.memberRemoved('cy' as MemberArn)
  publisher.appInstanceRemoved('demo' as AppInstanceArn)
  publisher.outboxAppended({ kind: 'stream', target: 'events' })
  expect(published).toEqual([
    'bo joined',
    'UPDATE_CHANNEL',
    'ana left',
    'cy deleted',
    'demo removed',
    'waits for stream events',
  ])
})
