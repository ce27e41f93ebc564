// The official SDK v3 clients, pointed at a test server and otherwise as they come.
import { ChimeSDKIdentityClient } from '@aws-sdk/client-chime-sdk-identity'
import { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging'
import type { Endpoint } from './start-server.ts'

export interface SdkClients extends Disposable {
  readonly identity: ChimeSDKIdentityClient
  readonly messaging: ChimeSDKMessagingClient
}

/**
 * Clients of both APIs. They do not retry, so that a test sees each answer; pass `maxAttempts` to
 * change that.
 */
export function createSdkClients(
  server: Endpoint,
  options: { maxAttempts?: number } = {},
): SdkClients {
  const settings = {
    endpoint: server.httpUrl,
    region: server.region,
    credentials: server.credentials,
    maxAttempts: options.maxAttempts ?? 1,
  }
  const identity = new ChimeSDKIdentityClient(settings)
  const messaging = new ChimeSDKMessagingClient(settings)
  return {
    identity,
    messaging,
    [Symbol.dispose]() {
      identity.destroy()
      messaging.destroy()
    },
  }
}
