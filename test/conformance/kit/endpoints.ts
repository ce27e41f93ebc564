// Devices of users for the cases of the endpoint operations.
import type { RegisterAppInstanceUserEndpointRequest } from '@aws-sdk/client-chime-sdk-identity'
import { unique, type World } from './world.ts'

/** Registers a device that nobody else has, unless `input` says otherwise. */
export function registerDevice(
  world: World,
  AppInstanceUserArn: string,
  input: Partial<RegisterAppInstanceUserEndpointRequest> = {},
) {
  return world.identity.registerAppInstanceUserEndpoint({
    AppInstanceUserArn,
    Type: 'APNS',
    ResourceArn: pushAppOf(world),
    EndpointAttributes: { DeviceToken: unique() },
    ClientRequestToken: unique(),
    ...input,
  })
}

/** The ARN of a Pinpoint app. */
export function pushAppOf({ endpoint }: World, app = 'shop'): string {
  return `arn:aws:mobiletargeting:${endpoint.region}:${endpoint.accountId}:apps/${app}`
}

/** A user and its new endpoint. */
export async function userWithEndpoint(
  world: World,
  input: Partial<RegisterAppInstanceUserEndpointRequest> = {},
): Promise<{ readonly AppInstanceUserArn: string; readonly EndpointId: string }> {
  const AppInstanceUserArn = await world.user()
  const { EndpointId } = await registerDevice(world, AppInstanceUserArn, input)
  return { AppInstanceUserArn, EndpointId: EndpointId! }
}
