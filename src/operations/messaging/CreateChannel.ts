// Creates a channel with its first members and moderators; the creator becomes both, or, of an
// elastic channel, only a moderator.
import { arnWithin } from '../../base/arn.ts'
import { newUuid } from '../../base/ids.ts'
import { requireMetadataFits } from '../../domain/byte-limit.ts'
import { firstMembershipEvents } from '../../domain/channel-event.ts'
import {
  planChannel,
  planFirstMemberships,
  requireElasticQuotas,
} from '../../domain/channel-rules.ts'
import {
  BadRequestException,
  ConflictException,
  UnauthorizedClientException,
} from '../../domain/errors.ts'
import { elasticConfigurationOf, expirationOf } from '../../services/channel-settings.ts'
import { answerOnce, hashRequest } from '../../services/idempotency.ts'
import { ownAppInstanceArnOf, requestedMembers } from '../../services/input-arns.ts'
import { requireIdentities } from '../../services/member-identities.ts'
import { presentMembership } from '../../services/presenters.ts'
import { requireQuota } from '../../services/quotas.ts'
import { requireTags } from '../../services/tagging.ts'
import { defineOperation, type OperationDependencies } from '../define-operation.ts'

export const CreateChannel = defineOperation({
  name: 'CreateChannel',
  access: 'bearer',
  async run(
    { input, caller, now, accountId },
    { store, limits }: Pick<OperationDependencies, 'store' | 'limits'>,
  ) {
    requireMetadataFits(input.Metadata)
    const tags = requireTags(input.Tags)
    const elastic = elasticConfigurationOf(input.ElasticChannelConfiguration)
    // evidence: docs elastic channels; the error inferred (behaviour 4.1)
    if (elastic !== undefined && input.MemberArns !== undefined) {
      throw new BadRequestException('MemberArns cannot be given for an elastic channel')
    }
    const appInstanceArn = ownAppInstanceArnOf(input.AppInstanceArn, caller)
    const creator = caller.identity
    const membersNamed = requestedMembers(input.MemberArns, appInstanceArn)
    const moderatorsNamed = requestedMembers(input.ModeratorArns, appInstanceArn)
    const channel = planChannel({
      arn: arnWithin(appInstanceArn, 'channel', input.ChannelId ?? newUuid()),
      name: input.Name,
      mode: input.Mode,
      privacy: input.Privacy,
      metadata: input.Metadata,
      createdBy: creator,
      createdAt: now,
      expiration: expirationOf(input.ExpirationSettings),
      elasticChannelConfiguration: elastic,
    })
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
        await requireQuota(tx, limits, { kind: 'channels', of: appInstanceArn })
        if (elastic !== undefined) {
          requireElasticQuotas(elastic, limits)
          await requireQuota(tx, limits, { kind: 'elastic-channels', of: appInstanceArn })
        }
        tx.channels.insert(channel)
        tx.tags.put(channel.arn, tags)
        for (const moderator of new Map([[creator.arn, creator], ...appointed]).values()) {
          tx.moderators.insert({
            channelArn: channel.arn,
            moderator,
            createdBy: creator,
            createdAt: now,
          })
        }
        const members = new Map([[creator.arn, creator], ...invited]).values()
        const memberships = elastic === undefined ? planFirstMemberships(channel, members) : []
        for (const membership of memberships) {
          const counted = { kind: 'memberships-of-member', of: membership.member.arn } as const
          await requireQuota(tx, limits, counted)
          tx.memberships.insert(membership)
        }
        firstMembershipEvents(memberships, presentMembership).forEach((event) => tx.publish(event))
        return { ChannelArn: channel.arn }
      }),
    )
  },
})
