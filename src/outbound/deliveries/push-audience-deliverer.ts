// Finds whose devices a message is pushed to, some members at a time: each page is one transaction,
// which remembers where it ended, so that a crash neither loses nor doubles a push.
import type { Logger } from '../../base/logger.ts'
import { DAY_MS } from '../../domain/expiration.ts'
import { isPushWanted, pushDestinationOf, pushProviderOf } from '../../domain/push-audience.ts'
import type { OutboundMapping } from '../../domain/outbound-mapping.ts'
import type { OutboxDraft, OutboxEntry, PushedMessage } from '../../domain/outbox.ts'
import type { Deliverer, DeliveryOutcome, DeliveryPolicy } from '../../ports/outbound.ts'
import type { Page } from '../../ports/paging.ts'
import type { PushRecipient, PushRecipientReader } from '../../ports/store-push.ts'
import type { Store } from '../../ports/store.ts'
import { isConversationThere } from '../../services/shared/message-conversation.ts'

/** Members looked at in one transaction, as in other background work. */
const MEMBERS_PER_PAGE = 200

/** Nothing of it leaves the server, so it fails only with the database; then it goes on later. */
// evidence: inferred
const POLICY: DeliveryPolicy = {
  batchEntriesMax: 1,
  batchCharactersMax: 64 * 1024,
  isBatchAtomic: false,
  batchesUnderWayMax: 8,
  attemptsMax: 1_000,
  ageMsMax: DAY_MS,
  firstPauseMs: 100,
  pauseMsMax: 10_000,
  attemptMsMax: 30_000,
}

export interface PushAudienceOptions {
  readonly store: Pick<Store, 'read'>
  readonly mapping: OutboundMapping
  readonly logger: Logger
}

export function createPushAudienceDeliverer({
  store,
  mapping,
  logger,
}: PushAudienceOptions): Deliverer<'push-audience'> {
  const { pushRecipients } = store.read

  async function deliverOne(entry: OutboxEntry<'push-audience'>): Promise<DeliveryOutcome> {
    const { message } = entry.content
    if (!(await isConversationThere(store.read, message))) return { outcome: 'delivered' }
    const page = await readPage(pushRecipients, entry)
    const drafts = page.items.flatMap((recipient) => draftsFor(recipient, message, mapping))
    return outcomeOf(entry, drafts, page.next)
  }

  /** All messages of all app instances go this way: what is wrong with one holds up no other. */
  function failure({ entryId }: OutboxEntry, error: unknown): DeliveryOutcome {
    logger.error({ entryId, err: error }, 'whose devices a message is pushed to cannot be found')
    const reason = `unexpectedly: ${error instanceof Error ? error.name : 'no error'}`
    return { outcome: 'failed', reason, isDestinationDown: false }
  }

  return {
    kind: 'push-audience',
    policyOf: () => POLICY,
    deliver: (_target, entries) =>
      Promise.all(
        entries.map((entry) => deliverOne(entry).catch((error: unknown) => failure(entry, error))),
      ),
  }
}

async function readPage(
  recipients: PushRecipientReader,
  { content: { message, viewers, after } }: OutboxEntry<'push-audience'>,
): Promise<Page<PushRecipient>> {
  if (viewers === undefined) {
    return recipients.list(message, { after, limit: MEMBERS_PER_PAGE })
  }
  const found = await Promise.all(viewers.map((viewer) => recipients.find(message, viewer)))
  return { items: found.filter((recipient) => recipient !== undefined) }
}

function outcomeOf(
  entry: OutboxEntry<'push-audience'>,
  drafts: readonly OutboxDraft[],
  next: Page<PushRecipient>['next'],
): DeliveryOutcome {
  return {
    outcome: 'delivered',
    remains: next === undefined ? undefined : true,
    async apply(tx) {
      for (const draft of drafts) tx.outbox.append(draft)
      if (next !== undefined) tx.outbox.replaceContent(entry, { ...entry.content, after: next })
    },
  }
}

/** One for each device that somebody pushes to. */
function draftsFor(
  { memberArn, preferences, devices }: PushRecipient,
  message: PushedMessage,
  mapping: OutboundMapping,
): readonly OutboxDraft[] {
  if (!isPushWanted(preferences, message.messageAttributes)) return []
  return devices.flatMap((device): OutboxDraft[] => {
    const target = mapping.push(device.resourceArn)
    const provider = pushProviderOf(target, device.type)
    if (provider === undefined) return []
    // evidence: docs push notifications, the sender's own devices are pushed to (behaviour 3.3)
    if (target?.sparesSenders === true && memberArn === message.senderArn) return []
    return [
      {
        kind: 'push',
        target: pushDestinationOf(device, provider),
        orderingKey: '',
        content: { userArn: memberArn, endpointId: device.endpointId, message },
      },
    ]
  })
}
