// The order in which a committed event reaches the bus.
import { expect, it } from 'vitest'
import type { ChannelArn, MemberArn } from '../base/arn.ts'
import { createEventPublisher } from './event-publisher.ts'

const channelArn = 'channel' as ChannelArn

it('publishes joins before the event and leaves after it', () => {
  const published: string[] = []
  const publisher = createEventPublisher({
    publishToChannel: ({ type }) => published.push(type),
    publishToMember: (memberArn, event) => published.push(`${memberArn} ${event.kind}`),
  })
  publisher.channelEvent({
    type: 'UPDATE_CHANNEL',
    messageType: 'SYSTEM',
    channelArn,
    subChannelId: '',
    audience: 'members',
    payload: {},
    membershipChanges: [
      { memberArn: 'ana' as MemberArn, change: 'left' },
      { memberArn: 'bo' as MemberArn, change: 'joined' },
    ],
    endsChannel: false,
  })
  publisher.memberRemoved('cy' as MemberArn)
  expect(published).toEqual(['bo joined', 'UPDATE_CHANNEL', 'ana left', 'cy deleted'])
})
