// Pushes to devices: looks at the endpoint as it is now, asks its provider, and writes down when
// the provider says that the device is gone.
import { createHash } from 'node:crypto'
import type { AppInstanceUserArn } from '../../base/arn.ts'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import { DeliveryError } from '../../domain/delivery-error.ts'
import type { AppInstanceUserEndpoint } from '../../domain/identity.ts'
import type { OutboundMapping, PushTarget } from '../../domain/outbound-mapping.ts'
import type { OutboxEntry } from '../../domain/outbox.ts'
import { pushProviderOf } from '../../domain/push-audience.ts'
import { expiryOf, type DevicePush } from '../../domain/push-payload.ts'
import type { Deliverer, DeliveryOutcome, DeliveryPolicy } from '../../ports/outbound.ts'
import type { PushResult, PushSenders } from '../../ports/push-senders.ts'
import type { Store, StoreTransaction } from '../../ports/store.ts'
import { isConversationThere } from '../../services/shared/message-conversation.ts'
import { outcomeOfError } from '../delivery-outcome.ts'

/**
 * A push that comes an hour late is worse than none. Until then it is tried as often as the pauses
 * allow.
 */
// evidence: inferred (behaviour 7.1)
const POLICY: DeliveryPolicy = {
  batchEntriesMax: 100,
  batchCharactersMax: 1024 * 1024,
  isBatchAtomic: false,
  batchesUnderWayMax: 2,
  attemptsMax: 200,
  ageMsMax: 60 * 60 * 1000,
  firstPauseMs: 1_000,
  pauseMsMax: 60_000,
  attemptMsMax: 15_000,
}

export interface PushDelivererOptions {
  readonly store: Store
  readonly mapping: OutboundMapping
  readonly senders: PushSenders
  readonly clock: Clock
  readonly logger: Logger
}

export function createPushDeliverer(options: PushDelivererOptions): Deliverer<'push'> {
  const { senders, logger } = options
  return {
    kind: 'push',
    policyOf: () => POLICY,
    deliver: (_target, entries, signal) =>
      Promise.all(
        entries.map((entry) =>
          deliverOne(options, entry, signal).catch((error: unknown) => failure(error, logger)),
        ),
      ),
    async close() {
      for (const sender of [senders.apns, senders.fcm, senders.webhook]) sender.close()
    },
  }
}

async function deliverOne(
  { store, mapping, senders, clock, logger }: PushDelivererOptions,
  entry: OutboxEntry<'push'>,
  signal: AbortSignal,
): Promise<DeliveryOutcome> {
  const { userArn, endpointId, message } = entry.content
  const endpoint = await store.read.endpoints.find(userArn as AppInstanceUserArn, endpointId)
  // Meanwhile the user may have taken it away, or wants no messages.
  if (endpoint === undefined || !isReachable(endpoint)) return { outcome: 'delivered' }
  if (!(await isConversationThere(store.read, message))) return { outcome: 'delivered' }
  const expiresAt = expiryOf(message, entry.createdAt)
  if (clock.now() >= expiresAt) return { outcome: 'refused', reason: 'it came to nothing in time' }
  const push = { pushId: pushIdOf(entry), endpoint, message, expiresAt }
  const sending = sendBy(senders, mapping.push(endpoint.resourceArn), push, signal)
  if (sending === undefined) {
    return { outcome: 'refused', reason: 'its push application is not mapped any more' }
  }
  if ((await sending) === 'sent') return { outcome: 'delivered' }
  logger.info({ userArn, endpointId }, 'the push provider refuses the token of a device')
  return { outcome: 'delivered', apply: (tx) => deactivate(tx, endpoint, clock.now()) }
}

function isReachable({ status, allowMessages }: AppInstanceUserEndpoint): boolean {
  return status === 'ACTIVE' && allowMessages === 'ALL'
}

function sendBy(
  senders: PushSenders,
  target: PushTarget | undefined,
  push: DevicePush,
  signal: AbortSignal,
): Promise<PushResult> | undefined {
  const provider = pushProviderOf(target, push.endpoint.type)
  if (provider === 'apns' && target?.apns) return senders.apns.send(target.apns, push, signal)
  if (provider === 'fcm' && target?.fcm) return senders.fcm.send(target.fcm, push, signal)
  return target?.webhook && senders.webhook.send(target.webhook, push, signal)
}

/** From here on nothing is pushed to it; the user's app registers it anew with another token. */
// evidence: docs EndpointState (behaviour 7.1)
async function deactivate(
  tx: StoreTransaction,
  refused: AppInstanceUserEndpoint,
  now: number,
): Promise<void> {
  const endpoint = await tx.endpoints.find(refused.appInstanceUserArn, refused.endpointId)
  if (endpoint?.status !== 'ACTIVE') return
  tx.endpoints.replace({
    ...endpoint,
    status: 'INACTIVE',
    statusReason: 'INVALID_DEVICE_TOKEN',
    lastUpdatedAt: Math.max(now, endpoint.lastUpdatedAt),
  })
}

/** One message goes to one endpoint once: a UUID of both names the push, also after a crash. */
function pushIdOf({ content: { message, endpointId } }: OutboxEntry<'push'>): string {
  const hash = createHash('sha256').update(`${message.messageId} ${endpointId}`).digest('hex')
  // The version and the variant of RFC 9562 for ids that are made as one likes.
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-')
}

/** Also what nobody expected is the matter of one push: others of its batch may have arrived. */
function failure(error: unknown, logger: Logger): DeliveryOutcome {
  if (!(error instanceof DeliveryError)) {
    const reason = error instanceof Error ? error.name : 'no error'
    // Its text and its stack may hold what was sent.
    logger.error({ reason }, 'a push failed for an unexpected reason')
    return { outcome: 'failed', reason: `unexpectedly: ${reason}`, isDestinationDown: false }
  }
  return outcomeOfError(error)
}
