// A stream consumer: everything that happens in the channels of an app instance arrives as records of
// a Kinesis stream. kinesalite stands for Kinesis. `npm run example data-stream`
import { Kinesis } from '@aws-sdk/client-kinesis'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { createUsers, ACCOUNT_ID, CREDENTIALS, REGION, startCarillon } from '../shared/carillon.ts'
import { readRecords } from './consumer.ts'
import { startKinesalite } from './kinesalite.ts'

/** Streams of Chime's must begin so. */
const STREAM_NAME = 'chime-messaging-example'

await using stream = await startKinesalite()
const kinesis = new Kinesis({
  endpoint: stream.url,
  region: REGION,
  credentials: CREDENTIALS,
  // kinesalite speaks HTTP/1.1 only.
  requestHandler: new NodeHttpHandler(),
})
await kinesis.createStream({ StreamName: STREAM_NAME, ShardCount: 2 })

await using server = await startCarillon({
  environment: {
    AWS_ENDPOINT_URL_KINESIS: stream.url,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  },
})
const { appInstanceArn, arns } = await createUsers(server, 'Ana', 'Bo')
const ResourceArn = `arn:aws:kinesis:${REGION}:${ACCOUNT_ID}:stream/${STREAM_NAME}`
await server.messaging.putMessagingStreamingConfigurations({
  AppInstanceArn: appInstanceArn,
  StreamingConfigurations: [
    { DataType: 'Channel', ResourceArn },
    { DataType: 'ChannelMessage', ResourceArn },
  ],
})

const { ChannelArn } = await server.messaging.createChannel({
  AppInstanceArn: appInstanceArn,
  Name: 'lobby',
  ChimeBearer: arns.Ana,
})
const there = { ChannelArn, ChimeBearer: arns.Ana }
await server.messaging.createChannelMembership({ ...there, MemberArn: arns.Bo, Type: 'DEFAULT' })
const { MessageId } = await server.messaging.sendChannelMessage({
  ...there,
  Content: 'Hello, Bo',
  Type: 'STANDARD',
  Persistence: 'PERSISTENT',
})
await server.messaging.redactChannelMessage({ ...there, MessageId })
await server.messaging.createChannelBan({ ...there, MemberArn: arns.Bo })
await server.messaging.deleteChannel(there)

// Records of one channel arrive in the order of what happened there.
for await (const { EventType, Payload } of readRecords(kinesis, STREAM_NAME)) {
  console.log(EventType, JSON.stringify(Payload))
  if (EventType === 'DELETE_CHANNEL') break
}
