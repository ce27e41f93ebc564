// Who talks to the services that push to devices.
import type { ApnsTarget, FcmTarget, WebhookTarget } from '../domain/outbound-mapping.ts'
import type { DevicePush } from '../domain/push-payload.ts'

/** What became of a push: taken by the provider, or the device's token is good for nothing. */
export type PushResult = 'sent' | 'invalid-token'

/** One kind of provider. */
export interface PushSender<Target> {
  /**
   * One attempt. Throws DeliveryError when the provider did not take it for any other reason than
   * the device's token; the error never holds a token, a key or content.
   */
  send(target: Target, push: DevicePush, signal: AbortSignal): Promise<PushResult>
  /** Closes connections; what is under way fails. */
  close(): void
}

/** The way out for each provider. */
export interface PushSenders {
  readonly apns: PushSender<ApnsTarget>
  readonly fcm: PushSender<FcmTarget>
  readonly webhook: PushSender<WebhookTarget>
}
