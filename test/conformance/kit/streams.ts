// Streaming configurations for cases: streams of the server's own region and account.
import type { StreamingConfiguration } from '@aws-sdk/client-chime-sdk-messaging'
import type { World } from './world.ts'

/** The ARN of a Kinesis stream of the world's own region and account. */
export function streamArn({ endpoint }: World, name = 'chime-messaging-events'): string {
  return `arn:aws:kinesis:${endpoint.region}:${endpoint.accountId}:stream/${name}`
}

/** Both kinds of event, each to a stream of its own. */
export function bothStreams(world: World): StreamingConfiguration[] {
  return [
    { DataType: 'Channel', ResourceArn: streamArn(world) },
    { DataType: 'ChannelMessage', ResourceArn: streamArn(world, 'chime-messaging-2') },
  ]
}
