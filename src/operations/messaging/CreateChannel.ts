// Creates a channel with its first members and moderators; the creator becomes both, or, of an
// elastic channel, only a moderator.
import { arnWithin } from '../../base/arn.ts'
import { newUuid } from '../../base/ids.ts'
import { requireMetadataFits } from '../../domain/byte-limit.ts'
import { jointMembershipEvents, streamEvent } from '../../domain/channel-event.ts'
import {
  planChannel,
  planFirstMemberships,
  requireElasticQuotas,
} from '../../domain/channel-rules.ts'
import type { Channel } from '../../domain/channel.ts'
import {
  BadRequestException,
  ConflictException,
  UnauthorizedClientException,
} from '../../domain/errors.ts'
import type { Identity } from '../../domain/identity.ts'
import type { Limits } from '../../domain/limits.ts'
import type { BearerCaller } from '../../policies/caller.ts'
import type { StoreTransaction } from '../../ports/store.ts'
import { answerOnce, hashRequest } from '../../services/idempotency.ts'
import { ownAppInstanceArnOf, requestedMembers } from '../../services/input-arns.ts'
import { elasticConfigurationOf, expirationOf } from '../../services/messaging/channel-settings.ts'
import { requireIdentities } from '../../services/messaging/member-identities.ts'
import {
  presentMembership,
  presentModerator,
  presentWholeChannel,
} from '../../services/presenters/channel-presenters.ts'
import { requireQuota } from '../../services/quotas.ts'
import { requireTags } from '../../services/tagging.ts'
import {
  defineOperation,
  type ModelOperations,
  type OperationDependencies,
} from '../define-operation.ts'

type Input = ModelOperations['CreateChannel']['input']

export const CreateChannel = defineOperation({
  name: 'CreateChannel',
  access: 'bearer',
  async run(
    { input, caller, now, accountId },
    { store, limits }: Pick<OperationDependencies, 'store' | 'limits'>,
  ) {
    const tags = requireTags(input.Tags)
    const channel = channelToCreate(input, caller, now)
    const place = { channelArn: channel.arn }
    const creator = caller.identity
    const membersNamed = requestedMembers(input.MemberArns, caller.appInstanceArn)
    const moderatorsNamed = requestedMembers(input.ModeratorArns, caller.appInstanceArn)
    const request = {
      scope: [accountId, 'CreateChannel', creator.arn],
      token: input.ClientRequestToken,
      requestHash: hashRequest(input),
      now,
    }
    return store.transact((tx) =>
      answerOnce(tx, request, async () => {
        // The creator becomes a member, so it must not have been deleted since it was looked up.
        if ((await tx.members.findIdentity(creator.arn)) === undefined) {
          throw new UnauthorizedClientException('The bearer was deleted')
        }
        const invited = await requireIdentities(tx, 'MemberArns', membersNamed)
        const appointed = await requireIdentities(tx, 'ModeratorArns', moderatorsNamed)
        // evidence: field (behaviour 3.1)
        if ((await tx.channels.findAccess(channel.arn, creator.arn)) !== undefined) {
          throw new ConflictException(`A channel with the id ${input.ChannelId} exists`)
        }
        await requireChannelQuotas(tx, limits, channel, caller)
        tx.channels.insert(channel)
        tx.publish(streamEvent('CREATE_CHANNEL', place, presentWholeChannel({ channel })))
        tx.tags.put(channel.arn, tags)
        for (const moderator of new Map([[creator.arn, creator], ...appointed]).values()) {
          const role = { ...place, moderator, createdBy: creator, createdAt: now }
          tx.moderators.insert(role)
          // evidence: inferred (behaviour 6), streams hear of every moderator
          tx.publish(streamEvent('CREATE_CHANNEL_MODERATOR', place, presentModerator(role)))
        }
        const members = new Map([[creator.arn, creator], ...invited]).values()
        await insertMembers(tx, limits, channel, members)
        return { ChannelArn: channel.arn }
      }),
    )
  },
})

function channelToCreate(input: Input, caller: BearerCaller, now: number): Channel {
  requireMetadataFits(input.Metadata)
  // evidence: docs elastic channels; the error inferred (behaviour 4.1)
  if (input.ElasticChannelConfiguration !== undefined && input.MemberArns !== undefined) {
    throw new BadRequestException('MemberArns cannot be given for an elastic channel')
  }
  const appInstanceArn = ownAppInstanceArnOf(input.AppInstanceArn, caller)
  return planChannel({
    arn: arnWithin(appInstanceArn, 'channel', input.ChannelId ?? newUuid()),
    name: input.Name,
    mode: input.Mode,
    privacy: input.Privacy,
    metadata: input.Metadata,
    createdBy: caller.identity,
    createdAt: now,
    expiration: expirationOf(input.ExpirationSettings),
    elasticChannelConfiguration: elasticConfigurationOf(input.ElasticChannelConfiguration),
  })
}

async function requireChannelQuotas(
  tx: StoreTransaction,
  limits: Limits,
  { elasticChannelConfiguration }: Channel,
  { appInstanceArn }: BearerCaller,
): Promise<void> {
  await requireQuota(tx, limits, { kind: 'channels', of: appInstanceArn })
  if (elasticChannelConfiguration === undefined) return
  requireElasticQuotas(elasticChannelConfiguration, limits)
  await requireQuota(tx, limits, { kind: 'elastic-channels', of: appInstanceArn })
}

/** The first members, who hear of each other; an elastic channel begins without any. */
async function insertMembers(
  tx: StoreTransaction,
  limits: Limits,
  channel: Channel,
  members: Iterable<Identity>,
): Promise<void> {
  if (channel.elasticChannelConfiguration !== undefined) return
  const memberships = planFirstMemberships(channel, members)
  for (const membership of memberships) {
    const counted = { kind: 'memberships-of-member', of: membership.member.arn } as const
    await requireQuota(tx, limits, counted)
    tx.memberships.insert(membership)
  }
  const { createdAt: channelCreatedAt } = channel
  for (const event of jointMembershipEvents(memberships, presentMembership)) {
    tx.publish({ ...event, channelCreatedAt })
  }
}
