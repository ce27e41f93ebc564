// Data streams that the operator has mapped to NATS JetStream, in front of a real nats-server.
import { afterAll, beforeAll, expect } from 'vitest'
import { startNats, type JetStreamRecord, type TestNats } from '../harness/nats.ts'
import { casesOf } from './kit/conformance-case.ts'
import { writeOutboundFile, type OutboundFile } from './kit/outbound-file.ts'
import { streamArn } from './kit/streams.ts'
import { openWorld, type World } from './kit/world.ts'

const TOKEN = 'a token that stays between us'

let nats: TestNats
let file: OutboundFile
let world: World
let end = () => Promise.resolve()
beforeAll(async () => {
  nats = await startNats({ token: TOKEN })
  await nats.createStream('EVENTS', 'chime.events')
  const target = { kind: 'jetstream', servers: [nats.url], subject: 'chime.events' }
  const streams = { 'arn:aws:kinesis:*': { ...target, token: { file: 'token' } } }
  file = await writeOutboundFile({ streams }, { token: TOKEN })
  const built = await openWorld({ settings: { outbound: file.path } })
  world = built.world
  end = () => built.end()
  await world.messaging.putMessagingStreamingConfigurations({
    AppInstanceArn: world.appInstanceArn,
    StreamingConfigurations: [
      { DataType: 'Channel', ResourceArn: streamArn(world, 'chime-messaging-channels') },
      { DataType: 'ChannelMessage', ResourceArn: streamArn(world) },
    ],
  })
})
afterAll(async () => {
  await end()
  await nats[Symbol.asyncDispose]()
  await file[Symbol.asyncDispose]()
})

const write = casesOf('PutMessagingStreamingConfigurations')
const of = (records: readonly JetStreamRecord[], channelArn: string, type?: string) =>
  records.filter(
    ({ EventType, Payload }) =>
      Payload['ChannelArn'] === channelArn && (type === undefined || EventType === type),
  )

write(
  'behaviour',
  'proposed',
  'Given a stream that leads to JetStream, when things happen in a channel, then each is one message there with its stream, its channel and an id',
  async () => {
    const owner = await world.user('Ana')
    const channelArn = await world.channel(owner)
    await world.post(channelArn, owner, 'Grüße')
    const all = await nats.waitFor('EVENTS', (records) => of(records, channelArn).length >= 4)
    const records = of(all, channelArn)
    expect(records.map(({ EventType }) => EventType).toSorted()).toEqual([
      'CREATE_CHANNEL',
      'CREATE_CHANNEL_MEMBERSHIP',
      'CREATE_CHANNEL_MESSAGE',
      'CREATE_CHANNEL_MODERATOR',
    ])
    const message = records.find(({ EventType }) => EventType === 'CREATE_CHANNEL_MESSAGE')!
    expect(message.Payload['Content']).toBe('Grüße')
    expect(message.headers).toMatchObject({
      'Carillon-Stream-Arn': streamArn(world),
      'Carillon-Partition-Key': channelArn,
    })
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
  },
)
write(
  'behaviour',
  'proposed',
  'Given nats-server that is killed and started again, when messages are sent all the time, then none is missing, each is there once, and in order',
  async () => {
    const owner = await world.user('Ana')
    const channels = [await world.channel(owner), await world.channel(owner)]
    const contents: string[] = []
    const send = async (count: number) => {
      for (const last = contents.length + count; contents.length < last;) {
        const content = `message ${contents.length}`
        for (const channelArn of channels) await world.post(channelArn, owner, content)
        contents.push(content)
      }
    }
    await send(5)
    await Promise.all([send(10), nats.kill()])
    await send(5)
    await Promise.all([send(10), nats.restart()])
    const isWhole = (records: readonly JetStreamRecord[]) =>
      channels.every((arn) => of(records, arn, 'CREATE_CHANNEL_MESSAGE').length >= contents.length)
    const records = await nats.waitFor('EVENTS', isWhole)
    for (const arn of channels) {
      const found = of(records, arn, 'CREATE_CHANNEL_MESSAGE').map(
        ({ Payload }) => Payload['Content'],
      )
      expect(found).toEqual(contents)
    }
  },
)
