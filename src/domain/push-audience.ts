// Who is pushed to: what the preferences of a member let through, and which provider pushes to a
// device.
import type { ChannelMembershipPreferences } from './channel.ts'
import type { MessageAttributes } from './channel-message.ts'
import { BadRequestException } from './errors.ts'
import { fitsFilterRule, parseFilterRule } from './filter-rule.ts'
import type { AppInstanceUserEndpoint } from './identity.ts'
import type { PushTarget } from './outbound-mapping.ts'

/** Whether a member wants to be pushed a message with these attributes. */
// evidence: docs PushNotificationPreferences; without preferences everything (behaviour 3.3)
export function isPushWanted(
  preferences: ChannelMembershipPreferences | undefined,
  attributes: MessageAttributes | undefined,
): boolean {
  if (preferences === undefined || preferences.allowNotifications === 'ALL') return true
  if (preferences.allowNotifications === 'NONE') return false
  return fitsRule(preferences.filterRule ?? '', attributes)
}

/** A rule that once was valid and is not any more lets nothing through, and holds up nobody. */
function fitsRule(text: string, attributes: MessageAttributes | undefined): boolean {
  try {
    return fitsFilterRule(parseFilterRule(text), attributes)
  } catch (error) {
    if (error instanceof BadRequestException) return false
    throw error
  }
}

/** Who pushes; `webhook` is the operator's own. */
export type PushProvider = 'apns' | 'fcm' | 'webhook'

/** Who pushes to devices of this type; undefined when nobody does. */
export function pushProviderOf(
  target: PushTarget | undefined,
  type: AppInstanceUserEndpoint['type'],
): PushProvider | undefined {
  if (target === undefined) return undefined
  const own = type === 'GCM' ? 'fcm' : 'apns'
  if (target[own] !== undefined) return own
  return target.webhook === undefined ? undefined : 'webhook'
}

/**
 * The destination of pushes to the devices of an application: one for each provider, and for
 * Apple's two environments, as each is slow or down by itself.
 */
export function pushDestinationOf(
  { resourceArn, type }: Pick<AppInstanceUserEndpoint, 'resourceArn' | 'type'>,
  provider: PushProvider,
): string {
  const isSandbox = provider === 'apns' && type === 'APNS_SANDBOX'
  return `${resourceArn}/${isSandbox ? 'apns-sandbox' : provider}`
}
