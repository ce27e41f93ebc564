// Channel flows for cases: processors that name functions of the server's own region and account,
// and flows made of them.
import type { Processor } from '@aws-sdk/client-chime-sdk-messaging'
import { unique, type World } from './world.ts'

/** The ARN of a function of the world's own region and account. */
export function functionArn({ endpoint }: World, name = 'moderate'): string {
  return `arn:aws:lambda:${endpoint.region}:${endpoint.accountId}:function:${name}`
}

/** A processor; the first one, and messages stop at it, unless `input` says otherwise. */
export function processor(world: World, input: Partial<Processor> = {}): Processor {
  return {
    Name: 'Moderate',
    Configuration: { Lambda: { ResourceArn: functionArn(world), InvocationType: 'ASYNC' } },
    ExecutionOrder: 1,
    FallbackAction: 'ABORT',
    ...input,
  }
}

/** A new flow with one processor that falls back to `FallbackAction`; returns its ARN. */
export async function createFlow(
  world: World,
  FallbackAction: 'ABORT' | 'CONTINUE' = 'ABORT',
): Promise<string> {
  const { ChannelFlowArn } = await world.messaging.createChannelFlow({
    AppInstanceArn: world.appInstanceArn,
    Name: 'Flow',
    Processors: [processor(world, { FallbackAction })],
    ClientRequestToken: unique(),
  })
  return ChannelFlowArn!
}

/** Makes the channel's messages go through a new flow; returns the flow's ARN. */
export async function putFlowBefore(
  world: World,
  ChannelArn: string,
  ChimeBearer: string,
  fallback: 'ABORT' | 'CONTINUE' = 'ABORT',
): Promise<string> {
  const ChannelFlowArn = await createFlow(world, fallback)
  await world.messaging.associateChannelFlow({ ChannelArn, ChannelFlowArn, ChimeBearer })
  return ChannelFlowArn
}
